/**
 * How late the main thread is, which every request, message and timer of a node waits for: with nothing to do, while all cores mine, and
 * while a node downloads and checks blocks full of inputs from another.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { chooseSecp256k1 } from '../src/core/crypto/node/choose-secp256k1.ts';
import { quoin } from '../src/core/params/quoin.ts';
import type { Block } from '../src/core/primitives/block.ts';
import { hashKey } from '../src/core/primitives/ids.ts';
import { createInlineVerifier } from '../src/engine/chain/inline-verifier.ts';
import type { Log } from '../src/engine/ports/log.ts';
import type { NodeParts, NodeSettings, RunningNode } from '../src/node/create-node.ts';
import { createNode } from '../src/node/create-node.ts';
import { tcpTransport } from '../src/platform/net/tcp-transport.ts';
import { createMemoryBlockStore } from '../src/platform/store/memory-block-store.ts';
import { createMemoryCoinStore } from '../src/platform/store/memory-coin-store.ts';
import { createMemoryHeaderStore } from '../src/platform/store/memory-header-store.ts';
import { createSystemClock } from '../src/platform/system/clock.ts';
import { systemRandom } from '../src/platform/system/random.ts';
import { MiningPool } from '../src/platform/workers/mining-pool.ts';
import { denseChain } from '../test/support/dense-chain.ts';
import { easyQuoin } from '../test/support/easy-quoin.ts';
import type { BenchOptions, BenchRow } from './harness.ts';
import { turnsMs } from './turns.ts';

/** How often the timer is due. */
const TIMER_MS = 10;

const HOST = '127.0.0.1';
const OP_TRUE = Uint8Array.of(0x51);
const secp256k1 = chooseSecp256k1('auto');

const refuse = (event: string): never => assert.fail(event);
const log: Log = { debug: () => {}, info: () => {}, warn: refuse, error: refuse };

/** The longest turns of the event loop: what anybody waits at most where nothing else keeps the machine busy. */
function turnRow(name: string, turns: readonly number[]): BenchRow {
  const sorted = [...turns].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return {
    name: `CPU of the longest turn, ${name} (spread: 999 of 1,000 turns, the longest)`,
    unit: 'ms',
    median: at(1),
    min: at(0.999),
    max: at(1),
  };
}

/** How late a timer came during something: half of the times, 99 of 100 times, and at worst. */
async function delayRow(name: string, during: () => Promise<void>): Promise<BenchRow> {
  const histogram = monitorEventLoopDelay({ resolution: TIMER_MS });
  histogram.enable();
  await during();
  histogram.disable();
  const lateMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - TIMER_MS);
  const [half, most] = [lateMs(histogram.percentile(50)), lateMs(histogram.percentile(99))];
  return {
    name: `timer late 1 time in 100, ${name} (spread: half of the times, at worst)`,
    unit: 'ms',
    median: most,
    min: half,
    max: lateMs(histogram.max),
  };
}

/** A node in memory on the main thread, without a wallet. */
function startNode(parts: Pick<NodeParts, 'params'> & Partial<NodeParts>, settings: Partial<NodeSettings> = {}): Promise<RunningNode> {
  const clock = createSystemClock();
  const stores = {
    blocks: createMemoryBlockStore(),
    headers: createMemoryHeaderStore(),
    coins: createMemoryCoinStore(),
    peers: { load: async () => undefined, save: async () => {} },
    wallet: undefined,
    mempoolFile: undefined,
    close: async () => {},
  };
  return createNode(
    {
      ...{ version: '0', dataDir: undefined, clock, random: systemRandom, log, secp256k1, stores, seed: undefined },
      verifier: createInlineVerifier({ secp256k1, clock }),
      transport: tcpTransport,
      openSearch: (workers) => new MiningPool({ workers, failed: (error) => refuse(error.message) }),
      workersDefault: availableParallelism(),
      ...parts,
    },
    { listen: { host: HOST, port: 0 }, connect: [], peers: [], mine: undefined, mineTo: undefined, ...settings },
  );
}

async function idleRow({ smoke }: BenchOptions): Promise<BenchRow> {
  return delayRow('nothing to do', () => pause(smoke ? 50 : 3_000));
}

/** On the real network's target, so that blocks come as seldom as they do. */
async function miningRow({ smoke }: BenchOptions): Promise<BenchRow> {
  const node = await startNode({ params: quoin }, { mineTo: OP_TRUE });
  await node.mining.start({ script: OP_TRUE });
  const { workers } = node.mining.state();
  assert.equal(workers, availableParallelism());
  const row = await delayRow(`mining on ${workers} threads`, () => pause(smoke ? 50 : 5_000));
  await node.stop();
  return row;
}

/** Both nodes run on this thread, so what the serving one takes is part of the delay. */
async function syncRows(blocks: readonly Block[], inputs: number): Promise<BenchRow[]> {
  const accepting = { verify: async () => undefined, close: async () => {} };
  const serving = await startNode({ params: easyQuoin, verifier: accepting });
  for (const block of blocks) assert.equal((await serving.chain.submitBlock(block)).rejection, undefined);
  const [host, port] = serving.network.listenAddress()!.split(':') as [string, string];
  const syncing = await startNode({ params: easyQuoin });
  const tip = hashKey(serving.chain.tip().header.hash);
  const name = `syncing blocks of ${inputs} inputs`;
  let turns: readonly number[] = [];
  const sync = async (): Promise<void> => {
    const done = new Promise<void>((resolve) => {
      const unsubscribe = syncing.subscribe((event) => {
        if (event.kind !== 'tip-changed' || hashKey(event.hash) !== tip) return;
        unsubscribe();
        resolve();
      });
    });
    syncing.network.addNode({ host, port: Number(port) }, 'onetry');
    await done;
    // A timer that is due now shall still be counted.
    await pause(2 * TIMER_MS);
  };
  const row = await delayRow(name, async () => {
    turns = await turnsMs(sync);
  });
  assert.equal(syncing.chain.tip().height, blocks.length);
  await syncing.stop();
  await serving.stop();
  return [row, turnRow(name, turns)];
}

/** All rows. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const rows = [await idleRow(options), await miningRow(options)];
  for (const [inputs, count] of options.smoke ? [[10, 3] as const] : [[1_000, 30] as const, [7_000, 6] as const]) {
    rows.push(...(await syncRows(denseChain({ params: easyQuoin, secp256k1, count, inputs }), inputs)));
  }
  return rows;
}
