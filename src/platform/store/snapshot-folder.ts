/**
 * The coins of a snapshot in a data folder: a database beside that of the chain's own coins, and a note of what it is. Without the note it is
 * what a crash left of a loading, and goes; with it, each start finds both. A note that the history is checked has the next start put the
 * loaded coins into the place of the others.
 */
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { fromDisplayHex, toDisplayHex } from '../../core/primitives/ids.ts';
import type { CoinStore } from '../../engine/ports/coin-store.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { SnapshotState, SnapshotStore, StoredSnapshot } from '../../engine/ports/snapshot-store.ts';
import { discardCoins, type Rebuild } from './reindex.ts';
import { readFileLimited, syncFolder, writeFileAtomic } from './small-files.ts';
import { toNodeError } from './system-error.ts';

const NOTE = 'snapshot';
const COINS = 'coins-snapshot';
const NOTE_SIZE_MAX = 128;

/** The three words that a note may say. */
const STATES: readonly SnapshotState[] = ['active', 'validated', 'invalid'];

/** What a note says: a state, a space and the base in display order. */
interface Note {
  readonly base: BlockHash;
  readonly state: SnapshotState;
}

async function readNote(folder: string): Promise<Note | undefined> {
  const bytes = await readFileLimited(join(folder, NOTE), NOTE_SIZE_MAX);
  if (bytes === undefined) return undefined;
  const [word, hash = ''] = Buffer.from(bytes).toString('latin1').trimEnd().split(' ');
  const state = STATES.find((each) => each === word);
  const base = fromDisplayHex<BlockHash>(hash);
  if (state === undefined || base === undefined)
    throw new NodeError('database-damaged', `${join(folder, NOTE)} is damaged: start with --reindex, which gives up the loaded coins`);
  return { base, state };
}

async function writeNote(folder: string, { base, state }: Note): Promise<void> {
  await writeFileAtomic(join(folder, NOTE), Buffer.from(`${state} ${toDisplayHex(base)}\n`));
}

/** Runs steps on the folder whose failure is told of with its name. */
async function told<T>(path: string, steps: () => Promise<T>): Promise<T> {
  try {
    return await steps();
  } catch (error) {
    throw toNodeError(error, path);
  }
}

function removeCoins(folder: string): Promise<void> {
  return told(join(folder, COINS), async () => {
    await rm(join(folder, COINS), { recursive: true, force: true });
    await syncFolder(folder);
  });
}

function removeNote(folder: string): Promise<void> {
  return told(join(folder, NOTE), async () => {
    await rm(join(folder, NOTE), { force: true });
    await syncFolder(folder);
  });
}

/** Puts the loaded coins into the place of the chain's own. Cut short anywhere, the next start ends it. */
async function takePlace(folder: string): Promise<void> {
  await told(join(folder, COINS), async () => {
    if ((await readdir(folder)).includes(COINS)) {
      await discardCoins(folder);
      await rename(join(folder, COINS), join(folder, 'coins'));
      await syncFolder(folder);
    }
  });
  await removeNote(folder);
}

/**
 * Does what the last note says is to be done before anything is opened, and takes away what nothing refers to.
 *
 * @param rebuild - what is to be made anew: no coins that were loaded are used then
 */
export async function settleSnapshot(folder: string, rebuild: Rebuild | undefined): Promise<void> {
  if (rebuild === 'index') await removeNote(folder);
  const note = await readNote(folder);
  if (note?.state === 'validated') await takePlace(folder);
  else if (note !== undefined && rebuild === 'coins') await writeNote(folder, { ...note, state: 'invalid' });
  else if (note?.state === 'active') return;
  await removeCoins(folder);
}

/**
 * The snapshots of a folder on which `settleSnapshot` was called.
 *
 * @param open - opens the coins at a place
 */
export async function openSnapshots(
  folder: string,
  open: (location: string) => Promise<CoinStore>,
): Promise<SnapshotStore & { close(): Promise<void> }> {
  const location = join(folder, COINS);
  const note = await readNote(folder);
  let coins = note?.state === 'active' ? await open(location) : undefined;
  const close = async (): Promise<void> => {
    const last = coins;
    coins = undefined;
    await last?.close();
  };
  const stored: StoredSnapshot | undefined =
    note === undefined ? undefined : { base: note.base, state: note.state === 'active' ? 'active' : 'invalid', coins };
  return {
    stored,
    create: async () => {
      await removeCoins(folder);
      coins = await open(location);
      return coins;
    },
    discard: async () => {
      await close();
      await removeCoins(folder);
    },
    note: (base, state) => writeNote(folder, { base, state }),
    forget: () => removeNote(folder),
    close,
  };
}
