/**
 * Makes the index and the coins of a data folder anew out of its block files. A note in the folder says that it is under way, so that a
 * start after a crash goes on with it: `clear` while the old index is taken away, `scan` while the block files are read.
 */
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FilePosition } from '../../engine/ports/block-store.ts';
import type { HeaderStore } from '../../engine/ports/header-store.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { parseBlockFileName } from './block-file-format.ts';
import { MaskedFile, scanBlockRecords } from './block-record-scanner.ts';
import { type BlockFile, blockFilesAt } from './block-sources.ts';
import { hasPrunedRow } from './header-row.ts';
import { readFileLimited, syncFolder, writeFileAtomic } from './small-files.ts';
import { systemCode, toNodeError } from './system-error.ts';

/** What is to be made anew: `index` all but the blocks themselves, `coins` the coins alone. */
export type Rebuild = 'index' | 'coins';

/** Block files whose index is being made anew. */
export interface Reindexing {
  readonly files: readonly BlockFile[];
  /** Where the genesis block is, if the first file begins with one. */
  readonly genesisAt: FilePosition | undefined;
  /** Every block is indexed and all is written: the next start begins as usual. */
  done(): Promise<void>;
}

type Step = 'clear' | 'scan';

const NOTE = 'reindex';
const NOTE_SIZE_MAX = 16;

/** How far a reindexing has come that is under way. */
export async function reindexStep(folder: string): Promise<Step | undefined> {
  const bytes = await readFileLimited(join(folder, NOTE), NOTE_SIZE_MAX);
  if (bytes === undefined) return undefined;
  return Buffer.from(bytes).toString('utf8') === 'scan' ? 'scan' : 'clear';
}

/** Notes that a step begins. Durable when it returns. */
export async function noteStep(folder: string, step: Step): Promise<void> {
  await writeFileAtomic(join(folder, NOTE), Buffer.from(step));
}

/** Refuses block files that another program masked: they cannot be read in place. */
export async function refuseMasked(folder: string): Promise<void> {
  const path = join(folder, 'blocks', 'xor.dat');
  if ((await readFileLimited(path, NOTE_SIZE_MAX)) === undefined) return;
  throw new NodeError('data-dir-unusable', `${path} masks the block files: "quoin import" takes them into another data folder`);
}

async function blockFileNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(join(folder, 'blocks'))).filter((name) => parseBlockFileName(name) !== undefined);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw toNodeError(error, join(folder, 'blocks'));
  }
}

/**
 * Takes away all that a reindexing makes anew: undo files and coins; also the blocks where the first file was pruned, since nothing can be
 * built on what is left. The header rows are the caller's to clear.
 */
export async function clearForReindex(folder: string): Promise<void> {
  const names = await blockFileNames(folder);
  const isPruned = names.length > 0 && !names.includes('blk00000.dat');
  const doomed = names.filter((name) => isPruned || parseBlockFileName(name)?.kind === 'rev');
  try {
    for (const name of doomed) await rm(join(folder, 'blocks', name), { force: true });
    if (doomed.length > 0) await syncFolder(join(folder, 'blocks'));
  } catch (error) {
    throw toNodeError(error, join(folder, 'blocks'));
  }
  await discardCoins(folder);
}

/** Takes the coins away: in one step out of their place, so that half a database is never taken for a whole one. */
export async function discardCoins(folder: string): Promise<void> {
  const coins = join(folder, 'coins');
  try {
    await clearDiscarded(folder);
    await rename(coins, discardedCoins(folder)).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
    await syncFolder(folder);
    await clearDiscarded(folder);
  } catch (error) {
    throw toNodeError(error, coins);
  }
}

function discardedCoins(folder: string): string {
  return join(folder, 'coins.old');
}

/** Removes what a crash left of coins that were taken away. */
export async function clearDiscarded(folder: string): Promise<void> {
  await rm(discardedCoins(folder), { recursive: true, force: true });
}

/** Refuses to make the coins anew where blocks are missing that they come from. */
export async function refusePruned(headers: HeaderStore): Promise<void> {
  for await (const rows of headers.load()) {
    if (!hasPrunedRow(rows)) continue;
    throw new NodeError(
      'option-invalid',
      'old blocks were pruned, so the coins cannot be made anew from them: --reindex gets all blocks again',
    );
  }
}

/** The block files to index. */
export async function beginScan(folder: string, messageStart: Uint8Array, genesisHash: Uint8Array): Promise<Reindexing> {
  const names = await blockFileNames(folder);
  const files = names.some((name) => name.startsWith('blk')) ? await blockFilesAt(join(folder, 'blocks')) : [];
  return {
    files,
    genesisAt: await genesisIn(files[0], messageStart, genesisHash),
    done: async () => {
      try {
        await rm(join(folder, NOTE), { force: true });
        await syncFolder(folder);
      } catch (error) {
        throw toNodeError(error, folder);
      }
    },
  };
}

async function genesisIn(
  file: BlockFile | undefined,
  messageStart: Uint8Array,
  genesisHash: Uint8Array,
): Promise<FilePosition | undefined> {
  if (file?.number === undefined) return undefined;
  const masked = await MaskedFile.open(file.path, file.mask);
  try {
    for await (const { block, offset, raw } of scanBlockRecords(masked, messageStart)) {
      if (Buffer.compare(block.header.hash, genesisHash) !== 0) return undefined;
      return { file: file.number, offset, sizeBytes: raw.length };
    }
  } finally {
    await masked.close();
  }
  return undefined;
}
