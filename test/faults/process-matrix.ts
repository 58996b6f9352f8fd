/**
 * The fault matrix of real processes: each call of a case struck in each way, and the folder that is left held to its story.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkIndexes } from './index-folder.ts';
import type { ProcessCase } from './process-cases.ts';
import { checkFolder, type ProcessWorld, scratchFolder, withCopy } from './process-world.ts';
import { CALL_FAULTS, countCalls, FILE_CALLS, type Injection } from './strace.ts';

/** Runs an action with the path of a log that is removed afterwards. */
export async function withLog<T>(action: (log: string) => Promise<T>): Promise<T> {
  const scratch = await scratchFolder();
  try {
    return await action(join(scratch, 'calls'));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Every call of a case that nothing happens to, with each of its faults. */
export async function injectionsOf({ name, run, template }: ProcessCase): Promise<Injection[]> {
  const counts = await withLog((log) =>
    withCopy(template, async (folder) => {
      const { code, err, isDone } = await run(folder, { log });
      assert.ok(code === 0 && isDone, `${name} without a fault: ${code} ${err}`);
      return countCalls(log);
    }),
  );
  return FILE_CALLS.flatMap((call) =>
    Array.from({ length: counts.get(call) ?? 0 }, (_, i) => CALL_FAULTS[call].map((fault) => ({ call, fault, at: i + 1 }))).flat(),
  );
}

/** Holds what is left of a case's folder to its story, and its indexes to theirs. @throws where it is not what it must be */
export async function checkCase(each: ProcessCase, folder: string, { params }: ProcessWorld, isDone: boolean): Promise<void> {
  await checkFolder(folder, params, each.story, isDone);
  if (each.indexRows !== undefined) await checkIndexes(folder, params, each.indexRows);
}

/** Strikes a case once. @throws where the end of the process or the folder that is left is not what it must be */
export async function injectInto(each: ProcessCase, world: ProcessWorld, injection: Injection): Promise<void> {
  const { run, template } = each;
  await withLog((log) =>
    withCopy(template, async (folder) => {
      const { code, killed, err, isDone } = await run(folder, { log, injection });
      if (!killed) {
        assert.ok(code === 0 || code === 1, `it ended with ${code}: ${err}`);
        if (code === 1) assert.match(err, /^quoin: [^\n]+\n$/, 'a failure is told in one line');
        else assert.ok(isDone, 'it ended well, and had not done what it was asked');
      }
      await checkCase(each, folder, world, isDone);
    }),
  );
}
