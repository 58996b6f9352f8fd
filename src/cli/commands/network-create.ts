import { writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { createNetworkDefinition } from '../../core/params/network-definition.ts';
import { parseNetworkJson } from '../../core/params/network-file.ts';
import type { NetworkFile } from '../../core/params/network-json.ts';
import { loadNetworkFile } from '../../core/params/networks.ts';
import { quoin } from '../../core/params/quoin.ts';
import { parseCoins } from '../../doors/rpc/amount.ts';
import { writeFileAtomic } from '../../platform/store/small-files.ts';
import { CommandError, UsageError } from '../failure.ts';
import { mineGenesis, type SearchProgress } from '../genesis-search.ts';
import { readNetworkText } from '../options/place.ts';
import { parseWhole } from '../options/values.ts';
import { formatDuration, formatHashRate, formatPercent } from '../output/format.ts';
import { isLive, LiveLines } from '../output/terminal.ts';
import { factLines, networkFacts } from './network-show.ts';

/** What `quoin network create` is told, as texts. */
export interface CreateOptions {
  readonly output: string;
  readonly from?: string;
  readonly difficultyBits?: string;
  readonly reward?: string;
  readonly name?: string;
  readonly halving?: string;
  readonly maturity?: string;
  readonly weight?: string;
  readonly maxMoney?: string;
  readonly spacing?: string;
  readonly prefix?: string;
  readonly p2pPort?: string;
  readonly httpPort?: string;
  readonly seed: readonly string[];
  readonly text?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const DIFFICULTY_BITS_DEFAULT = 26;
const REWARD_DEFAULT = 2_500_000_000n;
const COUNT_MAX = 0x7fffffff;
const PORT_MAX = 65_535;

/** The option that says a field of the file, for errors. */
const OPTION_OF_FIELD: Readonly<Record<string, string>> = {
  name: '--name',
  seeds: '--seed',
  'addresses.bech32Prefix': '--prefix',
  'genesis.text': '--text',
  'pow.difficultyBits': '--difficulty-bits',
  'pow.spacingSeconds': '--spacing',
  'subsidy.initial': '--reward',
  'subsidy.halvingInterval': '--halving',
  'limits.blockWeight': '--weight',
  'limits.maxMoney': '--max-money',
  coinbaseMaturity: '--maturity',
};

function whole(flag: string, text: string | undefined, limits: { readonly min: number; readonly max: number }): number | undefined {
  if (text === undefined) return undefined;
  const value = parseWhole(text, limits);
  if (value === undefined) throw new UsageError(`${flag} "${text}": takes a whole number, ${limits.min} to ${limits.max}`);
  return value;
}

function coins(flag: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const value = parseCoins(text);
  if (value === undefined || value < 0n) throw new UsageError(`${flag} "${text}": takes coins with at most 8 decimals, for instance 12.5`);
  return value;
}

/** A property, where its value is known. */
function given<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [Name in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [Name in Key]?: Value };
}

/** The name of a network whose file is called so. */
function nameOfFile(path: string): string {
  return basename(path, extname(path))
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-');
}

/** The definition that the options describe, its genesis still to be mined. */
function definitionOf(options: CreateOptions): NetworkFile {
  const limits = { min: 1, max: COUNT_MAX };
  const ports = { min: 0, max: PORT_MAX };
  const p2p = whole('--p2p-port', options.p2pPort, ports);
  const http = whole('--http-port', options.httpPort, ports);
  return createNetworkDefinition({
    name: options.name ?? nameOfFile(options.output),
    difficultyBits: whole('--difficulty-bits', options.difficultyBits, { min: 1, max: 64 }) ?? DIFFICULTY_BITS_DEFAULT,
    reward: coins('--reward', options.reward) ?? REWARD_DEFAULT,
    ports: { ...quoin.ports, ...given('p2p', p2p), ...given('http', http) },
    ...given('halvingInterval', whole('--halving', options.halving, limits)),
    ...given('coinbaseMaturity', whole('--maturity', options.maturity, limits)),
    ...given('blockWeightWu', whole('--weight', options.weight, limits)),
    ...given('maxMoney', coins('--max-money', options.maxMoney)),
    ...given('spacingSeconds', whole('--spacing', options.spacing, limits)),
    ...given('bech32Prefix', options.prefix),
    ...given('seeds', options.seed.length === 0 ? undefined : options.seed),
  });
}

const CHOICES = [
  'difficultyBits',
  'reward',
  'name',
  'halving',
  'maturity',
  'weight',
  'maxMoney',
  'spacing',
  'prefix',
  'p2pPort',
  'httpPort',
] as const;

/** The definition that a user wrote. */
async function definitionIn(path: string, options: CreateOptions): Promise<unknown> {
  if (CHOICES.some((key) => options[key] !== undefined) || options.seed.length > 0) {
    throw new UsageError('--from takes every field from its file: leave out the options that choose one');
  }
  const text = await readNetworkText(path);
  if (text === undefined) throw new UsageError(`--from ${path}: there is no such file`);
  return parseNetworkJson(text);
}

/** A choice that is out of range is named by its option. */
function namedByOption(error: unknown): unknown {
  if (error instanceof Error && error.name === 'NetworkFileError' && 'field' in error && 'problem' in error) {
    const option = OPTION_OF_FIELD[String(error.field)];
    if (option !== undefined) return new UsageError(`${option}: ${String(error.problem)}`);
  }
  return error;
}

function progressLine({ tries, triesExpected, hashRate }: SearchProgress): string {
  // The search forgets: however long it took, on average it takes the whole time again.
  const time = formatDuration(triesExpected / hashRate);
  const luck = formatPercent(1 - Math.exp(-tries / triesExpected));
  return `mining the first block: ${formatHashRate(hashRate)}, ${time} on average, done by now in ${luck} of cases`;
}

async function refuseExisting(path: string): Promise<void> {
  if ((await readNetworkText(path)) !== undefined)
    throw new CommandError(`${path} is there already: name another file, or replace it with --force`);
}

/** Writes a new file, or with `force` over what is there. */
async function writeNetwork(path: string, text: string, force: boolean): Promise<void> {
  if (force) return writeFileAtomic(path, Buffer.from(text), 0o644);
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') await refuseExisting(path);
    throw new CommandError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** `quoin network create`. */
export async function networkCreate(options: CreateOptions): Promise<void> {
  const force = options.force === true;
  if (!force) await refuseExisting(options.output);
  const live = isLive(process.stdout, process.env) && options.json !== true ? new LiveLines(process.stdout) : undefined;
  let file: NetworkFile;
  try {
    const definition = options.from === undefined ? definitionOf(options) : await definitionIn(options.from, options);
    file = await mineGenesis({
      definition,
      timeSeconds: Math.floor(Date.now() / 1_000),
      ...given('text', options.text),
      onProgress: (progress) => live?.show([progressLine(progress)]),
    });
  } catch (error) {
    // A file's own problem is told by its field, not by an option.
    throw options.from === undefined ? namedByOption(error) : error;
  } finally {
    live?.clear();
  }
  const text = `${JSON.stringify(file, undefined, 2)}\n`;
  const params = loadNetworkFile(text);
  await writeNetwork(options.output, text, force);
  if (options.json === true) console.log(JSON.stringify({ file: options.output, ...networkFacts(params) }));
  else
    console.log(`${factLines(params).join('\n')}\nwritten to ${options.output}; start a node with: quoin node --network ${options.output}`);
}
