/**
 * Three whole nodes in one process, whose wall clocks are years apart, on the rules of the `quoin` network: nothing that they agree on
 * asks a clock. Sockets and disks are in memory, time is moved by hand.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scriptOfAddress } from '../../src/core/address/address.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { hashKey, toDisplayHex } from '../../src/core/primitives/ids.ts';
import { createInlineVerifier } from '../../src/engine/chain/inline-verifier.ts';
import { InlineBlockSearch } from '../../src/engine/mining/inline-block-search.ts';
import type { BlockSearch } from '../../src/engine/ports/block-search.ts';
import type { Clock, Timer } from '../../src/engine/ports/clock.ts';
import { createMnemonic } from '../../src/engine/wallet/seed.ts';
import type { NodeClock, NodeStores, RunningNode } from '../../src/node/create-node.ts';
import { createNode } from '../../src/node/create-node.ts';
import { createMemoryBlockStore } from '../../src/platform/store/memory-block-store.ts';
import { createMemoryCoinStore } from '../../src/platform/store/memory-coin-store.ts';
import { createMemoryHeaderStore } from '../../src/platform/store/memory-header-store.ts';
import { createMemoryRowStore } from '../../src/platform/store/memory-row-store.ts';
import { easyQuoin } from '../support/easy-quoin.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryNetwork } from '../support/memory-transport.ts';
import { silentLog } from '../support/mempool-world.ts';
import { SeededRandom } from '../support/seeded-random.ts';

const YEAR_SECONDS = 31_536_000;
const DAY_SECONDS = 86_400;
const REWARD = easyQuoin.consensus.subsidy.initial;
const STEP_SECONDS = 7_200;
const BLOCK_MS = 10_000;

/** How far each node's clock is off, in years. */
const YEARS_OFF = [0, -6, 11] as const;
const HOSTS = YEARS_OFF.map((_, i) => `10.0.0.${i + 1}`);
const PORT = 7333;

/** The common time behind all clocks. */
const time = new FakeClock(easyQuoin.genesis.header.timeSeconds + 3 * DAY_SECONDS);
const network = new MemoryNetwork(time);

/** A clock that runs like the others and shows other years. */
function clockOff(years: number): NodeClock {
  let mockSeconds: number | undefined;
  const clock: Clock = {
    nowSeconds: () => mockSeconds ?? time.nowSeconds() + years * YEAR_SECONDS,
    monotonicMs: () => time.monotonicMs(),
    after: (delayMs, action) => time.after(delayMs, action),
    cancel: (timer) => time.cancel(timer),
    yield: () => time.yield(),
  };
  return {
    ...clock,
    settable: clock,
    advanceTimers: () => assert.fail('nobody moves the timers'),
    setMockTime: (seconds) => {
      mockSeconds = seconds;
    },
  };
}

/** What one machine keeps over a restart. */
interface Machine {
  readonly host: string;
  readonly clock: NodeClock;
  readonly random: SeededRandom;
  readonly stores: NodeStores;
  readonly mnemonic: string;
}

function machine(index: number): Machine {
  const random = new SeededRandom(100 + index);
  return {
    host: HOSTS[index]!,
    clock: clockOff(YEARS_OFF[index]!),
    random,
    stores: {
      blocks: createMemoryBlockStore(),
      headers: createMemoryHeaderStore(),
      coins: createMemoryCoinStore(),
      peers: { load: async () => undefined, save: async () => {} },
      wallet: createMemoryRowStore(),
      mempoolFile: undefined,
      close: async () => {},
    },
    mnemonic: createMnemonic(random),
  };
}

/** Finds a block ten seconds after it was asked for one: the work is trivial here, and would else leave no turn to anybody. */
function pacedSearch(clock: NodeClock): BlockSearch {
  const search = new InlineBlockSearch(clock);
  let timer: Timer | undefined;
  const pause = (): void => {
    if (timer !== undefined) clock.cancel(timer);
    search.pause();
  };
  return {
    workers: 1,
    start: (job, found) => {
      pause();
      timer = clock.after(BLOCK_MS, () => search.start(job, found));
    },
    pause,
    hashes: () => search.hashes(),
    close: async () => pause(),
  };
}

const secp256k1 = chooseSecp256k1('auto');

function start({ host, clock, random, stores, mnemonic }: Machine, isNew: boolean): Promise<RunningNode> {
  const others = HOSTS.filter((each) => each !== host).map((each) => ({ host: each, port: PORT }));
  return createNode(
    {
      ...{ params: easyQuoin, version: '0', dataDir: undefined, clock, random, log: silentLog, secp256k1, stores },
      seed: { mnemonic, isNew },
      verifier: createInlineVerifier({ secp256k1 }),
      transport: network.transport(host),
      openSearch: () => pacedSearch(clock),
      workersDefault: 1,
    },
    { listen: { host, port: PORT }, connect: [], peers: others, mine: undefined, mineTo: undefined },
  );
}

/** The script behind an address that a node's wallet gave. */
function scriptOf(address: string): Uint8Array {
  const read = scriptOfAddress(address, easyQuoin);
  assert.ok('script' in read);
  return read.script;
}

async function mine(node: RunningNode, count: number): Promise<void> {
  const mined = await node.mining.generate({ count, script: scriptOf(node.wallet!.address()) });
  assert.equal(mined.length, count);
}

/** Lets time go on until all nodes have the same tip, and sees that they have the same coins. */
async function agree(nodes: readonly RunningNode[]): Promise<void> {
  const tips = () => new Set(nodes.map((node) => hashKey(node.chain.tip().header.hash)));
  await time.advanceUntil(() => tips().size === 1, 120_000);
  const coins = new Set<string>();
  for (const node of nodes) {
    const { bestBlock, hashSerialized } = await node.chain.coinSetStats('hash_serialized_3');
    coins.add(`${toDisplayHex(bestBlock)} ${Buffer.from(hashSerialized ?? []).toString('hex')}`);
  }
  assert.equal(coins.size, 1);
}

describe('three nodes whose clocks differ by years', () => {
  it('mine, relay and agree, and go on after thirty idle days', async () => {
    const machines = HOSTS.map((_, i) => machine(i));
    let nodes = await Promise.all(machines.map((each) => start(each, true)));
    await time.advanceUntil(() => nodes.every((node) => node.network.peers().length >= 2), 120_000);

    // Each mines in turn; the others follow at once, however far their clocks are.
    for (let round = 0; round < 4; round++) {
      for (const node of nodes) {
        await mine(node, 2);
        await agree(nodes);
      }
    }
    assert.equal(nodes[0]!.chain.tip().height, 24);
    assertTimes(nodes[0]!);

    // A payment made by the node in the past is confirmed by the one in the future.
    const [present, past, future] = nodes as [RunningNode, RunningNode, RunningNode];
    await mine(present, 10);
    await agree(nodes);
    const before = owned(present);
    const sent = await past.wallet!.send({ script: scriptOf(await present.wallet!.newAddress()), amount: REWARD / 2n });
    assert.ok('txid' in sent, 'the payment is accepted');
    await time.advanceUntil(() => future.mempool.get(sent.txid) !== undefined, 120_000);
    await mine(future, 1);
    await agree(nodes);
    assert.equal(owned(present), before + REWARD / 2n);

    // A day without a block changes nothing between them.
    await time.advance(DAY_SECONDS * 1_000);
    for (const node of nodes) {
      assert.equal(node.network.sync().inSync, true);
      assert.ok(node.network.peers().length >= 2);
    }

    // Nothing happens for a month; then all start at once, and nobody waits for anybody.
    await Promise.all(nodes.map((node) => node.stop()));
    const height = present.chain.tip().height;
    await time.advance(30 * DAY_SECONDS * 1_000);
    nodes = await Promise.all(machines.map((each) => start(each, false)));
    for (const node of nodes) assert.equal(node.network.sync().inSync, true);
    await nodes[2]!.mining.start({ script: scriptOf(nodes[2]!.wallet!.address()) });
    await time.advanceUntil(() => nodes[2]!.chain.tip().height >= height + 5, 120_000);
    await nodes[2]!.mining.stop();
    await agree(nodes);
    for (const node of nodes) {
      await mine(node, 1);
      await agree(nodes);
    }
    assert.ok(nodes[0]!.chain.tip().height >= height + 8);
    await Promise.all(nodes.map((node) => node.stop()));
  });
});

/** All that is in blocks, mature or not: a new block may move a reward from one to the other. */
function owned(node: RunningNode): bigint {
  const { confirmed, immature } = node.wallet!.balance();
  return confirmed + immature;
}

/**
 * Every block lies after the median before it and at most two hours beyond; a clock in the past gives the least, one in the future
 * the most.
 */
function assertTimes(node: RunningNode): void {
  const steps: number[] = [];
  for (let height = 1; height <= node.chain.tip().height; height++) {
    const block = node.chain.block(node.chain.hashAt(height)!)!;
    const parent = node.chain.block(node.chain.hashAt(height - 1)!)!;
    steps.push(block.header.timeSeconds - parent.medianTimeSeconds);
  }
  assert.equal(Math.min(...steps), 1);
  assert.equal(Math.max(...steps), STEP_SECONDS);
}
