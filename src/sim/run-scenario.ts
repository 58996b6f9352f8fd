import { InvariantError } from './broken.ts';
import type { LedgerBlock } from './reference-ledger.ts';
import { type RunReport, reportOf } from './run-report.ts';
import { type ParameterValues, parameterValues, type Scenario } from './scenario.ts';
import { Simulation, type SimulationListener } from './simulation.ts';

/** How far a run has come. */
export interface RunProgress {
  /** Steps that are done, of all. */
  readonly step: number;
  readonly steps: number;
  /** What is being done. */
  readonly name: string;
}

/** What is run. */
export interface RunOptions {
  readonly scenario: Scenario;
  /** Unsigned 32 bits. */
  readonly seed: number;
  /** Parameters that differ from the scenario's own. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Told at the begin of each step. */
  readonly onStep?: (progress: RunProgress, simulation: Simulation) => void;
  readonly listener?: SimulationListener;
}

/** Tips of all nodes that are up. */
function tipsOf(simulation: Simulation): Map<number, LedgerBlock> {
  const tips = new Map<number, LedgerBlock>();
  for (const node of simulation.nodes) {
    const tip = simulation.tipOf(node);
    if (tip !== undefined) tips.set(node.index, tip);
  }
  return tips;
}

/** How to see a run again. */
export function reproduction(scenario: string, seed: number, parameters: ParameterValues): string {
  const { nodes, ...others } = parameters;
  const set = Object.entries(others).map(([name, value]) => ` --set ${name}=${value}`);
  return `quoin sim run ${scenario} --seed ${seed}${nodes === undefined ? '' : ` --nodes ${nodes}`}${set.join('')}`;
}

/**
 * Plays a scenario to its end, or until an invariant breaks.
 *
 * @throws RangeError for a parameter that the scenario does not have. A broken invariant is no error: the report has it.
 */
export async function runScenario({ scenario, seed, parameters = {}, onStep, listener }: RunOptions): Promise<RunReport> {
  const values = parameterValues(scenario, parameters);
  const { setup, steps } = scenario.play(values, seed);
  const simulation = new Simulation({ ...setup, seed }, listener);
  const tell = (step: number, name: string): void => onStep?.({ step, steps: steps.length, name }, simulation);
  let tips = new Map<number, LedgerBlock>();
  let broken: InvariantError | undefined;
  try {
    tell(0, 'start the nodes');
    await simulation.begin();
    for (const [index, step] of steps.entries()) {
      tell(index, step.name);
      await step.run(simulation);
    }
    tips = tipsOf(simulation);
    tell(steps.length, 'stop the nodes and look at all coins');
    await simulation.end();
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error;
    broken = error;
    tips = tipsOf(simulation);
    simulation.abandon();
  }
  return reportOf(simulation, tips, { scenario: scenario.name, parameters: values, broken: broken?.broken });
}
