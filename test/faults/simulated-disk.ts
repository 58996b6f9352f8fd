/**
 * A disk that forgets what was not synced, as real ones do: files with the writes that wait, and names with the changes that wait.
 *
 * @module
 */

import { assert } from '../../src/core/base/assert.ts';
import type { Random } from '../../src/engine/ports/random.ts';
import type { FolderCalls } from '../../src/platform/store/folder-calls.ts';
import type { OpenFile, RandomAccessFile } from '../../src/platform/store/open-files.ts';
import { type DiskCall, type FaultPlan, systemError } from './fault-plan.ts';

/** What a crash takes away: nothing (a kill), everything that waits, all behind some moment, or any part, writes torn as well. */
export type Loss = 'nothing' | 'unsynced' | 'the last' | 'any part';

/** All of them. */
export const LOSSES: readonly Loss[] = ['nothing', 'unsynced', 'the last', 'any part'];

type FileChange = { readonly at: number; readonly bytes: Uint8Array } | { readonly sizeBytes: number };

interface SimulatedFile {
  /** As programs see it. */
  bytes: Uint8Array;
  /** As it is on the disk for good. */
  durable: Uint8Array;
  waiting: FileChange[];
}

interface NameChange {
  readonly path: string;
  /** Undefined where the name was taken away. */
  readonly file: SimulatedFile | undefined;
}

function changed(bytes: Uint8Array, change: FileChange): Uint8Array {
  const end = 'sizeBytes' in change ? change.sizeBytes : Math.max(bytes.length, change.at + change.bytes.length);
  const next = new Uint8Array(end);
  next.set(bytes.subarray(0, end));
  if ('bytes' in change) next.set(change.bytes, change.at);
  return next;
}

/** Which of some waiting changes a crash leaves. */
function survivors<T>(changes: readonly T[], loss: Loss, random: Random): T[] {
  if (loss === 'nothing') return [...changes];
  if (loss === 'unsynced') return [];
  if (loss === 'the last') return changes.slice(0, random.below(changes.length + 1));
  return changes.filter(() => random.below(2) === 0);
}

/** A write of which only the first bytes came through, as often as not. */
function tornByChance(change: FileChange, random: Random): FileChange {
  if (!('bytes' in change) || random.below(2) === 0) return change;
  return { at: change.at, bytes: change.bytes.subarray(0, random.below(change.bytes.length + 1)) };
}

/** Files by path. What a program does goes through `openFile` and `folderCalls`, each call counted by a plan. */
export class SimulatedDisk {
  #names = new Map<string, SimulatedFile>();
  readonly #durableNames = new Map<string, SimulatedFile>();
  #waitingNames: NameChange[] = [];

  /** Every file by its path, to look at and to spoil. */
  files(): ReadonlyMap<string, { bytes: Uint8Array }> {
    return this.#names;
  }

  /** What a start after a crash finds. */
  crash(loss: Loss, random: Random): void {
    for (const { path, file } of survivors(this.#waitingNames, loss, random)) this.#applyName({ path, file });
    this.#waitingNames = [];
    this.#names = new Map(this.#durableNames);
    for (const file of new Set(this.#names.values())) {
      for (const change of survivors(file.waiting, loss, random)) {
        file.durable = changed(file.durable, loss === 'any part' ? tornByChance(change, random) : change);
      }
      file.waiting = [];
      file.bytes = file.durable;
    }
  }

  #applyName({ path, file }: NameChange): void {
    if (file === undefined) this.#durableNames.delete(path);
    else this.#durableNames.set(path, file);
  }

  #rename(path: string, file: SimulatedFile | undefined): void {
    if (file === undefined) this.#names.delete(path);
    else this.#names.set(path, file);
    this.#waitingNames.push({ path, file });
  }

  #change(file: SimulatedFile, change: FileChange): void {
    file.bytes = changed(file.bytes, change);
    file.waiting.push(change);
  }

  openFile(plan: FaultPlan): OpenFile {
    return async (path, { create }) => {
      strike(plan, 'open');
      let file = this.#names.get(path);
      if (file === undefined) {
        if (!create) throw systemError('ENOENT');
        file = { bytes: new Uint8Array(), durable: new Uint8Array(), waiting: [] };
        this.#rename(path, file);
      }
      return this.#opened(file, plan);
    };
  }

  #opened(file: SimulatedFile, plan: FaultPlan): RandomAccessFile {
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
          if (struck?.partly === true) this.#change(file, { at, bytes: bytes.slice(0, bytes.length >> 1) });
          if (struck !== undefined) throw struck.error;
          this.#change(file, { at, bytes: bytes.slice() });
          at += bytes.length;
        }
      },
      truncate: async (sizeBytes) => {
        strike(plan, 'truncate');
        this.#change(file, { sizeBytes });
      },
      datasync: async () => {
        const struck = plan.next('sync');
        // After a failed sync the system calls the bytes clean: a later sync does not write them.
        if (struck === undefined) for (const change of file.waiting) file.durable = changed(file.durable, change);
        file.waiting = [];
        if (struck !== undefined) throw struck.error;
      },
      close: async () => {},
    };
  }

  folderCalls(plan: FaultPlan): FolderCalls {
    return {
      make: async () => strike(plan, 'make'),
      list: async (folder) =>
        [...this.#names.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1)),
      sizeBytes: async (path) => {
        const file = this.#names.get(path);
        assert(file !== undefined, 'only files that were listed are measured');
        return file.bytes.length;
      },
      remove: async (path) => {
        strike(plan, 'remove');
        if (this.#names.has(path)) this.#rename(path, undefined);
      },
      sync: async () => {
        strike(plan, 'sync-folder');
        for (const change of this.#waitingNames) this.#applyName(change);
        this.#waitingNames = [];
      },
    };
  }
}

/** Notes a call that is done wholly or not at all. */
export function strike(plan: FaultPlan, call: DiskCall): void {
  const struck = plan.next(call);
  if (struck !== undefined) throw struck.error;
}
