/**
 * Reads a bitcoind's command line, then the files that it names.
 *
 * @module
 */

import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { readFileLimited } from '../../platform/store/small-files.ts';
import { ArgumentError, Arguments } from './arguments.ts';
import type { KnownOption } from './catalog.ts';
import { parseConf } from './conf-text.ts';

const CONF_SIZE_MAX = 1_048_576;
const CONF_NAME = 'bitcoin.conf';

/** Names of the folders below a data folder that Core gives its networks; those of other names are their own. */
const FOLDERS: ReadonlyMap<string, string> = new Map([['main', '']]);

/** The folder of all networks: `-datadir`, else the one where `quoin node` keeps its own. @throws ArgumentError where it is not there */
export function baseFolder(args: Arguments): string {
  const named = args.text('datadir');
  if (named === undefined || named === '') return join(homedir(), '.quoin');
  if (!isFolder(named)) throw new ArgumentError(`Specified data directory "${named}" does not exist.`);
  return resolve(named);
}

/** The folder of the chosen network: below `-datadir` as Core has it, `main` in it itself. */
export function networkFolder(args: Arguments): string {
  const chain = args.chain();
  const named = args.text('datadir') ?? '';
  return join(baseFolder(args), named === '' ? chain : (FOLDERS.get(chain) ?? chain));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function readConf(path: string): Promise<string | undefined> {
  try {
    const bytes = await readFileLimited(path, CONF_SIZE_MAX);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Which network, where the files that were read so far may be what says it wrongly. */
function chainOf(args: Arguments): string {
  try {
    return args.chain();
  } catch (error) {
    throw new ArgumentError(`Error reading configuration file: ${(error as Error).message}`);
  }
}

async function readFiles(args: Arguments): Promise<void> {
  const base = baseFolder(args);
  const named = args.text('conf');
  const path = resolve(base, named === undefined || named === '' ? CONF_NAME : named);
  const content = args.value('conf') === false ? undefined : await readConf(path);
  if (content === undefined && named !== undefined) throw new ArgumentError(`specified config file "${path}" could not be opened.`);
  if (content !== undefined) args.addFile(parseConf(content));
  const read = new Set<string>();
  // A file that is included may choose another network, whose section names further ones.
  for (let round = 0; round < 2; round++) {
    for (const name of args.includes(args.chain())) {
      if (read.has(name)) continue;
      read.add(name);
      const text = await readConf(resolve(base, name));
      if (text === undefined) throw new ArgumentError(`Failed to include configuration file ${name}`);
      args.addFile(parseConf(text).filter((entry) => entry.name !== 'includeconf'));
    }
  }
}

/** Everything that was said. @throws ArgumentError in bitcoind's words */
export async function readArguments(known: ReadonlyMap<string, KnownOption>, line: readonly string[]): Promise<Arguments> {
  const args = parseLine(known, line);
  chainOf(args);
  baseFolder(args);
  try {
    await readFiles(args);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ArgumentError(`Error reading configuration file: ${error.message}`);
  }
  args.chain();
  baseFolder(args);
  return args;
}

function parseLine(known: ReadonlyMap<string, KnownOption>, line: readonly string[]): Arguments {
  try {
    return new Arguments(known, line);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ArgumentError(`Error parsing command line arguments: ${error.message}`);
  }
}
