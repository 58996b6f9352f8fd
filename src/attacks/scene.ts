/**
 * What one attack is played in: connections to the target, blocks and coins of the attacker's own, and how far it may go.
 *
 * @module
 */

import { bytesEqual } from '../core/base/bytes.ts';
import { blockSubsidy } from '../core/consensus/subsidy.ts';
import type { NetworkParams } from '../core/params/types.ts';
import type { Block } from '../core/primitives/block.ts';
import type { BlockHash } from '../core/primitives/ids.ts';
import type { KeyCoin } from '../core/signing/single-key.ts';
import type { VersionMessage } from '../core/wire/messages/version.ts';
import type { Clock } from '../engine/ports/clock.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { Random } from '../engine/ports/random.ts';
import { type AttackNeed, Unclear } from './attack.ts';
import { type BuildOptions, type BuildParent, buildBlock } from './build-block.ts';
import type { Ground } from './ground.ts';
import { HonestPeer } from './honest-peer.ts';
import { Link } from './link.ts';
import type { Purse } from './purse.ts';
import type { SeenChain } from './seen-chain.ts';
import { noTraffic, type Traffic } from './traffic.ts';

/** How far an attack goes. */
export interface AttackSize {
  /** Floods end after so many seconds. */
  readonly seconds: number;
  /** Bytes that may be sent in all. */
  readonly bytesMax: number;
  /** How much of what an attack is made for is sent: 1 all, 0.1 a tenth. */
  readonly effort: number;
}

/** Whose connection it is. What honest peers send costs the attacker nothing, and has no bound. */
export type Who = 'attacker' | 'honest';

const DIAL_MS_MAX = 10_000;

/** Time for the target to come to where an honest block leads. */
const TIP_MS_MAX = 30_000;
const TIP_LOOK_MS = 50;

/** Blocks with rewards of ours beyond those that make the first of them mature. */
const SPARE_REWARDS = 5;

/** A chain whose last block is younger is no chain to catch up with. */
const FRESH_SECONDS = 3_600;

/** The scene of one attack. */
export class Scene {
  readonly ground: Ground;
  readonly size: AttackSize;
  readonly traffic: Traffic = noTraffic();
  /** Told when what comes before the attack itself is over. */
  onBegin: () => void = () => {};
  readonly #links: Link[] = [];
  readonly #untilMs: number;
  #spentBytes = 0;
  #honest: HonestPeer | undefined;

  constructor(ground: Ground, size: AttackSize) {
    this.ground = ground;
    this.size = size;
    this.#untilMs = ground.world.clock.monotonicMs() + size.seconds * 1_000;
  }

  get params(): NetworkParams {
    return this.ground.world.params;
  }

  get clock(): Clock {
    return this.ground.world.clock;
  }

  get random(): Random {
    return this.ground.world.random;
  }

  get chain(): SeenChain {
    return this.ground.chain;
  }

  get purse(): Purse {
    return this.ground.purse;
  }

  /** The peer that brings honest blocks. */
  get honest(): HonestPeer {
    if (this.#honest === undefined) throw new Error('this attack said that it needs nothing');
    return this.#honest;
  }

  /** Whether a flood may go on. */
  get goesOn(): boolean {
    return this.clock.monotonicMs() < this.#untilMs && this.#spentBytes < this.size.bytesMax * 0.9;
  }

  /** So much of a number as the effort says, at least one. */
  times(count: number): number {
    return Math.max(1, Math.round(count * this.size.effort));
  }

  /** Waits. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve));
  }

  /** Connects, and nothing more. @throws NodeError `dial-failed` */
  async dial(who: Who = 'attacker'): Promise<Link> {
    const { clock, params, random } = this;
    const isAttacker = who === 'attacker';
    const connection = await this.ground.world.transport.dial(this.ground.target, { timeoutMs: DIAL_MS_MAX });
    const traffic = isAttacker ? this.traffic : noTraffic();
    const spend = isAttacker ? (bytes: number) => this.#spend(bytes) : () => {};
    const link = new Link({ connection, params, clock, traffic, spend, nonce: BigInt(random.below(2 ** 31)) + 1n });
    this.#links.push(link);
    return link;
  }

  #spend(bytes: number): void {
    this.#spentBytes += bytes;
    if (this.#spentBytes > this.size.bytesMax) throw new Unclear(`more than ${this.size.bytesMax} bytes would have to be sent`);
  }

  /** Connects and shakes hands. @throws Unclear where the target does not */
  async meet(who: Who = 'attacker'): Promise<Link> {
    const link = await this.tryMeet({}, who);
    if (link === undefined) throw new Unclear('the target does not shake hands');
    return link;
  }

  /** The same, and waits until all is said that begins a conversation: what comes from then on, the attack brings about. */
  async meetQuiet(who: Who = 'attacker'): Promise<Link> {
    const link = await this.meet(who);
    await link.settled();
    // A target that has asked for headers asks for no others until it has an answer.
    link.send({ type: 'headers', headers: [] });
    await link.settled();
    link.forget();
    return link;
  }

  /** Shakes hands; undefined where the target does not. */
  async tryMeet(version: Partial<VersionMessage> = {}, who: Who = 'attacker'): Promise<Link | undefined> {
    try {
      const link = await this.dial(who);
      if (await link.greet(version)) return link;
      link.close();
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
    }
    return undefined;
  }

  /** Makes ready what an attack needs. @throws Unclear where that cannot be */
  async prepare(need: AttackNeed): Promise<void> {
    if (need === 'nothing') return;
    this.#honest = new HonestPeer(await this.meet('honest'), this.chain);
    await this.#honest.sync();
    const { unminable } = this.ground;
    if (need === 'blocks' && unminable !== undefined) throw new Unclear(`it takes blocks of the network to be mined, and ${unminable}`);
    if (unminable !== undefined || this.params.consensus.futureTime.kind === 'chain') return;
    if (this.chain.tip.header.timeSeconds < this.clock.nowSeconds() - FRESH_SECONDS) await this.mine(1);
  }

  /** From here on what happens is the attack itself, and is measured. */
  begin(): void {
    this.onBegin();
  }

  /** A valid block after a parent, the tip unless said, which pays the purse. */
  build(options: Partial<BuildOptions> = {}): Block {
    const parent: BuildParent = options.parent ?? this.chain.tip;
    const timeSeconds = this.ground.timeAfter(parent.medianTimeSeconds);
    // Blocks that differ in nothing else would be the same block.
    const extra = this.random.bytes(8);
    return buildBlock({ ...{ parent, params: this.params, coinbaseScript: this.purse.script, timeSeconds, extra }, ...options });
  }

  /** What a block after another may pay its miner, fees left out. */
  rewardAfter(parent: BuildParent): bigint {
    return blockSubsidy(parent.height + 1, this.params.consensus);
  }

  /** Brings a block as an honest peer does. @returns whether it is the target's tip then */
  async isTaken(block: Block, limitMs: number = TIP_MS_MAX): Promise<boolean> {
    await this.honest.bring([block]);
    const taken = await this.followsTo(block.header.hash, limitMs);
    if (taken) this.purse.remember(block);
    return taken;
  }

  /** Waits for a block to be the target's tip. */
  async followsTo(hash: BlockHash, limitMs: number = TIP_MS_MAX): Promise<boolean> {
    const untilMs = this.clock.monotonicMs() + limitMs;
    for (;;) {
      await this.honest.sync();
      if (bytesEqual(this.chain.tip.header.hash, hash)) return true;
      if (this.clock.monotonicMs() >= untilMs) return false;
      await this.pause(TIP_LOOK_MS);
    }
  }

  /** Mines blocks on the tip, and has the target take them. @throws Unclear where it does not */
  async mine(count: number): Promise<readonly Block[]> {
    const blocks: Block[] = [];
    for (let i = 0; i < count; i++) {
      const block = this.build();
      blocks.push(block);
      this.chain.take([block.header]);
    }
    await this.honest.bring(blocks);
    const last = blocks.at(-1) as Block;
    if (!(await this.followsTo(last.header.hash))) throw new Unclear('the target does not take honest blocks');
    for (const block of blocks) this.purse.remember(block);
    return blocks;
  }

  /** So many coins of ours that can be spent at once. @throws Unclear */
  async fund(count: number): Promise<readonly KeyCoin[]> {
    const { chain, purse } = this;
    const maturity = this.params.consensus.coinbaseMaturity;
    let reward = purse.takeReward(chain, maturity);
    if (reward === undefined) {
      await this.mine(maturity + SPARE_REWARDS);
      reward = purse.takeReward(chain, maturity);
    }
    if (reward === undefined) throw new Unclear('there is nothing to spend: blocks of this height pay nothing');
    const value = reward.value / BigInt(count);
    const tx = purse.spend([reward], new Array(count).fill(purse.output(value)));
    const fees = reward.value - value * BigInt(count);
    if (!(await this.isTaken(this.build({ transactions: [tx], fees })))) throw new Unclear('the target does not take honest blocks');
    return tx.outputs.map((_, vout) => ({ outPoint: { txid: tx.txid, vout }, value }));
  }

  /** Hangs up everywhere. */
  close(): void {
    for (const link of this.#links) link.close();
  }
}
