import type { Simulation } from './simulation.ts';
import type { SimulationSetup } from './simulation-setup.ts';

/** A number that can be chosen about a scenario. */
export interface ScenarioParameter {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** What it is, for people. */
  readonly about: string;
}

/** One thing that is done or waited for. It throws where what it expects does not come. */
export interface Step {
  /** What it is, for people. */
  readonly name: string;
  run(simulation: Simulation): Promise<void>;
}

/** What is played: a world, and what happens in it. */
export interface Play {
  readonly setup: Omit<SimulationSetup, 'seed'>;
  readonly steps: readonly Step[];
}

/** Values of a scenario's parameters, by their names. */
export type ParameterValues<Names extends string = string> = Readonly<Record<Names, number>>;

/** A scenario: a file of its own in `scenarios/`. */
export interface Scenario<Names extends string = string> {
  /** In kebab-case. */
  readonly name: string;
  /** What happens, in one or two sentences. */
  readonly about: string;
  /** `nodes` is one of every scenario. */
  readonly parameters: Readonly<Record<Names, ScenarioParameter>>;
  /** Makes what is played. `seed` is for what the scenario itself draws. */
  play(values: ParameterValues<Names>, seed: number): Play;
}

/** A scenario with the types of its own parameters, as any scenario: names that it does not have are refused before it is played. */
export function scenario<Names extends string>(of: Scenario<Names>): Scenario {
  return of as unknown as Scenario;
}

/** Values for a scenario: its own, but for those that were chosen. @throws RangeError for a name or value that it does not have */
export function parameterValues({ name, parameters }: Scenario, chosen: Readonly<Record<string, number>>): ParameterValues {
  const values: Record<string, number> = {};
  for (const [key, { value }] of Object.entries(parameters)) values[key] = value;
  for (const [key, value] of Object.entries(chosen)) {
    const parameter = parameters[key];
    if (parameter === undefined) {
      throw new RangeError(`${name} has no parameter "${key}": it has ${Object.keys(parameters).join(', ')}`);
    }
    const { min, max } = parameter;
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new RangeError(`${key} of ${name} is a whole number, ${min} to ${max}: ${parameter.about}`);
    }
    values[key] = value;
  }
  return values;
}
