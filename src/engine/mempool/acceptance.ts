/**
 * The checks that a transaction passes before it may wait, in Bitcoin Core's order (`MemPoolAccept::PreChecks`), scripts apart.
 *
 * Pure: given the coins, it looks and answers, and changes nothing. So it can be asked again after scripts have run, when others may have come and gone.
 *
 * @module
 */

import { bytesEqual } from '../../core/base/bytes.ts';
import { checkTransaction } from '../../core/consensus/check-transaction.ts';
import { checkTxInputs } from '../../core/consensus/check-tx-inputs.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import { isFinalTransaction, isPastSequenceLock, sequenceLocks } from '../../core/consensus/lock-time.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import type { HashKey, Txid } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import { isCoinbase, outPointKey } from '../../core/primitives/transaction.ts';
import { STANDARD_FLAGS } from '../../core/script/flags.ts';
import { transactionSigopsCost } from '../../core/script/sigops.ts';
import { checkInputsStandard, checkWitnessStandard } from '../policy/check-inputs-standard.ts';
import { checkStandardTransaction, isDust } from '../policy/check-standard.ts';
import { feeAtRate } from '../policy/fee-rate.ts';
import type { PolicyOptions } from '../policy/options.ts';
import { STANDARD_SIGOPS_COST_MAX, STANDARD_STRIPPED_SIZE_BYTES_MIN } from '../policy/options.ts';
import { checkReplacement } from '../policy/replacement.ts';
import { checkTruc } from '../policy/truc.ts';
import type { ChainPoint } from './chain-view.ts';
import type { Cluster } from './cluster.ts';
import type { GraphEntry } from './entry.ts';
import { makeEntry } from './entry.ts';
import type { TransactionGraph } from './graph.ts';
import { withRelatives } from './graph.ts';

/** Height of a coin that no block has made yet. Core's `MEMPOOL_HEIGHT`. */
export const MEMPOOL_COIN_HEIGHT = 0x7fffffff;

/** The waiting transactions as far as one that is judged alone depends on them. */
export type PoolView = Pick<TransactionGraph, 'get' | 'getByWtxid' | 'spenderOf' | 'parentsOf' | 'childrenOf'>;

/** What the checks look at that concern one transaction. */
export interface SingleContext {
  readonly graph: PoolView;
  readonly params: ConsensusParams;
  readonly policy: PolicyOptions;
  readonly tip: ChainPoint;
  readonly medianTimeAt: (height: number) => number;
  readonly nowSeconds: number;
  /** The minimum while the pool is full; 0 where there is room. */
  readonly poolFeeRateSatPerKvb: Satoshis;
  /** What the operator added to the fee of a transaction. */
  readonly feeDeltaOf: (txid: Txid) => Satoshis;
  /** The transaction comes back from a disconnected block: no minimum fee is asked. */
  readonly returning: boolean;
  /** It is tested with others, of which these come before it: it may replace nothing, and bounds of the package are looked at for all together. */
  readonly packageEntries?: ReadonlySet<GraphEntry>;
}

/** What the checks look at. */
export interface AcceptanceContext extends SingleContext {
  readonly graph: TransactionGraph;
}

/** What accepting would do. */
export interface AcceptancePlan {
  readonly entry: GraphEntry;
  /** Conflicts and what depends on them. */
  readonly replaced: ReadonlySet<GraphEntry>;
  /** The output that each input spends. */
  readonly spent: readonly Coin[];
}

/** The answer of the checks. */
export type AcceptanceResult =
  | { readonly plan: AcceptancePlan; readonly rejection?: undefined }
  | { readonly rejection: Rejection; readonly plan?: undefined };

/** Rules that need neither chain nor pool. */
export function checkAlone(tx: Transaction, params: ConsensusParams, policy: PolicyOptions): Rejection | undefined {
  const invalid = checkTransaction(tx, params);
  if (invalid !== undefined) return invalid;
  if (isCoinbase(tx)) return reject('consensus', 'coinbase');
  if (policy.requireStandard) {
    const unusual = checkStandardTransaction(tx, policy);
    if (unusual !== undefined) return unusual;
  }
  if (tx.strippedSizeBytes < STANDARD_STRIPPED_SIZE_BYTES_MIN) {
    return reject('policy', 'tx-size-small', { strippedSizeBytes: tx.strippedSizeBytes });
  }
  return undefined;
}

/** The coin of a waiting transaction's output, or undefined. */
export function waitingCoin(graph: Pick<PoolView, 'get'>, outPoint: OutPoint, height: number): Coin | undefined {
  const output = graph.get(outPoint.txid)?.tx.outputs[outPoint.vout];
  return output === undefined ? undefined : { value: output.value, scriptPubKey: output.scriptPubKey, height, coinbase: false };
}

/** Lock time against the block that would come next. */
export function checkFinal(tx: Transaction, tip: ChainPoint): Rejection | undefined {
  return isFinalTransaction(tx, tip.height + 1, tip.medianTimeSeconds) ? undefined : reject('premature', 'non-final');
}

/**
 * Relative lock times (BIP-68) against the block that would come next. A coin that still waits comes with that block at the earliest.
 * Policy asks for them whether or not blocks do yet, as Core does.
 */
export function checkRelativeLocks(
  tx: Transaction,
  coins: readonly Coin[],
  context: Pick<SingleContext, 'tip' | 'medianTimeAt'>,
): Rejection | undefined {
  const { tip } = context;
  const height = tip.height + 1;
  const lock = sequenceLocks(
    tx,
    coins.map((coin) => Math.min(coin.height, height)),
    context.medianTimeAt,
  );
  return isPastSequenceLock(lock, height, tip.medianTimeSeconds) ? undefined : reject('premature', 'non-BIP68-final');
}

/** Whether it, or a twin with other witnesses, waits already. */
function checkUnknown(tx: Transaction, graph: PoolView): Rejection | undefined {
  if (graph.getByWtxid(tx.wtxid) !== undefined) return reject('conflict', 'txn-already-in-mempool');
  return graph.get(tx.txid) === undefined ? undefined : reject('conflict', 'txn-same-nonwitness-data-in-mempool');
}

/** In a package nothing is replaced. */
function checkReplacesNothing(tx: Transaction, { graph, packageEntries }: SingleContext): Rejection | undefined {
  if (packageEntries === undefined || !tx.inputs.some(({ prevout }) => graph.spenderOf(prevout) !== undefined)) return undefined;
  return reject('policy', 'bip125-replacement-disallowed');
}

/** The least that it must pay, by the pool and by policy. */
function checkFee(feeSat: Satoshis, vsizeBytes: number, context: SingleContext): Rejection | undefined {
  if (context.returning) return undefined;
  const poolFee = feeAtRate(context.poolFeeRateSatPerKvb, vsizeBytes);
  if (feeSat < poolFee) return reject('policy-reconsiderable', 'mempool min fee not met', { fee: feeSat, required: poolFee });
  const relayFee = feeAtRate(context.policy.minRelayFeeRateSatPerKvb, vsizeBytes);
  if (feeSat < relayFee) return reject('policy-reconsiderable', 'min relay fee not met', { fee: feeSat, required: relayFee });
  return undefined;
}

/** Dust is allowed only where nobody gains from mining it alone. */
function checkEphemeralDust(entry: GraphEntry, policy: PolicyOptions): Rejection | undefined {
  const { tx, feeSat, modifiedFeeSat } = entry;
  if ((feeSat !== 0n || modifiedFeeSat !== 0n) && tx.outputs.some((output) => isDust(output, policy)))
    return reject('policy', 'dust', { fee: feeSat });
  return undefined;
}

/** Whoever spends from what makes dust must sweep it. Core's `CheckEphemeralSpends`. */
export function checkEphemeralSpends(entry: GraphEntry, policy: PolicyOptions): Rejection | undefined {
  const { tx } = entry;
  for (const parent of entry.parents) {
    const { outputs, txid } = parent.tx;
    for (let vout = 0; vout < outputs.length; vout++) {
      if (!isDust(outputs[vout]!, policy)) continue;
      const swept = tx.inputs.some(({ prevout }) => prevout.vout === vout && bytesEqual(prevout.txid, txid));
      if (!swept) return reject('policy', 'missing-ephemeral-spends', { vout });
    }
  }
  return undefined;
}

/** What only standard transactions keep to, once their coins are known. */
function checkStandardWithCoins(entry: GraphEntry, spent: readonly Coin[], context: SingleContext): Rejection | undefined {
  const { policy, packageEntries } = context;
  if (!policy.requireStandard) return undefined;
  const unusual = checkInputsStandard(entry.tx, spent) ?? checkWitnessStandard(entry.tx, spent) ?? checkEphemeralDust(entry, policy);
  return unusual ?? (packageEntries === undefined ? checkEphemeralSpends(entry, policy) : undefined);
}

/** Waiting transactions that spend what it spends, and everything that would leave with them. */
interface Conflicts {
  readonly direct: ReadonlySet<GraphEntry>;
  readonly all: ReadonlySet<GraphEntry>;
}

function conflictsOf(tx: Transaction, graph: PoolView): Conflicts {
  const direct = new Set<GraphEntry>();
  for (const { prevout } of tx.inputs) {
    const spender = graph.spenderOf(prevout);
    if (spender !== undefined) direct.add(spender);
  }
  return { direct, all: withRelatives(direct, 'children') };
}

/** What version 3 asks of it and of the waiting transactions that it spends. */
function checkFamily(entry: GraphEntry, conflicts: Conflicts, context: SingleContext): Rejection | undefined {
  const { policy, packageEntries } = context;
  const waiting = [...entry.parents].filter((parent) => packageEntries?.has(parent) !== true);
  const parents = waiting.map((parent) => ({
    version: parent.tx.version,
    hasParents: parent.parents.size > 0,
    hasOtherChild: [...parent.children].some((child) => !conflicts.all.has(child)),
  }));
  // What was in a block comes back whatever it stands beside, as in Core.
  const asked = policy.requireStandard && !context.returning;
  return asked ? checkTruc({ version: entry.tx.version, vsizeBytes: entry.vsizeBytes, parents }) : undefined;
}

/** Its place among the waiting transactions: replacement, size of the cluster. */
function checkNeighbours(entry: GraphEntry, conflicts: Conflicts, context: AcceptanceContext): Rejection | undefined {
  const { graph, policy } = context;
  for (const ancestor of withRelatives(entry.parents, 'parents')) {
    if (conflicts.direct.has(ancestor)) return reject('consensus', 'bad-txns-spends-conflicting-tx');
  }
  const change = graph.preview(entry, conflicts.all);
  if (!change.fits) return reject('policy', 'too-large-cluster');
  if (conflicts.direct.size === 0) return undefined;
  const conflictClusters = new Set<Cluster>();
  for (const each of conflicts.direct) conflictClusters.add(each.cluster);
  let replacedFeeSat = 0n;
  for (const each of conflicts.all) replacedFeeSat += each.modifiedFeeSat;
  const { modifiedFeeSat: feeSat, vsizeBytes } = entry;
  return checkReplacement({ feeSat, vsizeBytes, replacedFeeSat, conflictClusters: conflictClusters.size, ...change }, policy);
}

/** The coin of each input: of a waiting transaction, else the one loaded from the chain. */
export function coinsOfInputs(tx: Transaction, loaded: ReadonlyMap<HashKey, Coin>, graph: PoolView): readonly (Coin | undefined)[] {
  return tx.inputs.map(({ prevout }) => waitingCoin(graph, prevout, MEMPOOL_COIN_HEIGHT) ?? loaded.get(outPointKey(prevout)));
}

/** An entry of a transaction whose coins are all known, its neighbours named in it, the graph not yet changed. */
function entryOf(tx: Transaction, spent: readonly Coin[], feeSat: Satoshis, context: SingleContext): GraphEntry {
  const { graph, policy } = context;
  const confirmed = spent.filter((coin) => coin.height !== MEMPOOL_COIN_HEIGHT);
  const entry = makeEntry({
    tx,
    feeSat,
    feeDeltaSat: context.feeDeltaOf(tx.txid),
    sigopsCost: transactionSigopsCost(tx, spent, STANDARD_FLAGS),
    bytesPerSigop: policy.bytesPerSigop,
    timeSeconds: context.nowSeconds,
    height: context.tip.height,
    coinHeightMax: confirmed.reduce((highest, coin) => Math.max(highest, coin.height), -1),
    spendsCoinbase: spent.some((coin) => coin.coinbase),
  });
  for (const parent of graph.parentsOf(tx)) entry.parents.add(parent);
  for (const child of graph.childrenOf(tx)) entry.children.add(child);
  return entry;
}

/** A transaction that holds by itself. */
interface SingleResult {
  readonly entry: GraphEntry;
  readonly spent: readonly Coin[];
  readonly conflicts: Conflicts;
  readonly rejection?: undefined;
}

/**
 * What a transaction has to keep to whatever it replaces and joins. `checkAlone` must have passed.
 *
 * @param loaded - coins of the active chain that it spends, by outpoint
 */
export function checkSingly(
  tx: Transaction,
  loaded: ReadonlyMap<HashKey, Coin>,
  context: SingleContext,
): SingleResult | { readonly rejection: Rejection } {
  const { graph, params, tip } = context;
  const early = checkFinal(tx, tip) ?? checkUnknown(tx, graph) ?? checkReplacesNothing(tx, context);
  if (early !== undefined) return { rejection: early };
  const coins = coinsOfInputs(tx, loaded, graph);
  const missing = coins.indexOf(undefined);
  if (missing >= 0) return { rejection: reject('missing-inputs', 'bad-txns-inputs-missingorspent', { index: missing }) };
  const spent = coins as readonly Coin[];
  const locked = checkRelativeLocks(tx, spent, context);
  if (locked !== undefined) return { rejection: locked };
  const amounts = checkTxInputs(tx, spent, tip.height + 1, params);
  if (amounts.rejection !== undefined) return { rejection: amounts.rejection };
  const entry = entryOf(tx, spent, amounts.fee, context);
  const unusual = checkStandardWithCoins(entry, spent, context);
  if (unusual !== undefined) return { rejection: unusual };
  if (entry.sigopsCost > STANDARD_SIGOPS_COST_MAX) {
    return { rejection: reject('policy', 'bad-txns-too-many-sigops', { sigopsCost: entry.sigopsCost }) };
  }
  const conflicts = conflictsOf(tx, graph);
  const refused = checkFee(entry.modifiedFeeSat, entry.vsizeBytes, context) ?? checkFamily(entry, conflicts, context);
  return refused === undefined ? { entry, spent, conflicts } : { rejection: refused };
}

/**
 * Whether a transaction may wait, and what its coming would change. `checkAlone` must have passed; scripts are the caller's.
 *
 * @param loaded - coins of the active chain that it spends, by outpoint
 */
export function checkAcceptance(tx: Transaction, loaded: ReadonlyMap<HashKey, Coin>, context: AcceptanceContext): AcceptanceResult {
  const single = checkSingly(tx, loaded, context);
  if (single.rejection !== undefined) return { rejection: single.rejection };
  const { entry, spent, conflicts } = single;
  const refused = checkNeighbours(entry, conflicts, context);
  return refused === undefined ? { plan: { entry, replaced: conflicts.all, spent } } : { rejection: refused };
}
