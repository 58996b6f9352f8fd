/**
 * A node's disk: what is on it outlives the node, and a loss of power takes what was not synced.
 *
 * Blocks and undo records go through the node's own code for their files (`platform/store`), over files that know which of their bytes are safe. The
 * databases are kept as rows: each batch is there whole or not at all, which is what the real ones promise.
 *
 * @module
 */

import type { NetworkParams } from '../../core/params/types.ts';
import type { NetworkAddress } from '../../core/wire/network-address.ts';
import type { Ban } from '../../engine/ports/ban-store.ts';
import type { CoinStore } from '../../engine/ports/coin-store.ts';
import type { HeaderStore } from '../../engine/ports/header-store.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { StoredBook } from '../../engine/ports/peer-store.ts';
import type { NodeStores } from '../../node/create-node.ts';
import { DiskGuard } from '../../node/disk-guard.ts';
import { openBlockFiles } from '../../platform/store/block-files.ts';
import { createMemoryCoinStore } from '../../platform/store/memory-coin-store.ts';
import { createMemoryHeaderStore } from '../../platform/store/memory-header-store.ts';
import { toNodeError } from '../../platform/store/system-error.ts';
import type { SimClock } from '../sim-clock.ts';
import type { SimRandom } from '../sim-random.ts';
import type { SharedBytes } from './shared-bytes.ts';
import { type DiskQueue, VirtualFolder } from './virtual-folder.ts';

/** What a disk is like. */
export interface DiskQuality {
  /** Time that each reading or writing takes. Default: none. */
  readonly latencyMs?: number;
  /** Room on it. Default: without end. */
  readonly capacityBytes?: number;
  /** Room that a node keeps free to stop in order. Default: a sixteenth of the capacity. */
  readonly freeBytesMin?: number;
}

/** What a disk is made with. */
export interface SimDiskOptions {
  readonly params: NetworkParams;
  readonly shared: SharedBytes;
  readonly quality?: DiskQuality;
  /** Told of each block that is written. */
  readonly onBlock: (bytes: Uint8Array) => void;
}

/** Rough bytes of a row of coins and of a header's, where room is short. */
const COIN_ROW_BYTES = 96;
const HEADER_PAGE_BYTES = 2_500;

/** What never comes: a node that is gone waits for it. */
const NEVER: Promise<never> = new Promise(() => {});

/** The node that uses the disk; once it is dead, nothing that it asked for happens. */
export interface DiskUser {
  readonly clock: SimClock;
  readonly log: Log;
  readonly alive: boolean;
}

/** A small file that is written as a whole: after a loss of power it is the old one or the new one. */
class WholeFile<T> {
  value: T;

  constructor(value: T) {
    this.value = value;
  }

  put(value: T): void {
    this.value = value;
  }

  open(queue: DiskQueue): { load(): Promise<T>; save(value: T): Promise<void> } {
    return { load: () => queue(() => this.value), save: (value) => queue(() => this.put(value)) };
  }
}

/** One disk. */
export class SimDisk {
  readonly coins: CoinStore = createMemoryCoinStore();
  readonly #headers: HeaderStore = createMemoryHeaderStore();
  readonly #options: SimDiskOptions;
  readonly #folder: VirtualFolder;
  #quality: DiskQuality;
  #rowBytes = 0;
  readonly #book = new WholeFile<StoredBook | undefined>(undefined);
  readonly #bans = new WholeFile<readonly Ban[]>([]);
  readonly #anchors = new WholeFile<readonly NetworkAddress[]>([]);
  readonly #mempool = new WholeFile<Uint8Array | undefined>(undefined);

  constructor(options: SimDiskOptions) {
    this.#options = options;
    this.#quality = options.quality ?? {};
    this.#folder = new VirtualFolder({ shared: options.shared, take: (sizeBytes) => this.#take(sizeBytes), onBlock: options.onBlock });
  }

  /** Bytes on it. */
  get usedBytes(): number {
    return this.#folder.sizeBytes + this.#rowBytes;
  }

  /** Gives it other properties, such as more room. */
  setQuality(quality: DiskQuality): void {
    this.#quality = { ...this.#quality, ...quality };
  }

  /** What the node's book of addresses is at its first start. */
  giveBook(book: StoredBook): void {
    this.#book.put(book);
  }

  /** The power goes: what was not synced is lost, in part, or torn. */
  loseUnsynced(random: SimRandom): void {
    this.#folder.loseUnsynced(random);
  }

  /** What a node is given to keep its things in. */
  async open(user: DiskUser): Promise<NodeStores> {
    const queue = this.#queue(user);
    const { params } = this.#options;
    const blocks = await openBlockFiles({
      folder: 'blocks',
      messageStart: params.messageStart,
      openFile: this.#folder.openFile(queue),
      folderCalls: this.#folder.calls(queue),
    });
    return {
      blocks,
      headers: this.#openHeaders(queue),
      coins: this.#openCoins(queue),
      ...this.#openSmall(queue),
      ...this.#openGuard(user),
      wallet: undefined,
      close: () => blocks.close(),
    };
  }

  #openHeaders(queue: DiskQueue): HeaderStore {
    const inner = this.#headers;
    return {
      load: () => inner.load(),
      put: async (pages) => {
        await queue(() => this.#takeRows(pages.length * HEADER_PAGE_BYTES));
        await inner.put(pages);
      },
      close: async () => {},
    };
  }

  #openCoins(queue: DiskQueue): CoinStore {
    const inner = this.coins;
    return {
      tip: () => inner.tip(),
      load: async (keys) => {
        await queue(() => undefined);
        return inner.load(keys);
      },
      apply: async (batch) => {
        const puts = [...batch.puts];
        await queue(() => this.#takeRows(puts.length * COIN_ROW_BYTES));
        await inner.apply({ ...batch, puts });
      },
      entries: () => inner.entries(),
      close: async () => {},
    };
  }

  #openSmall(queue: DiskQueue): Pick<NodeStores, 'peers' | 'bans' | 'anchors' | 'mempoolFile'> {
    return {
      peers: this.#book.open(queue),
      bans: this.#bans.open(queue),
      anchors: {
        ...this.#anchors.open(queue),
        take: () =>
          queue(() => {
            const anchors = this.#anchors.value;
            this.#anchors.value = [];
            return anchors;
          }),
      },
      mempoolFile: {
        path: 'mempool.dat',
        read: () => queue(() => this.#mempool.value),
        write: (bytes) => queue(() => this.#mempool.put(bytes.slice())),
        readOther: async () => undefined,
      },
    };
  }

  /** Where room is short, the node watches it. */
  #openGuard({ clock, log }: DiskUser): Pick<NodeStores, 'guard'> {
    const { capacityBytes, freeBytesMin } = this.#quality;
    if (capacityBytes === undefined) return {};
    const freeBytes = async (): Promise<number> => Math.max(0, (this.#quality.capacityBytes ?? 0) - this.usedBytes);
    return { guard: new DiskGuard({ folder: 'disk', freeBytes, freeBytesMin: freeBytesMin ?? capacityBytes / 16, clock, log }) };
  }

  /** @throws what the system throws where there is no room */
  #take(sizeBytes: number): void {
    const { capacityBytes } = this.#quality;
    if (capacityBytes === undefined || this.usedBytes + sizeBytes <= capacityBytes) return;
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  }

  /** Room for rows. @throws NodeError `disk-full` */
  #takeRows(sizeBytes: number): void {
    try {
      this.#take(sizeBytes);
    } catch (error) {
      throw toNodeError(error, 'disk');
    }
    this.#rowBytes += sizeBytes;
  }

  /** Each thing in its time, and nothing for a node that is gone. */
  #queue(user: DiskUser): DiskQueue {
    return async (action) => {
      const { latencyMs = 0 } = this.#quality;
      if (latencyMs > 0 && user.alive) await new Promise<void>((resolve) => user.clock.after(latencyMs, resolve));
      return user.alive ? action() : NEVER;
    };
  }
}
