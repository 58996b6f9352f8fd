#!/usr/bin/env node
/**
 * The command `quoin`: which command was meant, and how the process ends.
 *
 * Owns commands, options, configuration and text for people. Does not own logic: the commands call the rooms below. Each command is
 * loaded when it is named, so that `quoin --version` is quick and a node starts with nothing but what it needs. Begin here, then
 * commands/.
 *
 * @module
 */

import { writeSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../platform/system/version.ts';
import { endingOf, UsageError } from './failure.ts';

/** One command, known by name before it is loaded. */
interface LazyCommand {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** One command that is not commander's. */
interface ForeignCommand {
  readonly name: string;
  readonly summary: string;
  readonly run: (line: readonly string[]) => Promise<void>;
}

/** Commands that read what stands after them by themselves: options with one dash, as another program has them. */
const FOREIGN_COMMANDS: readonly ForeignCommand[] = [
  {
    name: 'bitcoind',
    summary: "run a full node with bitcoind's options and bitcoin.conf",
    run: async (line) => (await import('./bitcoind/run.ts')).runBitcoind(line),
  },
  {
    name: 'bitcoin-cli',
    summary: "ask a running node anything, with bitcoin-cli's options",
    run: async (line) => (await import('./bitcoin-cli/run.ts')).runBitcoinCli(line),
  },
];

const COMMANDS: readonly LazyCommand[] = [
  { name: 'node', summary: 'run a full node', load: async () => (await import('./commands/node.ts')).createNodeCommand() },
  {
    name: 'rpc',
    summary: 'ask a running node anything, as bitcoin-cli does',
    load: async () => (await import('./commands/rpc.ts')).createRpcCommand(),
  },
  {
    name: 'status',
    summary: 'show what a running node does',
    load: async () => (await import('./commands/status.ts')).createStatusCommand(),
  },
  {
    name: 'wallet',
    summary: "make a wallet, pay and be paid with a running node's",
    load: async () => (await import('./commands/wallet.ts')).createWalletCommand(),
  },
  {
    name: 'light',
    summary: 'find and watch payments without keeping the chain',
    load: async () => (await import('./commands/light.ts')).createLightCommand(),
  },
  {
    name: 'headers',
    summary: 'write the headers of a running node to a file',
    load: async () => (await import('./commands/headers.ts')).createHeadersCommand(),
  },
  {
    name: 'explain',
    summary: 'say why a transaction or a block is refused',
    load: async () => (await import('./commands/explain.ts')).createExplainCommand(),
  },
  {
    name: 'import',
    summary: 'take blocks from files, also those that a bitcoind wrote',
    load: async () => (await import('./commands/import.ts')).createImportCommand(),
  },
  {
    name: 'network',
    summary: 'make, check and show networks of your own',
    load: async () => (await import('./commands/network.ts')).createNetworkCommand(),
  },
  {
    name: 'devnet',
    summary: 'run several nodes of a fresh network on this machine',
    load: async () => (await import('./commands/devnet.ts')).createDevnetCommand(),
  },
  {
    name: 'sim',
    summary: 'let many nodes live through splits, crashes and liars, on a virtual clock',
    load: async () => (await import('./commands/sim.ts')).createSimCommand(),
  },
  {
    name: 'attack',
    summary: 'try known attacks on a node of yours',
    load: async () => (await import('./commands/attack.ts')).createAttackCommand(),
  },
];

const STDERR = 2;

/** Commander's own refusals become ours: one line and exit code 2. Text that was asked for (help, version) is no refusal. */
function speakAsWeDo(command: Command): void {
  command.exitOverride((error) => {
    throw error.exitCode === 0 ? error : usageErrorOf(error, command);
  });
  command.configureOutput({ writeErr: () => undefined });
  for (const each of command.commands) speakAsWeDo(each);
}

/** What a command is called by, those above it first. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function usageErrorOf(error: CommanderError, command: Command): UsageError {
  const help = `"${pathOf(command)} --help"`;
  // Commander would show its help, on standard error, for a command that consists of others.
  if (error.code === 'commander.help') return new UsageError(`a command is missing: ${help} lists them`);
  const lists = error.code === 'commander.unknownOption' || error.code === 'commander.unknownCommand';
  return new UsageError(`${error.message.replace(/^error: |\.$/g, '')}; ${help} ${lists ? 'lists them' : 'tells more'}`);
}

async function run(args: readonly string[]): Promise<void> {
  const foreign = FOREIGN_COMMANDS.find(({ name }) => name === args[0]);
  if (foreign !== undefined) return foreign.run(args.slice(1));
  const program = new Command('quoin');
  program.description("A proof-of-work full node: its own network out of the box, Bitcoin's formats and rules throughout.");
  program.version(packageVersion(), '--version', 'print the version');
  program.helpOption('--help', 'say what can be done');
  program.helpCommand(false);
  const named = COMMANDS.find(({ name }) => name === args[0]);
  for (const { name, summary, load } of COMMANDS) {
    if (name === named?.name) program.addCommand(await load());
    else program.command(name).description(summary).allowUnknownOption().allowExcessArguments();
  }
  for (const { name, summary } of FOREIGN_COMMANDS) program.command(name).description(summary);
  program.addHelpText('after', '\n"quoin COMMAND --help" tells more about one of them.');
  speakAsWeDo(program);
  await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
}

/** Ends the process with the one line that standard error is for. */
function end(error: unknown): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  const { exitCode, text } = endingOf(error);
  writeSync(STDERR, `${text}\n`);
  process.exit(exitCode);
}

// Standard error carries only the last words: what the runtime or a package warns of is not for the user of a node.
process.removeAllListeners('warning');
// A reader that has gone (`quoin rpc … | head`) is no failure.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0);
});
process.on('uncaughtException', end);

run(process.argv.slice(2)).catch(end);
