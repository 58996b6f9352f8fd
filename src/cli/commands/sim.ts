import { Command } from 'commander';
import { UsageError } from '../failure.ts';
import { parseWhole } from '../options/values.ts';

const SEED = { min: 0, max: 0xffffffff };
const WHOLE = { min: 0, max: 999_999_999 };

const HELP_AFTER = `
The same scenario, parameters and seed give the same run, to the last byte, on every machine: the digest tells. Where an invariant breaks,
the run ends with exit code 1 and says how to see it again.`;

interface SimOptions {
  readonly nodes?: string;
  readonly seed?: string;
  readonly set: readonly string[];
  readonly json?: boolean;
}

/** Parameters that were chosen, by name. */
function parametersOf({ nodes, set }: SimOptions): Record<string, number> {
  const parameters: Record<string, number> = {};
  if (nodes !== undefined) parameters.nodes = whole('--nodes', nodes, nodes, WHOLE);
  for (const text of set) {
    const [, name, value] = /^([a-z]\w*)=(\d+)$/i.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`--set "${text}": takes name=number, for instance depth=50`);
    parameters[name] = whole('--set', text, value, WHOLE);
  }
  return parameters;
}

function whole(flag: string, said: string, text: string, limits: { readonly min: number; readonly max: number }): number {
  const value = parseWhole(text, limits);
  if (value === undefined) throw new UsageError(`${flag} "${said}": takes a whole number, ${limits.min} to ${limits.max}`);
  return value;
}

function declareRun(command: Command, kind: 'run' | 'watch', description: string): void {
  const run = command
    .command(kind)
    .description(description)
    .argument('<SCENARIO>', 'one of those that "quoin sim list" lists')
    .option('--nodes <N>', 'how many full nodes; default as the scenario says')
    .option('--seed <S>', 'what all chance is drawn from; default another one each time, which is printed')
    .option(
      '--set <NAME=VALUE>',
      'another parameter of the scenario; may be repeated',
      (text: string, before: string[]) => [...before, text],
      [],
    )
    .addHelpText('after', HELP_AFTER);
  if (kind === 'run') run.option('--json', 'for programs: the report as one JSON object');
  run.action(async (scenario: string) => {
    const options = run.opts<SimOptions>();
    const seed = options.seed === undefined ? Date.now() % (SEED.max + 1) : whole('--seed', options.seed, options.seed, SEED);
    const plan = { scenario, seed, parameters: parametersOf(options), json: options.json === true };
    const { runSimulation, watchSimulation } = await import('./sim-run.ts');
    await (kind === 'run' ? runSimulation(plan) : watchSimulation(plan));
  });
}

/** `quoin sim`: many nodes on a virtual clock and network. */
export function createSimCommand(): Command {
  const command = new Command('sim').description('let many nodes live through splits, crashes and liars, on a virtual clock and network');
  const list = command.command('list').description('the scenarios and what can be chosen about each').option('--json', 'for programs');
  list.action(async () => (await import('./sim-run.ts')).listScenarios({ json: list.opts<{ json?: boolean }>().json === true }));
  declareRun(command, 'run', 'play a scenario to its end and tell what came of it');
  declareRun(command, 'watch', 'play a scenario and draw its nodes and their branches meanwhile');
  return command;
}
