/**
 * Switches of branches as one story each: how deep, from where to where, and what became of the transactions.
 *
 * @module
 */

import type { Block } from '../../core/primitives/block.ts';
import type { BlockHash, HashKey, Txid } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { OutPoint, Transaction } from '../../core/primitives/transaction.ts';
import { isCoinbase, outPointKey } from '../../core/primitives/transaction.ts';
import type { BlockPlace, Branch, ConflictedTransaction, Listed, Reorganisation } from '../ports/reorganisation.ts';
import type { ChainMove, MempoolChain } from './chain-view.ts';
import type { Mempool } from './mempool.ts';

/** Blocks or transactions that one list of a reorganisation names. */
export const REORG_LIST_MAX = 1_000;

/** Outputs spent by transactions that are followed in one switch: what a switch takes of memory does not grow with its depth. */
export const REORG_INPUTS_MAX = 200_000;

/** A transaction whose fate is followed. */
interface Followed {
  readonly txid: Txid;
  readonly spends: readonly OutPoint[];
}

/** A block that was left, the highest first. */
interface LeftBlock extends BlockPlace {
  readonly parent: BlockHash;
  readonly transactions: readonly Followed[];
}

/** A block that was entered, with what it says of transactions that are followed. */
interface EnteredBlock extends BlockPlace {
  readonly confirmed: readonly Txid[];
  readonly spenders: readonly (readonly [outPoint: HashKey, spender: Txid])[];
}

/** What happened since the last time that the chain stood. */
class Switch {
  readonly left = new Map<HashKey, LeftBlock>();
  readonly entered = new Map<HashKey, EnteredBlock>();
  /** Waiting transactions that a block of the new branch pushed out. */
  readonly pushedOut = new Map<HashKey, Followed>();
  /** Outputs that followed transactions spend. */
  readonly #spent = new Set<HashKey>();
  readonly #followed = new Set<HashKey>();
  unknownCount = 0;

  leave(block: Block, height: number): void {
    const { hash, prevBlockHash } = block.header;
    // A branch that failed on the way was entered only now and is no branch to tell of.
    if (this.entered.delete(hashKey(hash))) return;
    const transactions: Followed[] = [];
    for (const tx of block.transactions) {
      if (isCoinbase(tx)) continue;
      const followed = this.follow(tx);
      if (followed === undefined) this.unknownCount++;
      else transactions.push(followed);
    }
    this.left.set(hashKey(hash), { hash, height, parent: prevBlockHash, transactions });
  }

  enter(block: Block, height: number): void {
    const { hash } = block.header;
    if (this.left.delete(hashKey(hash))) return;
    const confirmed: Txid[] = [];
    const spenders: (readonly [HashKey, Txid])[] = [];
    for (const tx of block.transactions) {
      if (this.#followed.has(hashKey(tx.txid))) confirmed.push(tx.txid);
      for (const { prevout } of tx.inputs) {
        const key = outPointKey(prevout);
        if (this.#spent.has(key)) spenders.push([key, tx.txid]);
      }
    }
    this.entered.set(hashKey(hash), { hash, height, confirmed, spenders });
  }

  /** Undefined where too much is followed already. */
  follow(tx: Transaction): Followed | undefined {
    if (this.#spent.size + tx.inputs.length > REORG_INPUTS_MAX) return undefined;
    this.#followed.add(hashKey(tx.txid));
    for (const { prevout } of tx.inputs) this.#spent.add(outPointKey(prevout));
    return { txid: tx.txid, spends: tx.inputs.map(({ prevout }) => prevout) };
  }
}

/** What transactions share a fate, the first few by name. */
class Tally<Item> implements Listed<Item> {
  count = 0;
  readonly list: Item[] = [];

  add(item: Item): void {
    this.count++;
    if (this.list.length < REORG_LIST_MAX) this.list.push(item);
  }
}

/**
 * Tells of every switch of branches once the mempool fits the new one. A switch that led back to where it began is none.
 *
 * @returns a function that ends it
 */
export function watchReorganisations(
  chain: Pick<MempoolChain, 'subscribe'>,
  mempool: Mempool,
  tell: (reorganisation: Reorganisation) => void,
): () => void {
  let current: Switch | undefined;
  let ended = false;
  // One after another, in the order of the switches.
  let telling: Promise<void> = Promise.resolve();
  const finish = async (done: Switch): Promise<void> => {
    await mempool.settled();
    if (!ended) tell(story(done, mempool));
  };
  const onMove = (move: ChainMove): void => {
    if (move.kind === 'disconnected') {
      current ??= new Switch();
      current.leave(move.block, move.height);
    } else if (move.kind === 'connected') current?.enter(move.block, move.height);
    else if (current !== undefined) {
      const done = current;
      current = undefined;
      if (done.left.size > 0) telling = telling.then(() => finish(done));
    }
  };
  const ends = [
    // The mempool hears of a block before this does: what the block pushes out is known when it is entered.
    chain.subscribe(onMove),
    mempool.subscribe((event) => {
      if (event.kind !== 'removed' || event.reason !== 'conflict' || current === undefined) return;
      const { tx } = event.entry;
      const followed = current.follow(tx);
      if (followed === undefined) current.unknownCount++;
      else current.pushedOut.set(hashKey(tx.txid), followed);
    }),
  ];
  return () => {
    ended = true;
    for (const end of ends) end();
  };
}

/** A branch from its blocks, the lowest first. */
function branchOf(blocks: readonly BlockPlace[], fork: BlockPlace): Branch {
  const { hash, height } = blocks.at(-1) ?? fork;
  return { tip: { hash, height }, length: blocks.length, blocks: blocks.slice(0, REORG_LIST_MAX).map((block) => block.hash) };
}

function story(done: Switch, mempool: Mempool): Reorganisation {
  const left = [...done.left.values()].sort((a, b) => a.height - b.height);
  const entered = [...done.entered.values()].sort((a, b) => a.height - b.height);
  const lowest = left[0] as LeftBlock;
  const fork = { hash: lowest.parent, height: lowest.height - 1 };
  return {
    depth: left.length,
    fork,
    oldBranch: branchOf(left, fork),
    newBranch: branchOf(entered, fork),
    transactions: { ...fates(left, entered, done, mempool), unknownCount: done.unknownCount },
  };
}

/** What became of each transaction. Parents come before children: a conflict is its descendants' too. */
function fates(left: readonly LeftBlock[], entered: readonly EnteredBlock[], done: Switch, mempool: Mempool) {
  const inNewBranch = new Set(entered.flatMap(({ confirmed }) => confirmed.map(hashKey)));
  const spenders = new Map(entered.flatMap((block) => block.spenders));
  const conflicts = new Map<HashKey, Txid>();
  const confirmed = new Tally<Txid>();
  const returned = new Tally<Txid>();
  const conflicted = new Tally<ConflictedTransaction>();
  const dropped = new Tally<Txid>();
  const judge = ({ txid, spends }: Followed): void => {
    if (inNewBranch.has(hashKey(txid))) confirmed.add(txid);
    else if (mempool.has(txid)) returned.add(txid);
    else {
      const other = spends
        .map((prevout) => conflicts.get(hashKey(prevout.txid)) ?? spenders.get(outPointKey(prevout)) ?? mempool.spenderOf(prevout)?.tx.txid)
        .find((each) => each !== undefined);
      if (other === undefined) dropped.add(txid);
      else {
        conflicts.set(hashKey(txid), other);
        conflicted.add({ txid, with: other });
      }
    }
  };
  for (const { transactions } of left) for (const each of transactions) judge(each);
  for (const each of done.pushedOut.values()) judge(each);
  return { confirmed, returned, conflicted, dropped };
}
