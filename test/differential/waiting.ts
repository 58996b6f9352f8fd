/**
 * The transactions of a run that wait in both mempools.
 *
 * @module
 */

import { toHex } from '../../src/core/base/bytes.ts';
import type { Txid } from '../../src/core/primitives/ids.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import { encodeTransaction, makeTransaction, outPointKey } from '../../src/core/primitives/transaction.ts';
import { p2wpkhScript } from '../../src/core/script/output-template.ts';
import { unknownHash } from '../support/chain-builder.ts';
import type { Run } from './run.ts';
import type { Place } from './world.ts';

/** A verdict of `testmempoolaccept`. */
interface Verdict {
  readonly allowed?: boolean;
  readonly 'reject-reason'?: string;
}

/** A transaction in a usual form of a coin that nobody has. */
const SPENDS_NOTHING = makeTransaction({
  version: 2,
  inputs: [{ prevout: { txid: unknownHash() as Uint8Array as Txid, vout: 0 }, scriptSig: new Uint8Array(), sequence: 0, witness: [] }],
  outputs: [{ value: 100_000n, scriptPubKey: p2wpkhScript(new Uint8Array(20)) }],
  lockTime: 0,
});

/** Transactions remembered, so that those of a mempool are found again. */
const REMEMBERED_MAX = 5_000;

/** What waits, and what was ever sent or in a block. */
export class Waiting {
  readonly #run: Run;
  readonly #known = new Map<string, Transaction>();
  /** Ids of what waits at both, as of the last look. */
  #ids: readonly string[] = [];

  constructor(run: Run) {
    this.#run = run;
  }

  /** Transactions that may come back when their block is left. */
  remember(transactions: readonly Transaction[]): void {
    for (const tx of transactions) this.#known.set(toDisplayHex(tx.txid), tx);
    if (this.#known.size > REMEMBERED_MAX) for (const id of [...this.#known.keys()].slice(0, 500)) this.#known.delete(id);
  }

  /**
   * Both mempools hold the same. What only one holds, since it came back from a block that was left, the other must refuse for a reason
   * that is known, or for want of what it spends. What theirs has let go though it would take it is given to it again.
   *
   * @throws DifferenceFound
   */
  async compare(): Promise<void> {
    const { ours, theirs } = (await this.#run.ask('getrawmempool')) as { ours: string[]; theirs: string[] };
    for (const id of ours.filter((each) => !theirs.includes(each))) await this.#excuse(id, 'theirs');
    for (const id of theirs.filter((each) => !ours.includes(each))) await this.#excuse(id, 'ours');
    this.#ids = [...new Set([...ours, ...theirs])];
  }

  /** Waits until our mempool fits the tip, which it does a little later; theirs does at once. */
  async settled(): Promise<void> {
    await this.#run.ask('testmempoolaccept', [toHex(encodeTransaction(SPENDS_NOTHING))], 0);
  }

  async #excuse(id: string, missingAt: 'ours' | 'theirs'): Promise<void> {
    const [hex = ''] = this.#hexOf([id]);
    const verdicts = await this.#run.ask('testmempoolaccept', [hex], 0);
    const word = verdictOf(verdicts[missingAt]);
    if (word === 'missing-inputs') return;
    const texts = missingAt === 'theirs' ? { ours: 'allowed', theirs: word } : { ours: word, theirs: 'allowed' };
    this.#run.compare('testmempoolaccept', texts, [`missing at ${missingAt}`, id, hex]);
    if (word !== 'allowed') return;
    if (missingAt === 'ours') throw this.#run.difference('getrawmempool', 'lacks what ours would take', id, [hex]);
    this.#run.excused('the C++ node judges what waits at each tip on the way of a reorganisation, ours at the last one');
    await this.#run.ask('sendrawtransaction', hex, 0);
  }

  #hexOf(ids: readonly string[]): string[] {
    return ids.map((id) => {
      const tx = this.#known.get(id);
      return tx === undefined ? id : toHex(encodeTransaction(tx));
    });
  }

  /** What waits, each behind what it spends. */
  sorted(): Transaction[] {
    let left = this.#ids.flatMap((id) => this.#known.get(id) ?? []);
    const sorted: Transaction[] = [];
    while (left.length > 0) {
      const ids = new Set(left.map(({ txid }) => toDisplayHex(txid)));
      const free = left.filter(({ inputs }) => inputs.every(({ prevout }) => !ids.has(toDisplayHex(prevout.txid))));
      sorted.push(...free);
      left = left.filter((tx) => !free.includes(tx));
      if (free.length === 0) break;
    }
    return sorted;
  }

  /** The tip as a transaction sees it that comes next: what waits has made coins, and has mostly spent others. */
  view(): Place {
    const { tip, chance } = this.#run.world;
    const waiting = this.sorted();
    const made = waiting.flatMap((tx) => this.#run.world.coinsOf(tx, tip.parent.height + 1));
    const all = [...tip.coins, ...made];
    if (chance.oneIn(4)) return { ...tip, coins: all };
    const spent = new Set(waiting.flatMap(({ inputs }) => inputs.map(({ prevout }) => outPointKey(prevout))));
    return { ...tip, coins: all.filter(({ outPoint }) => !spent.has(outPointKey(outPoint))) };
  }

  /** Asks both whether they would take a transaction, and gives it to both where they would. */
  async offer(tx: Transaction): Promise<void> {
    const hex = toHex(encodeTransaction(tx));
    const verdicts = await this.#run.ask('testmempoolaccept', [hex], 0);
    const [ours, theirs] = [verdictOf(verdicts.ours), verdictOf(verdicts.theirs)];
    this.#run.compare('testmempoolaccept', { ours, theirs }, [hex]);
    this.#run.note(ours);
    if (ours !== 'allowed' || theirs !== 'allowed') return;
    await this.#run.same('sendrawtransaction', hex, 0);
    this.remember([tx]);
    await this.compare();
  }
}

/** The word, or the error. */
function verdictOf(answer: unknown): unknown {
  if (!Array.isArray(answer)) return answer;
  const { allowed, 'reject-reason': reason } = answer[0] as Verdict;
  return allowed === true ? 'allowed' : reason;
}
