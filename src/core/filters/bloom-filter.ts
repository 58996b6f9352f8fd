import type { OutPoint, TransactionFields } from '../primitives/transaction.ts';
import { classifyOutput } from '../script/output-template.ts';
import { nextOp, openScript, pushedData } from '../script/script-reader.ts';

/** What is added to a filter by itself when an output matches, so that its spending matches too: nothing, all of them, or keys alone. */
export const BLOOM_UPDATE = { none: 0, all: 1, publicKeysOnly: 2 } as const;
const UPDATE_MASK = 3;

/** Between the seeds of two hash functions (BIP-37). */
const SEED_STEP = 0xfba4c795;

/** A filter as it is sent. */
export interface BloomFilterFields {
  readonly bytes: Uint8Array;
  readonly hashCount: number;
  /** Added to every seed. Unsigned 32 bits. */
  readonly tweak: number;
  readonly flags: number;
}

/** MurmurHash3 of 32 bits for x86, which has no reference but its author's code and BIP-37. */
export function murmurHash3(seed: number, data: Uint8Array): number {
  let hash = seed | 0;
  const whole = data.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    hash ^= scrambled(data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let i = data.length - 1; i >= whole; i--) rest = (rest << 8) | data[i]!;
  if (whole < data.length) hash ^= scrambled(rest);
  hash ^= data.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scrambled(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

function outPointBytes({ txid, vout }: OutPoint): Uint8Array {
  const bytes = new Uint8Array(36);
  bytes.set(txid);
  new DataView(bytes.buffer).setUint32(32, vout, true);
  return bytes;
}

/**
 * A set that says of anything whether it may be in it (BIP-37; Core's `CBloomFilter`): by which a light client tells which transactions
 * it wants, and how little it wants to tell. It changes as transactions match.
 */
export class BloomFilter {
  readonly #bytes: Uint8Array;
  readonly #hashCount: number;
  readonly #tweak: number;
  readonly #flags: number;

  /** Keeps a copy. Whoever reads the message holds it to the limits: 36,000 bytes and 50 hash functions. */
  constructor({ bytes, hashCount, tweak, flags }: BloomFilterFields) {
    this.#bytes = bytes.slice();
    this.#hashCount = hashCount;
    this.#tweak = tweak;
    this.#flags = flags;
  }

  /** The filter as it is now. */
  get bytes(): Uint8Array {
    return this.#bytes.slice();
  }

  insert(data: Uint8Array): void {
    for (let i = 0; i < this.#hashCount && this.#bytes.length > 0; i++) {
      const bit = this.#bit(i, data);
      this.#bytes[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  /** A filter without bytes has everything in it. */
  contains(data: Uint8Array): boolean {
    for (let i = 0; i < this.#hashCount && this.#bytes.length > 0; i++) {
      const bit = this.#bit(i, data);
      if ((this.#bytes[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }

  /** Whether a transaction may be wanted: by its id, what its outputs pay to, or what it spends. Core's `IsRelevantAndUpdate`. */
  matches(tx: Pick<TransactionFields, 'inputs' | 'outputs'> & { readonly txid: Uint8Array }): boolean {
    if (this.#bytes.length === 0) return true;
    let found = this.contains(tx.txid);
    for (const [vout, { scriptPubKey }] of tx.outputs.entries()) {
      if (!this.#containsPushOf(scriptPubKey)) continue;
      found = true;
      if (this.#isUpdatedBy(scriptPubKey)) this.insert(outPointBytes({ txid: tx.txid as OutPoint['txid'], vout }));
    }
    return found || tx.inputs.some(({ prevout, scriptSig }) => this.contains(outPointBytes(prevout)) || this.#containsPushOf(scriptSig));
  }

  #bit(index: number, data: Uint8Array): number {
    return murmurHash3((Math.imul(index, SEED_STEP) + this.#tweak) | 0, data) % (this.#bytes.length * 8);
  }

  #containsPushOf(script: Uint8Array): boolean {
    const cursor = openScript(script);
    while (nextOp(cursor)) {
      const data = pushedData(cursor);
      if (data.length > 0 && this.contains(data)) return true;
    }
    return false;
  }

  #isUpdatedBy(scriptPubKey: Uint8Array): boolean {
    const update = this.#flags & UPDATE_MASK;
    if (update === BLOOM_UPDATE.all) return true;
    if (update !== BLOOM_UPDATE.publicKeysOnly) return false;
    const { type } = classifyOutput(scriptPubKey);
    return type === 'pubkey' || type === 'multisig';
  }
}
