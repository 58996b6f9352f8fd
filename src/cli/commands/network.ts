import { Command } from 'commander';

/** `quoin network`: networks of one's own. */
export function createNetworkCommand(): Command {
  const command = new Command('network').description('make, check and show networks of your own');
  command
    .command('create')
    .description('write the file of a new network and mine its first block')
    .requiredOption('-o, --output <FILE>', 'the file to write')
    .option('--difficulty-bits <N>', 'a block takes 2^N tries on average, 1 to 64; default 26')
    .option('--reward <COINS>', 'new coins in each block; default 25')
    .option('--name <NAME>', 'a-z, 0-9 and -; default the name of the file')
    .option('--halving <BLOCKS>', 'blocks after which the reward halves; default never')
    .option('--maturity <BLOCKS>', 'blocks until a mined coin can be spent; default 10')
    .option('--weight <WU>', 'most weight of a block; default 4000000')
    .option('--max-money <COINS>', 'most coins in one output or one transaction; default 90000000')
    .option('--spacing <SECONDS>', 'wanted seconds between blocks, for estimates; default 10')
    .option('--prefix <TEXT>', 'what addresses begin with, before the 1; default qn')
    .option('--p2p-port <PORT>', 'port for peers; default 7333')
    .option('--http-port <PORT>', 'port for HTTP; default 7332')
    .option(
      '--seed <HOST>',
      'a host name that answers with addresses of nodes; may be repeated',
      (host, hosts: string[]) => [...hosts, host],
      [],
    )
    .option('--text <TEXT>', 'what the first block says; default "<name> genesis"')
    .option('--from <FILE>', 'take every field from this file, whose genesis says "mine one"')
    .option('--force', 'replace the file if it is there')
    .option('--json', 'for programs')
    .action(async (options) => (await import('./network-create.ts')).networkCreate(options));
  command
    .command('check')
    .description('say what is wrong in a network file, or what it means')
    .argument('<FILE>', 'the network file')
    .option('--json', 'for programs')
    .action(async (file: string, options) => (await import('./network-show.ts')).networkCheck(file, options));
  command
    .command('show')
    .description('print a network as a network file')
    .argument('<NAME|FILE>', 'a built-in network or a network file')
    .option('--explain', 'explain each field in place of the file')
    .action(async (nameOrFile: string, options) => (await import('./network-show.ts')).networkShow(nameOrFile, options));
  return command;
}
