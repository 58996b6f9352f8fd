/**
 * Opens a chain on a folder that `headers.bench.ts` wrote and prints what that took, as JSON.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { regtest } from '../src/core/params/regtest.ts';
import { toDisplayHex } from '../src/core/primitives/ids.ts';
import { Chain } from '../src/engine/chain/chain.ts';
import { openLevelCoinStore } from '../src/platform/store/level-coin-store.ts';
import { openLevelHeaderStore } from '../src/platform/store/level-header-store.ts';
import { createMemoryBlockStore } from '../src/platform/store/memory-block-store.ts';
import { createSystemClock } from '../src/platform/system/clock.ts';

/** What is printed. */
export interface LoadedHeaders {
  readonly headers: number;
  /** Hash of the chain's tip. */
  readonly tip: string;
  /** Of the whole process, its start included. */
  readonly cpuSeconds: number;
  /** Longest time in which the event loop did not turn. */
  readonly delayMs: number;
  /** Memory of its own, after and before; undefined where /proc does not tell. */
  readonly memoryMib: number | undefined;
  readonly emptyMib: number | undefined;
}

/** Memory of this process alone: files that LevelDB maps are the system's to take back. */
function ownMemoryMib(): number | undefined {
  try {
    const line = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return line === null ? undefined : Number(line[1]) / 1024;
  } catch {
    return undefined;
  }
}

const folder = process.argv[2]!;
const network = { name: 'regtest', messageStart: regtest.messageStart, genesisHash: regtest.consensus.genesisHash };
const emptyMib = ownMemoryMib();
const delays = monitorEventLoopDelay({ resolution: 5 });
delays.enable();
const headers = await openLevelHeaderStore(join(folder, 'headers'), network);
const coins = await openLevelCoinStore(join(folder, 'coins'), network);
const chain = await Chain.open({
  ...{ params: regtest, headers, coins },
  blocks: createMemoryBlockStore(),
  clock: createSystemClock(),
  verifier: { verify: async () => undefined, close: async () => {} },
  log: { debug() {}, info() {}, warn() {}, error() {} },
});
const { user, system } = process.cpuUsage();
delays.disable();
const loaded: LoadedHeaders = {
  headers: chain.tree.size,
  tip: toDisplayHex(chain.tip.hash),
  cpuSeconds: (user + system) / 1e6,
  delayMs: delays.max / 1e6,
  memoryMib: ownMemoryMib(),
  emptyMib,
};
console.log(JSON.stringify(loaded));
await chain.close();
await headers.close();
await coins.close();
