/**
 * A process under `strace`, which lets one of its calls fail or kills it there, and writes down what it asks of its files.
 *
 * @module
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QUOIN_COMMAND } from '../support/quoin-process.ts';

/** Calls that change files, in the words of Linux. */
export const FILE_CALLS = [
  'openat',
  'write',
  'pwrite64',
  'ftruncate',
  'fsync',
  'fdatasync',
  'rename',
  'link',
  'unlink',
  'rmdir',
  'mkdir',
] as const;

/** One of them. */
export type FileCall = (typeof FILE_CALLS)[number];

/** What becomes of a call: an error that is told, or the end of the process before it is made. */
export type CallFault = 'ENOSPC' | 'EIO' | 'EROFS' | 'EMFILE' | 'KILL';

/** What may become of each. */
export const CALL_FAULTS: Readonly<Record<FileCall, readonly CallFault[]>> = {
  openat: ['EMFILE', 'ENOSPC', 'EROFS', 'KILL'],
  write: ['ENOSPC', 'EIO', 'EROFS', 'KILL'],
  pwrite64: ['ENOSPC', 'EIO', 'EROFS', 'KILL'],
  ftruncate: ['EIO', 'EROFS', 'KILL'],
  fsync: ['ENOSPC', 'EIO', 'EROFS', 'KILL'],
  fdatasync: ['ENOSPC', 'EIO', 'EROFS', 'KILL'],
  rename: ['ENOSPC', 'EIO', 'EROFS', 'KILL'],
  link: ['ENOSPC', 'EIO', 'EROFS', 'KILL'],
  unlink: ['EIO', 'EROFS', 'KILL'],
  rmdir: ['EIO', 'EROFS', 'KILL'],
  mkdir: ['ENOSPC', 'EROFS', 'KILL'],
};

/** One call of a process that is struck. */
export interface Injection {
  readonly call: FileCall;
  readonly fault: CallFault;
  /** From 1 on, of one thread; only one thread makes calls of a kind. */
  readonly at: number;
}

/** Why nothing can be traced here; undefined where it can. */
export function straceMissing(): string | undefined {
  if (process.platform !== 'linux') return 'SKIPPED: strace is Linux’s: no call of a real process was struck';
  const { status } = spawnSync('strace', ['-qq', '-f', '-o', '/dev/null', process.execPath, '--version'], { stdio: 'ignore' });
  return status === 0 ? undefined : 'SKIPPED: strace is not installed or not allowed: no call of a real process was struck';
}

/** LevelDB numbers its files from 1 on; these runs are short. */
const LEVEL_FILES_MAX = 40;
const BLOCK_FILES_MAX = 20;

/** Every path of a data folder that may be asked for: strace looks at no others, so that pipes, sockets and logs are left alone. */
export function watchedPaths(folder: string, indexes: readonly string[] = []): string[] {
  const paths = [folder, join(folder, 'blocks'), join(folder, 'coins.old'), join(folder, 'indexes')];
  for (const name of ['reserve', 'reindex', 'mempool.dat']) paths.push(join(folder, name), join(folder, `${name}.new`));
  for (let i = 0; i < BLOCK_FILES_MAX; i++) {
    const number = String(i).padStart(5, '0');
    paths.push(join(folder, 'blocks', `blk${number}.dat`), join(folder, 'blocks', `rev${number}.dat`));
  }
  for (const database of ['lock', 'headers', 'coins', 'coins.old', ...indexes.map((name) => `indexes/${name}`)]) {
    const names = ['', 'CURRENT', 'LOG', 'LOG.old', 'LOCK'];
    for (let i = 1; i <= LEVEL_FILES_MAX; i++) {
      const number = String(i).padStart(6, '0');
      names.push(`${number}.log`, `${number}.log.kept`, `${number}.ldb`, `${number}.dbtmp`, `MANIFEST-${number}`);
    }
    paths.push(...names.map((name) => join(folder, database, name)));
  }
  return paths;
}

/** How a process is traced. */
export interface TraceOptions {
  /** Arguments of the command `quoin`. */
  readonly args: readonly string[];
  readonly watched: readonly string[];
  /** Where strace writes the calls. */
  readonly log: string;
  readonly injection?: Injection;
  /** With every byte that was written, to be made again from it. */
  readonly whole?: boolean;
}

/** Longest string that a log holds: nothing that is written at once is longer. */
const STRING_MAX = 4 << 20;

function injectionArgs({ call, fault, at }: Injection): string[] {
  // A full disk stays full; all else passes by.
  const what = fault === 'KILL' ? 'signal=KILL' : `error=${fault}`;
  return ['-e', `inject=${call}:${what}:when=${at}${fault === 'ENOSPC' ? '+' : ''}`];
}

/** Starts a command under strace. One thread of its own does what Node hands over, so that the n-th call is the same one each time. */
export function spawnTraced({ args, watched, log, injection, whole = false }: TraceOptions): ChildProcess {
  // A signal is not delivered where only the filtered calls stop.
  const quick = injection?.fault === 'KILL' ? [] : ['--seccomp-bpf'];
  const strace = ['-f', '-qq', ...quick, '-o', log, '-e', `trace=${injection?.call ?? FILE_CALLS.join(',')}`];
  if (whole) strace.push('-y', '-xx', '-s', String(STRING_MAX));
  if (injection !== undefined) strace.push(...injectionArgs(injection));
  for (const path of watched) strace.push('-P', path);
  return spawn('strace', [...strace, process.execPath, QUOIN_COMMAND, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
}

/** How a traced process ended. */
export interface TracedEnd {
  readonly code: number | null;
  readonly killed: boolean;
  readonly err: string;
}

/** Waits for the end of a traced process, which must come before the deadline. */
export async function endOf(child: ChildProcess, deadlineMs = 60_000): Promise<TracedEnd> {
  let err = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const late = setTimeout(() => child.kill('SIGTERM'), deadlineMs);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(late);
  if (signal === 'SIGTERM') throw new Error(`it did not end within ${deadlineMs} ms: ${err}`);
  return { code, killed: signal === 'SIGKILL', err };
}

/** How often a log has each call, of the thread that makes it most often. */
export function countCalls(log: string): Map<FileCall, number> {
  const ofThreads = new Map<string, number>();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [, thread, call] = /^(\d+)\s+(\w+)\(/.exec(line) ?? [];
    if (call !== undefined) ofThreads.set(`${thread} ${call}`, (ofThreads.get(`${thread} ${call}`) ?? 0) + 1);
  }
  const counts = new Map<FileCall, number>();
  for (const [key, count] of ofThreads) {
    const call = FILE_CALLS.find((each) => key.endsWith(` ${each}`));
    if (call !== undefined) counts.set(call, Math.max(counts.get(call) ?? 0, count));
  }
  return counts;
}
