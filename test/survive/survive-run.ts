/**
 * Nodes as real processes that are killed, stopped, started, cut off and joined by chance while they mine and pay; and what must hold when
 * all of them are together again.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { addressOf, agree, balanceOf, makeNetworkFile, mine, pay } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { type Books, checkBooks, type Payment } from './accounts.ts';
import { type Complaints, Herd } from './herd.ts';

const DIFFICULTY_BITS = 8;
/** What `makeNetworkFile` gives each block, and how many blocks a reward waits. Base units. */
const REWARD = 2_500_000_000n;
const MATURITY_BLOCKS = 10;

/** Base units. */
const PAYMENT_UNIT = 1_000_000;
const FUNDS_MIN = 100_000_000n;

/** Fewer than this many never run, so that something can always happen. */
const RUNNING_MIN = 2;
/** Those whom one that starts is joined with. */
const FRIENDS = 3;
const AGREE_MS_MAX = 180_000;
const KILL_DELAY_MS_MAX = 150;

/** How a run is made. */
export interface SurviveOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Ends before the first step that begins later. */
  readonly seconds: number;
  /** Or after so many steps. */
  readonly stepsMax?: number;
  /** Every so many steps, all nodes are joined and must agree. */
  readonly agreeEvery: number;
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface SurviveOutcome extends Books {
  readonly seconds: number;
  readonly steps: number;
  readonly counts: Readonly<Record<Happening, number>>;
  readonly tip: string;
  /** Of all coins. */
  readonly muhash: string;
  /** Depth of the deepest branch that any two nodes were apart at a meeting. */
  readonly apartMax: number;
  readonly warnings: Complaints;
}

const HAPPENINGS = ['mine', 'pay', 'kill', 'killMining', 'killAll', 'stop', 'start', 'split', 'cut', 'join', 'meet'] as const;
type Happening = (typeof HAPPENINGS)[number];

/** How often each is drawn. */
const WEIGHTS: readonly (readonly [Happening, number])[] = [
  ['mine', 24],
  ['pay', 24],
  ['kill', 6],
  ['killMining', 6],
  ['killAll', 1],
  ['stop', 3],
  ['start', 14],
  ['split', 3],
  ['cut', 9],
  ['join', 12],
];
const WEIGHTS_SUM = WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0);

class Survival {
  readonly #options: SurviveOptions;
  readonly #random: SeededRandom;
  readonly #herd: Herd;
  readonly #payments: Payment[] = [];
  readonly #counts = Object.fromEntries(HAPPENINGS.map((each) => [each, 0])) as Record<Happening, number>;
  readonly #happenings: Readonly<Record<Happening, () => Promise<void>>> = {
    mine: () => this.#mine(this.#pick(this.#herd.running), 1 + this.#random.below(3)),
    pay: () => this.#pay(),
    kill: () => this.#end((i) => this.#herd.kill(i)),
    killMining: () => this.#end((i) => this.#killMining(i)),
    killAll: () => this.#killAll(),
    stop: () => this.#end((i) => this.#herd.stop(i)),
    start: () => this.#startOne(),
    split: () => this.#split(),
    cut: () => this.#cut(),
    join: () => this.#herd.join(this.#pick(this.#herd.running), this.#pick(this.#herd.running)),
    meet: () => this.#meet(),
  };
  readonly #startedMs = performance.now();
  #apartMax = 0;

  constructor(options: SurviveOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.#herd = new Herd(makeNetworkFile(DIFFICULTY_BITS), options.nodes);
  }

  get seconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)]!;
  }

  /** All start, and each has coins that it can spend. */
  async begin(): Promise<void> {
    for (let i = 0; i < this.#herd.size; i++) await this.#startAndJoin(i);
    for (let i = 0; i < this.#herd.size; i++) await this.#mine(i, 3);
    await this.#mine(0, MATURITY_BLOCKS);
    await this.#meet();
  }

  async step(number: number): Promise<void> {
    const happening = number % this.#options.agreeEvery === this.#options.agreeEvery - 1 ? 'meet' : this.#draw();
    await this.#happenings[happening]();
    this.#counts[happening]++;
    this.#herd.checkAlive();
  }

  #draw(): Happening {
    let at = this.#random.below(WEIGHTS_SUM);
    for (const [happening, weight] of WEIGHTS) {
      if (at < weight) return happening;
      at -= weight;
    }
    return 'mine';
  }

  async #mine(i: number, count: number): Promise<void> {
    await mine(this.#herd.node(i), count);
  }

  async #pay(): Promise<void> {
    const from = this.#pick(this.#herd.running);
    const to = this.#pick(this.#herd.running.filter((i) => i !== from));
    const [payer, taker] = [this.#herd.node(from), this.#herd.node(to)];
    if ((await balanceOf(payer)).confirmed < FUNDS_MIN) return;
    const amount = PAYMENT_UNIT * (1 + this.#random.below(20));
    const txid = await pay(payer, await addressOf(taker), amount);
    this.#payments.push({ txid, from, to, amount });
  }

  async #end(how: (i: number) => Promise<void>): Promise<void> {
    const { running } = this.#herd;
    if (running.length > RUNNING_MIN) await how(this.#pick(running));
  }

  /** It is killed while blocks are found, connected and written. */
  async #killMining(i: number): Promise<void> {
    const mining = this.#mine(i, 50).then(
      () => true,
      // The answer goes with the process.
      () => false,
    );
    await pause(this.#random.below(KILL_DELAY_MS_MAX));
    await this.#herd.kill(i);
    await mining;
  }

  async #killAll(): Promise<void> {
    await Promise.all(this.#herd.running.map((i) => this.#herd.kill(i)));
    for (let i = 0; i < this.#herd.size; i++) await this.#startAndJoin(i);
  }

  async #startOne(): Promise<void> {
    const { down } = this.#herd;
    if (down.length > 0) await this.#startAndJoin(this.#pick(down));
  }

  async #startAndJoin(i: number): Promise<void> {
    await this.#herd.start(i);
    const others = this.#herd.running.filter((each) => each !== i);
    for (let count = 0; count < FRIENDS && others.length > 0; count++) {
      await this.#herd.join(i, others.splice(this.#random.below(others.length), 1)[0]!);
    }
  }

  async #cut(): Promise<void> {
    const links = this.#herd.links();
    if (links.length > 0) await this.#herd.part(...this.#pick(links));
  }

  /** Two sides know nothing of each other, and both go on. */
  async #split(): Promise<void> {
    const side = new Set(this.#herd.running.filter(() => this.#random.below(2) === 0));
    for (const [from, to] of this.#herd.links()) if (side.has(from) !== side.has(to)) await this.#herd.part(from, to);
    const sides = [[...side], this.#herd.running.filter((i) => !side.has(i))];
    await Promise.all(sides.map(async (each) => each.length > 0 && this.#mine(this.#pick(each), 1 + this.#random.below(6))));
  }

  /** All run and are joined, and come to agree: on the tip and on every coin. */
  async #meet(): Promise<void> {
    for (const i of this.#herd.down) await this.#startAndJoin(i);
    const nodes = this.#herd.running.map((i) => this.#herd.node(i));
    const heights = (await Promise.all(nodes.map((node) => node.rpc('getblockcount')))) as number[];
    this.#apartMax = Math.max(this.#apartMax, Math.max(...heights) - Math.min(...heights));
    for (let i = 0; i < this.#herd.size; i++) await this.#herd.join(i, (i + 1) % this.#herd.size);
    // Two branches of the same work stand side by side until one has more.
    await this.#mine(0, 1);
    await agree(nodes, AGREE_MS_MAX, 'muhash');
  }

  /** The last meeting: whatever waits is mined, the books are gone through, and all stop in order and leave nothing. */
  async finish(steps: number): Promise<SurviveOutcome> {
    const { seconds } = this;
    await this.#meet();
    const nodes = this.#herd.running.map((i) => this.#herd.node(i));
    await eventually('nothing waits any more', async () => {
      for (const [i, node] of nodes.entries())
        if (((await node.rpc('getmempoolinfo')) as { size: number }).size > 0) await this.#mine(i, 1);
      await agree(nodes, AGREE_MS_MAX, 'muhash');
      const sizes = await Promise.all(nodes.map(async (node) => ((await node.rpc('getmempoolinfo')) as { size: number }).size));
      return sizes.every((size) => size === 0);
    });
    await this.#mine(0, MATURITY_BLOCKS);
    const { tip, coins } = await agree(nodes, AGREE_MS_MAX, 'muhash');
    const books = await checkBooks(nodes, this.#payments, REWARD);
    for (const node of nodes) assert.equal(await node.rpc('verifychain', 4, 0), true, 'every block and undo record is whole');
    for (const i of this.#herd.running) await this.#herd.stop(i);
    assert.deepEqual(this.#herd.left(), [], 'no process is left');
    const [counts, apartMax, warnings] = [this.#counts, this.#apartMax, this.#herd.warnings];
    return { ...books, seconds, steps, counts, tip, muhash: coins, apartMax, warnings };
  }
}

/** Runs until the time is over, and sees what has come of it. @throws where anything that must hold does not */
export async function runSurvive(options: SurviveOptions): Promise<SurviveOutcome> {
  const { seconds, stepsMax = Number.POSITIVE_INFINITY, say } = options;
  const survival = new Survival(options);
  await survival.begin();
  let steps = 0;
  for (; steps < stepsMax && survival.seconds < seconds; steps++) {
    await survival.step(steps);
    if (steps % 25 === 24) say(`${survival.seconds.toFixed(0)} seconds, ${steps + 1} steps`);
  }
  return survival.finish(steps);
}
