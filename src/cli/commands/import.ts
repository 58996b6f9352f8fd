import { Command } from 'commander';
import { declareOptions, settingsOf } from '../options/commander-options.ts';
import { IMPORT_OPTIONS } from '../options/node-options.ts';

const HELP_AFTER = `
A folder gives its blkNNNNN.dat, or those of its folder "blocks"; a bitcoind's mask (xor.dat) beside them is taken off. A folder
without such files gives all its files, each one raw block. Blocks may stand in any order. No node may use the data folder meanwhile.
Ctrl-C ends it in order; what came so far stays, and the same command goes on from there.`;

/** `quoin import`: blocks from files. */
export function createImportCommand(): Command {
  const command = new Command('import')
    .description('take blocks from files into the data folder: blkNNNNN.dat, also those that a bitcoind wrote, and raw blocks')
    .argument('<FILE|FOLDER...>', 'files with blocks, or folders of them')
    .addHelpText('after', HELP_AFTER);
  return declareOptions(command, IMPORT_OPTIONS).action(async (from: readonly string[]) => {
    const said = await settingsOf(command, IMPORT_OPTIONS);
    await (await import('./import-run.ts')).runImport(from, said);
  });
}
