/**
 * Holds blocks to the rules on top of another, their scripts included. Nothing is changed by it.
 *
 * Where scripts run on other threads, the block that comes next is begun while those of the one before it are still run: its rules are held
 * to the coins as that one would leave them, and its scripts wait in line. If the one before it turns out to be invalid, what was begun is forgotten.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import type { BlockEffect } from '../../core/consensus/block-effect.ts';
import { checkBlock } from '../../core/consensus/check-block.ts';
import type { BlockContext } from '../../core/consensus/check-block-in-context.ts';
import { checkBlockInContext } from '../../core/consensus/check-block-in-context.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import type { CoinLookup, ConnectContext, ConnectedBlock, ScriptCheck } from '../../core/consensus/connect-block.ts';
import { coinsNeeded, connectBlock } from '../../core/consensus/connect-block.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import { outPointKey } from '../../core/primitives/transaction.ts';
import type { ScriptError } from '../../core/script/script-error.ts';
import { scriptErrorText } from '../../core/script/script-error.ts';
import { isAssumedValid } from './assume-valid.ts';
import type { ChainParts } from './chain-state.ts';
import { type HeaderNode, isFailed, STATUS } from './header-node.ts';
import { ancestorOf } from './header-tree.ts';
import { betweenStages } from './stages.ts';

/** Coins that are looked for a second time, of those that a block lacks: an honest one lacks few, if any. */
const ABSENT_COINS_CHECKED_MAX = 16;

const NO_COINS: ReadonlyMap<HashKey, Coin> = new Map();

/** A block whose rules hold on top of its parent, and whose scripts are being run. */
export interface BegunBlock {
  readonly node: HeaderNode;
  readonly block: Block;
  readonly effect: BlockEffect;
  readonly touched: ConnectedBlock['touched'];
  /** Flags of its scripts, where it has some and they are run. */
  readonly scriptFlags: number | undefined;
  /** Why one of them fails. */
  readonly scripts: Promise<Rejection | undefined>;
  readonly rejection?: undefined;
}

type Refused = { readonly rejection: Rejection };

type JudgeParts = Pick<ChainParts, 'params' | 'index' | 'cache' | 'verifier' | 'clock' | 'waitingAfter'>;

/** The coins of before a block as they are after another, which was not applied to them yet. */
function coinsAfter(touched: ConnectedBlock['touched'], coins: CoinLookup): CoinLookup {
  return {
    get: (key) => {
      const found = touched.get(key);
      return found === undefined ? coins.get(key) : found.coin;
    },
  };
}

/** Holds blocks to the rules. One call at a time. */
export class BlockJudge {
  readonly #parts: JudgeParts;
  readonly #readBlock: (node: HeaderNode) => Promise<Block>;
  /** What was begun ahead, and the block that was found sound for it. */
  #ahead: BegunBlock | undefined;
  #sound: Block | undefined;

  /** @param readBlock - gives a stored block, for which `checkBlock` and `checkBlockInContext` have passed */
  constructor(parts: JudgeParts, readBlock: (node: HeaderNode) => Promise<Block>) {
    this.#parts = parts;
    this.#readBlock = readBlock;
  }

  /** Whether `checkBlock` and `checkBlockInContext` have passed already. */
  isSound(block: Block): boolean {
    return this.#sound === block;
  }

  /** What a block does on top of another, or why it is refused. `checkBlock` and `checkBlockInContext` must have passed. */
  async judge(block: Block, parent: HeaderNode): Promise<{ readonly effect: BlockEffect; readonly rejection?: undefined } | Refused> {
    const connected = await this.#connect(block, parent);
    if (connected.rejection !== undefined) return connected;
    const rejection = await this.#runScripts(connected.scriptJobs);
    return rejection === undefined ? { effect: connected.effect } : { rejection };
  }

  /**
   * Holds a block to the rules on top of its parent, whose coins are those in the cache, and begins to run its scripts, unless they are known or
   * assumed to hold.
   */
  async begin(node: HeaderNode, block: Block): Promise<BegunBlock | Refused> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead?.node === node && ahead.block === block) return ahead;
    assert(node.parent !== undefined, 'a block that is connected has a parent');
    const connected = await this.#connect(block, node.parent);
    if (connected.rejection !== undefined) return connected;
    this.#readAhead(block);
    return this.#beginScripts(node, block, connected);
  }

  /** The stored block of a node that was begun ahead. */
  blockAhead(node: HeaderNode): Block | undefined {
    return this.#ahead?.node === node ? this.#ahead.block : undefined;
  }

  /** Begins the next block while the scripts of the one before it run on other threads: a stored one that follows, or else one that waits. */
  async workAhead(begun: BegunBlock, following: HeaderNode | undefined): Promise<void> {
    const { index, verifier, waitingAfter } = this.#parts;
    this.#sound = undefined;
    if (verifier.isElsewhere !== true || begun.scriptFlags === undefined) return;
    const waiting = following === undefined ? waitingAfter(begun.block.header.hash) : undefined;
    // Only of a header that is known has it been seen that it shows work.
    const node = following ?? (waiting && index.tree.get(waiting.header.hash));
    if (node === undefined || isFailed(node) || this.#areScriptsSkipped(node)) return;
    try {
      const block = waiting === undefined ? await this.#readBlock(node) : await this.#whenSound(node, waiting);
      if (block !== undefined) this.#ahead = await this.#beginAhead(node, block, begun);
    } catch {
      // Whatever failed does so again when it is the block's turn, and is told of then.
    }
  }

  /** A block that waits, if it is what its header commits to. */
  async #whenSound(node: HeaderNode, block: Block): Promise<Block | undefined> {
    const { clock, params } = this.#parts;
    await betweenStages(block, clock);
    const isSound =
      checkBlock(block, params.consensus) === undefined && checkBlockInContext(block, contextOf(node), params.consensus) === undefined;
    if (!isSound) return undefined;
    this.#sound = block;
    return block;
  }

  async #beginAhead(node: HeaderNode, block: Block, { node: parent, touched }: BegunBlock): Promise<BegunBlock | undefined> {
    const connected = await this.#connect(block, parent, touched);
    if (connected.rejection !== undefined) return undefined;
    this.#readAhead(block);
    return this.#beginScripts(node, block, connected);
  }

  /** Holds a block to the rules but for its scripts. `touched` is what its parent changes, where that was not applied yet. */
  async #connect(block: Block, parent: HeaderNode, touched?: ConnectedBlock['touched']): Promise<ConnectedBlock | Refused> {
    const { params, cache, clock } = this.#parts;
    const context = contextAfter(parent);
    await betweenStages(block, clock);
    const needed = coinsNeeded(block, params.consensus, context);
    if (touched !== undefined) for (const key of needed.keys()) if (touched.has(key)) needed.delete(key);
    const coins = needed.size === 0 ? NO_COINS : await cache.load(needed);
    await betweenStages(block, clock);
    const result = connectBlock(block, touched === undefined ? coins : coinsAfter(touched, coins), context, params.consensus);
    if (result.rejection === undefined) {
      await betweenStages(block, clock);
      return result;
    }
    // A coin that a damaged database hides must not make an honest block invalid.
    if (result.rejection.reason === 'bad-txns-inputs-missingorspent' && touched === undefined) {
      await cache.check(lackingCoins(block, coins));
    }
    return { rejection: result.rejection };
  }

  #areScriptsSkipped(node: HeaderNode): boolean {
    return (node.status & STATUS.VALID) !== 0 || isAssumedValid(node, this.#parts.index.tree, this.#parts.params);
  }

  #beginScripts(node: HeaderNode, block: Block, { effect, touched, scriptJobs }: ConnectedBlock): BegunBlock {
    const isSkipped = this.#areScriptsSkipped(node);
    const scripts = isSkipped ? Promise.resolve(undefined) : this.#runScripts(scriptJobs);
    // Whoever waits for it is told; nobody may be.
    scripts.catch(() => undefined);
    return { node, block, effect, touched, scripts, scriptFlags: isSkipped ? undefined : scriptJobs[0]?.flags };
  }

  async #runScripts(jobs: readonly ScriptCheck[]): Promise<Rejection | undefined> {
    if (jobs.length === 0) return undefined;
    const failure = await this.#parts.verifier.verify(jobs);
    if (failure === undefined) return undefined;
    const { jobIndex, inputIndex, error } = failure;
    const text = scriptErrorText(error as ScriptError);
    // The coinbase has no job, so a job's place is one less than its transaction's.
    return reject('consensus', `block-script-verify-flag-failed (${text})`, { position: jobIndex + 1, input: inputIndex, error });
  }

  /** Has the coins that the next block spends read while a block's scripts run. What the two of them make themselves is in no store. */
  #readAhead(block: Block): void {
    const next = this.#parts.waitingAfter(block.header.hash);
    if (next === undefined) return;
    const made = new Set<HashKey>();
    for (const { transactions } of [block, next]) for (const { txid } of transactions) made.add(hashKey(txid));
    const wanted = new Map<HashKey, OutPoint>();
    for (const { inputs } of next.transactions.slice(1)) {
      for (const { prevout } of inputs) if (!made.has(hashKey(prevout.txid))) wanted.set(outPointKey(prevout), prevout);
    }
    this.#parts.cache.readAhead(wanted);
  }
}

/** The first coins that a block lacks, but for what it makes itself. */
function lackingCoins(block: Block, coins: ReadonlyMap<HashKey, Coin>): OutPoint[] {
  const made = new Set(block.transactions.map((tx) => hashKey(tx.txid)));
  const spent = block.transactions.slice(1).flatMap((tx) => tx.inputs.map(({ prevout }) => prevout));
  const lacking = spent.filter((outPoint) => !made.has(hashKey(outPoint.txid)) && !coins.has(outPointKey(outPoint)));
  return lacking.slice(0, ABSENT_COINS_CHECKED_MAX);
}

/** Where a block stands. */
export function contextOf(node: HeaderNode): BlockContext {
  return { height: node.height, prevMedianTimeSeconds: node.parent?.medianTimeSeconds ?? 0 };
}

/** Where a block on top of another stands, and the branch before it. */
function contextAfter(parent: HeaderNode): ConnectContext {
  return {
    height: parent.height + 1,
    prevMedianTimeSeconds: parent.medianTimeSeconds,
    medianTimeAt: (height) => ancestorOf(parent, height).medianTimeSeconds,
    hashAt: (height) => ancestorOf(parent, height).hash,
  };
}
