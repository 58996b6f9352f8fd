import { Command } from 'commander';
import { declareOptions, settingsOf } from '../options/commander-options.ts';
import { NODE_OPTIONS } from '../options/node-options.ts';

const HELP_AFTER = `
Each option can stand in the environment too, as QUOIN_DB_CACHE=300 or QUOIN_NO_LISTEN=true, and in the file of --config,
as db-cache = 300 or no-listen = true. The command line counts before the environment, that before the file.

Ctrl-C stops the node in order; a second one at once.`;

/** `quoin node`: a full node. */
export function createNodeCommand(): Command {
  const command = new Command('node').description('run a full node').addHelpText('after', HELP_AFTER);
  return declareOptions(command, NODE_OPTIONS).action(async () => {
    const said = await settingsOf(command, NODE_OPTIONS);
    await (await import('./node-run.ts')).runNode(said);
  });
}
