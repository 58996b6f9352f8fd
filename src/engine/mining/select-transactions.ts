import { isFinalTransaction } from '../../core/consensus/lock-time.ts';
import { WITNESS_SCALE_FACTOR } from '../../core/consensus/weight.ts';
import type { Satoshis } from '../../core/primitives/transaction.ts';
import { hasWitness } from '../../core/primitives/transaction.ts';
import type { Chunk } from '../mempool/cluster.ts';
import type { MempoolEntry } from '../mempool/entry.ts';

/** What the transactions of a block share. */
export interface BlockRoom {
  readonly height: number;
  /** Median time past of the parent, against which lock times are held. */
  readonly medianTimeSeconds: number;
  /** Weight that is left for transactions. */
  readonly weightWu: number;
  readonly sigopsCost: number;
  /** Before BIP-141 is in force a block may hold no witness. */
  readonly witness: boolean;
  /** What a group must pay for each 1,000 virtual bytes. */
  readonly feeRateMinSatPerKvb: Satoshis;
}

/** Once so many groups in a row do not fit, and the block is nearly full, nothing more is tried. Core's numbers. */
const MISSES_MAX = 1_000;
const NEARLY_FULL_WU = 4_000;

/** The waiting transactions by what they pay, as the mempool gives them. */
export type ChunkSource = Generator<Chunk, void, 'skip' | undefined>;

/**
 * Fills a block: group by group, the best-paying first. A group that does not fit is left out with all that stands behind it in its cluster.
 * Core's `BlockAssembler::addChunks`.
 *
 * @returns the transactions, each after those it needs
 */
export function selectTransactions(chunks: ChunkSource, room: BlockRoom): readonly MempoolEntry[] {
  const selected: MempoolEntry[] = [];
  let weightWu = 0;
  let sigopsCost = 0;
  let misses = 0;
  for (let step = chunks.next(); step.done !== true; ) {
    const { entries, feeSat, adjustedWeightWu } = step.value;
    // All that follow pay less.
    if (feeSat * 1_000n < room.feeRateMinSatPerKvb * BigInt(Math.ceil(adjustedWeightWu / WITNESS_SCALE_FACTOR))) break;
    let groupWeightWu = 0;
    let groupSigopsCost = 0;
    for (const entry of entries) {
      groupWeightWu += entry.weightWu;
      groupSigopsCost += entry.sigopsCost;
    }
    const fits = weightWu + groupWeightWu <= room.weightWu && sigopsCost + groupSigopsCost <= room.sigopsCost;
    if (fits && entries.every((entry) => mayStand(entry, room))) {
      selected.push(...entries);
      weightWu += groupWeightWu;
      sigopsCost += groupSigopsCost;
      misses = 0;
      step = chunks.next();
    } else {
      misses++;
      if (misses > MISSES_MAX && weightWu + NEARLY_FULL_WU > room.weightWu) break;
      step = chunks.next('skip');
    }
  }
  return selected;
}

/** What the mempool does not promise for every height: finality, and no witness where there must be none. */
function mayStand({ tx }: MempoolEntry, room: BlockRoom): boolean {
  return isFinalTransaction(tx, room.height, room.medianTimeSeconds) && (room.witness || !hasWitness(tx));
}
