import { readFile, stat } from 'node:fs/promises';
import { UsageError } from '../failure.ts';
import { FILE_KEYS } from './node-options.ts';
import type { ConfigFile } from './settings.ts';

const CONFIG_FILE_SIZE_MAX = 1_048_576;

/** The keys of TOML text, each of which must be an option. @throws UsageError naming what is wrong */
export async function parseConfig(text: string, path: string): Promise<ConfigFile> {
  const { parse } = await import('smol-toml');
  let keys: Readonly<Record<string, unknown>>;
  try {
    keys = parse(text);
  } catch (error) {
    const lines = error instanceof Error ? error.message.split('\n') : [String(error)];
    const place = error instanceof Error && 'line' in error ? ` in line ${error.line}` : '';
    throw new UsageError(`${path} is not TOML${place}: ${lines[0]}`);
  }
  for (const key of Object.keys(keys)) {
    if (!FILE_KEYS.includes(key)) throw new UsageError(`${path}: unknown option "${key}"; "quoin node --help" lists them`);
  }
  return { path, keys };
}

/** Reads a configuration file. @throws UsageError where it cannot be read or is wrong */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  let text: string;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new UsageError(`--config ${path}: is no file: takes the path of a TOML file`);
    const { size } = found;
    if (size > CONFIG_FILE_SIZE_MAX) throw new UsageError(`--config ${path}: has ${size} bytes; the limit is ${CONFIG_FILE_SIZE_MAX}`);
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--config ${path}: cannot be read: ${why}`);
  }
  return parseConfig(text, path);
}
