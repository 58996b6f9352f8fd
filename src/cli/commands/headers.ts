import { Command } from 'commander';
import { declareOptions, settingsOf } from '../options/commander-options.ts';
import { CLIENT_OPTIONS } from '../options/node-options.ts';

const HELP_AFTER = `
The file has 80 bytes a header, from the network's first block on: what "quoin light --headers FILE" takes. The node is asked over its REST
interface, which a bitcoind serves with -rest; name one with --rpc-connect.`;

/** `quoin headers`: the headers of a chain as a file. */
export function createHeadersCommand(): Command {
  const command = new Command('headers').description('the headers of the chain as a file');
  const exporting = command
    .command('export')
    .description('write all headers of a running node to a file, for light clients to begin with')
    .argument('<FILE>', 'the file to write')
    .option('--force', 'replace the file if it is there')
    .option('--json', 'for programs')
    .addHelpText('after', HELP_AFTER);
  declareOptions(exporting, CLIENT_OPTIONS).action(async (file: string) => {
    const { force, json } = exporting.opts<{ force?: boolean; json?: boolean }>();
    const options = { force: force === true, json: json === true, settings: await settingsOf(exporting, CLIENT_OPTIONS) };
    await (await import('./headers-export.ts')).exportHeaders(file, options);
  });
  return command;
}
