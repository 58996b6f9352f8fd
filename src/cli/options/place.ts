/**
 * Which network, and which folder it has.
 *
 * @module
 */

import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { NetworkParams } from '../../core/params/types.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { UsageError } from '../failure.ts';

const DEFAULT_NETWORK = 'quoin';

/** More than the characters that a network file may have, which its reader checks. */
const NETWORK_FILE_SIZE_MAX = 262_144;

/** The text of a network file. @throws NodeError `network-file` where it cannot be read; undefined where there is none */
export async function readNetworkText(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new NodeError('network-file', `${path} is no file: name the file of a network`);
    const { size } = found;
    if (size > NETWORK_FILE_SIZE_MAX) {
      throw new NodeError('network-file', `${path} has ${size} bytes, which no network file has: name another file`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof NodeError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new NodeError('network-file', `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/**
 * The network of this name, or in the file of this path.
 *
 * @throws UsageError where it is neither; NodeError `network-file` where the file is broken
 */
export async function loadNetwork(nameOrPath: string = DEFAULT_NETWORK): Promise<NetworkParams> {
  const { builtInNetworks, findNetwork, loadNetworkFile } = await import('../../core/params/networks.ts');
  const builtIn = findNetwork(nameOrPath);
  if (builtIn !== undefined) return builtIn;
  const text = await readNetworkText(nameOrPath);
  if (text === undefined) {
    const names = builtInNetworks.map(({ name }) => name).join(', ');
    throw new UsageError(`--network "${nameOrPath}": takes ${names} or the path of a network file; there is no such file`);
  }
  try {
    return loadNetworkFile(text);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NetworkFileError') throw error;
    const what = `${nameOrPath} is not a usable network file: ${error.message}`;
    throw new NodeError('network-file', `${what}; "quoin network check" tells all that is wrong`, { cause: error });
  }
}

/** The folder of a network: the one that was named, else its own below the user's. */
export function dataFolder(named: string | undefined, networkName: string): string {
  return named === undefined ? join(homedir(), '.quoin', networkName) : resolve(named);
}
