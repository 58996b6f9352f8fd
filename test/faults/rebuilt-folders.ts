/**
 * Folders as a power cut may have left them: what a real process asked of its files, up to any moment, with any part missing of what was
 * not synced by then.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeError } from '../../src/engine/ports/node-error.ts';
import { openStores } from '../../src/platform/store/data-folder.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ForgetfulFiles, type Loss, type NameOrder } from './forgetful-files.ts';
import type { ProcessCase } from './process-cases.ts';
import { checkCase, withLog } from './process-matrix.ts';
import { type ProcessWorld, withCopy } from './process-world.ts';
import { type FileOperation, readOperations, repeat } from './trace-log.ts';

/** What a case did to its folder. */
export interface Recording {
  readonly recorded: ProcessCase;
  readonly operations: readonly FileOperation[];
}

/** One folder that is made again. */
export interface RebuiltPoint {
  /** So many operations were done. */
  readonly cut: number;
  readonly order: NameOrder;
  readonly loss: Loss;
  readonly seed: number;
}

/** What a start on it was: as it must be, or refused in words, which only a file system without an order of names can bring about. */
export type RebuiltOutcome = 'valid' | 'refused';

const VARIANTS: readonly (readonly [NameOrder, Loss, count: number])[] = [
  ['ordered', 'nothing', 1],
  ['ordered', 'unsynced', 1],
  ['ordered', 'the last', 2],
  ['ordered', 'any part', 2],
  ['loose', 'unsynced', 1],
  ['loose', 'any part', 1],
];

/** Runs a case and writes down what it does. */
export async function record(recorded: ProcessCase): Promise<Recording> {
  return withLog((log) =>
    withCopy(recorded.template, async (folder) => {
      const { code, err, isDone } = await recorded.run(folder, { log, whole: true });
      assert.ok(code === 0 && isDone, `${recorded.name}: ${code} ${err}`);
      return { recorded, operations: readOperations(log, folder) };
    }),
  );
}

/** Every point of a recording: each moment, with each kind of loss. */
export function rebuiltPoints({ operations }: Recording, seed: number): RebuiltPoint[] {
  const points: RebuiltPoint[] = [];
  for (let cut = 0; cut <= operations.length; cut++) {
    for (const [order, loss, count] of VARIANTS) {
      for (let i = 0; i < count; i++) points.push({ cut, order, loss, seed: seed + cut * 16 + i });
    }
  }
  return points;
}

/** Takes over a real folder, all of it on the disk. */
function loadInto(files: ForgetfulFiles, folder: string, path = ''): void {
  for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
    const inner = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) {
      files.makeFolder(inner);
      loadInto(files, folder, inner);
    } else {
      const file = files.create(inner);
      files.change(file, { at: 0, bytes: readFileSync(join(folder, inner)) });
      files.syncFile(file);
    }
  }
  files.syncFolder(path);
}

function rebuild({ recorded, operations }: Recording, { cut, order, loss, seed }: RebuiltPoint): ForgetfulFiles {
  const files = new ForgetfulFiles(order);
  if (recorded.template !== undefined) loadInto(files, recorded.template);
  for (const operation of operations.slice(0, cut)) repeat(operation, files);
  files.crash(loss, new SeededRandom(seed));
  return files;
}

const REFUSALS = /^(database-damaged|data-dir-unusable|block-file-damaged|undo-file-damaged)$/;

/** Makes a folder again and starts on it. @throws where that is not what it must be */
export async function startRebuilt(recording: Recording, world: ProcessWorld, point: RebuiltPoint): Promise<RebuiltOutcome> {
  const { recorded, operations } = recording;
  const files = rebuild(recording, point);
  return withCopy(undefined, async (folder) => {
    files.writeTo(folder);
    const isDone = point.cut === operations.length;
    try {
      await checkCase(recorded, folder, world, isDone);
      return 'valid';
    } catch (error) {
      if (point.order !== 'loose' || !(error instanceof NodeError) || !REFUSALS.test(error.code)) throw error;
    }
    // What is left of the blocks is enough for a reindexing.
    const stores = await openStores({ folder, params: world.params, rebuild: 'index' });
    await stores.close();
    await checkCase(recorded, folder, world, false);
    return 'refused';
  });
}
