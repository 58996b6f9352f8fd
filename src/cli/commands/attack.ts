import { Command } from 'commander';
import { UsageError } from '../failure.ts';
import { parsePeerAddress, parseWhole } from '../options/values.ts';

const HELP_AFTER = `
Attack nodes that are yours. A target is this machine or on a private network unless --force is given. Attacks with blocks mine them, where
the network is as easy as regtest, and leave a longer chain behind; on others they say that they cannot tell.

Exit code 0: the target did what is expected, in every attack of which something can be told; 1: it did not, or nothing can be told.`;

const SEED = { min: 0, max: 2 ** 32 - 1 };
const PID = { min: 1, max: 2 ** 31 - 1 };
const SECONDS = { min: 1, max: 3_600 };
const SECONDS_DEFAULT = '20';

/** `--quick`: so much of each flood. */
const QUICK_EFFORT = 0.05;

interface RunOptions {
  readonly target?: string;
  readonly network?: string;
  readonly seed: string;
  readonly seconds: string;
  readonly quick?: boolean;
  readonly pid?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

function whole(flag: string, text: string, limits: { readonly min: number; readonly max: number }): number {
  const value = parseWhole(text, limits);
  if (value === undefined) throw new UsageError(`${flag} "${text}": takes a whole number, ${limits.min} to ${limits.max}`);
  return value;
}

function planOf(names: readonly string[], options: RunOptions) {
  const { target, network, seed, seconds, quick = false, pid, force = false, json = false } = options;
  if (target === undefined) throw new UsageError('which node? name it with --target HOST:PORT');
  const address = parsePeerAddress(target);
  if (address === undefined) throw new UsageError(`--target "${target}": takes HOST:PORT`);
  return {
    ...{ names, address, network, force, json, quick },
    effort: quick ? QUICK_EFFORT : 1,
    seed: whole('--seed', seed, SEED),
    seconds: whole('--seconds', seconds, SECONDS),
    pid: pid === undefined ? undefined : whole('--pid', pid, PID),
  };
}

/** What `quoin attack run` is to do. */
export type AttackPlan = ReturnType<typeof planOf>;

/** `quoin attack`: named adversaries against any node. */
export function createAttackCommand(): Command {
  const command = new Command('attack')
    .description('try known attacks on a node, and see what they do to it')
    .addHelpText('after', HELP_AFTER);
  const list = command
    .command('list')
    .description('every attack: what it does, what is expected, and which of them are tests of this project alone')
    .option('--json', 'for programs');
  list.action(async () => (await import('./attack-list.ts')).listAttacks(list.opts<{ json?: boolean }>().json === true));
  const run = command
    .command('run')
    .description('play attacks against a node')
    .argument('<NAME...>', 'names of attacks, or all')
    .option('--target <HOST:PORT>', 'the node; of any kind that speaks the protocol')
    .option('--network <NAME|FILE>', 'its network; default quoin')
    .option('--seed <N>', 'what is left to chance follows from it', '1')
    .option('--seconds <N>', 'floods end after so many seconds', SECONDS_DEFAULT)
    .option('--quick', 'a twentieth of each flood, and nothing that waits for minutes')
    .option('--pid <N>', "the node's process on this machine, to measure what an attack costs it")
    .option('--force', 'attack a host beyond this machine and private networks, with leave of its owner')
    .option('--json', 'for programs: one JSON object a line')
    .addHelpText('after', HELP_AFTER);
  run.action(async (names: readonly string[]) => {
    const plan = planOf(names, run.opts<RunOptions>());
    await (await import('./attack-run.ts')).runAttacks(plan);
  });
  return command;
}
