/**
 * What a traced process asked of its files, read from strace's log and done again on files that forget.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ForgetfulFiles } from './forgetful-files.ts';

/** One call that changed something, with its paths relative to the data folder. */
export type FileOperation =
  | { readonly call: 'create'; readonly path: string; readonly truncates: boolean }
  | { readonly call: 'write'; readonly path: string; readonly bytes: Uint8Array /** At the end unless given. */; readonly at?: number }
  | { readonly call: 'truncate'; readonly path: string; readonly sizeBytes: number }
  | { readonly call: 'sync'; readonly path: string }
  | { readonly call: 'remove'; readonly path: string }
  | { readonly call: 'make'; readonly path: string }
  | { readonly call: 'rename'; readonly path: string; readonly to: string }
  | { readonly call: 'link'; readonly path: string; readonly to: string };

/** A call that came back without an error: its arguments as strace writes them. */
interface TracedCall {
  readonly call: string;
  readonly args: string;
  readonly result: number;
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
}

/** The calls of a log, those put together that another thread's line cut in two. */
function* tracedCalls(log: string): Generator<TracedCall> {
  const begun = new Map<string, string>();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/s.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(thread, rest.slice(0, -'<unfinished ...>'.length).trimEnd());
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(rest);
    const whole = resumed === null ? rest : (begun.get(thread) ?? '') + resumed[1];
    const [, call, args, result] = /^(\w+)\((.*)\)\s+= (\d+)/s.exec(whole) ?? [];
    if (call !== undefined) yield { call, args: args!, result: Number(result) };
  }
}

/** Texts in quotation marks, and the path of the file that the first argument is open on. */
function partsOf(args: string): { readonly texts: Buffer[]; readonly opened: string } {
  const texts = [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex]) => bytesOf(hex!));
  const [, opened = ''] = /^\d+<((?:\\x[0-9a-f]{2})*)>/.exec(args) ?? [];
  return { texts, opened: bytesOf(opened).toString() };
}

/** Each call that changes something, as an operation; undefined for those that only read. */
const READERS: Readonly<Record<string, (call: TracedCall, inFolder: (path: string) => string) => FileOperation | undefined>> = {
  openat: ({ args }, inFolder) => {
    if (!args.includes('O_CREAT')) return undefined;
    return { call: 'create', path: inFolder(partsOf(args).texts[0]!.toString()), truncates: args.includes('O_TRUNC') };
  },
  write: ({ args, result }, inFolder) => {
    const { texts, opened } = partsOf(args);
    return { call: 'write', path: inFolder(opened), bytes: texts[0]!.subarray(0, result) };
  },
  pwrite64: ({ args, result }, inFolder) => {
    const { texts, opened } = partsOf(args);
    return { call: 'write', path: inFolder(opened), bytes: texts[0]!.subarray(0, result), at: Number(/, (\d+)$/.exec(args)![1]) };
  },
  ftruncate: ({ args }, inFolder) => {
    return { call: 'truncate', path: inFolder(partsOf(args).opened), sizeBytes: Number(/, (\d+)$/.exec(args)![1]) };
  },
  fsync: ({ args }, inFolder) => ({ call: 'sync', path: inFolder(partsOf(args).opened) }),
  fdatasync: ({ args }, inFolder) => ({ call: 'sync', path: inFolder(partsOf(args).opened) }),
  unlink: ({ args }, inFolder) => ({ call: 'remove', path: inFolder(partsOf(args).texts[0]!.toString()) }),
  rmdir: ({ args }, inFolder) => ({ call: 'remove', path: inFolder(partsOf(args).texts[0]!.toString()) }),
  mkdir: ({ args }, inFolder) => ({ call: 'make', path: inFolder(partsOf(args).texts[0]!.toString()) }),
  rename: ({ args }, inFolder) => {
    const [from, to] = partsOf(args).texts.map((text) => inFolder(text.toString()));
    return { call: 'rename', path: from!, to: to! };
  },
  link: ({ args }, inFolder) => {
    const [from, to] = partsOf(args).texts.map((text) => inFolder(text.toString()));
    return { call: 'link', path: from!, to: to! };
  },
};

/** Everything that a process changed in a folder, in order. The log must be a whole one. */
export function readOperations(log: string, folder: string): FileOperation[] {
  const inFolder = (path: string): string => {
    assert.ok(path === folder || path.startsWith(`${folder}/`), `${path} is not in ${folder}`);
    return path.slice(folder.length + 1);
  };
  const operations: FileOperation[] = [];
  for (const traced of tracedCalls(log)) {
    const operation = READERS[traced.call]?.(traced, inFolder);
    // The folder itself is there already.
    if (operation !== undefined && !(operation.call === 'make' && operation.path === '')) operations.push(operation);
  }
  return operations;
}

/** Does an operation again. */
export function repeat(operation: FileOperation, files: ForgetfulFiles): void {
  const { path } = operation;
  const file = files.file(path);
  switch (operation.call) {
    case 'make':
      files.makeFolder(path);
      break;
    case 'remove':
      files.remove(path);
      break;
    case 'rename':
      files.rename(path, operation.to);
      break;
    case 'link':
      files.link(path, operation.to);
      break;
    case 'sync':
      if (file === undefined) files.syncFolder(path);
      else files.syncFile(file);
      break;
    case 'create':
      if (file === undefined) files.create(path);
      else if (operation.truncates && file.bytes.length > 0) files.change(file, { sizeBytes: 0 });
      break;
    default: {
      assert.ok(file !== undefined, `${path} is written, and was not made`);
      const { call } = operation;
      if (call === 'truncate') files.change(file, { sizeBytes: operation.sizeBytes });
      else files.change(file, { at: operation.at ?? file.bytes.length, bytes: operation.bytes });
    }
  }
}
