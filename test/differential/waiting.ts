/**
 * The transactions of a run that wait in both mempools.
 *
 * @module
 */

import { toHex } from '../../src/core/base/bytes.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import { encodeTransaction, outPointKey } from '../../src/core/primitives/transaction.ts';
import { shown } from './difference.ts';
import type { Run } from './run.ts';
import type { Place } from './world.ts';

/** A verdict of `testmempoolaccept`. */
interface Verdict {
  readonly allowed?: boolean;
  readonly 'reject-reason'?: string;
}

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

  /** Both mempools hold the same. @throws DifferenceFound */
  async compare(): Promise<void> {
    const { ours, theirs } = (await this.#run.ask('getrawmempool')) as { ours: string[]; theirs: string[] };
    const [only, missing] = [ours.filter((id) => !theirs.includes(id)), theirs.filter((id) => !ours.includes(id))];
    if (only.length + missing.length > 0)
      throw this.#run.difference('getrawmempool', shown(only), shown(missing), this.#hexOf([...only, ...missing]));
    this.#ids = ours;
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
