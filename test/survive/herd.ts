/**
 * Nodes as processes that come and go: which of them run, which are joined, and what each of them said.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { joinNodes, startApart } from '../support/cluster.ts';
import { RpcFailure } from '../support/json-rpc.ts';
import { type QuoinProcess, temporaryFolder } from '../support/quoin-process.ts';

/** Scripts are few, and many nodes share the machine. */
const ARGS = ['--index', 'tx', '--workers', '1'];

/** What a node complained of, and how often. */
export type Complaints = Readonly<Record<string, number>>;

interface Member {
  readonly dataDir: string;
  /** Undefined while it is down. */
  node: QuoinProcess | undefined;
  /** Whom it called. A connection is ended by the one that made it. */
  readonly called: Set<number>;
}

/** Nodes by number, some of them down. */
export class Herd {
  readonly #network: string;
  readonly #members: Member[];
  /** Every process that was ever started. */
  readonly #pids: number[] = [];
  readonly #warnings: Record<string, number> = {};

  constructor(network: string, count: number) {
    this.#network = network;
    this.#members = Array.from({ length: count }, () => ({ dataDir: temporaryFolder('herd'), node: undefined, called: new Set() }));
  }

  get size(): number {
    return this.#members.length;
  }

  /** Numbers of those that run. */
  get running(): readonly number[] {
    return [...this.#members.keys()].filter((i) => this.#members[i]!.node !== undefined);
  }

  /** Numbers of those that are down. */
  get down(): readonly number[] {
    return [...this.#members.keys()].filter((i) => this.#members[i]!.node === undefined);
  }

  /** Events that nodes warned of, with their counts. */
  get warnings(): Complaints {
    return this.#warnings;
  }

  /** A running node. */
  node(i: number): QuoinProcess {
    const { node } = this.#members[i]!;
    assert.ok(node !== undefined, `node ${i} runs`);
    return node;
  }

  /** Starts one that is down. */
  async start(i: number): Promise<void> {
    const member = this.#members[i]!;
    const node = await startApart({ network: this.#network, dataDir: member.dataDir, args: ARGS });
    member.node = node;
    this.#pids.push(node.process.pid!);
  }

  /** kill -9. */
  async kill(i: number): Promise<void> {
    const node = this.#leave(i);
    await node.kill();
    this.#readLog(i, node);
  }

  /** Asks a node to stop. It must end with 0. */
  async stop(i: number): Promise<void> {
    const node = this.#leave(i);
    assert.equal(await node.stop(), 0, `node ${i} is asked to stop and ends with 0`);
    this.#readLog(i, node);
  }

  #leave(i: number): QuoinProcess {
    const node = this.node(i);
    this.#members[i]!.node = undefined;
    this.#members[i]!.called.clear();
    for (const { called } of this.#members) called.delete(i);
    return node;
  }

  /** Connects two and waits until they have shaken hands. */
  async join(from: number, to: number): Promise<void> {
    if (from === to || this.#members[from]!.called.has(to) || this.#members[to]!.called.has(from)) return;
    await joinNodes(this.node(from), this.node(to));
    this.#members[from]!.called.add(to);
  }

  /** Ends the connection between two, whoever made it; there need not be one. */
  async part(a: number, b: number): Promise<void> {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      if (!this.#members[from]!.called.delete(to)) continue;
      try {
        await this.node(from).rpc('disconnectnode', this.node(to).p2p);
      } catch (error) {
        // The other side may have ended it before.
        if (!(error instanceof RpcFailure && error.code === -29)) throw error;
      }
    }
  }

  /** Pairs that are connected, the one that called first. */
  links(): readonly (readonly [number, number])[] {
    return [...this.#members.keys()].flatMap((from) => [...this.#members[from]!.called].map((to) => [from, to] as const));
  }

  /** No node has ended by itself. */
  checkAlive(): void {
    for (const i of this.running) {
      const { exitCode, signalCode } = this.node(i).process;
      assert.ok(exitCode === null && signalCode === null, `node ${i} ended by itself: ${exitCode ?? signalCode}, ${this.#tail(i)}`);
    }
  }

  #tail(i: number): string {
    return this.node(i).output.slice(-5).join('\n');
  }

  /** What a life of a node leaves in its log: never an error. */
  #readLog(i: number, { output }: QuoinProcess): void {
    for (const line of output) {
      if (!line.startsWith('{')) continue;
      // A process that is killed may leave half a line.
      const entry = parsed(line);
      if (entry === undefined) continue;
      assert.notEqual(entry.level, 'error', `node ${i}: ${line}`);
      if (entry.level === 'warn') this.#warnings[entry.event] = (this.#warnings[entry.event] ?? 0) + 1;
    }
  }

  /** Processes that are still there. */
  left(): readonly number[] {
    return this.#pids.filter((pid) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    });
  }
}

function parsed(line: string): { readonly level: string; readonly event: string } | undefined {
  try {
    return JSON.parse(line) as { level: string; event: string };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
