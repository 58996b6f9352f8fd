/**
 * The command `quoin` as a process of its own, as users run it. Nothing of this process's own `QUOIN_…` options reaches it.
 *
 * @module
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { QUOIN_COMMAND } from './quoin-process.ts';

/** Longest that a test waits for anything; the machine may be busy. */
const DEADLINE_MS = 60_000;

/** What a test chooses besides the arguments. */
export interface CommandOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Opens a channel, by which the process belongs to the test's. */
  readonly owned?: boolean;
}

function environment(options: CommandOptions): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('QUOIN_'));
  return { ...Object.fromEntries(own), ...options.env };
}

/** How a command ended. */
export interface CommandEnd {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end. */
export function runQuoin(args: readonly string[], options: CommandOptions = {}): CommandEnd {
  const { input = '' } = options;
  const run = spawnSync(process.execPath, [QUOIN_COMMAND, ...args], {
    encoding: 'utf8',
    input,
    env: environment(options),
    timeout: DEADLINE_MS,
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

/** Fails after a while instead of waiting for ever. */
export async function inTime<Value>(what: string, value: Promise<Value>): Promise<Value> {
  const controller = new AbortController();
  const late = delay(DEADLINE_MS, undefined, { signal: controller.signal }).then(() => {
    throw new Error(`${what}: not within ${DEADLINE_MS} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([value, late]);
  } finally {
    controller.abort();
  }
}

/** A line that somebody waits for. */
interface Waiter {
  readonly pattern: RegExp;
  readonly found: (match: RegExpExecArray) => void;
}

/** A command that runs. It is killed when its test ends, if it still does. */
export class RunningCommand {
  readonly child: ChildProcess;
  readonly end: Promise<CommandEnd>;
  /** Lines of standard output so far. */
  readonly lines: string[] = [];
  readonly #waiters = new Set<Waiter>();
  #err = '';

  constructor(t: TestContext, args: readonly string[], options: CommandOptions = {}) {
    const channel = options.owned === true ? (['ipc'] as const) : [];
    this.child = spawn(process.execPath, [QUOIN_COMMAND, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', ...channel],
      env: environment(options),
    });
    t.after(() => this.child.kill('SIGKILL'));
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.#onLine(line));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
    this.end = this.#watchEnd();
  }

  /** The `close` event of a process does not come after its channel was closed from here: its parts are waited for. */
  async #watchEnd(): Promise<CommandEnd> {
    const { stdout, stderr } = this.child;
    const closed = [stdout!, stderr!].map((stream) => new Promise<void>((resolve) => stream.once('close', resolve)));
    const code = await new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    await Promise.all(closed);
    return { code, out: this.lines.join('\n'), err: this.#err };
  }

  /** Waits for a line that matches, also one that is there already. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    for (const line of this.lines) {
      const match = pattern.exec(line);
      if (match !== null) return match;
    }
    const found = new Promise<RegExpExecArray>((resolve) => this.#waiters.add({ pattern, found: resolve }));
    const ended = this.end.then(({ code, out, err }) => {
      throw new Error(`it ended with ${code} before a line like ${pattern}: ${out}\n${err}`);
    });
    return inTime(`a line like ${pattern}`, Promise.race([found, ended]));
  }

  #onLine(line: string): void {
    this.lines.push(line);
    for (const waiter of this.#waiters) {
      const match = waiter.pattern.exec(line);
      if (match === null) continue;
      this.#waiters.delete(waiter);
      waiter.found(match);
    }
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<CommandEnd> {
    this.child.kill(signal);
    return inTime('the end', this.end);
  }
}

/** A node that is ready. */
export interface ReadyNode {
  readonly command: RunningCommand;
  readonly p2p: string;
  readonly http: string;
}

/** Starts `quoin node` on regtest with free ports and waits until it is ready. */
export async function startQuoinNode(t: TestContext, args: readonly string[], options: CommandOptions = {}): Promise<ReadyNode> {
  const anyPort = '127.0.0.1:0';
  const ports = ['--listen', '--no-listen'].some((flag) => args.includes(flag)) ? [] : ['--listen', anyPort];
  const http = ['--http', '--no-http'].some((flag) => args.includes(flag)) ? [] : ['--http', anyPort];
  const command = new RunningCommand(t, ['node', '--network', 'regtest', ...ports, ...http, ...args], options);
  const [, p2p = '', url = ''] = await command.line(/^ready network=regtest p2p=(\S+) http=(\S+)$/);
  return { command, p2p, http: url };
}
