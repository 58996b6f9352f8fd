/**
 * A process of `sim-long.ts`: plays one seed after another, as it is told, and answers with what came of each.
 *
 * @module
 */

import { reproduction, runScenario, SCENARIOS } from '../src/sim/index.ts';

/** What is to be played. */
export interface SeedOrder {
  readonly scenario: string;
  readonly seed: number;
  readonly parameters: Readonly<Record<string, number>>;
}

/** What came of a seed: a line of the state file. */
export interface SeedOutcome {
  readonly seed: number;
  /** Undefined where it held. */
  readonly broken?: string;
  /** The command that shows it again. */
  readonly again?: string;
  readonly digest?: string;
  readonly cpuSeconds: number;
  readonly virtualSeconds: number;
  readonly liars: number;
  readonly deepest: number;
}

/** Plays a seed. A node that throws where nothing catches it breaks the run as an invariant does. */
async function play({ scenario: name, seed, parameters }: SeedOrder): Promise<SeedOutcome> {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario "${name}"`);
  const before = process.cpuUsage();
  const again = reproduction(name, seed, parameters);
  const cpuSeconds = (): number => {
    const { user, system } = process.cpuUsage(before);
    return Math.round((user + system) / 10_000) / 100;
  };
  try {
    const { broken, digest, virtualSeconds, liars, deepestReorganisation: deepest } = await runScenario({ scenario, seed, parameters });
    const figures = { digest, cpuSeconds: cpuSeconds(), virtualSeconds, liars: liars.length, deepest };
    if (broken === undefined) return { seed, ...figures };
    return { seed, ...figures, again, broken: `${broken.invariant} at node ${broken.node ?? '-'}: ${broken.why}` };
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, broken: `it threw: ${why}`, again, cpuSeconds: cpuSeconds(), virtualSeconds: 0, liars: 0, deepest: 0 };
  }
}

process.on('message', (order: SeedOrder) => {
  void play(order).then((outcome) => process.send?.(outcome));
});
