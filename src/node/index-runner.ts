/**
 * One index, built in the background from where it stopped and kept at the tip: it walks from its own last block to the chain's, back
 * along a branch that was left and forwards along the one that is active, one block at a time.
 *
 * Rows are written in batches with the block they belong to, so a crash leaves the index at some earlier block and the next start goes on
 * from there. A block is known to the chain durably before an index is: no index ever stands at a block that nobody can take back.
 *
 * @module
 */

import { decodeBlock } from '../core/primitives/block.ts';
import { toDisplayHex } from '../core/primitives/ids.ts';
import type { Chain } from '../engine/chain/chain.ts';
import { isRecordDamage } from '../engine/chain/damage.ts';
import type { HeaderNode } from '../engine/chain/header-node.ts';
import { isStored } from '../engine/chain/header-node.ts';
import type { IndexedBlock, IndexKind } from '../engine/indexes/index-kind.ts';
import { PendingRows } from '../engine/indexes/pending-rows.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { IndexState } from '../engine/ports/index-service.ts';
import type { IndexStore, IndexTip } from '../engine/ports/index-store.ts';
import type { Log } from '../engine/ports/log.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { Random } from '../engine/ports/random.ts';
import type { RecentBlocks } from './recent-blocks.ts';
import { watchedIndexStore } from './watched-index-store.ts';

/** Rows in memory before they are written: some 40,000. */
const PENDING_BYTES_MAX = 4 << 20;
/** And before much work could be lost in a crash. */
const PENDING_BLOCKS_MAX = 2_000;
/** While the chain is so far below its best header, rows are not written for each block: that would sync the files for each as well. */
const CATCHING_UP_BLOCKS = 24;
/** Times that damaged rows are made anew while the node runs. A disk that spoils them again and again is to be replaced. */
const REBUILT_MAX = 3;
/** Longest turn on the main thread, between two steps. */
const TURN_MS_MAX = 4;
/** Steps, each of some microseconds, after which the clock is looked at. */
const STEPS_PER_LOOK = 32;

/** What an index is built with. */
export interface IndexRunnerParts {
  readonly kind: IndexKind;
  readonly open: () => Promise<IndexStore>;
  readonly chain: Chain;
  readonly recent: Pick<RecentBlocks, 'get' | 'keep'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'below'>;
  readonly log: Log;
  /** Told once, when nothing more can be kept. */
  readonly onFailure: (error: unknown) => void;
}

/** The life of one index, from its making to `close`. */
export class IndexRunner {
  readonly #parts: IndexRunnerParts;
  readonly #opened: Promise<IndexStore>;
  readonly #done: Promise<void>;
  readonly #unsubscribe: () => void;
  /** The last block whose rows are written. */
  #written: HeaderNode | undefined;
  /** The last block whose rows are known, written or not. */
  #at: HeaderNode | undefined;
  #pendingBlocks = 0;
  #synced = false;
  #closing = false;
  /** What was found to be damaged in its rows, until they are made anew. */
  #damage: NodeError | undefined;
  #turnBeganMs: number;
  /** The block that was last read. */
  #loading: HeaderNode | undefined;
  /** The block that it is at and that cannot be read until it is mended. */
  #waitsFor: HeaderNode | undefined;
  #steps = 0;
  #wake: (() => void) | undefined;
  /** Told when the index is at the tip, or never will be. */
  #waiters: (() => void)[] = [];
  /** Told when what is known is written, or never will be. */
  #settlers: (() => void)[] = [];

  /** Begins at once. */
  constructor(parts: IndexRunnerParts) {
    this.#parts = parts;
    this.#turnBeganMs = parts.clock.monotonicMs();
    this.#unsubscribe = parts.chain.subscribe((event) => {
      if (event.kind === 'history-moved') this.#followHistory();
      if (event.kind !== 'header-added') this.#wake?.();
    });
    this.#opened = this.#open();
    this.#done = this.#opened.then((store) => this.#keepRunning(store)).catch((error: unknown) => this.#fail(error));
  }

  /** After a snapshot was loaded there are no blocks up to its base: an index that was at the tip is not any more, until it comes there again. */
  #followHistory(): void {
    if (this.#parts.chain.missing === undefined || !this.#synced) return;
    this.#synced = false;
    this.#tellWaiters();
  }

  /** How far it has come, written or not: whoever asks for rows has them written first (`ready`). */
  state(): IndexState {
    return { name: this.#parts.kind.name, synced: this.#synced, height: this.#at?.height ?? 0 };
  }

  /** Height up to which blocks are not needed any more: those above it are still to be read, or to be taken back. -1: every block is needed. */
  doneHeight(): number {
    return this.#written === undefined ? -1 : this.#parts.chain.checked.fork(this.#written).height;
  }

  /** Its rows. @throws NodeError where they cannot be opened */
  store(): Promise<IndexStore> {
    return this.#opened;
  }

  /** Waits until an index that was in sync is at the tip again. @returns false where it never was, or ends before */
  async ready(): Promise<boolean> {
    await this.#opened;
    while (this.#synced && !this.#closing && !this.#isAtTip()) {
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
        this.#wake?.();
      });
    }
    return this.#synced && !this.#closing;
  }

  /** Has the rows written of the blocks that it has come to: whoever is about to delete old blocks need not keep those then. */
  async settle(): Promise<void> {
    await this.#opened;
    if (this.#closing || this.#written === this.#at) return;
    await new Promise<void>((resolve) => {
      this.#settlers.push(resolve);
      this.#wake?.();
    });
  }

  /** Writes what is known and closes the rows. Its failure was told before. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#unsubscribe();
    this.#wake?.();
    await this.#done;
    this.#tellAll();
    const store = await this.#opened.catch(() => undefined);
    await store?.close();
  }

  #fail(error: unknown): void {
    this.#closing = true;
    this.#tellAll();
    this.#parts.onFailure(error);
  }

  #isAtTip(): boolean {
    return this.#written === this.#parts.chain.tip;
  }

  /**
   * Opens the rows and finds the block that they end with. Rows of a chain that is not known any more are forgotten; after a reindexing
   * its headers may be known again from a peer, but the blocks were not here yet.
   */
  async #open(): Promise<IndexStore> {
    const { kind, open, chain, log } = this.#parts;
    // Behind the first block alone there is nothing to catch up with: who asks for what is mined next waits for a moment.
    const begins = chain.tip.parent === undefined && chain.missing === undefined;
    const store = watchedIndexStore(await open(), (error) => {
      this.#damage ??= error;
      this.#wake?.();
    });
    const tip = await this.#tipOf(store);
    const known = tip === undefined ? undefined : chain.tree.get(tip.hash);
    const node = known !== undefined && known.txCount > 0 ? known : undefined;
    if (node === undefined) {
      if (tip !== undefined) log.warn('index-rebuilt', { index: kind.name, why: `block ${toDisplayHex(tip.hash)} is not known any more` });
      await store.clear();
    }
    this.#written = node;
    this.#at = node;
    this.#synced = begins || this.#isAtTip();
    return store;
  }

  /** Where rows end; undefined where that itself is damaged, and they begin anew. */
  async #tipOf(store: IndexStore): Promise<IndexTip | undefined> {
    try {
      return await store.tip();
    } catch (error) {
      if (this.#damage === undefined) throw error;
      this.#parts.log.warn('index-rebuilt', { index: this.#parts.kind.name, why: this.#damage.message });
      this.#damage = undefined;
      return undefined;
    }
  }

  /** Runs, and begins anew where its own rows turn out to be damaged: nothing in them is lost that the blocks do not have. */
  async #keepRunning(store: IndexStore): Promise<void> {
    for (let rebuilt = 0; ; rebuilt++) {
      try {
        await this.#run(store);
        return;
      } catch (error) {
        if (this.#damage === undefined || rebuilt === REBUILT_MAX) throw error;
        this.#parts.log.warn('index-rebuilt', { index: this.#parts.kind.name, why: this.#damage.message });
      }
      this.#written = undefined;
      this.#at = undefined;
      this.#pendingBlocks = 0;
      this.#synced = false;
      this.#tellWaiters();
      await store.clear();
      this.#damage = undefined;
    }
  }

  async #run(store: IndexStore): Promise<void> {
    const { clock, random } = this.#parts;
    const rows = new PendingRows(store, random.below(2 ** 32));
    while (!this.#closing) {
      if (this.#damage !== undefined) throw this.#damage;
      const moved = await this.#step(rows);
      if (this.#isWriteDue(moved, rows)) {
        await this.#write(store, rows);
        tell(this.#settlers);
      }
      if (this.#isAtTip()) this.#reachedTip();
      if (moved) await clock.yield();
      else if (this.#mustWait()) await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#turnBeganMs = clock.monotonicMs();
    }
    await this.#write(store, rows);
  }

  /** Whether rows are to be written: many of them, or all that there are, unless the chain is catching up and nobody waits for them. */
  #isWriteDue(moved: boolean, { sizeBytes }: PendingRows): boolean {
    if (sizeBytes >= PENDING_BYTES_MAX || this.#pendingBlocks >= PENDING_BLOCKS_MAX || this.#settlers.length > 0) return true;
    const { chain } = this.#parts;
    return !moved && (this.#waiters.length > 0 || chain.bestHeader.height - chain.tip.height < CATCHING_UP_BLOCKS);
  }

  /** Whether there is nothing to do until something happens to the chain or to the rows. */
  #mustWait(): boolean {
    const { chain } = this.#parts;
    if (this.#closing || this.#damage !== undefined || this.#settlers.length > 0) return false;
    return this.#at === chain.checked.tip || (this.#waitsFor !== undefined && chain.isDamaged(this.#waitsFor));
  }

  /** One block nearer to the tip. @returns false where there is nothing to do, or what it needs is damaged and waits to be mended */
  async #step(rows: PendingRows): Promise<boolean> {
    const { chain } = this.#parts;
    if (this.#waitsFor !== undefined && chain.isDamaged(this.#waitsFor)) return false;
    this.#waitsFor = undefined;
    try {
      return await this.#stepTo(rows);
    } catch (error) {
      if (!isRecordDamage(error) || this.#loading === undefined) throw error;
      this.#waitsFor = this.#loading;
      this.#parts.log.warn('index-waits', { index: this.#parts.kind.name, height: this.#loading.height, why: error.message });
      return false;
    }
  }

  async #stepTo(rows: PendingRows): Promise<boolean> {
    const { chain, kind } = this.#parts;
    const at = this.#at;
    if (at !== undefined && !chain.checked.contains(at)) {
      await kind.disconnect(await this.#load(at), rows, this.#pause);
      this.#at = at.parent;
    } else {
      const next = at === undefined ? chain.tree.genesis : chain.checked.next(at);
      if (next === undefined) return false;
      await kind.connect(await this.#load(next), rows, this.#pause);
      this.#at = next;
    }
    this.#pendingBlocks++;
    return true;
  }

  async #load(node: HeaderNode): Promise<IndexedBlock> {
    const { chain, clock, kind, recent } = this.#parts;
    const { height } = node;
    this.#loading = node;
    const atHand = recent.get(node);
    if (atHand !== undefined) return { block: atHand.block, spentCoins: atHand.spentCoins, height };
    if (!isStored(node)) {
      const what = `the index "${kind.name}" needs block ${toDisplayHex(node.hash)} at height ${height}, which is not stored any more`;
      throw new NodeError('option-invalid', `${what}: start without this index`);
    }
    const block = decodeBlock(await chain.readBlock(node));
    await clock.yield();
    this.#turnBeganMs = clock.monotonicMs();
    const spentCoins = await chain.readBlockUndo(node);
    recent.keep({ node, block, spentCoins });
    return { block, spentCoins, height };
  }

  /** Gives others a turn when this one has lasted. */
  readonly #pause = (): Promise<void> | undefined => {
    if (++this.#steps % STEPS_PER_LOOK !== 0) return undefined;
    const { clock } = this.#parts;
    if (clock.monotonicMs() - this.#turnBeganMs < TURN_MS_MAX) return undefined;
    return clock.yield().then(() => {
      this.#turnBeganMs = clock.monotonicMs();
    });
  };

  async #write(store: IndexStore, rows: PendingRows): Promise<void> {
    const at = this.#at;
    if (at === undefined || at === this.#written) return;
    await this.#parts.chain.flushHeaders();
    await store.apply({ puts: rows.puts(), deletes: rows.deletes(), tip: { hash: at.hash, height: at.height } });
    rows.clear();
    this.#pendingBlocks = 0;
    this.#written = at;
  }

  #reachedTip(): void {
    const { kind, log } = this.#parts;
    if (!this.#synced) log.info('index-synced', { index: kind.name, height: this.state().height });
    this.#synced = true;
    this.#tellWaiters();
  }

  #tellWaiters(): void {
    tell(this.#waiters);
  }

  #tellAll(): void {
    tell(this.#waiters);
    tell(this.#settlers);
  }
}

/** Wakes all who wait, once. */
function tell(waiting: (() => void)[]): void {
  for (const wake of waiting.splice(0)) wake();
}
