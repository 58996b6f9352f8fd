import { Command } from 'commander';
import type { FilterCheckpoint } from '../../core/params/types.ts';
import { type BlockHash, fromDisplayHex } from '../../core/primitives/ids.ts';
import { mergeFilterCheckpoints } from '../../engine/light/filter-checkpoints.ts';
import { UsageError } from '../failure.ts';
import { declareOptions, settingsOf } from '../options/commander-options.ts';
import { LIGHT_OPTIONS } from '../options/node-options.ts';
import { parseWhole } from '../options/values.ts';

const GAP = { min: 1, max: 100_000 };
const HEIGHT = { min: 0, max: 0x7fffffff };

const HELP_AFTER = `
What is watched and what was found stays in the folder "light" of the data folder; the same command goes on from there. Several peers
are better than one: filters in which they differ are judged by the block, and who is proved a liar is called no more for a day.`;

/** From where on the chain is looked through. */
export type Birthday = { readonly height: number } | { readonly timeSeconds: number };

/** A height, or a day by UTC. */
function parseBirthday(text: string): Birthday {
  const height = parseWhole(text, HEIGHT);
  if (height !== undefined) return { height };
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time)) throw new UsageError(`--birthday "${text}": takes a height, or a day, for instance 2026-01-31`);
  return { timeSeconds: Math.max(0, time / 1_000) };
}

/** `HEIGHT:BLOCKHASH:FILTERHEADER`, hashes as they are shown. */
function parseCheckpoint(text: string): FilterCheckpoint {
  const [, digits = '', block = '', header = ''] = /^(\d+):([0-9a-fA-F]{64}):([0-9a-fA-F]{64})$/.exec(text) ?? [];
  const height = parseWhole(digits, { ...HEIGHT, min: 1 });
  const blockHash = fromDisplayHex<BlockHash>(block);
  const filterHeader = fromDisplayHex<BlockHash>(header);
  if (height === undefined || blockHash === undefined || filterHeader === undefined || filterHeader.every((byte) => byte === 0)) {
    throw new UsageError(`--filter-checkpoint "${text.slice(0, 160)}": takes HEIGHT:BLOCKHASH:FILTERHEADER, as getblockfilter tells them`);
  }
  return { height, blockHash, filterHeader };
}

/** Whether they contradict those of the network is seen when that is loaded. */
function checkpointsOf(texts: readonly string[]): readonly FilterCheckpoint[] {
  const checkpoints = texts.map(parseCheckpoint);
  if (mergeFilterCheckpoints([], checkpoints) === undefined) {
    throw new UsageError('--filter-checkpoint: two of them contradict each other');
  }
  return checkpoints;
}

function parseGap(text: string): number {
  const gap = parseWhole(text, GAP);
  if (gap === undefined) throw new UsageError(`--gap "${text}": takes a number, ${GAP.min} to ${GAP.max}`);
  return gap;
}

const append = (text: string, before: readonly string[]): readonly string[] => [...before, text];

/** The options that no other command has, as they were said. */
interface LightWords {
  readonly watch: readonly string[];
  readonly birthday?: string;
  readonly gap?: string;
  readonly filterCheckpoint: readonly string[];
  readonly headers?: string;
  readonly send?: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** `quoin light`: the light client. */
export function createLightCommand(): Command {
  const command = new Command('light')
    .description('find and watch payments without keeping the chain: headers, compact filters, and the blocks that match')
    .option(
      '--watch <ADDRESS|DESCRIPTOR|SCRIPT>',
      'an address, a descriptor, or an output script in hexadecimal; may be repeated',
      append,
      [],
    )
    .option('--birthday <HEIGHT|DAY>', 'look through the chain from here on, where that was not done yet; default its beginning')
    .option('--gap <N>', 'scripts of a range to watch beyond the last one used; default 100')
    .option('--send <HEX|FILE|->', 'tell peers of this transaction, and watch it until it is in a block')
    .option('--headers <FILE>', 'first take headers from a file, as "quoin headers export" writes it; every rule is checked')
    .option(
      '--filter-checkpoint <HEIGHT:BLOCKHASH:FILTERHEADER>',
      'a filter header that you know: with a later birthday those before it are not asked for; may be repeated',
      append,
      [],
    )
    .option('--once', 'end when everything was looked through, and a peer has asked for what is sent')
    .option('--json', 'for programs: one JSON object a line')
    .addHelpText('after', HELP_AFTER);
  return declareOptions(command, LIGHT_OPTIONS).action(async () => {
    const { watch, birthday, gap, filterCheckpoint, headers, send, once, json } = command.opts<LightWords>();
    const plan = {
      ...{ watch, headers, send, once: once === true, json: json === true },
      birthday: birthday === undefined ? undefined : parseBirthday(birthday),
      gap: gap === undefined ? undefined : parseGap(gap),
      filterCheckpoints: checkpointsOf(filterCheckpoint),
      settings: await settingsOf(command, LIGHT_OPTIONS),
    };
    await (await import('./light-run.ts')).runLight(plan);
  });
}
