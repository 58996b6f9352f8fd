import { Command } from 'commander';
import { UsageError } from '../failure.ts';
import { parseWhole } from '../options/values.ts';

const NODES = { min: 1, max: 50 };
const DIFFICULTY_BITS = { min: 8, max: 32 };

function whole(flag: string, text: string, limits: { readonly min: number; readonly max: number }): number {
  const value = parseWhole(text, limits);
  if (value === undefined) throw new UsageError(`${flag} "${text}": takes a whole number, ${limits.min} to ${limits.max}`);
  return value;
}

/** `quoin devnet`: several nodes of a fresh network on this machine. */
export function createDevnetCommand(): Command {
  const command = new Command('devnet')
    .description('run several nodes of a fresh network on this machine until Ctrl-C; nothing of it is kept')
    .option('--nodes <N>', 'how many nodes', '3')
    .option('--mine', 'the first of them mines, on one thread')
    .option('--difficulty-bits <N>', 'a block takes 2^N tries on average', '20')
    .option('--json', 'for programs: one JSON object a line');
  return command.action(async () => {
    const { nodes, mine, difficultyBits, json } = command.opts<{
      nodes: string;
      mine?: boolean;
      difficultyBits: string;
      json?: boolean;
    }>();
    const plan = {
      nodes: whole('--nodes', nodes, NODES),
      difficultyBits: whole('--difficulty-bits', difficultyBits, DIFFICULTY_BITS),
      mine: mine === true,
      json: json === true,
    };
    await (await import('./devnet-run.ts')).runDevnet(plan);
  });
}
