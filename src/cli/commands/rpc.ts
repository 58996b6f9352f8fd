import { Command } from 'commander';
import { declareOptions, settingsOf } from '../options/commander-options.ts';
import { CLIENT_OPTIONS } from '../options/node-options.ts';

/** `quoin rpc`: any JSON-RPC method of a running node. */
export function createRpcCommand(): Command {
  const command = new Command('rpc')
    .description('call a JSON-RPC method of a running node, as bitcoin-cli does; "quoin rpc help" lists them')
    .argument('<METHOD>', 'its name')
    .argument('[ARG...]', 'its arguments; strings stand as they are, all else is JSON')
    .option('--named', 'arguments are name=value')
    .option('--stdin', 'read further arguments from standard input, one a line')
    // A negative number looks like an option; what is one by its two dashes is refused below.
    .allowUnknownOption();
  return declareOptions(command, CLIENT_OPTIONS).action(async (method: string, args: readonly string[]) => {
    const { callMethod } = await import('./rpc-call.ts');
    const { named, stdin } = command.opts<{ named?: boolean; stdin?: boolean }>();
    await callMethod({ method, args, named: named === true, stdin: stdin === true, settings: await settingsOf(command, CLIENT_OPTIONS) });
  });
}
