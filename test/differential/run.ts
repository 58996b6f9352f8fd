/**
 * One run: two nodes are handed the same steps by chance, and must say the same and be the same.
 *
 * @module
 */

import { toHex } from '../../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { decodeBlock, encodeBlock, readBlock } from '../../src/core/primitives/block.ts';
import { ByteReader } from '../../src/core/primitives/byte-reader.ts';
import { DecodeError } from '../../src/core/primitives/decode-error.ts';
import { Chance } from './chance.ts';
import { explain, shown } from './difference.ts';
import type { BothAnswers, ToldHeights } from './nodes.ts';
import { Nodes } from './nodes.ts';
import { Scene } from './scene.ts';
import { STEPS } from './steps.ts';
import { Waiting } from './waiting.ts';
import type { Place } from './world.ts';
import { World } from './world.ts';

/** What is run. */
export interface RunOptions {
  readonly seed: number;
  readonly steps: number;
  /** Rules that begin later than regtest's. */
  readonly heights: ToldHeights;
  /** Told of what happens now and then. */
  readonly progress?: (line: string) => void;
}

/** What a run did. */
export interface RunResult {
  /** Steps that were taken. */
  readonly steps: number;
  /** By what was handed in: how often each answer came. */
  readonly answers: Answers;
  readonly height: number;
  /** Blocks of the longest reorganisation. */
  readonly reorganisedMax: number;
  /** Differences with a reason, by the reason. */
  readonly reasoned: ReadonlyMap<string, number>;
}

/** Answers, by what was handed in, and how often each came. */
export type Answers = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** The two differ, and no reason is known. */
export class DifferenceFound extends Error {}

/** Steps after which coins and mempools are held against each other. */
const STEPS_TO_COMPARE = 20;

/** What was done last that a report tells. */
const TRACED = 24;

/** First time of both clocks: some time in 2023. */
const START_SECONDS = 1_700_000_000;

/** Blocks before the first step, so that coins are mature. */
const BASE_BLOCKS = 104;

/** Seconds between the first blocks. */
const BASE_SPACING_SECONDS = 600;

/** Answers that leave a block where others may build on it. */
const TAKEN: readonly unknown[] = [null, 'inconclusive', 'duplicate', 'duplicate-inconclusive'];

/** A run that goes on: what its steps use. */
export class Run {
  readonly world: World;
  readonly chance: Chance;
  readonly waiting: Waiting;
  /** Blocks that were refused, as far as their bytes are blocks. */
  readonly refused: Block[] = [];
  /** Bytes that were handed in. */
  readonly handedIn: string[] = [];
  readonly answers = new Map<string, Map<string, number>>();
  readonly reasoned = new Map<string, number>();
  reorganisedMax = 0;
  /** What is being done, for a report. */
  doing = '';
  #step = 0;
  readonly #trace: string[] = [];
  readonly #seed: number;
  readonly #nodes: Nodes;

  constructor(nodes: Nodes, seed: number) {
    this.chance = new Chance(seed);
    this.#nodes = nodes;
    this.#seed = seed;
    this.world = new World({ params: nodes.params, chance: this.chance, secp256k1: chooseSecp256k1('auto'), nowSeconds: START_SECONDS });
    this.waiting = new Waiting(this);
  }

  /** Notes what is done, for a report. */
  trace(line: string): void {
    this.#trace.push(`${this.#step} ${line}`);
    if (this.#trace.length > TRACED) this.#trace.shift();
  }

  /** Notes what both said to what is being done. */
  note(answer: unknown): void {
    const counts = this.answers.get(this.doing) ?? new Map<string, number>();
    const text = shown(answer);
    counts.set(text, (counts.get(text) ?? 0) + 1);
    this.answers.set(this.doing, counts);
  }

  /** Asks both and holds the answers against each other; what both say. @throws DifferenceFound */
  async same(method: string, ...params: unknown[]): Promise<unknown> {
    return this.compare(method, await this.#nodes.ask(method, ...params), params);
  }

  /** Asks both, whatever they say. */
  ask(method: string, ...params: unknown[]): Promise<BothAnswers> {
    return this.#nodes.ask(method, ...params);
  }

  /** Holds two answers against each other. */
  compare(method: string, { ours, theirs }: BothAnswers, params: readonly unknown[]): unknown {
    const verdict = explain(method, ours, theirs);
    this.trace(`${this.doing}: ${method} ${JSON.stringify(params).slice(0, 80)}: ${shown(ours).slice(0, 80)}`);
    if (verdict === false) throw this.difference(method, shown(ours), shown(theirs), params);
    if (verdict !== true) this.excused(verdict.why);
    return ours;
  }

  /** Counts a difference that is meant. */
  excused(why: string): void {
    this.reasoned.set(why, (this.reasoned.get(why) ?? 0) + 1);
  }

  difference(method: string, ours: string, theirs: string, params: readonly unknown[]): DifferenceFound {
    const lines = [
      `seed ${this.#seed}, step ${this.#step}, ${this.doing}, tip ${this.world.tip.parent.height} ${this.world.tip.hash}`,
      `${method}`,
      `  ours:   ${ours}`,
      `  theirs: ${theirs}`,
      `  with:   ${JSON.stringify(params)}`,
      ...this.#trace.map((line) => `  before: ${line}`),
    ];
    return new DifferenceFound(lines.join('\n'));
  }

  /** Hands bytes to both as a block; its place where neither refuses it. */
  async submit(bytes: Uint8Array): Promise<Place | undefined> {
    const hex = toHex(bytes);
    const answer = await this.same('submitblock', hex);
    this.note(answer);
    this.handedIn.push(hex);
    if (this.handedIn.length > 200) this.handedIn.shift();
    const block = blockOf(bytes);
    const place = block !== undefined && TAKEN.includes(answer) ? this.world.add(block) : undefined;
    if (block !== undefined && place === undefined) this.refused.push(block);
    if (place?.block !== undefined) this.waiting.remember(place.block.transactions.slice(1));
    if (this.refused.length > 50) this.refused.shift();
    await this.follow();
    return place;
  }

  /** Both have the same tip, which is where the next blocks are built. */
  async follow(): Promise<void> {
    const hash = (await this.same('getbestblockhash')) as string;
    if (hash === this.world.tip.hash) return;
    const place = this.world.place(hash);
    if (place === undefined) throw new Error(`seed ${this.#seed}: a tip that was not made here: ${hash}`);
    this.trace(`tip ${place.parent.height} ${hash}`);
    const depth = depthOf(this.world.tip, place);
    this.reorganisedMax = Math.max(this.reorganisedMax, depth);
    this.world.tip = place;
    if (depth > 0) await this.waiting.settled();
  }

  async setClock(seconds: number): Promise<void> {
    this.world.nowSeconds = seconds;
    await this.same('setmocktime', seconds);
  }

  /** Coins, mempools and tips of branches are the same. */
  async compareAll(): Promise<void> {
    for (const kind of ['muhash', 'hash_serialized_3']) {
      const { ours, theirs } = (await this.ask('gettxoutsetinfo', kind)) as { ours: CoinSet; theirs: CoinSet };
      const texts = [ours, theirs].map((set) => JSON.stringify([set.height, set.bestblock, set.txouts, set.total_amount, set[kind]]));
      if (texts[0] !== texts[1]) throw this.difference('gettxoutsetinfo', String(texts[0]), String(texts[1]), [kind]);
    }
    const tips = (await this.ask('getchaintips')) as { ours: unknown[]; theirs: unknown[] };
    const [ours, theirs] = [tips.ours, tips.theirs].map((list) =>
      list
        .map((tip) => JSON.stringify(tip))
        .sort()
        .join('\n'),
    );
    if (ours !== theirs) throw this.difference('getchaintips', String(ours), String(theirs), []);
    await this.waiting.compare();
  }

  /** A chain whose coins are mature. */
  async base(): Promise<void> {
    this.doing = 'the first blocks';
    await this.setClock(START_SECONDS);
    for (let i = 0; i < BASE_BLOCKS; i++) {
      const scene = new Scene(this.world, this.world.tip, 0);
      const timeSeconds = START_SECONDS - (BASE_BLOCKS - i) * BASE_SPACING_SECONDS;
      await this.submit(encodeBlock(scene.build({ header: { timeSeconds, version: 4 } })));
    }
    if (this.world.tip.parent.height !== BASE_BLOCKS) throw new Error(`the first blocks end at height ${this.world.tip.parent.height}`);
  }

  /** One step by chance. */
  async step(index: number): Promise<void> {
    this.#step = index;
    // The chain's time runs ahead of a clock that is set rarely; blocks must stay possible.
    const { medianTimeSeconds } = this.world.tip.parent;
    if (medianTimeSeconds > this.world.nowSeconds) await this.setClock(medianTimeSeconds + this.chance.below(1_800));
    const step = this.chance.weighted(STEPS);
    this.doing = step.name;
    await step.take(this);
    await this.follow();
    if (index % STEPS_TO_COMPARE === 0) await this.compareAll();
  }
}

/** How many blocks of the branch that was left are not in the one that was taken. */
function depthOf(left: Place, taken: Place): number {
  const branch = new Set<Place>();
  for (let at: Place | undefined = taken; at !== undefined; at = at.before) branch.add(at);
  let depth = 0;
  for (let at: Place | undefined = left; at !== undefined && !branch.has(at); at = at.before) depth++;
  return depth;
}

interface CoinSet {
  readonly [field: string]: unknown;
}

/** A block at the beginning of bytes, or undefined. */
function blockOf(bytes: Uint8Array): Block | undefined {
  try {
    return decodeBlock(encodeBlock(readBlock(new ByteReader(bytes))));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Runs so many steps from a seed. @throws DifferenceFound */
export async function run(options: RunOptions): Promise<RunResult> {
  const nodes = await Nodes.start(options.heights);
  try {
    const state = new Run(nodes, options.seed);
    await state.base();
    for (let i = 1; i <= options.steps; i++) {
      await state.step(i);
      if (i % 500 === 0) options.progress?.(`step ${i}, height ${state.world.tip.parent.height}`);
    }
    await state.compareAll();
    const { answers, reasoned, reorganisedMax, world } = state;
    return { steps: options.steps, answers, reasoned, reorganisedMax, height: world.tip.parent.height };
  } finally {
    await nodes.stop();
  }
}
