/**
 * Three nodes that live together for a long time: payments, blocks, branches, partings and restarts by chance, and what must hold all along.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { addressOf, agree, balanceOf, joinNodes, makeNetworkFile, mine, partNodes, pay, startApart } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { type QuoinProcess, temporaryFolder } from '../support/quoin-process.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { type MemorySample, reportOptions, sampleProcess } from './memory-samples.ts';

const NODES = 3;
const DIFFICULTY_BITS = 8;
const ARGS = ['--index', 'tx,script,filter,spent'];

/** Base units. */
const PAYMENT = 1_000_000;
const FUNDS_MIN = 100_000_000n;

/** Steps between two of the rarer events. */
const EVENT_EVERY = 4;
/** Every so many samples also ask for the heap, which costs the process some work. */
const HEAP_EVERY = 6;

/** How a run is made. */
export interface SoakOptions {
  readonly seed: number;
  /** Ends before the first step that begins later. */
  readonly minutes: number;
  /** Or after so many steps. */
  readonly stepsMax?: number;
  /** Rest between two steps, so that the machine is mostly idle. */
  readonly paceMs: number;
  readonly say: (line: string) => void;
  /** Takes the samples as they come, so that they are there whatever happens. */
  readonly samples: MemorySample[];
}

/** What came of it. */
export interface SoakOutcome {
  readonly minutes: number;
  readonly steps: number;
  readonly height: number;
  readonly counts: Readonly<Record<string, number>>;
}

type Event = 'partition' | 'invalidate' | 'stop' | 'kill';
const EVENTS: readonly Event[] = ['partition', 'kill', 'invalidate', 'stop'];

/** The nodes, all joined with each other but while a partition lasts. The first is never restarted, so that its memory is seen for long. */
class Soak {
  readonly #random: SeededRandom;
  readonly #network = makeNetworkFile(DIFFICULTY_BITS);
  readonly #reports = join(temporaryFolder('soak'), 'reports');
  readonly #folders = Array.from({ length: NODES }, () => temporaryFolder('soak'));
  readonly #nodes: QuoinProcess[] = [];
  /** Lines of each node's output that were looked at. */
  readonly #linesSeen: number[] = [];
  readonly #startedMs = performance.now();
  readonly #counts: Record<string, number> = {};
  readonly #samples: MemorySample[];
  #looks = 0;
  #events = 0;

  constructor(options: SoakOptions) {
    this.#random = new SeededRandom(options.seed);
    this.#samples = options.samples;
    mkdirSync(this.#reports, { recursive: true });
    process.env.NODE_OPTIONS = reportOptions(this.#reports);
  }

  get minutes(): number {
    return (performance.now() - this.#startedMs) / 60_000;
  }

  async begin(): Promise<void> {
    for (let i = 0; i < NODES; i++) {
      this.#nodes.push(await this.#startNode(i));
      for (let other = 0; other < i; other++) await joinNodes(this.#node(i), this.#node(other));
    }
    // Everybody has coins that can be spent.
    for (let i = 0; i < NODES; i++) await mine(this.#node(i), 15);
    await agree(this.#nodes);
  }

  #node(i: number): QuoinProcess {
    return this.#nodes[i]!;
  }

  async #startNode(i: number): Promise<QuoinProcess> {
    this.#linesSeen[i] = 0;
    return startApart({ network: this.#network, dataDir: this.#folders[i]!, args: ARGS });
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
  }

  /** Payments and a block, now and then something that goes wrong in the world; then all must agree. */
  async step(number: number): Promise<void> {
    await this.#payAround();
    if (number % EVENT_EVERY === EVENT_EVERY - 1) {
      const event = EVENTS[this.#events++ % EVENTS.length]!;
      this.#count(event);
      await this.#happen(event);
    } else {
      await this.#mineOn(this.#random.below(NODES), 1);
    }
    await agree(this.#nodes);
    for (let i = 0; i < NODES; i++) this.#checkLog(i);
    await this.#sample();
  }

  async #mineOn(i: number, count: number): Promise<void> {
    await mine(this.#node(i), count);
    this.#counts.blocks = (this.#counts.blocks ?? 0) + count;
  }

  async #payAround(): Promise<void> {
    for (let count = 1 + this.#random.below(3); count > 0; count--) {
      const from = this.#random.below(NODES);
      const to = (from + 1 + this.#random.below(NODES - 1)) % NODES;
      if ((await balanceOf(this.#node(from))).confirmed < FUNDS_MIN) continue;
      await pay(this.#node(from), await addressOf(this.#node(to)), PAYMENT * (1 + this.#random.below(20)));
      this.#count('payments');
    }
  }

  #happen(event: Event): Promise<void> {
    const depth = 1 + this.#random.below(6);
    if (event === 'partition') return this.#partition(this.#random.below(NODES), depth);
    if (event === 'invalidate') return this.#invalidate(this.#random.below(NODES), depth);
    // Each of those that may be restarted is stopped and killed in turn.
    const turn = Math.floor(this.#events / EVENTS.length) + (event === 'kill' ? 0 : 1);
    return this.#restart(1 + (turn % (NODES - 1)), event === 'kill');
  }

  /** One node and the others go different ways, and meet again: the longer branch is everybody's. */
  async #partition(alone: number, depth: number): Promise<void> {
    const others = [...this.#nodes.keys()].filter((i) => i !== alone);
    // Whichever of the two called the other: the connection is ended by the one that did.
    for (const other of others) {
      const [later, earlier] = alone > other ? [alone, other] : [other, alone];
      await this.#part(later, earlier);
    }
    const longer = this.#random.below(2) === 0;
    await this.#mineOn(alone, depth + (longer ? 1 : 0));
    await this.#mineOn(others[0]!, depth + (longer ? 0 : 1));
    await agree(others.map((i) => this.#node(i)));
    for (const other of others) {
      const [later, earlier] = alone > other ? [alone, other] : [other, alone];
      await joinNodes(this.#node(later), this.#node(earlier));
    }
  }

  async #part(i: number, other: number): Promise<void> {
    await partNodes(this.#node(i), this.#node(other));
  }

  /** One node leaves the last blocks by hand and makes a longer branch, which all the others take. */
  async #invalidate(i: number, depth: number): Promise<void> {
    const node = this.#node(i);
    const height = (await node.rpc('getblockcount')) as number;
    const left = (await node.rpc('getblockhash', height - depth + 1)) as string;
    await node.rpc('invalidateblock', left);
    await this.#mineOn(i, depth + 1);
    await node.rpc('reconsiderblock', left);
  }

  async #restart(i: number, isKill: boolean): Promise<void> {
    const node = this.#node(i);
    // A block is on its way while the node goes.
    const mining = this.#mineOn(0, 2);
    if (isKill) await node.kill();
    else assert.equal(await node.stop(), 0, 'a node that is asked to stop ends with 0');
    await mining;
    this.#checkLog(i);
    this.#nodes[i] = await this.#startNode(i);
    if (isKill) assert.equal(await this.#node(i).rpc('verifychain', 4, 50), true, 'the last blocks are whole after a kill');
    for (let other = 0; other < NODES; other++) {
      if (other === i) continue;
      // The one with the higher number calls, so that a parting knows who did.
      const [later, earlier] = i > other ? [i, other] : [other, i];
      await joinNodes(this.#node(later), this.#node(earlier));
    }
  }

  /** No node has anything to complain of. */
  #checkLog(i: number): void {
    const { output } = this.#node(i);
    for (const line of output.slice(this.#linesSeen[i])) {
      if (!line.startsWith('{')) continue;
      assert.notEqual((JSON.parse(line) as { level: string }).level, 'error', `node ${i}: ${line}`);
    }
    this.#linesSeen[i] = output.length;
  }

  async #sample(): Promise<void> {
    const asksHeap = this.#looks++ % HEAP_EVERY === 0;
    for (const [node, { process: child }] of this.#nodes.entries()) {
      const place = { minutes: this.minutes, node, pid: child.pid! };
      this.#samples.push(await sampleProcess(place, asksHeap ? this.#reports : undefined));
    }
    // A report that came too late to be read is not left for ever.
    for (const name of readdirSync(this.#reports)) rmSync(join(this.#reports, name), { force: true });
  }

  /** Ends all of them in order; the indexes are built to the end before. */
  async end(steps: number): Promise<SoakOutcome> {
    const height = (await this.#node(0).rpc('getblockcount')) as number;
    for (const node of this.#nodes) {
      await eventually('every index is at the tip', async () => {
        const states = Object.values((await node.rpc('getindexinfo')) as Record<string, { best_block_height: number }>);
        return states.length === 4 && states.every((state) => state.best_block_height === height);
      });
    }
    for (const [i, node] of this.#nodes.entries()) {
      assert.equal(await node.stop(), 0);
      this.#checkLog(i);
    }
    return { minutes: this.minutes, steps, height, counts: this.#counts };
  }
}

/** Runs until the time is over. @throws where anything that must hold does not */
export async function runSoak(options: SoakOptions): Promise<SoakOutcome> {
  const { minutes, stepsMax = Number.POSITIVE_INFINITY, paceMs, say } = options;
  const soak = new Soak(options);
  await soak.begin();
  let steps = 0;
  for (; steps < stepsMax && soak.minutes < minutes; steps++) {
    await soak.step(steps);
    if (steps % 50 === 49) say(`${soak.minutes.toFixed(1)} minutes, ${steps + 1} steps`);
    await pause(paceMs);
  }
  return soak.end(steps);
}
