/**
 * One node of a devnet: a process of its own, which this one owns.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createNodeClient, type NodeClient, readCookie } from '../client/node-client.ts';
import { CommandError } from '../failure.ts';
import { parsePeerAddress } from '../options/values.ts';

/** A node that is asked to stop does so within five seconds. */
const STOP_MS_MAX = 8_000;

/** What is kept of what a node says on standard error. */
const LAST_WORDS_LENGTH_MAX = 2_000;

const MAIN = fileURLToPath(new URL(`../main${extname(fileURLToPath(import.meta.url))}`, import.meta.url));

/** What a node of a devnet is started with. */
export interface DevnetNodeOptions {
  /** Its number, from 1. */
  readonly number: number;
  readonly networkFile: string;
  readonly dataDir: string;
  /** `host:port` of nodes that run already. */
  readonly peers: readonly string[];
  readonly mine: boolean;
}

/** Where a node that is ready is reached. */
export interface DevnetPlace {
  readonly p2p: string;
  readonly http: string;
  readonly client: NodeClient;
}

/** The environment without our own options: a devnet's nodes are told everything on their command line. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('QUOIN_')));
}

function argumentsOf({ networkFile, dataDir, peers, mine }: DevnetNodeOptions): string[] {
  const anyPort = '127.0.0.1:0';
  const place = ['--network', networkFile, '--data-dir', dataDir, '--listen', anyPort, '--http', anyPort, '--no-discovery'];
  return [MAIN, 'node', ...place, '--log-json', ...peers.flatMap((peer) => ['--peer', peer]), ...(mine ? ['--mine=1'] : [])];
}

/** The places in the line of the log that says `ready`; undefined for any other line. */
function readyEvent(line: string): { readonly p2p: string; readonly http: string } | undefined {
  try {
    const { event, p2p, http } = JSON.parse(line) as Record<string, unknown>;
    return event === 'ready' ? { p2p: String(p2p), http: String(http) } : undefined;
  } catch {
    return undefined;
  }
}

/** A running node, from its start to its end. */
export class DevnetNode {
  readonly number: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #dataDir: string;
  #place: DevnetPlace | undefined;
  #isStopping = false;
  #end: string | undefined;
  #lastWords = '';

  constructor(options: DevnetNodeOptions) {
    this.number = options.number;
    this.#dataDir = options.dataDir;
    // A group of its own: Ctrl-C on the terminal is for this process, which then stops its nodes in order. When this process is gone,
    // however it went, the channel closes and the node stops.
    this.#child = spawn(process.execPath, argumentsOf(options), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: process.platform !== 'win32',
      windowsHide: true,
      env: ownEnvironment(),
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS_LENGTH_MAX);
    });
    this.ended = this.#watchEnd();
  }

  /** Notes how the process ends. Its `close` event cannot be relied on: it does not come after a `disconnect` from this side. */
  async #watchEnd(): Promise<void> {
    const { stderr } = this.#child;
    const silence = stderr === null ? undefined : new Promise<void>((resolve) => stderr.once('close', resolve));
    this.#end = await new Promise<string>((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
    });
    await silence;
  }

  /** Known once it is ready. */
  get place(): DevnetPlace | undefined {
    return this.#place;
  }

  /** How it ended, if it did although nobody asked it to. */
  get failure(): string | undefined {
    if (this.#end === undefined || this.#isStopping) return undefined;
    const words = this.#lastWords.trim();
    return `node ${this.number} ended by itself (${this.#end})${words === '' ? '' : `: ${words}`}`;
  }

  /** Waits until it serves. @throws CommandError where it ends before */
  async ready(): Promise<DevnetPlace> {
    const found = new Promise<{ readonly p2p: string; readonly http: string }>((resolve) => {
      if (this.#child.stdout === null) return;
      // Reads on after the line is found, so that the node never waits for us.
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        const event = readyEvent(line);
        if (event !== undefined) resolve(event);
      });
    });
    const ready = await Promise.race([found, this.ended.then(() => undefined)]);
    if (ready === undefined) throw new CommandError(this.failure ?? `node ${this.number} was stopped before it was ready`);
    const { p2p, http } = ready;
    const address = parsePeerAddress(http.replace(/^http:\/\//, ''));
    if (address === undefined) throw new CommandError(`node ${this.number} serves no HTTP`);
    this.#place = { p2p, http, client: createNodeClient(address, await readCookie(this.#dataDir)) };
    return this.#place;
  }

  /** Asks it to stop and waits for it; one that does not is killed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.kill(), STOP_MS_MAX);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends it at once. */
  kill(): void {
    this.#isStopping = true;
    this.#child.kill('SIGKILL');
  }
}
