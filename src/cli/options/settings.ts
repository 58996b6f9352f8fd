/**
 * Merges what the command line, the environment and the configuration file say. This is the one place that does; nothing below the
 * command line reads the environment.
 *
 * @module
 */

import { UsageError } from '../failure.ts';
import type { Option, OptionValue } from './option.ts';

/** Options by the name they have in code. */
export type OptionTable = Readonly<Record<string, Option<never> | Option<unknown>>>;

/** What was said about a table's options; undefined where nothing was. */
export type Settings<Table extends OptionTable> = { readonly [Key in keyof Table]: OptionValue<Table[Key]> | undefined };

/** One source, by option name: a text for each time the option stands there. */
interface Source {
  /** What an error calls the option: `--listen`, `QUOIN_LISTEN`, `listen in quoin.toml`. */
  readonly label: (name: string) => string;
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** What a configuration file says: its name for errors, and its keys. */
export interface ConfigFile {
  readonly path: string;
  readonly keys: Readonly<Record<string, unknown>>;
}

/** Everything that may be said. */
export interface Said {
  /** As commander gives it, by option name: a text, a list of texts, or true. */
  readonly commandLine: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile | undefined;
}

/** The environment's name of an option. */
export function environmentName(name: string): string {
  return `QUOIN_${name.toUpperCase().replaceAll('-', '_')}`;
}

function fromCommandLine(options: readonly Option<unknown>[], said: Said['commandLine']): Source {
  const texts = new Map<string, readonly string[]>();
  for (const { name, bareText } of options) {
    const value = said[name];
    if (value === undefined) continue;
    texts.set(name, Array.isArray(value) ? value.map(String) : [value === true ? (bareText ?? 'true') : String(value)]);
  }
  return { label: (name) => `--${name}`, texts };
}

function fromEnvironment(options: readonly Option<unknown>[], said: Said['environment']): Source {
  const texts = new Map<string, readonly string[]>();
  for (const { name } of options) {
    const value = said[environmentName(name)];
    if (value !== undefined && value !== '') texts.set(name, [value]);
  }
  return { label: environmentName, texts };
}

function fromFile(options: readonly Option<unknown>[], file: ConfigFile): Source {
  const texts = new Map<string, readonly string[]>();
  const label = (name: string): string => `"${name}" in ${file.path}`;
  const textOf = (value: unknown, option: Option<unknown>): string => {
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint')
      return String(value);
    throw new UsageError(`${label(option.name)}: takes ${option.takes}`);
  };
  for (const option of options) {
    const value = file.keys[option.name];
    if (value === undefined) continue;
    const values = option.many && Array.isArray(value) ? value : [value];
    texts.set(
      option.name,
      values.map((each) => textOf(each, option)),
    );
  }
  return { label, texts };
}

/** The value of one option in one source. */
function readValue(option: Option<unknown>, source: Source): unknown {
  const texts = source.texts.get(option.name) ?? [];
  const values = texts.map((text) => {
    const value = option.parse(text);
    if (value === undefined) throw new UsageError(`${source.label(option.name)} "${text}": takes ${option.takes}`);
    return value;
  });
  return option.many ? values.flat() : values.at(-1);
}

/** Whether an option's value says yes: all do but a switch that is off. */
function isAffirmed(value: unknown): boolean {
  return value !== false;
}

/**
 * Merges: the command line before the environment before the file. Of a group, such as `listen` and `no-listen`, the first source that
 * names any settles all of it.
 *
 * @throws UsageError for a wrong value and for two of one group in one source
 */
export function mergeSettings<Table extends OptionTable>(table: Table, said: Said): Settings<Table> {
  const entries = Object.entries(table) as unknown as readonly (readonly [string, Option<unknown>])[];
  const options = entries.map(([, option]) => option);
  const sources = [fromCommandLine(options, said.commandLine), fromEnvironment(options, said.environment)];
  if (said.file !== undefined) sources.push(fromFile(options, said.file));
  const settings: Record<string, unknown> = {};
  for (const [key, option] of entries) {
    const rivals = option.group === undefined ? [option] : options.filter(({ group }) => group === option.group);
    const source = sources.find(({ texts }) => rivals.some(({ name }) => texts.has(name)));
    settings[key] = source?.texts.has(option.name) ? readValue(option, source) : undefined;
    const chosen = source === undefined ? [] : rivals.filter((each) => source.texts.has(each.name) && isAffirmed(readValue(each, source)));
    if (source !== undefined && chosen.length > 1) {
      throw new UsageError(`${chosen.map(({ name }) => source.label(name)).join(' and ')} exclude each other: give one of them`);
    }
  }
  return settings as Settings<Table>;
}
