/**
 * What is true in a simulation: every block that any node ever stored, judged by a small model of its own that shares no rule with the nodes.
 *
 * It knows the tree of blocks, the coins of each, and what became of every base unit. Scripts it does not run: a block whose scripts were broken on purpose
 * is named by whoever broke it (`taint`).
 *
 * @module
 */

import { bytesEqual, concatBytes } from '../core/base/bytes.ts';
import { sha256d } from '../core/crypto/sha256.ts';
import type { NetworkParams } from '../core/params/types.ts';
import { type Block, decodeBlock } from '../core/primitives/block.ts';
import { decodeBits, hashToNumber } from '../core/primitives/compact-target.ts';
import type { BlockHash, HashKey } from '../core/primitives/ids.ts';
import { hashKey } from '../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction } from '../core/primitives/transaction.ts';
import { CoinSum, type ReferenceCoin } from './coin-sum.ts';

const HEADER_BYTES = 80;
const MEDIAN_BLOCKS = 11;
const OP_RETURN = 0x6a;

/** A coin that a block made or spent. */
interface Change {
  readonly key: HashKey;
  readonly outPoint: Uint8Array;
  readonly coin: ReferenceCoin;
}

/** A block as the model knows it. */
export interface LedgerBlock {
  readonly hash: BlockHash;
  readonly parent: LedgerBlock | undefined;
  readonly height: number;
  readonly timeSeconds: number;
  /** Why it is invalid; undefined where it is not. */
  readonly flaw: string | undefined;
  readonly made: readonly Change[];
  readonly spent: readonly Change[];
  readonly transactionCount: number;
  /** All coins after it. */
  readonly coins: CoinSum;
  /** Base units that nobody got, up to here: rewards that were not claimed, outputs that nobody can spend. */
  readonly burnt: Satoshis;
}

/** What connecting a block comes to. */
interface Effect {
  readonly made: readonly Change[];
  readonly spent: readonly Change[];
  readonly burnt: Satoshis;
}

/** An output as the reference ledger names it: txid, and index with the highest byte first. */
export function outPointBytes({ txid, vout }: OutPoint): Uint8Array {
  const bytes = new Uint8Array(36);
  bytes.set(txid);
  new DataView(bytes.buffer).setUint32(32, vout);
  return bytes;
}

/** The root by the definition: pairs of hashes, the last one twice where it is alone. */
function merkleRoot(txids: readonly Uint8Array[]): Uint8Array {
  let level = txids;
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2)
      next.push(sha256d(concatBytes(level[i] as Uint8Array, (level[i + 1] ?? level[i]) as Uint8Array)));
    level = next;
  }
  return level[0] ?? new Uint8Array(32);
}

function isCoinbase({ inputs }: Transaction): boolean {
  return inputs.length === 1 && inputs[0]?.prevout.vout === 0xffffffff && inputs[0].prevout.txid.every((byte) => byte === 0);
}

function sumOf(tx: Transaction): Satoshis {
  return tx.outputs.reduce((sum, { value }) => sum + value, 0n);
}

/** The model of the whole run. */
export class ReferenceLedger {
  readonly genesis: LedgerBlock;
  readonly #params: NetworkParams;
  readonly #blocks = new Map<HashKey, LedgerBlock>();
  readonly #order: LedgerBlock[];
  /** Blocks whose parent was not stored by anybody yet, by that parent. */
  readonly #early = new Map<HashKey, Block[]>();
  readonly #tainted = new Map<HashKey, string>();
  /** Coins as of `#at`. */
  readonly #view = new Map<HashKey, ReferenceCoin>();
  #at: LedgerBlock;

  constructor(params: NetworkParams) {
    this.#params = params;
    const { hash, timeSeconds } = params.genesis.header;
    const nothing = { flaw: undefined, made: [], spent: [], transactionCount: 1, burnt: 0n };
    // Nobody gets the first block's reward, and it counts for nothing here either.
    this.genesis = { hash, parent: undefined, height: 0, timeSeconds, ...nothing, coins: new CoinSum() };
    this.#blocks.set(hashKey(hash), this.genesis);
    this.#order = [this.genesis];
    this.#at = this.genesis;
  }

  /** Blocks that were judged. */
  get size(): number {
    return this.#order.length;
  }

  /** All of them but the first `count`, in the order in which they were judged. */
  since(count: number): readonly LedgerBlock[] {
    return this.#order.slice(count);
  }

  block(hash: BlockHash): LedgerBlock | undefined {
    return this.#blocks.get(hashKey(hash));
  }

  /** A coin as it is after a valid block; undefined where there is none. */
  coinAt(block: LedgerBlock, outPoint: Uint8Array): ReferenceCoin | undefined {
    this.#moveTo(block);
    return this.#view.get(hashKey(outPoint));
  }

  /** A block was broken on purpose in a way that this model does not see. To be said before anybody stores it. */
  taint(hash: BlockHash, why: string): void {
    this.#tainted.set(hashKey(hash), why);
  }

  /** A node has stored a block, in wire form. */
  stored(bytes: Uint8Array): void {
    const key = hashKey(sha256d(bytes.subarray(0, HEADER_BYTES)));
    if (!this.#blocks.has(key)) this.#take(decodeBlock(bytes.slice()));
  }

  #take(block: Block): void {
    const parentKey = hashKey(block.header.prevBlockHash);
    const parent = this.#blocks.get(parentKey);
    if (parent === undefined) {
      this.#early.set(parentKey, [...(this.#early.get(parentKey) ?? []), block]);
      return;
    }
    const key = hashKey(block.header.hash);
    const judged = this.#judge(block, parent);
    this.#blocks.set(key, judged);
    this.#order.push(judged);
    const waiting = this.#early.get(key) ?? [];
    this.#early.delete(key);
    for (const each of waiting) this.#take(each);
  }

  #judge(block: Block, parent: LedgerBlock): LedgerBlock {
    const { hash, timeSeconds } = block.header;
    const effect = this.#flawOf(block, parent) ?? this.#connect(block, parent);
    const known = { hash, parent, height: parent.height + 1, timeSeconds, transactionCount: block.transactions.length };
    if (typeof effect === 'string') return { ...known, flaw: effect, made: [], spent: [], coins: parent.coins, burnt: parent.burnt };
    const coins = new CoinSum(parent.coins);
    // What was made and spent within the block is in both lists.
    for (const { outPoint, coin } of effect.made) coins.add(outPoint, coin);
    for (const { outPoint, coin } of effect.spent) coins.remove(outPoint, coin);
    return { ...known, flaw: undefined, ...effect, coins, burnt: parent.burnt + effect.burnt };
  }

  /** What can be seen without coins. */
  #flawOf({ header, transactions }: Block, parent: LedgerBlock): string | undefined {
    const { pow, futureTime } = this.#params.consensus;
    const tainted = this.#tainted.get(hashKey(header.hash));
    if (tainted !== undefined) return tainted;
    if (parent.flaw !== undefined) return 'it builds on an invalid block';
    if (header.bits !== pow.bits || hashToNumber(header.hash) > decodeBits(header.bits).target) return 'it shows no work';
    const median = this.#medianTime(parent);
    if (header.timeSeconds <= median) return 'its time is too early';
    if (futureTime.kind === 'chain' && header.timeSeconds > median + futureTime.maxStepSeconds) return 'its time is too late';
    if (!bytesEqual(header.merkleRoot, merkleRoot(transactions.map(({ txid }) => txid)))) return 'its root is of other transactions';
    if (transactions.some((tx, index) => isCoinbase(tx) !== (index === 0))) return 'it has not one coinbase at its begin';
    return undefined;
  }

  #medianTime(tip: LedgerBlock): number {
    const times: number[] = [];
    for (let at: LedgerBlock | undefined = tip; at !== undefined && times.length < MEDIAN_BLOCKS; at = at.parent)
      times.push(at.timeSeconds);
    return times.sort((a, b) => a - b)[times.length >> 1] as number;
  }

  /** What the block changes, or why it may not. */
  #connect({ transactions }: Block, parent: LedgerBlock): Effect | string {
    this.#moveTo(parent);
    const height = parent.height + 1;
    const made = new Map<HashKey, Change>();
    const spent: Change[] = [];
    const gone = new Set<HashKey>();
    let fees = 0n;
    let burnt = 0n;
    for (const tx of transactions) {
      const coinbase = isCoinbase(tx);
      if (tx.outputs.some(({ value }) => value < 0n || value > this.#params.consensus.maxMoney)) return 'an amount is out of range';
      if (!coinbase) {
        const inputs = this.#spend(tx, height, made, gone);
        if (typeof inputs === 'string') return inputs;
        const fee = inputs.reduce((sum, { coin }) => sum + coin.value, 0n) - sumOf(tx);
        if (fee < 0n) return 'a transaction pays more than it has';
        spent.push(...inputs);
        fees += fee;
      }
      for (const [vout, { value, scriptPubKey }] of tx.outputs.entries()) {
        const outPoint = outPointBytes({ txid: tx.txid, vout });
        if (scriptPubKey[0] === OP_RETURN || scriptPubKey.length > 10_000) burnt += value;
        else
          made.set(hashKey(outPoint), {
            key: hashKey(outPoint),
            outPoint,
            coin: { value, scriptPubKey: scriptPubKey.slice(), height, coinbase },
          });
      }
    }
    const reward = this.#params.consensus.subsidy.initial + fees;
    const claimed = sumOf(transactions[0] as Transaction);
    if (claimed > reward) return 'its coinbase takes too much';
    return { made: [...made.values()], spent, burnt: burnt + reward - claimed };
  }

  #spend(tx: Transaction, height: number, made: ReadonlyMap<HashKey, Change>, gone: Set<HashKey>): Change[] | string {
    const spent: Change[] = [];
    for (const { prevout } of tx.inputs) {
      const outPoint = outPointBytes(prevout);
      const key = hashKey(outPoint);
      const coin = this.#view.get(key) ?? made.get(key)?.coin;
      if (coin === undefined || gone.has(key)) return 'it spends what is not there';
      if (coin.coinbase && height - coin.height < this.#params.consensus.coinbaseMaturity) return 'it spends a reward too early';
      gone.add(key);
      spent.push({ key, outPoint, coin });
    }
    return spent;
  }

  /** Makes the coins those after a valid block. */
  #moveTo(block: LedgerBlock): void {
    const forward: LedgerBlock[] = [];
    let to = block;
    while (to !== this.#at) {
      if (to.height > this.#at.height) {
        forward.push(to);
        to = to.parent as LedgerBlock;
        continue;
      }
      for (const { key } of this.#at.made) this.#view.delete(key);
      // What the block itself had made is not there before it.
      for (const { key, coin } of this.#at.spent) if (coin.height < this.#at.height) this.#view.set(key, coin);
      this.#at = this.#at.parent as LedgerBlock;
    }
    for (const each of forward.reverse()) {
      for (const { key, coin } of each.made) this.#view.set(key, coin);
      for (const { key } of each.spent) this.#view.delete(key);
      this.#at = each;
    }
  }
}

/** The last block that two have in common. */
export function forkOf(a: LedgerBlock, b: LedgerBlock): LedgerBlock {
  let [x, y] = [a, b];
  while (x !== y) {
    if (x.height >= y.height) x = x.parent as LedgerBlock;
    else y = y.parent as LedgerBlock;
  }
  return x;
}
