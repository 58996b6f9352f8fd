import { toDisplayHex } from '../core/primitives/ids.ts';
import type { BrokenInvariant } from './broken.ts';
import type { LedgerBlock } from './reference-ledger.ts';
import type { ParameterValues } from './scenario.ts';
import type { Simulation } from './simulation.ts';

/** One tip that honest nodes have. */
export interface ReportTip {
  readonly hash: string;
  readonly height: number;
  readonly nodes: readonly number[];
}

/** What came of a run. Everything but `broken` follows from scenario, parameters and seed. */
export interface RunReport {
  readonly scenario: string;
  readonly seed: number;
  readonly parameters: ParameterValues;
  /** Undefined where every invariant held to the end. */
  readonly broken: BrokenInvariant | undefined;
  readonly virtualSeconds: number;
  readonly events: number;
  readonly nodes: number;
  readonly liars: readonly number[];
  readonly tips: readonly ReportTip[];
  readonly height: number;
  /** Valid blocks that were found, and those of them that are not on the best chain. */
  readonly blocks: number;
  readonly staleBlocks: number;
  /** Blocks that liars made and some node stored before it refused them. */
  readonly invalidBlocksStored: number;
  readonly reorganisations: number;
  readonly deepestReorganisation: number;
  /** Times that a block took to an honest node, milliseconds: half of them took no longer, nine of ten, 99 of a hundred. */
  readonly propagationMs: { readonly half: number; readonly most: number; readonly nearlyAll: number } | undefined;
  readonly transactions: { readonly submitted: number; readonly refused: number; readonly confirmed: number };
  readonly coins: { readonly count: number; readonly total: string; readonly burnt: string };
  /** Verdicts on the scripts of a transaction that nodes asked for, and those of them that another node had found out. */
  readonly scripts: { readonly asked: number; readonly shared: number };
  readonly messages: number;
  readonly bytes: number;
  readonly byCommand: Readonly<Record<string, { readonly messages: number; readonly bytes: number }>>;
  /** What the scenario itself has measured, by name. */
  readonly figures: Readonly<Record<string, number>>;
  /** How often each invariant was looked at. */
  readonly checks: Readonly<Record<string, number>>;
  /** SHA-256 over every event: the same for the same run. */
  readonly digest: string;
}

function tipsOf(simulation: Simulation, tips: ReadonlyMap<number, LedgerBlock>): ReportTip[] {
  const byTip = new Map<LedgerBlock, number[]>();
  for (const { index } of simulation.honest) {
    const tip = tips.get(index);
    if (tip !== undefined) byTip.set(tip, [...(byTip.get(tip) ?? []), index]);
  }
  return [...byTip]
    .map(([{ hash, height }, nodes]) => ({ hash: toDisplayHex(hash), height, nodes }))
    .sort((a, b) => b.nodes.length - a.nodes.length || b.height - a.height);
}

/** The highest of some tips. */
function highest(tips: ReadonlyMap<number, LedgerBlock>, genesis: LedgerBlock): LedgerBlock {
  let best = genesis;
  for (const tip of tips.values()) if (tip.height > best.height) best = tip;
  return best;
}

function confirmedOn(best: LedgerBlock): number {
  let count = 0;
  for (let at: LedgerBlock | undefined = best; at?.parent !== undefined; at = at.parent) count += at.transactionCount - 1;
  return count;
}

/** Tells what came of a simulation. @param tips - of each node, as they were before the nodes were stopped */
export function reportOf(
  simulation: Simulation,
  tips: ReadonlyMap<number, LedgerBlock>,
  run: Pick<RunReport, 'scenario' | 'parameters' | 'broken'>,
): RunReport {
  const { ledger, measures, network, setup, digest } = simulation;
  const best = highest(tips, ledger.genesis);
  const valid = ledger.since(1).filter(({ flaw }) => flaw === undefined).length;
  const delays = measures.propagationMs(50, 90, 99) as [number, number, number] | undefined;
  return {
    ...run,
    seed: setup.seed,
    virtualSeconds: simulation.seconds,
    events: simulation.events,
    nodes: setup.nodes,
    liars: [...(setup.byzantine?.keys() ?? [])].sort((a, b) => a - b),
    tips: tipsOf(simulation, tips),
    height: best.height,
    blocks: valid,
    staleBlocks: valid - best.height,
    invalidBlocksStored: ledger.size - 1 - valid,
    reorganisations: measures.reorganisations,
    deepestReorganisation: measures.deepestReorganisation,
    propagationMs: delays && { half: delays[0], most: delays[1], nearlyAll: delays[2] },
    transactions: { submitted: measures.transactionsSubmitted, refused: measures.transactionsRefused, confirmed: confirmedOn(best) },
    coins: { count: best.coins.count, total: String(best.coins.total), burnt: String(best.burnt) },
    scripts: { asked: simulation.verifier.asked, shared: simulation.verifier.shared },
    messages: network.traffic.messages,
    bytes: network.traffic.bytes,
    byCommand: Object.fromEntries(network.traffic.byCommand()),
    figures: Object.fromEntries(simulation.figures),
    checks: { ...simulation.invariants.counts },
    digest: digest.hex(),
  };
}
