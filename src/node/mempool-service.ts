import type { Txid } from '../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction } from '../core/primitives/transaction.ts';
import { transactionWeightWu } from '../core/primitives/transaction.ts';
import { CLUSTER_COUNT_MAX, CLUSTER_WEIGHT_WU_MAX } from '../engine/mempool/cluster.ts';
import type { MempoolEntry } from '../engine/mempool/entry.ts';
import type { AcceptOptions, Mempool } from '../engine/mempool/mempool.ts';
import type { MemberVerdict } from '../engine/mempool/package.ts';
import { isDust } from '../engine/policy/check-standard.ts';
import type { MempoolItem, MempoolService, TransactionOutcome } from '../engine/ports/mempool-service.ts';
import type { WaitingFile } from './waiting-file.ts';

/** Counts, sizes and fees of an entry's relatives, itself among them. */
function sumOf(entries: ReadonlySet<MempoolEntry>): { readonly count: number; readonly vsizeBytes: number; readonly fees: Satoshis } {
  let vsizeBytes = 0;
  let fees = 0n;
  for (const entry of entries) {
    vsizeBytes += entry.vsizeBytes;
    fees += entry.modifiedFeeSat;
  }
  return { count: entries.size, vsizeBytes, fees };
}

/** A waiting transaction as the doors see it. Its relatives are summed when they are asked for: few answers show them. */
function itemOf(mempool: Mempool, entry: MempoolEntry): MempoolItem {
  const txids = (entries: ReadonlySet<MempoolEntry>): Txid[] => Array.from(entries, ({ tx }) => tx.txid);
  return {
    tx: entry.tx,
    fee: entry.feeSat,
    modifiedFee: entry.modifiedFeeSat,
    vsizeBytes: entry.vsizeBytes,
    weightWu: entry.weightWu,
    timeSeconds: entry.timeSeconds,
    height: entry.height,
    get depends() {
      return txids(entry.parents);
    },
    get spentBy() {
      return txids(entry.children);
    },
    get ancestorCount() {
      return mempool.ancestorsOf(entry).size;
    },
    get ancestorVsizeBytes() {
      return sumOf(mempool.ancestorsOf(entry)).vsizeBytes;
    },
    get ancestorFees() {
      return sumOf(mempool.ancestorsOf(entry)).fees;
    },
    get descendantCount() {
      return mempool.descendantsOf(entry).size;
    },
    get descendantVsizeBytes() {
      return sumOf(mempool.descendantsOf(entry)).vsizeBytes;
    },
    get descendantFees() {
      return sumOf(mempool.descendantsOf(entry)).fees;
    },
  };
}

/** In a cluster that is a chain, parents before children is the only order, so it is the best; of others nobody has made sure. */
function isOptimal(mempool: Mempool): boolean {
  for (const { children, parents } of mempool.entries()) {
    if (parents.size > 1 || children.size > 1) return false;
  }
  return true;
}

/** The pool's answer in the doors' words. */
function outcomeFrom(tx: Transaction, { entry, rejection }: Pick<MemberVerdict, 'entry' | 'rejection'>): TransactionOutcome {
  return {
    txid: tx.txid,
    wtxid: tx.wtxid,
    rejection,
    fee: entry?.feeSat,
    modifiedFee: entry?.modifiedFeeSat,
    vsizeBytes: entry?.vsizeBytes ?? Math.ceil(transactionWeightWu(tx) / 4),
  };
}

/** Hands a transaction to the pool. */
async function outcomeOf(mempool: Mempool, tx: Transaction, options: AcceptOptions): Promise<TransactionOutcome> {
  return outcomeFrom(tx, await mempool.accept(tx, options));
}

/**
 * The mempool as the doors see it.
 *
 * @param waiting - keeps the transactions over a restart
 */
export function createMempoolService(mempool: Mempool, waiting: WaitingFile): MempoolService {
  return {
    info: () => ({
      loaded: waiting.loaded,
      count: mempool.size,
      vsizeBytes: mempool.vsizeBytes,
      usageBytes: mempool.usageBytes,
      maxUsageBytes: mempool.usageBytesMax,
      totalFee: mempool.totalFeeSat,
      minFeeRateSatPerKvb: mempool.minFeeRateSatPerKvb(),
      minRelayFeeRateSatPerKvb: mempool.policy.minRelayFeeRateSatPerKvb,
      incrementalFeeRateSatPerKvb: mempool.policy.incrementalFeeRateSatPerKvb,
      permitBareMultisig: mempool.policy.permitBareMultisig,
      dataCarrierBytesMax: mempool.policy.dataCarrierBytesMax,
      clusterCountMax: CLUSTER_COUNT_MAX,
      clusterVsizeBytesMax: CLUSTER_WEIGHT_WU_MAX / 4,
      get optimal() {
        return isOptimal(mempool);
      },
      sequence: mempool.sequence,
    }),
    *items() {
      for (const entry of mempool.entries()) yield itemOf(mempool, entry);
    },
    get: (txid) => {
      const entry = mempool.get(txid);
      return entry === undefined ? undefined : itemOf(mempool, entry);
    },
    coin: (outPoint: OutPoint) => mempool.coin(outPoint),
    spenderOf: (outPoint) => mempool.spenderOf(outPoint)?.tx.txid,
    prioritise: (txid, delta) => {
      const outputs = mempool.get(txid)?.tx.outputs ?? [];
      if (outputs.some((output) => isDust(output, mempool.policy))) return false;
      mempool.prioritise(txid, delta);
      return true;
    },
    feeDeltas: () => Array.from(mempool.feeDeltas(), ({ txid, deltaSat }) => ({ txid, delta: deltaSat })),
    settled: () => mempool.settled(),
    submit: (tx, options = {}) => outcomeOf(mempool, tx, options),
    test: (tx) => outcomeOf(mempool, tx, { test: true }),
    testPackage: async (transactions) => {
      const { error, members } = await mempool.testPackage(transactions);
      const outcomes = transactions.map((tx, place) => {
        const member = members.get(place);
        return member === undefined ? undefined : outcomeFrom(tx, member);
      });
      return { error, outcomes };
    },
    relatives: (txid, direction) => {
      const entry = mempool.get(txid);
      if (entry === undefined) return undefined;
      const all = direction === 'ancestors' ? mempool.ancestorsOf(entry) : mempool.descendantsOf(entry);
      return Array.from(all, (each) => itemOf(mempool, each));
    },
    save: () => waiting.save(),
    importFile: (path, options) => waiting.importFile(path, options),
  };
}
