/**
 * A whole node as a process of its own, on loopback, on free ports, in a folder that is removed at the end.
 *
 * @module
 */

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { callRpc } from './json-rpc.ts';

/** The command as it is published. */
export const QUOIN_COMMAND: string = fileURLToPath(new URL('../../bin/main.js', import.meta.url));

const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;

/** How a node is started. */
export interface QuoinOptions {
  /** Name or file. */
  readonly network?: string;
  /** A folder that outlives the process; else one is made and removed at `remove`. */
  readonly dataDir?: string;
  readonly args?: readonly string[];
  /** Where it accepts peers and serves HTTP; free ports of this machine unless given. */
  readonly listen?: string;
  readonly http?: string;
  /** Whether it looks for peers by itself. Default: no. */
  readonly discovery?: boolean;
  /** A command that is given the node's own, such as one that runs it in another network namespace. */
  readonly launcher?: readonly string[];
}

/** A running node. */
export interface QuoinProcess {
  readonly dataDir: string;
  /** `host:port`. */
  readonly p2p: string;
  readonly http: string;
  readonly output: readonly string[];
  readonly process: ChildProcess;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape is what it tests.
  rpc(method: string, ...params: unknown[]): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  get(path: string): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  post(path: string, body?: unknown): Promise<any>;
  /** Asks it to stop and waits; the exit code. */
  stop(): Promise<number | null>;
  /** kill -9. */
  kill(): Promise<void>;
}

const made: string[] = [];
const running = new Set<ChildProcess>();

/** Time for what a test file itself does at its end. */
const END_MS_MAX = 30_000;

/** Ends what would keep a test file from ending, when it has had its time to do so itself. */
export function endAfterTests(end: () => void): void {
  // In any other program `after` would begin a run of tests.
  if (process.argv[1]?.endsWith('.test.js') === true) after(() => void setTimeout(end, END_MS_MAX).unref());
}

function killRunning(): void {
  for (const child of running) child.kill('SIGKILL');
}

// Nodes of a test that failed before it stopped them would keep its file from ending.
endAfterTests(killRunning);

// Whatever happens to a test file, nothing of it goes on.
process.on('exit', () => {
  killRunning();
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new folder below the system's for temporary files, removed when the test file ends. */
export function temporaryFolder(name = 'node'): string {
  const folder = mkdtempSync(join(tmpdir(), `quoin-${name}-`));
  made.push(folder);
  return folder;
}

/** Starts a node and waits for its ready line. @throws with what it printed where it ends before */
export async function startQuoin(options: QuoinOptions = {}): Promise<QuoinProcess> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const args = [
    QUOIN_COMMAND,
    'node',
    ...['--network', options.network ?? 'regtest', '--data-dir', dataDir],
    ...['--listen', options.listen ?? '127.0.0.1:0', '--http', options.http ?? '127.0.0.1:0', '--log-json'],
    ...(options.discovery === true ? [] : ['--no-discovery']),
    ...(options.args ?? []),
  ];
  const [command, ...rest] = [...(options.launcher ?? []), process.execPath, ...args] as [string, ...string[]];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const output: string[] = [];
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const ready = await new Promise<{ p2p: string; http: string }>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready after ${READY_MS_MAX} ms: ${output.join('\n')}`)), READY_MS_MAX);
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`ended with ${code}: ${errors.join('')}${output.slice(-5).join('\n')}`));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line);
      if (!line.startsWith('{')) return;
      const event = JSON.parse(line) as { event: string; p2p: string; http: string };
      if (event.event !== 'ready') return;
      clearTimeout(late);
      resolve(event);
    });
  });
  return runningNode(child, dataDir, ready, output);
}

function runningNode(child: ChildProcess, dataDir: string, ready: { p2p: string; http: string }, output: readonly string[]): QuoinProcess {
  const cookie = readFileSync(join(dataDir, '.cookie'), 'utf8').trim();
  const authorization = `Basic ${Buffer.from(cookie).toString('base64')}`;
  const request = async (path: string, init: RequestInit) => {
    const response = await fetch(ready.http + path, init);
    const body: unknown = response.headers.get('content-type')?.includes('json') ? await response.json() : await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
    return body;
  };
  const ended = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  };
  return {
    dataDir,
    p2p: ready.p2p,
    http: ready.http,
    output,
    process: child,
    rpc: (method, ...params) => callRpc(ready.http, cookie, method, params),
    get: (path) => request(path, { headers: { authorization } }),
    post: (path, body) =>
      request(path, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
    stop: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
      const code = await ended();
      clearTimeout(late);
      return code;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended();
    },
  };
}
