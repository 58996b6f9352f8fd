import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NetworkParams } from '../../core/params/types.ts';
import type { BlockStore } from '../../engine/ports/block-store.ts';
import type { CoinStore } from '../../engine/ports/coin-store.ts';
import type { HeaderStore } from '../../engine/ports/header-store.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { parseBlockFileName } from './block-file-format.ts';
import { openBlockFiles } from './block-files.ts';
import type { StoredNetwork } from './database-identity.ts';
import { keepReserve, releaseReserve } from './disk-reserve.ts';
import { openLevelCoinStore } from './level-coin-store.ts';
import { openLevelHeaderStore } from './level-header-store.ts';
import { readFileLimited } from './small-files.ts';
import { systemCode, toNodeError } from './system-error.ts';

/** Everything of a chain that is kept on disk. */
export interface Stores {
  readonly blocks: BlockStore;
  readonly headers: HeaderStore;
  readonly coins: CoinStore;
  /** Gives up the folder's reserve, so that headers can be written on a full disk. It is made again at the next start. */
  makeRoom(): Promise<void>;
  /** Closes all of them and lets go of the lock. Syncs nothing. */
  close(): Promise<void>;
}

/** A running node's note of itself in its folder; a few lines of JSON. */
const NODE_NOTE_SIZE_MAX = 65_536;

/** Files in a folder by name, none where it does not exist. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw toNodeError(error, folder);
  }
}

/**
 * Refuses blocks that no header row can refer to: those of another program, whose bytes may be masked (`xor.dat`), or those left
 * when the headers were taken away. Appending to them would spoil them.
 */
async function checkBlocksAreOurs(folder: string): Promise<void> {
  if ((await namesIn(join(folder, 'headers'))).length > 0) return;
  const blocks = join(folder, 'blocks');
  if ((await namesIn(blocks)).some((name) => parseBlockFileName(name) !== undefined)) {
    const what = `${blocks} holds block files, but ${join(folder, 'headers')} is missing`;
    throw new NodeError('data-dir-unusable', `${what}: move them to another folder and import them from there, or use another data folder`);
  }
}

/** The process that says it runs in a folder. The note is another process's, so anything may be in it. */
async function processOf(folder: string): Promise<number | undefined> {
  try {
    const bytes = await readFileLimited(join(folder, 'node.json'), NODE_NOTE_SIZE_MAX);
    if (bytes === undefined) return undefined;
    const note: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const pid = typeof note === 'object' && note !== null && 'pid' in note ? note.pid : undefined;
    return typeof pid === 'number' && Number.isSafeInteger(pid) ? pid : undefined;
  } catch {
    return undefined; // Only the message is shorter without it.
  }
}

/** Opens the headers, which takes the folder's lock; a refusal names the folder and the process that has it. */
async function openHeaders(folder: string, network: StoredNetwork): Promise<HeaderStore> {
  try {
    return await openLevelHeaderStore(join(folder, 'headers'), network);
  } catch (error) {
    if (!(error instanceof NodeError) || error.code !== 'data-dir-locked') throw error;
    const pid = await processOf(folder);
    const who = pid === undefined ? 'another process' : `process ${pid}`;
    throw new NodeError('data-dir-locked', `the data folder ${folder} is in use by ${who}: stop it, or use another data folder`, {
      cause: error,
    });
  }
}

/**
 * Opens a data folder, making it (mode 0700) if it is not there. One process at a time has it.
 *
 * @throws NodeError `data-dir-locked`, `data-dir-network`, `data-dir-version`, `data-dir-unusable`, `database-damaged`, `disk-full`
 */
export async function openStores(options: {
  readonly folder: string;
  readonly params: Pick<NetworkParams, 'name' | 'messageStart'> & { readonly consensus: Pick<NetworkParams['consensus'], 'genesisHash'> };
}): Promise<Stores> {
  const { folder, params } = options;
  const network = { name: params.name, messageStart: params.messageStart, genesisHash: params.consensus.genesisHash };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toNodeError(error, folder);
  }
  await checkBlocksAreOurs(folder);
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const store of opened.splice(0).reverse()) await store.close();
  };
  try {
    const headers = await openHeaders(folder, network);
    opened.push(headers);
    await keepReserve(folder);
    const coins = await openLevelCoinStore(join(folder, 'coins'), network);
    opened.push(coins);
    const blocks = await openBlockFiles({ folder: join(folder, 'blocks'), messageStart: params.messageStart });
    opened.push(blocks);
    return { blocks, headers, coins, makeRoom: () => releaseReserve(folder), close };
  } catch (error) {
    await close();
    throw error;
  }
}
