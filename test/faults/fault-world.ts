/**
 * Stores that fail when a plan says so: Core's block files over a disk that forgets, and databases that keep to the ports' words.
 *
 * @module
 */

import type { NetworkParams } from '../../src/core/params/types.ts';
import type { BlockStore } from '../../src/engine/ports/block-store.ts';
import type { CoinStore } from '../../src/engine/ports/coin-store.ts';
import type { HeaderStore } from '../../src/engine/ports/header-store.ts';
import type { IndexName } from '../../src/engine/ports/index-service.ts';
import type { IndexStore } from '../../src/engine/ports/index-store.ts';
import type { Random } from '../../src/engine/ports/random.ts';
import type { SnapshotStore } from '../../src/engine/ports/snapshot-store.ts';
import { openBlockFiles } from '../../src/platform/store/block-files.ts';
import { createMemoryCoinStore } from '../../src/platform/store/memory-coin-store.ts';
import { createMemoryHeaderStore } from '../../src/platform/store/memory-header-store.ts';
import { createMemoryIndexStore } from '../../src/platform/store/memory-index-store.ts';
import { createMemorySnapshotStore } from '../../src/platform/store/memory-snapshot-store.ts';
import { toNodeError } from '../../src/platform/store/system-error.ts';
import { type FaultPlan, PowerCut } from './fault-plan.ts';
import type { Loss } from './forgetful-files.ts';
import { SimulatedDisk } from './simulated-disk.ts';

/** Bytes. */
const LONGER_THAN_KEYS = 128;

/** The stores of one start. */
export interface WorldStores {
  readonly blocks: BlockStore;
  readonly headers: HeaderStore;
  readonly coins: CoinStore;
  readonly snapshots: SnapshotStore;
  readonly openIndex: (name: IndexName) => Promise<IndexStore>;
}

/** One index's rows. Its clearing is not one step: the tip goes first. */
interface IndexRows {
  readonly rows: IndexStore;
  isCleared: boolean;
}

/** All that outlives a crash. */
export class FaultWorld {
  readonly disk = new SimulatedDisk();
  readonly #headers = createMemoryHeaderStore();
  #coins = createMemoryCoinStore();
  #snapshots = createMemorySnapshotStore();
  readonly #indexes = new Map<IndexName, IndexRows>();
  readonly #params: NetworkParams;
  readonly #fileSizeMax: number | undefined;

  constructor(params: NetworkParams, fileSizeMax?: number) {
    this.#params = params;
    this.#fileSizeMax = fileSizeMax;
  }

  /** What a power cut does to it. Batches are durable by the ports' own word. */
  crash(loss: Loss, random: Random): void {
    this.disk.crash(loss, random);
  }

  /** Opens everything for one start. @throws PowerCut, NodeError where the plan strikes already here */
  async open(plan: FaultPlan): Promise<WorldStores> {
    const batch = batchesOf(plan);
    // The data folder does this before it opens anything.
    if (this.#snapshots.noted?.state === 'validated') this.#coins = this.#snapshots.begun ?? this.#coins;
    this.#snapshots = this.#snapshots.next();
    const coins = this.#coins;
    const coinBatch = batch('coins');
    const headers = this.#headers;
    const headerBatch = batch('headers');
    const blocks = await openBlockFiles({
      folder: 'blocks',
      messageStart: this.#params.messageStart,
      openFile: this.disk.openFile(plan),
      folderCalls: this.disk.folderCalls(plan),
      ...(this.#fileSizeMax === undefined ? {} : { fileSizeMax: this.#fileSizeMax }),
    });
    return {
      blocks,
      headers: { load: () => headers.load(), put: (rows) => headerBatch(() => headers.put(rows)), close: async () => {} },
      coins: coinsOver(coins, coinBatch),
      snapshots: snapshotsOver(this.#snapshots, batch),
      openIndex: async (name) => this.#indexStore(name, batch(`index ${name}`)),
    };
  }

  #indexStore(name: IndexName, batch: Batch): IndexStore {
    const index = this.#indexes.get(name) ?? { rows: createMemoryIndexStore(), isCleared: false };
    this.#indexes.set(name, index);
    return {
      tip: async () => (index.isCleared ? undefined : index.rows.tip()),
      load: (keys) => index.rows.load(keys),
      entries: (range) => index.rows.entries(range),
      apply: (changes) =>
        batch(async () => {
          await index.rows.apply(changes);
          index.isCleared = false;
        }),
      clear: async () => {
        await batch(async () => {
          index.isCleared = true;
        });
        await batch(() => index.rows.clear());
      },
      close: async () => {},
    };
  }

  /** Every row of an index, as text by text. */
  async indexRows(name: IndexName): Promise<Map<string, string>> {
    const index = this.#indexes.get(name);
    return index === undefined ? new Map() : rowsOf(index.rows);
  }
}

function coinsOver(coins: CoinStore, batch: Batch): CoinStore {
  return {
    tip: () => coins.tip(),
    load: (keys) => coins.load(keys),
    apply: (changes) => batch(() => coins.apply(changes)),
    entries: () => coins.entries(),
    close: async () => {},
  };
}

/** What is loaded goes into a database; the notes are files that are replaced whole. */
function snapshotsOver(snapshots: SnapshotStore, batch: (where: string) => Batch): SnapshotStore {
  const [coinBatch, noteBatch] = [batch('loaded coins'), batch('snapshot')];
  const { stored } = snapshots;
  return {
    stored: stored?.coins === undefined ? stored : { ...stored, coins: coinsOver(stored.coins, coinBatch) },
    create: async () => coinsOver(await snapshots.create(), coinBatch),
    discard: () => snapshots.discard(),
    note: (base, state) => noteBatch(() => snapshots.note(base, state)),
    forget: () => noteBatch(() => snapshots.forget()),
  };
}

/** Every row of an index, as text by text. */
export async function rowsOf(store: Pick<IndexStore, 'entries'>): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  for await (const [key, value] of store.entries({ gte: new Uint8Array(), lt: new Uint8Array(LONGER_THAN_KEYS).fill(255) })) {
    rows.set(Buffer.from(key).toString('hex'), Buffer.from(value).toString('hex'));
  }
  return rows;
}

type Batch = (apply: () => Promise<void>) => Promise<void>;

/** Batches of databases that, as the real ones, take nothing more after one failed. */
function batchesOf(plan: FaultPlan): (where: string) => Batch {
  return (where) => {
    let failed: Error | undefined;
    return async (apply) => {
      if (failed !== undefined) throw failed;
      const struck = plan.next('batch');
      if (struck === undefined) return apply();
      if (struck.partly) await apply();
      failed = struck.error instanceof PowerCut ? struck.error : toNodeError(struck.error, where);
      throw failed;
    };
  };
}
