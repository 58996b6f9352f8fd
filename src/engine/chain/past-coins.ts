/**
 * The coins as they were at an earlier block, made of those of the tip and of what the blocks since then changed. The chain stays where it is.
 *
 * @module
 */

import { disconnectBlock } from '../../core/consensus/block-effect.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import { decodeBlock } from '../../core/primitives/block.ts';
import { type HashKey, hashKeyWithIndex } from '../../core/primitives/ids.ts';
import { COIN_KEY_SIZE_BYTES } from '../ports/coin-store.ts';
import { encodeCoin } from './coin-codec.ts';

/** A coin as it is stored. */
export type StoredCoin = readonly [key: Uint8Array, value: Uint8Array];

/** Changed coins that are held at once, of some 270 bytes each. Where there are more, the blocks are read again for those that follow. */
export const CHANGES_MAX = 1_000_000;

/** A block of the way back. `HeaderNode` fits. */
export interface WayNode<T> {
  readonly height: number;
  readonly parent: T | undefined;
}

/** What the way back is made of. */
export interface PastCoinsParts<T extends WayNode<T>> {
  /** The coins of `from`, in the order of their keys. */
  readonly entries: AsyncIterable<StoredCoin>;
  readonly from: T;
  /** A block of the branch that ends in `from`. */
  readonly to: T;
  readonly readBlock: (node: T) => Promise<Uint8Array>;
  readonly readUndo: (node: T) => Promise<readonly (readonly Coin[])[]>;
  /** Called before each block: others have their turn, and it throws where the work is to end. */
  readonly pause: () => Promise<void>;
  readonly changesMax?: number;
}

/** Text that sorts as the key's bytes do, with the index's highest byte first. */
function sortKey(txid: Uint8Array, vout: number): HashKey {
  const swapped = (vout << 24) | ((vout & 0xff00) << 8) | ((vout >>> 8) & 0xff00) | (vout >>> 24);
  return hashKeyWithIndex(txid, swapped);
}

function sortKeyOf(key: Uint8Array): HashKey {
  return sortKey(key.subarray(0, 32), new DataView(key.buffer, key.byteOffset).getUint32(32, false));
}

/** The other way. */
function keyOf(sorting: HashKey): Uint8Array {
  const key = new Uint8Array(COIN_KEY_SIZE_BYTES);
  for (let i = 0; i < COIN_KEY_SIZE_BYTES; i++) key[i] = sorting.charCodeAt(i);
  return key;
}

/** A coin that is not what it is at the tip: its value, or undefined where there was none. */
type Change = readonly [key: HashKey, value: Uint8Array | undefined];

/** Keys that stand for all where they are halved. */
const SAMPLE_SIZE = 1_000;

/** What some coins were, of a part of all keys. */
class Changes {
  /** Undefined: there was none. */
  readonly #values = new Map<HashKey, Uint8Array | undefined>();
  /** Coins that were there and are at the tip as well, made once more by a transaction with the same id: they must not be forgotten. */
  readonly #madeAgain = new Set<HashKey>();
  readonly #after: HashKey | undefined;
  readonly #max: number;
  /** The last key that it knows about; undefined: all behind `after`. */
  #upTo: HashKey | undefined;

  constructor(after: HashKey | undefined, max: number) {
    this.#after = after;
    this.#max = max;
  }

  get upTo(): HashKey | undefined {
    return this.#upTo;
  }

  #isOutside(key: HashKey): boolean {
    return (this.#after !== undefined && key <= this.#after) || (this.#upTo !== undefined && key > this.#upTo);
  }

  /** Takes back a block. */
  disconnect(bytes: Uint8Array, spentCoins: readonly (readonly Coin[])[]): void {
    const { removed, added } = disconnectBlock(decodeBlock(bytes), spentCoins);
    for (const { txid, vout } of removed) this.#remove(sortKey(txid, vout));
    for (const { outPoint, coin } of added) this.#add(sortKey(outPoint.txid, outPoint.vout), coin);
    if (this.#values.size > this.#max) this.#giveUpHalf();
  }

  #remove(key: HashKey): void {
    if (this.#isOutside(key)) return;
    // One that came and went since then is at the tip no more than before.
    if (this.#values.get(key) !== undefined && !this.#madeAgain.has(key)) this.#values.delete(key);
    else this.#values.set(key, undefined);
  }

  #add(key: HashKey, coin: Coin): void {
    if (this.#isOutside(key)) return;
    if (this.#values.has(key)) this.#madeAgain.add(key);
    this.#values.set(key, encodeCoin(coin));
  }

  /** Leaves the later half of the keys, roughly, for another time. */
  #giveUpHalf(): void {
    const step = Math.ceil(this.#values.size / SAMPLE_SIZE);
    const sample = [...this.#values.keys()].filter((_, i) => i % step === 0).sort();
    const upTo = sample[(sample.length - 1) >> 1]!;
    this.#upTo = upTo;
    for (const key of this.#values.keys()) if (key > upTo) this.#values.delete(key);
  }

  /** All of them in the order of their keys, sorted a part at a time: sorting a million at once would take a second. */
  *inOrder(): Generator<Change> {
    const parts = Array.from({ length: 256 }, (): Change[] => []);
    for (const change of this.#values) parts[change[0].charCodeAt(0)]!.push(change);
    for (const part of parts) yield* part.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** Every coin that is not what it is at the tip, in the order of the keys. */
async function* changesInOrder<T extends WayNode<T>>(parts: PastCoinsParts<T>): AsyncGenerator<Change> {
  let after: HashKey | undefined;
  do {
    const changes = new Changes(after, parts.changesMax ?? CHANGES_MAX);
    for (let node: T = parts.from; node.height > parts.to.height && node.parent !== undefined; node = node.parent) {
      await parts.pause();
      changes.disconnect(await parts.readBlock(node), await parts.readUndo(node));
    }
    yield* changes.inOrder();
    after = changes.upTo;
  } while (after !== undefined);
}

/**
 * The coins of an earlier block, in the order of their keys.
 *
 * @throws NodeError where a block or its undo record cannot be read
 */
export async function* pastCoins<T extends WayNode<T>>(parts: PastCoinsParts<T>): AsyncGenerator<StoredCoin> {
  const changes = changesInOrder(parts);
  let change = await changes.next();
  for await (const entry of parts.entries) {
    const here = sortKeyOf(entry[0]);
    for (; change.done !== true && change.value[0] < here; change = await changes.next()) {
      const [key, value] = change.value;
      if (value !== undefined) yield [keyOf(key), value];
    }
    if (change.done === true || change.value[0] !== here) {
      yield entry;
      continue;
    }
    if (change.value[1] !== undefined) yield [entry[0], change.value[1]];
    change = await changes.next();
  }
  for (; change.done !== true; change = await changes.next()) {
    const [key, value] = change.value;
    if (value !== undefined) yield [keyOf(key), value];
  }
}
