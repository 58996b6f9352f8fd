/**
 * Folders and files that forget what was not synced, as real disks do: each file with the writes that wait, and the changes of names
 * that wait.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../src/engine/ports/random.ts';
import { systemError } from './fault-plan.ts';

/** What a crash takes away: nothing (a kill), everything that waits, all behind some moment, or any part, writes torn as well. */
export type Loss = 'nothing' | 'unsynced' | 'the last' | 'any part';

/** All of them. */
export const LOSSES: readonly Loss[] = ['nothing', 'unsynced', 'the last', 'any part'];

/**
 * How names come to the disk. `ordered`: in the order in which they were asked for, and a sync of anything has all before it written, as
 * journaling file systems do. `loose`: each by itself, until its folder is synced, which is all that POSIX says.
 */
export type NameOrder = 'ordered' | 'loose';

type FileChange = { readonly at: number; readonly bytes: Uint8Array } | { readonly sizeBytes: number };

/** A file with what programs see of it and what is on the disk for good. */
export interface ForgetfulFile {
  bytes: Uint8Array;
  durable: Uint8Array;
  waiting: FileChange[];
}

interface Folder {
  names: Map<string, Entry>;
  readonly durable: Map<string, Entry>;
}

type Entry = ForgetfulFile | Folder;

interface NameChange {
  readonly folder: Folder;
  readonly name: string;
  /** Undefined where the name is taken away. */
  readonly entry: Entry | undefined;
}

function isFolder(entry: Entry): entry is Folder {
  return 'names' in entry;
}

function newFolder(): Folder {
  return { names: new Map(), durable: new Map() };
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

function setName(names: Map<string, Entry>, name: string, entry: Entry | undefined): void {
  if (entry === undefined) names.delete(name);
  else names.set(name, entry);
}

/** Paths are relative, with `/` between names. */
export class ForgetfulFiles {
  readonly #root = newFolder();
  readonly #order: NameOrder;
  /** Each is one step: a rename is two changes that a crash keeps or loses together. */
  #waitingNames: (readonly NameChange[])[] = [];

  constructor(order: NameOrder) {
    this.#order = order;
  }

  #find(path: string): Entry | undefined {
    let entry: Entry | undefined = this.#root;
    for (const name of path.split('/').filter((each) => each !== '')) {
      entry = entry !== undefined && isFolder(entry) ? entry.names.get(name) : undefined;
    }
    return entry;
  }

  /** The folder that a path's last name is in. */
  #place(path: string): { readonly folder: Folder; readonly name: string } {
    const cut = path.lastIndexOf('/');
    const folder = this.#find(path.slice(0, Math.max(0, cut)));
    if (folder === undefined || !isFolder(folder)) throw systemError('ENOENT');
    return { folder, name: path.slice(cut + 1) };
  }

  #setNames(changes: readonly NameChange[]): void {
    for (const { folder, name, entry } of changes) setName(folder.names, name, entry);
    this.#waitingNames.push(changes);
  }

  /** A file as programs see it, undefined where there is none. */
  file(path: string): ForgetfulFile | undefined {
    const entry = this.#find(path);
    return entry === undefined || isFolder(entry) ? undefined : entry;
  }

  /** Names in a folder, none where there is no folder. */
  list(path: string): string[] {
    const entry = this.#find(path);
    return entry !== undefined && isFolder(entry) ? [...entry.names.keys()] : [];
  }

  create(path: string): ForgetfulFile {
    const file: ForgetfulFile = { bytes: new Uint8Array(), durable: new Uint8Array(), waiting: [] };
    this.#setNames([{ ...this.#place(path), entry: file }]);
    return file;
  }

  /** Makes a folder, where there is none yet. `isKept`: it is on the disk at once, whatever comes. */
  makeFolder(path: string, isKept = false): void {
    const { folder, name } = this.#place(path);
    if (folder.names.has(name)) return;
    const entry = newFolder();
    this.#setNames([{ folder, name, entry }]);
    if (!isKept) return;
    this.#waitingNames.pop();
    folder.durable.set(name, entry);
  }

  change(file: ForgetfulFile, change: FileChange): void {
    file.bytes = changed(file.bytes, change);
    file.waiting.push(change);
  }

  rename(from: string, to: string): void {
    const entry = this.#find(from);
    this.#setNames([
      { ...this.#place(to), entry },
      { ...this.#place(from), entry: undefined },
    ]);
  }

  /** Gives a file a second name. */
  link(from: string, to: string): void {
    this.#setNames([{ ...this.#place(to), entry: this.#find(from) }]);
  }

  remove(path: string): void {
    const place = this.#place(path);
    if (place.folder.names.has(place.name)) this.#setNames([{ ...place, entry: undefined }]);
  }

  /** A file's bytes are on the disk from now on. */
  syncFile(file: ForgetfulFile): void {
    for (const change of file.waiting) file.durable = changed(file.durable, change);
    file.waiting = [];
    if (this.#order === 'ordered') this.#writeNames(() => true);
  }

  /** A sync that failed: the system calls the bytes clean all the same, and a later sync does not write them. */
  failSync(file: ForgetfulFile): void {
    file.waiting = [];
  }

  /** The names in a folder are on the disk from now on. */
  syncFolder(path: string): void {
    const folder = this.#find(path);
    this.#writeNames((changes) => this.#order === 'ordered' || changes.some((each) => each.folder === folder));
  }

  #writeNames(isWritten: (changes: readonly NameChange[]) => boolean): void {
    const left: (readonly NameChange[])[] = [];
    for (const changes of this.#waitingNames) {
      if (isWritten(changes)) for (const { folder, name, entry } of changes) setName(folder.durable, name, entry);
      else left.push(changes);
    }
    this.#waitingNames = left;
  }

  /** Makes of it what a start after a crash finds. */
  crash(loss: Loss, random: Random): void {
    // A journal keeps its order: what is lost is its end.
    const namesLoss = loss === 'any part' && this.#order === 'ordered' ? 'the last' : loss;
    const kept = new Set(survivors(this.#waitingNames, namesLoss, random));
    this.#writeNames((changes) => kept.has(changes));
    this.#waitingNames = [];
    this.#crashFolder(this.#root, loss, random);
  }

  #crashFolder(folder: Folder, loss: Loss, random: Random): void {
    folder.names = new Map(folder.durable);
    for (const entry of folder.names.values()) {
      if (isFolder(entry)) this.#crashFolder(entry, loss, random);
      else this.#crashFile(entry, loss, random);
    }
  }

  #crashFile(file: ForgetfulFile, loss: Loss, random: Random): void {
    for (const change of survivors(file.waiting, loss, random)) {
      file.durable = changed(file.durable, loss === 'any part' ? tornByChance(change, random) : change);
    }
    file.waiting = [];
    file.bytes = file.durable;
  }

  /** Writes everything into a real folder, which is made. */
  writeTo(target: string): void {
    const writeFolder = (folder: Folder, path: string): void => {
      mkdirSync(path, { mode: 0o700 });
      for (const [name, entry] of folder.names) {
        if (isFolder(entry)) writeFolder(entry, join(path, name));
        else writeFileSync(join(path, name), entry.bytes);
      }
    };
    writeFolder(this.#root, target);
  }
}
