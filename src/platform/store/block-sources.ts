import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NodeError } from '../../engine/ports/node-error.ts';
import { parseBlockFileName } from './block-file-format.ts';
import { BLOCK_SIZE_MAX, blockOf, type FoundRecord, MaskedFile, scanBlockRecords } from './block-record-scanner.ts';
import { readFileLimited } from './small-files.ts';
import { systemCode, toNodeError } from './system-error.ts';

/** Core's file of the mask over its block files: so many bytes. */
const MASK_FILE = 'xor.dat';
const MASK_SIZE_BYTES = 8;

/** One file with blocks. */
export interface BlockFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Number of a `blkNNNNN.dat`, undefined for a file of another name. */
  readonly number: number | undefined;
  readonly mask: Uint8Array | undefined;
}

/** A block with the file it was found in. */
export interface SourcedBlock extends FoundRecord {
  readonly file: BlockFile;
}

async function maskIn(folder: string): Promise<Uint8Array | undefined> {
  const path = join(folder, MASK_FILE);
  const mask = await readFileLimited(path, MASK_SIZE_BYTES);
  if (mask !== undefined && mask.length !== MASK_SIZE_BYTES) {
    throw new NodeError(
      'block-file-damaged',
      `${path} has ${mask.length} bytes in place of ${MASK_SIZE_BYTES}: take it from where the blocks are from`,
    );
  }
  return mask;
}

/** A file by its path. The mask beside it counts for block files alone, as in Core: what was written out for others is plain. */
async function fileAt(path: string, sizeBytes: number, name: string): Promise<BlockFile> {
  const parsed = parseBlockFileName(name);
  const isBlockFile = parsed?.kind === 'blk';
  return { path, sizeBytes, number: isBlockFile ? parsed.file : undefined, mask: isBlockFile ? await maskIn(dirname(path)) : undefined };
}

/**
 * The files with blocks that a path names: the file itself, or of a folder its `blkNNNNN.dat` by number; where it has none, those of its
 * `blocks` folder; else all its files by name, each a raw block or records.
 *
 * @throws NodeError `data-dir-unusable` where there is nothing to read
 */
export async function blockFilesAt(path: string): Promise<readonly BlockFile[]> {
  try {
    const facts = await stat(path);
    if (!facts.isDirectory()) return [await fileAt(path, facts.size, path.split(/[\\/]/).at(-1) ?? path)];
    const found = await filesOf(path);
    const numbered = found.filter(({ number }) => number !== undefined).sort((a, b) => a.number! - b.number!);
    if (numbered.length > 0) return numbered;
    const blocks = join(path, 'blocks');
    const isNode = await stat(blocks).then(
      (each) => each.isDirectory(),
      () => false,
    );
    if (isNode) return await blockFilesAt(blocks);
    if (found.length > 0) return found;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw toNodeError(error, path);
    throw new NodeError('data-dir-unusable', `${path} is not there: name a file with blocks or a folder with such files`, { cause: error });
  }
  throw new NodeError('data-dir-unusable', `${path} has no files: name a file with blocks or a folder with such files`);
}

async function filesOf(folder: string): Promise<BlockFile[]> {
  const files: BlockFile[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile()) continue;
    const path = join(folder, entry.name);
    files.push(await fileAt(path, (await stat(path)).size, entry.name));
  }
  return files;
}

/** Every block of some files: of one that is a single raw block that one, of others all that stand behind a message start. */
export async function* blocksIn(files: readonly BlockFile[], messageStart: Uint8Array): AsyncGenerator<SourcedBlock, void, undefined> {
  for (const file of files) {
    const whole = await rawBlockOf(file);
    if (whole !== undefined) {
      yield { file, ...whole };
      continue;
    }
    const masked = await MaskedFile.open(file.path, file.mask);
    try {
      for await (const record of scanBlockRecords(masked, messageStart)) yield { file, ...record };
    } finally {
      await masked.close();
    }
  }
}

async function rawBlockOf({ path, sizeBytes, number }: BlockFile): Promise<FoundRecord | undefined> {
  if (number !== undefined || sizeBytes > BLOCK_SIZE_MAX) return undefined;
  const raw = await readFileLimited(path, BLOCK_SIZE_MAX);
  const block = raw === undefined ? undefined : blockOf(raw);
  return raw === undefined || block === undefined ? undefined : { block, raw, offset: 0 };
}

/** The bytes of a block that was found before. @throws NodeError where they cannot be read any more */
export async function readAgain(place: {
  readonly file: BlockFile;
  readonly offset: number;
  readonly sizeBytes: number;
}): Promise<Uint8Array> {
  const masked = await MaskedFile.open(place.file.path, place.file.mask, place.sizeBytes);
  try {
    const raw = await masked.view(place.offset, place.sizeBytes);
    if (raw.length === place.sizeBytes) return raw;
  } finally {
    await masked.close();
  }
  throw new NodeError('block-file-damaged', `${place.file.path} has become shorter while it was read`);
}
