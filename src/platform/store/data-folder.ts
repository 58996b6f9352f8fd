import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NetworkParams } from '../../core/params/types.ts';
import type { BlockStore } from '../../engine/ports/block-store.ts';
import type { CoinStore } from '../../engine/ports/coin-store.ts';
import type { HeaderStore } from '../../engine/ports/header-store.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { SnapshotStore } from '../../engine/ports/snapshot-store.ts';
import { parseBlockFileName } from './block-file-format.ts';
import { openBlockFiles } from './block-files.ts';
import type { StoredNetwork } from './database-identity.ts';
import { keepReserve, releaseReserve } from './disk-reserve.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { COIN_ADVICE, openLevelCoinStore } from './level-coin-store.ts';
import { type ClearableHeaderStore, openLevelHeaderStore } from './level-header-store.ts';
import type { Rebuild, Reindexing } from './reindex.ts';
import { beginScan, clearDiscarded, clearForReindex, discardCoins, noteStep, refuseMasked, refusePruned, reindexStep } from './reindex.ts';
import { readFileLimited, syncFolder } from './small-files.ts';
import { openSnapshots, settleSnapshot } from './snapshot-folder.ts';
import { systemCode, toNodeError } from './system-error.ts';

/** Everything of a chain that is kept on disk. */
export interface Stores {
  readonly blocks: BlockStore;
  readonly headers: HeaderStore;
  readonly coins: CoinStore;
  /** Where coins lie that were loaded from a file. */
  readonly snapshots: SnapshotStore;
  /** The last process that used the folder ended without a word: what it opened is looked at closely. */
  readonly wasKilled: boolean;
  /** Gives up the folder's reserve, so that headers can be written on a full disk. It is made again at the next start. */
  makeRoom(): Promise<void>;
  /** Undefined but while the index is being made anew. */
  readonly reindexing: Reindexing | undefined;
  /** Closes all of them and lets go of the lock. Syncs nothing. */
  close(): Promise<void>;
}

/** A file that says something of a database's rows. */
const DATABASE_FILE = /^(CURRENT|\d+\.(ldb|sst|log))$/;

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
 * when the headers were taken away. Appending to them would spoil them, and begin a new chain over the old one.
 */
async function checkBlocksAreOurs(folder: string): Promise<void> {
  const headers = await namesIn(join(folder, 'headers'));
  if (headers.some((name) => DATABASE_FILE.test(name))) return;
  const blocks = join(folder, 'blocks');
  if ((await namesIn(blocks)).some((name) => parseBlockFileName(name) !== undefined)) {
    const what = `${blocks} holds block files, but ${join(folder, 'headers')} is ${headers.length === 0 ? 'missing' : 'empty'}`;
    const advice = "start with --reindex if they are this node's own; else move them to another folder and import them from there";
    throw new NodeError('data-dir-unusable', `${what}: ${advice}`);
  }
}

/** What can be done where coins are damaged: pruning takes the first file first. */
function coinAdvice(blocks: BlockStore): string {
  if (blocks.files()[0]?.file === 0) return COIN_ADVICE;
  return 'start with --reindex, which gets the chain again, since the first blocks are not stored any more';
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

/** Told how many rows of a database are brought to today's format. */
type Upgrading = (database: string) => (rows: number) => void;

/** Takes the folder's lock; a refusal names the folder and the process that has it. */
async function lock(folder: string): Promise<FolderLock> {
  try {
    return await lockFolder(folder);
  } catch (error) {
    if (!(error instanceof NodeError) || error.code !== 'data-dir-locked') throw error;
    const pid = await processOf(folder);
    const who = pid === undefined ? 'another process' : `process ${pid}`;
    throw new NodeError('data-dir-locked', `the data folder ${folder} is in use by ${who}: stop it, or use another data folder`, {
      cause: error,
    });
  }
}

async function openHeaders(folder: string, network: StoredNetwork, onUpgrade?: Upgrading): Promise<ClearableHeaderStore> {
  const thorough = await wasKilledIn(folder);
  return openLevelHeaderStore(join(folder, 'headers'), network, { thorough, onUpgrade: onUpgrade?.('headers') });
}

/** Whether a node that ran here left its note: whatever ended it, perhaps a damaged table, it did not stop in order. */
async function wasKilledIn(folder: string): Promise<boolean> {
  return (await namesIn(folder)).includes('node.json');
}

/** Opens the headers to clear them, so damage does not matter. */
async function openHeadersAnyway(folder: string, network: StoredNetwork): Promise<ClearableHeaderStore> {
  try {
    return await openHeaders(folder, network);
  } catch (error) {
    if (!(error instanceof NodeError) || error.code !== 'database-damaged') throw error;
    await noteStep(folder, 'clear');
    await rm(join(folder, 'headers'), { recursive: true, force: true });
    return openHeaders(folder, network);
  }
}

/** Takes away what is to be made anew, or goes on where a crash ended that. The folder's lock is held. @returns whether to read the blocks */
async function prepare(folder: string, headers: ClearableHeaderStore, rebuild: Rebuild | undefined): Promise<boolean> {
  await clearDiscarded(folder);
  if (rebuild === 'index') await noteStep(folder, 'clear');
  const step = await reindexStep(folder);
  await settleSnapshot(folder, step === 'clear' ? 'index' : rebuild);
  if (step === 'clear') {
    await headers.clear();
    await clearForReindex(folder);
    await noteStep(folder, 'scan');
  } else if (rebuild === 'coins') {
    await refusePruned(headers);
    await discardCoins(folder);
  }
  return step !== undefined;
}

/** What is opened, and how. */
export interface OpenStoresOptions {
  readonly folder: string;
  readonly params: Pick<NetworkParams, 'name' | 'messageStart'> & { readonly consensus: Pick<NetworkParams['consensus'], 'genesisHash'> };
  /** What is to be made anew out of the blocks. */
  readonly rebuild?: Rebuild | undefined;
  /** As `BlockFilesOptions.fileSizeMax`. */
  readonly blockFileSizeMax?: number;
  /** Told of a database of an older format, now and then, how many of its rows are brought to this one. */
  readonly onUpgrade?: (database: string, rows: number) => void;
}

/**
 * Opens a data folder, making it (mode 0700) if it is not there. One process at a time has it.
 *
 * @throws NodeError `data-dir-locked`, `data-dir-network`, `data-dir-version`, `data-dir-unusable`, `database-damaged`, `disk-full`;
 * `option-invalid` where the blocks were pruned that the coins would be made of
 */
export async function openStores({ folder, params, rebuild, blockFileSizeMax, onUpgrade }: OpenStoresOptions): Promise<Stores> {
  const { messageStart } = params;
  const { genesisHash } = params.consensus;
  const network = { name: params.name, messageStart, genesisHash };
  const upgrading: Upgrading = (database) => (rows) => onUpgrade?.(database, rows);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toNodeError(error, folder);
  }
  const clears = rebuild === 'index' || (await reindexStep(folder)) === 'clear';
  if (clears) await refuseMasked(folder);
  else await checkBlocksAreOurs(folder);
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const store of opened.splice(0).reverse()) await store.close();
  };
  try {
    opened.push(await lock(folder));
    const headers = clears ? await openHeadersAnyway(folder, network) : await openHeaders(folder, network, upgrading);
    opened.push(headers);
    await keepReserve(folder);
    const wasKilled = await wasKilledIn(folder);
    const reindexes = await prepare(folder, headers, rebuild);
    const blocks = await openBlockFiles({
      folder: join(folder, 'blocks'),
      messageStart,
      ...(blockFileSizeMax === undefined ? {} : { fileSizeMax: blockFileSizeMax }),
    });
    opened.push(blocks);
    const openCoins = (location: string): Promise<CoinStore> =>
      openLevelCoinStore(location, network, { advice: () => coinAdvice(blocks), thorough: wasKilled, onUpgrade: upgrading('coins') });
    const coins = await openCoins(join(folder, 'coins'));
    opened.push(coins);
    const snapshots = await openSnapshots(folder, openCoins);
    opened.push(snapshots);
    // The names of the folders themselves: rows must not outlive the folder that they point into.
    await syncFolder(folder).catch((error: unknown) => {
      throw toNodeError(error, folder);
    });
    const reindexing = reindexes ? await beginScan(folder, messageStart, genesisHash) : undefined;
    return { blocks, headers, coins, snapshots, reindexing, wasKilled, makeRoom: () => releaseReserve(folder), close };
  } catch (error) {
    await close();
    throw error;
  }
}
