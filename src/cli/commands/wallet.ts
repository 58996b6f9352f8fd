import { Command } from 'commander';
import { declareOptions, settingsOf } from '../options/commander-options.ts';
import { CLIENT_OPTIONS, PLACE_OPTIONS } from '../options/node-options.ts';
import type { OptionTable, Settings } from '../options/settings.ts';

/** What each of the commands takes beside the options that say which node or folder. */
interface OwnOptions {
  readonly json?: boolean;
  readonly new?: boolean;
  readonly kind?: string;
  readonly feeRate?: string;
  readonly limit?: string;
}

/** One of the commands, run with what was said about its options. */
function addCommand<Table extends OptionTable>(
  parent: Command,
  table: Table,
  facts: { readonly usage: string; readonly about: string; readonly options?: readonly (readonly [string, string])[] },
  action: (settings: Settings<Table>, args: readonly string[], own: OwnOptions) => Promise<void>,
): void {
  const command = parent.command(facts.usage).description(facts.about);
  for (const [flags, help] of facts.options ?? []) command.option(flags, help);
  command.option('--json', 'for programs');
  declareOptions(command, table).action(async () => action(await settingsOf(command, table), command.args, command.opts<OwnOptions>()));
}

/** `quoin wallet`: the words of a wallet, and paying and being paid with a running node's. */
export function createWalletCommand(): Command {
  const wallet = new Command('wallet').description("make a wallet, pay and be paid with a running node's");
  const seed = () => import('./wallet-seed.ts');
  const remote = () => import('./wallet-remote.ts');
  addCommand(
    wallet,
    PLACE_OPTIONS,
    { usage: 'create', about: 'make the words of a new wallet in a data folder that has none' },
    async (place, _, own) => (await seed()).createWallet(place, own.json === true),
  );
  const restore = {
    usage: 'restore',
    about: 'put words that you have into a data folder that has none; they are read from standard input',
  };
  addCommand(wallet, PLACE_OPTIONS, restore, async (place, _, own) => (await seed()).restoreWallet(place, own.json === true));
  const kind = ['--kind <wpkh|tr>', 'segwit (BIP-84) or taproot (BIP-86); default wpkh'] as const;
  const address = {
    usage: 'address',
    about: 'the next unused address',
    options: [['--new', 'one that was never shown before'], kind],
  } as const;
  addCommand(wallet, CLIENT_OPTIONS, address, async (settings, _, own) => (await remote()).showAddress(settings, own));
  const balance = { usage: 'balance', about: 'what the wallet has' };
  addCommand(wallet, CLIENT_OPTIONS, balance, async (settings, _, own) => (await remote()).showBalance(settings, own));
  const send = {
    usage: 'send <ADDRESS> <COINS>',
    about: 'pay coins to an address',
    options: [['--fee-rate <RATE>', 'base units per virtual byte; default what the node takes']],
  } as const;
  addCommand(wallet, CLIENT_OPTIONS, send, async (settings, args, own) => (await remote()).send(settings, args, own));
  const history = {
    usage: 'history',
    about: "the wallet's transactions, newest first",
    options: [['--limit <N>', 'how many; default 20']],
  } as const;
  addCommand(wallet, CLIENT_OPTIONS, history, async (settings, _, own) => (await remote()).showHistory(settings, own));
  const sign = { usage: 'sign <HEX>', about: "sign the wallet's inputs of a transaction; - reads it from standard input" };
  addCommand(wallet, CLIENT_OPTIONS, sign, async (settings, args, own) => (await remote()).sign(settings, args, own));
  return wallet;
}
