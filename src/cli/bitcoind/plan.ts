/**
 * What a bitcoind's options mean for this node: the network, its rules, the doors, what happens beside.
 *
 * @module
 */

import { resolve } from 'node:path';
import { categoriesOf, LOG_CATEGORIES, type LogCategory } from '../../engine/ports/log-categories.ts';
import type { NodeOptions } from '../../node/options.ts';
import type { DoorPlan } from '../commands/node-doors.ts';
import { ArgumentError, type Arguments } from './arguments.ts';
import { BITCOIND_OPTIONS } from './catalog.ts';
import { planDoors } from './plan-doors.ts';
import { planNetwork } from './plan-network.ts';
import { planCore } from './plan-node.ts';
import { networkFolder } from './read-arguments.ts';
import { isYes } from './values.ts';

/** Commands of a shell that are run when something happens. */
export interface NotifyPlan {
  /** `%s` stands for the hash of the new tip. */
  readonly block: readonly string[];
  readonly startup: readonly string[];
  readonly shutdown: readonly string[];
}

/** Everything that is started. */
export interface BitcoindPlan {
  readonly folder: string;
  readonly node: Omit<NodeOptions, 'log' | 'onProgress'>;
  readonly doors: DoorPlan;
  readonly notify: NotifyPlan;
  /** The node stops at this height; 0 for never. */
  readonly stopAtHeight: number;
  /** Undefined for none. */
  readonly pidPath: string | undefined;
  /** Undefined for none. */
  readonly logName: string | undefined;
  readonly printsLog: boolean;
  /** Of whose debug lines are written. */
  readonly logCategories: readonly LogCategory[];
}

/** What this node cannot do is refused where it is asked for, never passed over. */
function refuseAbsent(args: Arguments): void {
  for (const [name, value] of args.said()) {
    const asked = value !== false && isYes(value === '' || /^[+-]?\d/.test(value) ? value : '1');
    if (BITCOIND_OPTIONS.get(name)?.effect === 'absent' && asked) {
      throw new ArgumentError(`-${name}${value === '' ? '' : `=${value}`} is not supported by this node: leave it out`);
    }
  }
  for (const name of ['daemon', 'daemonwait']) {
    if (args.switch(name, false)) throw new ArgumentError(`-${name} is not supported by this node: it stays in the foreground`);
  }
}

function refuseMisplaced(args: Arguments): void {
  const chain = args.chain();
  const lines = args.misplaced().map((name) => `Config setting for -${name} only applied on ${chain} network when in [${chain}] section.`);
  if (lines.length > 0) throw new ArgumentError(lines.join('\n'));
}

/** Commands that are said, but for empty ones. */
function commands(args: Arguments, name: string): readonly string[] {
  return args.list(name).filter((command) => command !== '');
}

/** The path of a file that the node writes; undefined where it was negated. */
function fileSaid(args: Arguments, name: string, fallback: string): string | undefined {
  const said = args.value(name);
  if (said === false || said === '0') return undefined;
  return said === undefined || said === '' ? fallback : said;
}

/** The categories of one option. @throws ArgumentError where a word is none */
function categoriesIn(name: string, words: readonly string[]): readonly LogCategory[] {
  return words.flatMap((word) => {
    const categories = categoriesOf(word);
    if (categories === undefined) throw new ArgumentError(`Unsupported logging category -${name}=${word}.`);
    return categories;
  });
}

/** `-debug` without those of `-debugexclude`. Of the former, `0` and `none` take back what stands before them. */
function categoriesSaid(args: Arguments): readonly LogCategory[] {
  const words = args.list('debug');
  const from = words.findLastIndex((word) => word === '0' || word === 'none') + 1;
  const excluded = new Set(categoriesIn('debugexclude', args.list('debugexclude')));
  return [...new Set(categoriesIn('debug', words.slice(from)))].filter((category) => !excluded.has(category));
}

const LOG_LEVELS = ['info', 'debug', 'trace'];

/** Refuses what is no level, of one category or of all. What is written follows `-debug` alone. */
function refuseLogLevels(args: Arguments): void {
  const levels = LOG_LEVELS.join(', ');
  for (const said of args.list('loglevel')) {
    const [first, second, ...more] = said.split(':') as [string, ...string[]];
    if (second === undefined) {
      if (!LOG_LEVELS.includes(first))
        throw new ArgumentError(`Unsupported global logging level -loglevel=${said}. Valid values: ${levels}.`);
    } else if (more.length > 0 || !LOG_LEVELS.includes(second) || !LOG_CATEGORIES.some((each) => each === first)) {
      const expected = `Expected -loglevel=<category>:<loglevel>. Valid categories: ${LOG_CATEGORIES.join(', ')}. Valid loglevels: ${levels}.`;
      throw new ArgumentError(`Unsupported category-specific logging level -loglevel=${said}. ${expected}`);
    }
  }
}

/** What is started. @throws ArgumentError in bitcoind's words */
export function planBitcoind(args: Arguments): BitcoindPlan {
  refuseMisplaced(args);
  refuseAbsent(args);
  refuseLogLevels(args);
  const network = planNetwork(args);
  const folder = networkFolder(args);
  const pid = fileSaid(args, 'pid', 'bitcoind.pid');
  const blocks = args.text('blocknotify') ?? '';
  return {
    folder,
    doors: planDoors(args, network, folder),
    node: planCore(args, network, folder),
    notify: {
      block: blocks === '' ? [] : [blocks],
      startup: commands(args, 'startupnotify'),
      shutdown: commands(args, 'shutdownnotify'),
    },
    stopAtHeight: Math.max(args.whole('stopatheight', 0), 0),
    pidPath: pid === undefined ? undefined : resolve(folder, pid),
    logName: fileSaid(args, 'debuglogfile', 'debug.log'),
    printsLog: args.switch('printtoconsole', true),
    logCategories: categoriesSaid(args),
  };
}
