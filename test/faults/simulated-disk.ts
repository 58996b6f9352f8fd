/**
 * A disk for the block files: what they do goes through `openFile` and `folderCalls`, each call counted by a plan, which may strike it.
 *
 * @module
 */

import { assert } from '../../src/core/base/assert.ts';
import type { Random } from '../../src/engine/ports/random.ts';
import type { FolderCalls } from '../../src/platform/store/folder-calls.ts';
import type { OpenFile, RandomAccessFile } from '../../src/platform/store/open-files.ts';
import { type DiskCall, type FaultPlan, systemError } from './fault-plan.ts';
import { type ForgetfulFile, ForgetfulFiles, type Loss } from './forgetful-files.ts';

/** Notes a call that is done wholly or not at all. */
function strike(plan: FaultPlan, call: DiskCall): void {
  const struck = plan.next(call);
  if (struck !== undefined) throw struck.error;
}

/** Outlives the processes that use it. */
export class SimulatedDisk {
  readonly files = new ForgetfulFiles('loose');

  /** Takes away what a crash takes. */
  crash(loss: Loss, random: Random): void {
    this.files.crash(loss, random);
  }

  openFile(plan: FaultPlan): OpenFile {
    return async (path, { create }) => {
      strike(plan, 'open');
      const known = this.files.file(path);
      if (known === undefined && !create) throw systemError('ENOENT');
      return this.#opened(known ?? this.files.create(path), plan);
    };
  }

  #opened(file: ForgetfulFile, plan: FaultPlan): RandomAccessFile {
    const { files } = this;
    return {
      read: async (bytes, position) => {
        const found = file.bytes.subarray(position, position + bytes.length);
        bytes.set(found);
        return found.length;
      },
      write: async (parts, position) => {
        let at = position;
        for (const bytes of parts) {
          const struck = plan.next('write');
          if (struck?.partly === true) files.change(file, { at, bytes: bytes.slice(0, bytes.length >> 1) });
          if (struck !== undefined) throw struck.error;
          files.change(file, { at, bytes: bytes.slice() });
          at += bytes.length;
        }
      },
      truncate: async (sizeBytes) => {
        strike(plan, 'truncate');
        files.change(file, { sizeBytes });
      },
      datasync: async () => {
        const struck = plan.next('sync');
        if (struck === undefined) return files.syncFile(file);
        files.failSync(file);
        throw struck.error;
      },
      close: async () => {},
    };
  }

  folderCalls(plan: FaultPlan): FolderCalls {
    const { files } = this;
    return {
      make: async (folder) => {
        strike(plan, 'make');
        // Whether it lasts is the care of whoever owns the folder above.
        files.makeFolder(folder, true);
      },
      list: async (folder) => files.list(folder),
      sizeBytes: async (path) => {
        const file = files.file(path);
        assert(file !== undefined, 'only files that were listed are measured');
        return file.bytes.length;
      },
      remove: async (path) => {
        strike(plan, 'remove');
        files.remove(path);
      },
      sync: async (folder) => {
        strike(plan, 'sync-folder');
        files.syncFolder(folder);
      },
    };
  }
}
