/**
 * What a chain does while something goes wrong: each scenario lives on stores that are handed to it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { type HashKey, hashKey } from '../../src/core/primitives/ids.ts';
import type { Chain } from '../../src/engine/chain/chain.ts';
import type { ChainOptions } from '../../src/engine/chain/chain-options.ts';
import { HEADER_FLUSH_DELAY_MS } from '../../src/engine/chain/flusher.ts';
import type { HeaderNode } from '../../src/engine/chain/header-node.ts';
import { INDEX_NAMES, type IndexName } from '../../src/engine/ports/index-service.ts';
import { NodeError } from '../../src/engine/ports/node-error.ts';
import { Indexes } from '../../src/node/index-service.ts';
import { buildBlock, buildChain, childOf, genesisParent, OP_TRUE, outputOf, spend } from '../support/chain-builder.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { silentLog } from '../support/mempool-world.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { BASE_HEIGHT, load, snapshotWorld } from '../support/snapshot-world.ts';
import { acceptAll, nodeOf, openTestChain, quickRegtest } from '../support/test-chain.ts';
import { isPowerCut } from './fault-plan.ts';
import type { WorldStores } from './fault-world.ts';

/** Every header that a chain knows. */
export function* nodesOf({ tree }: Chain): Generator<HeaderNode> {
  for (let row = 0; row < tree.size; row++) yield tree.nodes.of(row);
}

/** Far more than any index needs for so few blocks. */
const INDEX_TURNS_MAX = 1_000;

/** One start of a chain and its indexes, until it is closed or fails. */
export class Life {
  readonly chain: Chain;
  readonly indexes: Indexes;
  readonly clock: FakeClock;
  /** Blocks of which a flush said that they are kept. */
  readonly kept = new Set<HashKey>();
  readonly #failures: unknown[];

  static async open(stores: WorldStores, options: Partial<ChainOptions>, names: readonly IndexName[]): Promise<Life> {
    const clock = new FakeClock();
    const { blocks, headers, coins, snapshots, openIndex } = stores;
    const failures: unknown[] = [];
    const onFailure = (error: unknown): void => void failures.push(error);
    const chain = await openTestChain({ ...options, blocks, headers, coins, snapshots, clock, onFailure });
    const indexes = new Indexes({ chain, clock, random: new SeededRandom(1), log: silentLog, names, open: openIndex, onFailure });
    return new Life(chain, indexes, clock, failures);
  }

  private constructor(chain: Chain, indexes: Indexes, clock: FakeClock, failures: unknown[]) {
    this.chain = chain;
    this.indexes = indexes;
    this.clock = clock;
    this.#failures = failures;
  }

  /** Hands in blocks, none of which may be refused, and waits for the indexes. */
  async take(blocks: readonly Block[]): Promise<void> {
    for (const reason of await acceptAll(this.chain, blocks)) throw new Error(`a valid block is refused: ${reason}`);
    await this.#check();
  }

  /** Lets the time pass after which header rows are written by themselves. */
  async wait(): Promise<void> {
    await this.clock.advance(HEADER_FLUSH_DELAY_MS);
    await this.chain.run(() => {});
    await this.#check();
  }

  /** Waits until every block below a snapshot is checked, where there is one. All of them must be there. */
  async checkHistory(): Promise<void> {
    for (let turns = 0; this.chain.missing !== undefined && this.#failures.length === 0; turns++) {
      if (turns === INDEX_TURNS_MAX) {
        // After a power cut every call fails.
        await this.chain.flush();
        throw new Error('the history is not checked');
      }
      await settle();
    }
    await this.#check();
  }

  async flush(): Promise<void> {
    await this.chain.flush();
    for (const node of nodesOf(this.chain)) if (node.block !== undefined) this.kept.add(hashKey(node.hash));
    await this.#check();
  }

  /** A failure that only a node is told of ends the life as one that the caller sees. */
  async #check(): Promise<void> {
    // Indexes work on in turns of the machine; each call of theirs that fails is told of.
    const isBehind = (): boolean => this.indexes.states().some(({ height, synced }) => !synced || height !== this.chain.tip.height);
    for (let turns = 0; isBehind() && this.#failures.length === 0; turns++) {
      if (turns === INDEX_TURNS_MAX) throw new Error('the indexes do not come to the tip');
      await settle();
    }
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** Ends in order. */
  async close(): Promise<void> {
    await this.indexes.close();
    await this.chain.close();
    for (const node of nodesOf(this.chain)) if (node.block !== undefined) this.kept.add(hashKey(node.hash));
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** As a node does that the world failed: it tries to close, and what that meets is not told any more. */
  async giveUp(): Promise<void> {
    for (const step of [() => this.indexes.close(), () => this.chain.close()]) {
      await step().catch((error: unknown) => {
        assert.ok(isPowerCut(error) || error instanceof NodeError, `not a failure of the world: ${error}`);
      });
    }
  }
}

/** What is lived through, and what it comes to in the end. */
export interface PortScenario {
  readonly name: string;
  readonly params: NetworkParams;
  readonly fileSizeMax?: number;
  readonly options: Partial<ChainOptions>;
  readonly indexes: readonly IndexName[];
  /** Every chain of which a part may be active at some time; the last one is what it comes to. */
  readonly paths: readonly (readonly Block[])[];
  /** Lived before anything goes wrong. */
  readonly before?: (life: Life) => Promise<void>;
  readonly live: (life: Life) => Promise<void>;
}

const pass = (block: Block) => spend({ inputs: [outputOf(block.transactions[0]!)], outputs: [{ value: 1_000n, scriptPubKey: OP_TRUE }] });

/** Two branches, and the chains that may be active: the trunk, and the branch with what is before it. */
export interface TwoBranches {
  readonly trunk: readonly Block[];
  readonly branch: readonly Block[];
  readonly paths: readonly (readonly Block[])[];
}

/** A trunk of 7 blocks, and a longer branch from its third that spends some of the same coins otherwise. Coinbases must mature early. */
export function twoBranches(params: NetworkParams): TwoBranches {
  const genesis = genesisParent(params);
  const trunk = buildChain({ parent: genesis, params, count: 4, extra: Uint8Array.of(1) });
  let parent = trunk.reduce(childOf, genesis);
  const fork = trunk.slice(0, 3).reduce(childOf, genesis);
  for (let i = 0; i < 3; i++) {
    const block = buildBlock({ parent, params, transactions: [pass(trunk[i]!)] });
    trunk.push(block);
    parent = childOf(parent, block);
  }
  const first = buildBlock({ parent: fork, params, transactions: [pass(trunk[1]!), pass(trunk[0]!)], extra: Uint8Array.of(2) });
  const branch = [first, ...buildChain({ parent: childOf(fork, first), params, count: 6, extra: Uint8Array.of(2) })];
  return { trunk, branch, paths: [trunk, [...trunk.slice(0, 3), ...branch]] };
}

const { trunk, branch, paths } = twoBranches(quickRegtest);

async function connect(life: Life): Promise<void> {
  await life.take(trunk.slice(0, 5));
  await life.wait();
  await life.take(trunk.slice(5));
  await life.flush();
  await life.take(branch);
  await life.close();
}

/** Back to the trunk by hand, and forth again. */
async function switchOver(life: Life): Promise<void> {
  await life.take(branch);
  await life.wait();
  const sixth = nodeOf(life.chain, branch[5]!);
  await life.chain.invalidateBlock(sixth);
  await life.flush();
  await life.chain.reconsiderBlock(sixth);
  await life.wait();
  await life.close();
}

/** Everything is written after each block and stays in memory, where the next blocks spend it and give it back. */
async function flushOften(life: Life): Promise<void> {
  for (const block of trunk) {
    await life.take([block]);
    await life.flush();
  }
  await life.take(branch);
  await life.flush();
  const sixth = nodeOf(life.chain, branch[5]!);
  await life.chain.invalidateBlock(sixth);
  await life.flush();
  await life.chain.reconsiderBlock(sixth);
  await life.flush();
  await life.close();
}

const PRUNED: NetworkParams = { ...regtest, pruneKeepBlocks: 6 };
/** Room for four blocks in a file. */
const PRUNED_FILE_SIZE = 1_100;
const LONG = buildChain({ parent: genesisParent(PRUNED), params: PRUNED, count: 30, extra: Uint8Array.of(1) });

async function prune(life: Life): Promise<void> {
  await life.chain.pruneTo(12);
  await life.take(LONG.slice(24, 28));
  await life.chain.pruneTo(20);
  await life.take(LONG.slice(28));
  await life.close();
}

const SNAPSHOT = await snapshotWorld();

/** Coins are loaded, blocks come above them, then those below in two parts, and the node ends in order. */
async function loadCoins(life: Life): Promise<void> {
  const { blocks, bytes } = SNAPSHOT;
  life.chain.acceptHeaders(blocks.map(({ header }) => header));
  await load(life.chain, bytes);
  await life.take(blocks.slice(BASE_HEIGHT, -1));
  await life.wait();
  await life.take(blocks.slice(0, 3));
  await life.flush();
  await life.take(blocks.slice(3));
  await life.checkHistory();
  await life.close();
}

const IN_MEMORY = 1 << 26;
const AT_ONCE = 0;
const BRANCHES = { params: quickRegtest, paths, indexes: [] };

/** Each by its own name. */
export const PORT_SCENARIOS: readonly PortScenario[] = [
  { ...BRANCHES, name: 'connect', options: { dbCacheBytes: IN_MEMORY }, live: connect },
  { ...BRANCHES, name: 'flush', options: { dbCacheBytes: AT_ONCE }, live: connect, fileSizeMax: 600 },
  { ...BRANCHES, name: 'flush, kept in memory', options: { dbCacheBytes: IN_MEMORY }, live: flushOften, fileSizeMax: 600 },
  {
    ...BRANCHES,
    name: 'reorganisation',
    options: { dbCacheBytes: IN_MEMORY },
    before: (life) => life.take(trunk).then(() => life.close()),
    live: switchOver,
  },
  {
    ...BRANCHES,
    name: 'reorganisation, flushed',
    options: { dbCacheBytes: AT_ONCE },
    before: (life) => life.take(trunk).then(() => life.close()),
    live: switchOver,
  },
  { ...BRANCHES, name: 'indexes', options: { dbCacheBytes: IN_MEMORY }, indexes: INDEX_NAMES, live: connect },
  {
    ...BRANCHES,
    name: 'indexes, reorganisation',
    options: { dbCacheBytes: AT_ONCE },
    indexes: INDEX_NAMES,
    before: (life) => life.take(trunk).then(() => life.close()),
    live: switchOver,
  },
  ...[IN_MEMORY, AT_ONCE].map(
    (dbCacheBytes): PortScenario => ({
      name: dbCacheBytes === AT_ONCE ? 'loading coins, flushed' : 'loading coins',
      params: SNAPSHOT.params,
      options: { dbCacheBytes },
      indexes: [],
      paths: [SNAPSHOT.blocks],
      live: loadCoins,
    }),
  ),
  {
    name: 'prune',
    params: PRUNED,
    fileSizeMax: PRUNED_FILE_SIZE,
    options: { dbCacheBytes: IN_MEMORY, prune: { targetBytes: undefined } },
    indexes: [],
    paths: [LONG],
    before: (life) => life.take(LONG.slice(0, 24)).then(() => life.close()),
    live: prune,
  },
];
