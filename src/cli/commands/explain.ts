import { Command } from 'commander';
import { UsageError } from '../failure.ts';
import { declareOptions, settingsOf } from '../options/commander-options.ts';
import { CLIENT_OPTIONS } from '../options/node-options.ts';

/** `quoin explain`: why something is refused. */
export function createExplainCommand(): Command {
  const command = new Command('explain').description('say why a transaction or a block is refused: rule, BIP, position, opcode trace');
  const bytes = 'in hexadecimal, a file that holds it as text or as bytes, or - for standard input';
  const tx = command
    .command('tx')
    .description('a transaction, against the running node; without one, by itself')
    .argument('<HEX|FILE|->', bytes)
    .option(
      '--prevout <VALUE:SCRIPT>',
      'what an input spends, base units and hexadecimal; once for each input, in order: no node is asked',
      (text, before: string[]) => [...before, text],
      [],
    )
    .option('--json', 'for programs');
  const block = command
    .command('block')
    .description('a block, against the running node; without one, by itself')
    .argument('<HEX|FILE|->', bytes)
    .option('--json', 'for programs');
  for (const [kind, each] of [['tx', tx] as const, ['block', block] as const]) {
    declareOptions(each, CLIENT_OPTIONS).action(async (what: string) => {
      const { explain } = await import('./explain-run.ts');
      const { json, prevout = [] } = each.opts<{ json?: boolean; prevout?: readonly string[] }>();
      await explain({ kind, what, prevouts: prevout, json: json === true, settings: await settingsOf(each, CLIENT_OPTIONS) });
    });
  }
  return command.action(() => {
    throw new UsageError('explain what? "quoin explain tx …" or "quoin explain block …"');
  });
}
