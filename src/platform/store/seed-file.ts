/**
 * The file of the wallet's secret words, `wallet/seed.json` in the data folder. Whoever has the words has the coins: the file is its
 * owner's alone (mode 0600 in a folder of mode 0700) and is never replaced.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '../../engine/ports/node-error.ts';
import { readFileLimited, syncFolder } from './small-files.ts';
import { systemCode, toNodeError } from './system-error.ts';

/** The wallet's words. */
export interface StoredSeed {
  /** Words of BIP-39; the store does not look into them. */
  readonly mnemonic: string;
  /**
   * True: made here, so that no block before the file's making can pay it. False: restored, so that every block from the genesis on may
   * hold its coins.
   */
  readonly created: boolean;
}

const VERSION = 1;
const SEED_FILE_SIZE_MAX = 65_536;

/** Where the seed of a data folder lies. */
export function seedFilePath(folder: string): string {
  return join(folder, 'wallet', 'seed.json');
}

function broken(path: string, what: string, cause?: unknown): NodeError {
  const advice = 'restore the file from a copy, or move it away and run "quoin wallet restore" with your words';
  return new NodeError('wallet-file', `the wallet file ${path} ${what}: ${advice}`, { cause });
}

/** The file's content, each field checked. */
function parseSeed(path: string, bytes: Uint8Array): StoredSeed {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    // The parser's message may repeat a part of the text, which is secret.
    throw broken(path, 'is not JSON', error instanceof SyntaxError ? undefined : error);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw broken(path, 'holds no object');
  const { version, mnemonic, birthday } = json as Record<string, unknown>;
  if (typeof version === 'number' && version > VERSION) {
    const what = `the wallet file ${path} was written by a newer version of quoin (format ${version}, this one reads ${VERSION})`;
    throw new NodeError('wallet-file', `${what}: start that version, or use another data folder`);
  }
  if (version !== VERSION) throw broken(path, 'names no version');
  if (typeof mnemonic !== 'string' || mnemonic === '') throw broken(path, 'holds no words');
  if (birthday !== 'now' && birthday !== 'genesis') throw broken(path, 'does not say when the wallet began');
  return { mnemonic, created: birthday === 'now' };
}

/**
 * The seed of a data folder, or undefined where it has none.
 *
 * @throws NodeError `wallet-file` for a file that is broken or of a newer version, `data-dir-unusable` where it cannot be read
 */
export async function readSeedFile(folder: string): Promise<StoredSeed | undefined> {
  const path = seedFilePath(folder);
  const bytes = await readFileLimited(path, SEED_FILE_SIZE_MAX);
  return bytes === undefined ? undefined : parseSeed(path, bytes);
}

/**
 * Writes the seed of a data folder that has none, making the folder if need be. Durable when it returns; a crash leaves either no seed
 * or the whole of it.
 *
 * @returns the file's path
 * @throws NodeError `wallet-file` where there is a seed already, which stays as it is; `disk-full`, `data-dir-unusable`
 */
export async function createSeedFile(folder: string, seed: { readonly mnemonic: string; readonly restored: boolean }): Promise<string> {
  const path = seedFilePath(folder);
  const walletFolder = join(folder, 'wallet');
  const draft = `${path}.${randomUUID()}.new`;
  const text = JSON.stringify({ version: VERSION, mnemonic: seed.mnemonic, birthday: seed.restored ? 'genesis' : 'now' });
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await mkdir(walletFolder, { recursive: true, mode: 0o700 });
    await chmod(walletFolder, 0o700);
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike a rename, a link never takes the place of a file that is there.
    await link(draft, path);
    await rm(draft);
    await syncFolder(walletFolder);
    return path;
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined); // What matters is why it failed, told below.
    if (systemCode(error) === 'EEXIST') {
      throw new NodeError('wallet-file', `there is a wallet already: ${path}; to begin another one use another data folder`, {
        cause: error,
      });
    }
    throw toNodeError(error, path);
  }
}
