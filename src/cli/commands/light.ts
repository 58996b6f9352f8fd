import { Command } from 'commander';
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

function parseGap(text: string): number {
  const gap = parseWhole(text, GAP);
  if (gap === undefined) throw new UsageError(`--gap "${text}": takes a number, ${GAP.min} to ${GAP.max}`);
  return gap;
}

/** `quoin light`: the light client. */
export function createLightCommand(): Command {
  const command = new Command('light')
    .description('find and watch payments without keeping the chain: headers, compact filters, and the blocks that match')
    .option(
      '--watch <ADDRESS|DESCRIPTOR|SCRIPT>',
      'an address, a descriptor, or an output script in hexadecimal; may be repeated',
      (text: string, before: string[]) => [...before, text],
      [],
    )
    .option('--birthday <HEIGHT|DAY>', 'look through the chain from here on, where that was not done yet; default its beginning')
    .option('--gap <N>', 'scripts of a range to watch beyond the last one used; default 100')
    .option('--once', 'end when everything was looked through')
    .option('--json', 'for programs: one JSON object a line')
    .addHelpText('after', HELP_AFTER);
  return declareOptions(command, LIGHT_OPTIONS).action(async () => {
    const { watch, birthday, gap, once, json } = command.opts<{
      watch: readonly string[];
      birthday?: string;
      gap?: string;
      once?: boolean;
      json?: boolean;
    }>();
    const plan = {
      ...{ watch, once: once === true, json: json === true },
      birthday: birthday === undefined ? undefined : parseBirthday(birthday),
      gap: gap === undefined ? undefined : parseGap(gap),
      settings: await settingsOf(command, LIGHT_OPTIONS),
    };
    await (await import('./light-run.ts')).runLight(plan);
  });
}
