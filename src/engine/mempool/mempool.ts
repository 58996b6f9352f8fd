/**
 * The transactions that wait for a block.
 *
 * Owns which transactions wait, their conflicts, dependencies and order, the bounds of the pool and what blocks and reorganisations do to it.
 * Does not own what is standard (policy), what is valid (consensus), relay and its timing (sync). Begin with `Mempool.accept`; the checks stand in
 * acceptance.ts, links and clusters in graph.ts, the order in cluster.ts.
 *
 * @module
 */

import type { Coin } from '../../core/consensus/coin.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import { scriptFlagsAt } from '../../core/consensus/script-flags.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { HashKey, Txid, Wtxid } from '../../core/primitives/ids.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import { outPointKey } from '../../core/primitives/transaction.ts';
import { checkPackage } from '../policy/check-package.ts';
import { feeAtRate } from '../policy/fee-rate.ts';
import type { PolicyOptions } from '../policy/options.ts';
import { DEFAULT_POLICY } from '../policy/options.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ScriptVerifier } from '../ports/script-verifier.ts';
import type { AcceptanceContext, AcceptancePlan } from './acceptance.ts';
import { checkAcceptance, checkAlone, MEMPOOL_COIN_HEIGHT, waitingCoin } from './acceptance.ts';
import type { ChainMove, MempoolChain } from './chain-view.ts';
import { checkScripts } from './check-scripts.ts';
import type { Chunk } from './cluster.ts';
import type { GraphEntry, MempoolEntry } from './entry.ts';
import type { FeeDelta } from './fee-deltas.ts';
import { FeeDeltas } from './fee-deltas.ts';
import { chunksBestFirst, TransactionGraph, withRelatives } from './graph.ts';
import { checkTogether, type MemberVerdict, type PackageVerdict } from './package.ts';
import { dependsOnHeight, recheck } from './recheck.ts';
import { ReturningTransactions } from './returning.ts';
import { RollingFee } from './rolling-fee.ts';

/** Most memory that waiting transactions may take, estimated. Core's `-maxmempool`. */
export const USAGE_BYTES_MAX = 300_000_000;

/** A transaction that waited longer than this leaves. Core's `-mempoolexpiry`, 336 hours. */
export const EXPIRY_SECONDS: number = 336 * 3_600;

/** Outputs of a transaction without coins that are looked for among the confirmed ones: enough to know it, and a stranger's orphan costs little. */
const KNOWN_OUTPUTS_ASKED = 16;

/** Why a transaction left. Core's `MemPoolRemovalReason`. */
export type RemovalReason = 'block' | 'conflict' | 'replaced' | 'sizelimit' | 'expiry' | 'reorg';

/** A change of the pool, told when it has happened. */
export type MempoolEvent =
  /** `returning`: it comes back from a disconnected block, so that no minimum fee was asked. */
  | { readonly kind: 'added'; readonly entry: MempoolEntry; readonly returning: boolean }
  | { readonly kind: 'removed'; readonly entry: MempoolEntry; readonly reason: RemovalReason };

/** What became of a transaction; `entry` is not in the pool where it was only tested. */
export type AcceptResult =
  | { readonly entry: MempoolEntry; readonly replaced: readonly MempoolEntry[]; readonly rejection?: undefined }
  | { readonly rejection: Rejection; readonly entry?: undefined };

/** How a transaction is to be taken. */
export interface AcceptOptions {
  /** Only say what would happen. */
  readonly test?: boolean;
  /** Refuse what pays more, as `max-fee-exceeded`. */
  readonly feeRateMaxSatPerKvb?: Satoshis;
  /** When it first came, where it was kept over a restart; now unless given. */
  readonly timeSeconds?: number;
}

/** What a pool is made with. */
export interface MempoolOptions {
  readonly chain: MempoolChain;
  readonly params: ConsensusParams;
  readonly verifier: ScriptVerifier;
  readonly clock: Clock;
  readonly log: Log;
  /** What differs from Core's defaults. */
  readonly policy?: Partial<PolicyOptions>;
  /** Default 300,000,000. */
  readonly usageBytesMax?: number;
  /** Default 336 hours. */
  readonly expirySeconds?: number;
}

/** A transaction under way into the pool. */
interface AcceptJob {
  readonly tx: Transaction;
  readonly options: AcceptOptions;
  /** It comes back from a disconnected block. */
  readonly returning: boolean;
  /** Flags that its scripts are known to hold under. */
  readonly heldUnder?: number | undefined;
  scriptsHold: boolean;
}

const RETURNING = { options: {}, returning: true } as const;

/** The waiting transactions. */
export class Mempool {
  readonly policy: PolicyOptions;
  readonly usageBytesMax: number;
  /** What waited longer leaves. */
  readonly expirySeconds: number;
  readonly #options: MempoolOptions;
  readonly #graph = new TransactionGraph();
  readonly #rollingFee: RollingFee;
  readonly #feeDeltas = new FeeDeltas();
  #revision = 0;
  readonly #listeners = new Set<(event: MempoolEvent) => void>();
  readonly #unsubscribe: () => void;
  #sequence = 1;
  /** Rises with each move of the chain: coins that were loaded before it may be gone. */
  #chainRevision = 0;
  #returning: ReturningTransactions | undefined;
  /** Between the first disconnected block and the end of the switch. */
  #switching = false;
  #settling: Promise<void> | undefined;
  #waiters: (() => void)[] = [];
  /** No waiting transaction came before this. */
  #oldestSeconds = Number.POSITIVE_INFINITY;

  constructor(options: MempoolOptions) {
    this.#options = options;
    this.policy = { ...DEFAULT_POLICY, ...options.policy };
    this.usageBytesMax = options.usageBytesMax ?? USAGE_BYTES_MAX;
    this.expirySeconds = options.expirySeconds ?? EXPIRY_SECONDS;
    this.#rollingFee = new RollingFee(this.policy.incrementalFeeRateSatPerKvb);
    this.#unsubscribe = options.chain.subscribe((move) => this.#onChain(move));
  }

  /** Number of waiting transactions. */
  get size(): number {
    return this.#graph.size;
  }

  /** Virtual bytes of all. */
  get vsizeBytes(): number {
    return this.#graph.vsizeBytes;
  }

  /** Estimated memory of all. */
  get usageBytes(): number {
    return this.#graph.usageBytes;
  }

  get totalFeeSat(): Satoshis {
    return this.#graph.totalFeeSat;
  }

  has(txid: Txid): boolean {
    return this.#graph.get(txid) !== undefined;
  }

  get(txid: Txid): MempoolEntry | undefined {
    return this.#graph.get(txid);
  }

  getByWtxid(wtxid: Wtxid): MempoolEntry | undefined {
    return this.#graph.getByWtxid(wtxid);
  }

  /** Grows with every change that may make another block the best one. Core's `GetTransactionsUpdated`. */
  get revision(): number {
    return this.#revision;
  }

  /** Adds to the fee that counts for a transaction, whether it waits or not. Core's `PrioritiseTransaction`. */
  prioritise(txid: Txid, deltaSat: Satoshis): void {
    const sum = this.#feeDeltas.add(txid, deltaSat);
    const entry = this.#graph.get(txid);
    if (entry !== undefined) this.#graph.setModifiedFee(entry, entry.feeSat + sum);
    this.#revision++;
  }

  /** What was added to fees and no block has confirmed yet. */
  feeDeltas(): IterableIterator<FeeDelta> {
    return this.#feeDeltas.all();
  }

  /** What was added to the fee of one; 0 for nothing. */
  feeDeltaOf(txid: Txid): Satoshis {
    return this.#feeDeltas.of(txid);
  }

  /** In the order of their coming. */
  entries(): Iterable<MempoolEntry> {
    return this.#graph.entries();
  }

  /**
   * Groups that enter a block together, the best-paying first, each after all that it needs. Answering `skip` leaves out the rest of the
   * group's cluster. The pool must not change while this is walked.
   */
  chunks(): Generator<Chunk, void, 'skip' | undefined> {
    return chunksBestFirst(this.#graph.clusters);
  }

  /** The waiting transaction that spends an output. */
  spenderOf(outPoint: OutPoint): MempoolEntry | undefined {
    return this.#graph.spenderOf(outPoint);
  }

  /** An output of a waiting transaction, spent by another or not, at `MEMPOOL_COIN_HEIGHT`. */
  coin(outPoint: OutPoint): Coin | undefined {
    return waitingCoin(this.#graph, outPoint, MEMPOOL_COIN_HEIGHT);
  }

  /** It and every waiting transaction that it needs. */
  ancestorsOf(entry: MempoolEntry): ReadonlySet<MempoolEntry> {
    return withRelatives([entry], 'parents');
  }

  /** It and every waiting transaction that needs it. */
  descendantsOf(entry: MempoolEntry): ReadonlySet<MempoolEntry> {
    return withRelatives([entry], 'children');
  }

  /** Fee rate that a transaction must pay to enter now: the relay minimum, or more while the pool is full. */
  minFeeRateSatPerKvb(): Satoshis {
    const rolling = this.#poolFeeRate();
    const { minRelayFeeRateSatPerKvb } = this.policy;
    if (rolling > minRelayFeeRateSatPerKvb) return rolling;
    return minRelayFeeRateSatPerKvb;
  }

  /** Grows by one with each transaction that comes or goes, but for those that a block takes; 1 at first. Core's mempool sequence. */
  get sequence(): number {
    return this.#sequence;
  }

  /** @returns a function that ends it */
  subscribe(listener: (event: MempoolEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when no switch of branches is under way: from then on the waiting transactions fit the tip. */
  async settled(): Promise<void> {
    while (this.#returning !== undefined) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Leaves the chain alone. The transactions stay readable, to be saved. */
  close(): void {
    this.#unsubscribe();
  }

  /**
   * Checks a transaction against policy, coins and scripts, and lets it wait. Many may be under way at once.
   *
   * @throws NodeError where the chain's coins cannot be read or a verifier's worker fails
   */
  async accept(tx: Transaction, options: AcceptOptions = {}): Promise<AcceptResult> {
    const alone = checkAlone(tx, this.#options.params, this.policy);
    if (alone !== undefined) return { rejection: alone };
    const job: AcceptJob = { tx, options, returning: false, scriptsHold: false };
    for (;;) {
      await this.settled();
      const result = await this.#attempt(job);
      if (result !== undefined) return result;
    }
  }

  /**
   * Says of transactions, each behind those that it spends, whether they might wait together. Nothing is kept, and nothing would be replaced.
   *
   * @throws NodeError as `accept`
   */
  async testPackage(transactions: readonly Transaction[]): Promise<PackageVerdict> {
    const error = checkPackage(transactions);
    if (error !== undefined) return { error, members: new Map() };
    for (;;) {
      await this.settled();
      const verdict = await this.#attemptPackage(transactions);
      if (verdict !== undefined) return verdict;
    }
  }

  /** @returns undefined where the chain moved, so that the coins may be others now */
  async #attemptPackage(transactions: readonly Transaction[]): Promise<PackageVerdict | undefined> {
    const revision = this.#chainRevision;
    const loaded = new Map<HashKey, Coin>();
    for (const tx of transactions) for (const [key, coin] of await this.#loadCoins(tx)) loaded.set(key, coin);
    if (revision !== this.#chainRevision) return undefined;
    const together = checkTogether(transactions, loaded, this.#context({ returning: false, options: {} }));
    if (together.verdict !== undefined) return this.#explainPackage(transactions, together.verdict);
    const { chain, params, verifier } = this.#options;
    const members = new Map<number, MemberVerdict>();
    for (const [place, candidate] of together.candidates.entries()) {
      const rejection = await checkScripts(candidate, scriptFlagsAt(chain.tip().height + 1, params), verifier);
      members.set(place, rejection === undefined ? { entry: candidate.entry } : { rejection });
      if (rejection !== undefined) break;
    }
    return revision === this.#chainRevision ? { members } : undefined;
  }

  async #explainPackage(transactions: readonly Transaction[], { error, members }: PackageVerdict): Promise<PackageVerdict> {
    const explained = new Map(members);
    for (const [place, { rejection }] of members) {
      if (rejection !== undefined) explained.set(place, { rejection: await this.#explain(transactions[place] as Transaction, rejection) });
    }
    return { error, members: explained };
  }

  /**
   * Loads coins, checks, runs scripts, and checks again if the pool has changed meanwhile. Scripts need no second run: an outpoint stands
   * for the same output for ever.
   *
   * @returns undefined where the chain moved, so that the coins may be others now
   */
  async #attempt(job: AcceptJob): Promise<AcceptResult | undefined> {
    const revision = this.#chainRevision;
    const loaded = await this.#loadCoins(job.tx);
    if (revision !== this.#chainRevision) return undefined;
    const poolRevision = this.#revision;
    let checked: AcceptancePlan | undefined;
    if (!job.scriptsHold) {
      const { rejection, plan } = checkAcceptance(job.tx, loaded, this.#context(job));
      if (rejection !== undefined) return { rejection: await this.#explain(job.tx, rejection) };
      const { chain, params, verifier } = this.#options;
      const failure = await checkScripts(plan, scriptFlagsAt(chain.tip().height + 1, params), verifier, job.heldUnder);
      if (failure !== undefined) return { rejection: failure };
      job.scriptsHold = true;
      if (revision !== this.#chainRevision) return undefined;
      if (poolRevision === this.#revision) checked = plan;
    }
    return this.#conclude(job, loaded, checked);
  }

  /** A transaction whose coins are missing because it is confirmed itself is no orphan: its own outputs tell. */
  async #explain(tx: Transaction, rejection: Rejection): Promise<Rejection> {
    if (rejection.kind !== 'missing-inputs') return rejection;
    const outPoints = tx.outputs.slice(0, KNOWN_OUTPUTS_ASKED).map((_, vout) => ({ txid: tx.txid, vout }));
    const coins = await this.#options.chain.coinsOf(outPoints);
    return coins.every((coin) => coin === undefined) ? rejection : reject('conflict', 'txn-already-known');
  }

  /**
   * The last look, on the pool as it is now, and the change itself, in one turn.
   *
   * @param checked - what the checks found with this pool and this chain, so that they need not run again
   */
  #conclude(job: AcceptJob, loaded: ReadonlyMap<HashKey, Coin>, checked: AcceptancePlan | undefined): AcceptResult {
    const { tx, options, returning } = job;
    const { rejection, plan } = checked === undefined ? checkAcceptance(tx, loaded, this.#context(job)) : { plan: checked };
    if (rejection !== undefined) return { rejection };
    const { entry, replaced } = plan;
    const { feeRateMaxSatPerKvb } = options;
    if (feeRateMaxSatPerKvb !== undefined && entry.feeSat > feeAtRate(feeRateMaxSatPerKvb, entry.vsizeBytes)) {
      return { rejection: reject('policy', 'max-fee-exceeded', { fee: entry.feeSat }) };
    }
    if (options.test === true) return { entry, replaced: [...replaced] };
    this.#remove(replaced, 'replaced');
    if (!returning) entry.sequence = this.#sequence;
    this.#graph.add(entry);
    this.#oldestSeconds = Math.min(this.#oldestSeconds, entry.timeSeconds);
    this.#emit({ kind: 'added', entry, returning });
    if (!returning) this.#limit();
    return this.#graph.get(tx.txid) === entry
      ? { entry, replaced: [...replaced] }
      : { rejection: reject('policy-reconsiderable', 'mempool full') };
  }

  #context({ returning, options }: Pick<AcceptJob, 'returning' | 'options'>): AcceptanceContext {
    const { chain, params, clock } = this.#options;
    return {
      graph: this.#graph,
      params,
      policy: this.policy,
      tip: chain.tip(),
      medianTimeAt: (height) => chain.medianTimeAt(height),
      nowSeconds: options.timeSeconds ?? clock.nowSeconds(),
      poolFeeRateSatPerKvb: this.#poolFeeRate(),
      feeDeltaOf: (txid) => this.#feeDeltas.of(txid),
      returning,
    };
  }

  #poolFeeRate(): Satoshis {
    return this.#rollingFee.minimumSatPerKvb(this.#options.clock.nowSeconds(), {
      usageBytes: this.#graph.usageBytes,
      usageBytesMax: this.usageBytesMax,
    });
  }

  /** The chain's coins among those that it spends. */
  async #loadCoins(tx: Transaction): Promise<ReadonlyMap<HashKey, Coin>> {
    const wanted = tx.inputs.map((input) => input.prevout).filter((prevout) => this.#graph.get(prevout.txid) === undefined);
    const loaded = new Map<HashKey, Coin>();
    if (wanted.length === 0) return loaded;
    const coins = await this.#options.chain.coinsOf(wanted);
    for (let i = 0; i < wanted.length; i++) {
      const coin = coins[i];
      if (coin !== undefined) loaded.set(outPointKey(wanted[i]!), coin);
    }
    return loaded;
  }

  #emit(event: MempoolEvent): void {
    this.#revision++;
    if (event.kind === 'added' || event.reason !== 'block') this.#sequence++;
    for (const listener of this.#listeners) listener(event);
  }

  #remove(entries: ReadonlySet<GraphEntry>, reason: RemovalReason): void {
    if (entries.size === 0) return;
    this.#graph.remove(entries);
    for (const entry of entries) this.#emit({ kind: 'removed', entry, reason });
  }

  /** Lets go what waited too long, then what pays least, until the rest fits. */
  #limit(): void {
    this.#expire();
    while (this.#graph.usageBytes > this.usageBytesMax) {
      const worst = this.#graph.worstChunk();
      if (worst === undefined) return;
      this.#rollingFee.onEvicted(worst);
      this.#remove(new Set(worst.entries as readonly GraphEntry[]), 'sizelimit');
    }
  }

  #expire(): void {
    const earliest = this.#options.clock.nowSeconds() - this.expirySeconds;
    if (this.#oldestSeconds >= earliest) return;
    const expired: GraphEntry[] = [];
    this.#oldestSeconds = Number.POSITIVE_INFINITY;
    for (const entry of this.#graph.entries()) {
      if (entry.timeSeconds < earliest) expired.push(entry);
      else this.#oldestSeconds = Math.min(this.#oldestSeconds, entry.timeSeconds);
    }
    this.#remove(withRelatives(expired, 'children'), 'expiry');
  }

  #onChain(move: ChainMove): void {
    if (move.kind === 'connected') this.#onConnected(move.block, move.height);
    else if (move.kind === 'disconnected') this.#onDisconnected(move);
    else this.#onSettled();
  }

  /** What a block holds waits no more; what spends the same outputs otherwise never will be mined, nor what depends on it. */
  #onConnected(block: Block, height: number): void {
    this.#chainRevision++;
    this.#rollingFee.onBlock(this.#options.clock.nowSeconds());
    const confirmed = new Set<GraphEntry>();
    const conflicting = new Set<GraphEntry>();
    for (const tx of block.transactions) {
      this.#returning?.forget(tx);
      this.#feeDeltas.forget(tx.txid);
      const entry = this.#graph.get(tx.txid);
      if (entry !== undefined) confirmed.add(entry);
      for (const { prevout } of tx.inputs) {
        const spender = this.#graph.spenderOf(prevout);
        if (spender !== undefined && spender !== entry) conflicting.add(spender);
      }
    }
    for (const entry of confirmed) {
      for (const child of entry.children) child.coinHeightMax = Math.max(child.coinHeightMax, height);
    }
    this.#remove(confirmed, 'block');
    this.#remove(withRelatives(conflicting, 'children'), 'conflict');
  }

  #onDisconnected({ block, height, scriptFlags }: Extract<ChainMove, { kind: 'disconnected' }>): void {
    this.#chainRevision++;
    this.#switching = true;
    this.#returning ??= new ReturningTransactions();
    this.#returning.add(block, height, scriptFlags);
  }

  #onSettled(): void {
    // The tip may have moved without any block: to the base of a snapshot.
    this.#chainRevision++;
    this.#switching = false;
    this.#limit();
    if (this.#returning !== undefined) this.#settling ??= this.#settle(this.#returning);
  }

  /** Brings the pool in line with the new branch. Begins again whenever the chain moves meanwhile; a failure empties the pool. */
  async #settle(returning: ReturningTransactions): Promise<void> {
    try {
      while (!this.#switching) {
        const revision = this.#chainRevision;
        const interrupted = (): boolean => this.#chainRevision !== revision;
        await this.#takeBack(returning, interrupted);
        if (!interrupted()) await this.#sweep(returning.forkHeight, interrupted);
        if (interrupted()) continue;
        this.#returning = undefined;
        break;
      }
    } catch (error) {
      this.#options.log.error('mempool-emptied', { why: error instanceof Error ? error.message : String(error) });
      this.#remove(new Set(this.#graph.entries()), 'reorg');
      this.#returning = undefined;
    }
    this.#settling = undefined;
    if (this.#returning === undefined) {
      this.#limit();
      for (const resolve of this.#waiters.splice(0)) resolve();
    }
  }

  /** Transactions of disconnected blocks come back, parents before children. */
  async #takeBack(returning: ReturningTransactions, interrupted: () => boolean): Promise<void> {
    for (const { tx, heldUnder } of returning.list()) {
      const alone = checkAlone(tx, this.#options.params, this.policy);
      const result = alone === undefined ? await this.#attempt({ tx, ...RETURNING, heldUnder, scriptsHold: false }) : { rejection: alone };
      if (result === undefined || interrupted()) return;
      returning.forget(tx);
      if (result.rejection !== undefined) {
        this.#options.log.debug('transaction-not-returned', { txid: toDisplayHex(tx.txid), reason: result.rejection.reason });
      }
    }
  }

  /** Lets go what no longer holds after blocks above `forkHeight` went: coins gone or young again, lock times in the future. */
  async #sweep(forkHeight: number, interrupted: () => boolean): Promise<void> {
    for (const entry of [...this.#graph.entries()]) {
      if (!dependsOnHeight(entry, forkHeight) || this.#graph.get(entry.tx.txid) !== entry) continue;
      const loaded = await this.#loadCoins(entry.tx);
      if (interrupted()) return;
      const rejection = recheck(entry, loaded, this.#context(RETURNING));
      if (rejection !== undefined) this.#remove(withRelatives([entry], 'children'), 'reorg');
    }
  }
}
