/**
 * The indexes of a node: builds those that were chosen, and answers from them.
 *
 * @module
 */

import { ByteReader } from '../core/primitives/byte-reader.ts';
import type { BlockHash, Txid } from '../core/primitives/ids.ts';
import type { OutPoint } from '../core/primitives/transaction.ts';
import { readTransaction } from '../core/primitives/transaction.ts';
import type { Chain } from '../engine/chain/chain.ts';
import { isStored } from '../engine/chain/header-node.ts';
import { filterIndex, findFilter } from '../engine/indexes/filter-index.ts';
import type { IndexKind } from '../engine/indexes/index-kind.ts';
import { scriptCoins, scriptCoinsAmong, scriptHistory, scriptIndex, scriptTotals } from '../engine/indexes/script-index.ts';
import { findSpender, spentIndex } from '../engine/indexes/spent-index.ts';
import { findTransactionPlace, transactionIndex } from '../engine/indexes/transaction-index.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type {
  BlockFilter,
  ConfirmedTransaction,
  IndexName,
  IndexService,
  IndexState,
  ScriptCoin,
  ScriptEvent,
  ScriptTotals,
  Spender,
} from '../engine/ports/index-service.ts';
import { INDEX_NAMES } from '../engine/ports/index-service.ts';
import type { IndexStore } from '../engine/ports/index-store.ts';
import type { Log } from '../engine/ports/log.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { Random } from '../engine/ports/random.ts';
import { IndexRunner } from './index-runner.ts';
import { RecentBlocks } from './recent-blocks.ts';

const KINDS: Readonly<Record<IndexName, IndexKind>> = {
  tx: transactionIndex,
  script: scriptIndex,
  filter: filterIndex,
  spent: spentIndex,
};

type IndexOpener = (name: IndexName) => Promise<IndexStore>;

/** What the indexes work with. */
export interface IndexParts {
  readonly names: readonly IndexName[];
  readonly open: IndexOpener | undefined;
  readonly chain: Chain;
  readonly clock: Clock;
  readonly random: Pick<Random, 'below'>;
  readonly log: Log;
  readonly onFailure: (error: unknown) => void;
}

/** The indexes of a node, each at its own height. */
export class Indexes implements IndexService {
  readonly #chain: Chain;
  readonly #recent: RecentBlocks;
  readonly #runners = new Map<IndexName, IndexRunner>();

  /** Begins to build them. */
  constructor({ names, open, ...parts }: IndexParts) {
    const { chain } = parts;
    this.#chain = chain;
    this.#recent = new RecentBlocks(chain);
    if (open === undefined && names.length > 0) throw new NodeError('option-invalid', 'this node has no place for indexes');
    for (const name of INDEX_NAMES.filter((each) => names.includes(each))) {
      const runner = new IndexRunner({ ...parts, kind: KINDS[name], open: () => (open as IndexOpener)(name), recent: this.#recent });
      this.#runners.set(name, runner);
    }
    for (const runner of this.#runners.values()) {
      chain.keepAbove(
        () => runner.doneHeight(),
        () => runner.settle(),
      );
    }
    if (this.#runners.size === 0) this.#recent.close();
  }

  states(): readonly IndexState[] {
    return Array.from(this.#runners.values(), (runner) => runner.state());
  }

  has(name: IndexName): boolean {
    return this.#runners.has(name);
  }

  ready(name: IndexName): Promise<boolean> {
    return this.#runner(name).ready();
  }

  #runner(name: IndexName): IndexRunner {
    const runner = this.#runners.get(name);
    if (runner === undefined) throw new NodeError('option-invalid', `this node has no index "${name}": start it with --index ${name}`);
    return runner;
  }

  #store(name: IndexName): Promise<IndexStore> {
    return this.#runner(name).store();
  }

  async transaction(txid: Txid): Promise<ConfirmedTransaction | undefined> {
    const place = await findTransactionPlace(await this.#store('tx'), txid);
    const node = place === undefined ? undefined : this.#chain.tree.get(place.blockHash);
    if (place === undefined || node === undefined || !isStored(node)) return undefined;
    const bytes = await this.#chain.readBlock(node);
    // A copy: a view would keep the whole block in memory.
    const tx = readTransaction(new ByteReader(bytes.slice(place.offset, place.offset + place.sizeBytes)));
    return { tx, blockHash: node.hash, position: place.position };
  }

  async scriptTotals(script: Uint8Array): Promise<ScriptTotals> {
    return scriptTotals(await this.#store('script'), script);
  }

  async scriptCoins(script: Uint8Array, page: Parameters<IndexService['scriptCoins']>[1]): Promise<readonly ScriptCoin[]> {
    return scriptCoins(await this.#store('script'), script, page);
  }

  async scriptCoinsAmong(script: Uint8Array, outPoints: readonly OutPoint[]): Promise<readonly ScriptCoin[]> {
    return scriptCoinsAmong(await this.#store('script'), script, outPoints);
  }

  async scriptHistory(script: Uint8Array, page: Parameters<IndexService['scriptHistory']>[1]): Promise<readonly ScriptEvent[]> {
    return scriptHistory(await this.#store('script'), script, page);
  }

  async spender(outPoint: OutPoint): Promise<Spender | undefined> {
    return findSpender(await this.#store('spent'), outPoint);
  }

  async filter(hash: BlockHash): Promise<BlockFilter | undefined> {
    return findFilter(await this.#store('filter'), hash);
  }

  /** Writes what is known and closes all of them. */
  async close(): Promise<void> {
    this.#recent.close();
    await Promise.all(Array.from(this.#runners.values(), (runner) => runner.close()));
  }
}
