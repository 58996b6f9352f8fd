/**
 * Real nodes killed at moments by chance, again and again, beside one that never is.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { addressOf, agree, joinNodes, makeNetworkFile, mine, pay, startApart } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { QUOIN_COMMAND, type QuoinProcess, temporaryFolder } from '../support/quoin-process.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import type { MatrixPoint } from './matrix-rows.ts';

/** Something that a node is killed in. */
export interface KillLoop {
  readonly name: string;
  /** The kills, to be done in their order. */
  readonly kills: (seed: number) => Promise<readonly MatrixPoint[]>;
}

/** Of each loop. */
const KILLS = 12;
const BLOCKS = 1_200;
const COIN = 100_000_000;
/** Every so many kills begin with an empty folder. */
const FRESH_EVERY = 3;

const heightOf = (node: QuoinProcess): Promise<number> => node.rpc('getblockcount') as Promise<number>;

/** What is left after a kill is whole, and comes to what the steady node has. */
async function checkBeside(node: QuoinProcess, steady: QuoinProcess): Promise<void> {
  await agree([node]);
  await joinNodes(node, steady);
  await agree([node, steady]);
}

/** One kill: what is under way, at most so long, and what follows. */
interface Kill {
  readonly begin: (i: number) => Promise<void>;
  readonly delayMsMax: number;
  readonly kill: () => Promise<void>;
  readonly check: (i: number) => Promise<void>;
}

function killsOf(seed: number, { begin, delayMsMax, kill, check }: Kill): MatrixPoint[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: KILLS }, (_, i) => {
    const delayMs = random.below(delayMsMax);
    return {
      kind: 'kill -9 by chance',
      place: `kill ${i}, ${delayMs} ms in`,
      try: async () => {
        await begin(i);
        await pause(delayMs);
        await kill();
        await check(i);
        return 'valid' as const;
      },
    };
  });
}

/** A node with a chain in which coins are spent now and then; one for all loops. */
let shared: Promise<QuoinProcess> | undefined;

async function makeSteady(): Promise<QuoinProcess> {
  const steady = await startApart({ network: 'regtest', args: ['--index', 'filter'] });
  const to = await addressOf(steady);
  for (let height = 0; height < BLOCKS; height += 150) {
    await mine(steady, 150, to);
    if (height > 0) for (let k = 1; k <= 5; k++) await pay(steady, to, k * COIN + height);
  }
  await mine(steady, 1, to);
  return steady;
}

function steadyNode(): Promise<QuoinProcess> {
  shared ??= makeSteady();
  return shared;
}

/** A node that is killed and started again in the same folder. */
class Victim {
  readonly #network: string;
  readonly #args: readonly string[];
  #dataDir = temporaryFolder('killed');
  #node: QuoinProcess | undefined;

  constructor(network: string, args: readonly string[] = []) {
    this.#network = network;
    this.#args = args;
  }

  get node(): QuoinProcess {
    assert.ok(this.#node !== undefined, 'it was started');
    return this.#node;
  }

  get dataDir(): string {
    return this.#dataDir;
  }

  async start(...more: readonly string[]): Promise<QuoinProcess> {
    this.#node = await startApart({ network: this.#network, dataDir: this.#dataDir, args: [...this.#args, ...more] });
    return this.#node;
  }

  /** Ends it in order, if it runs. */
  async stop(): Promise<void> {
    if (this.#node !== undefined) assert.equal(await this.#node.stop(), 0);
    this.#node = undefined;
  }

  readonly kill = async (): Promise<void> => {
    await this.#node?.kill();
    this.#node = undefined;
  };

  async restart(...more: readonly string[]): Promise<QuoinProcess> {
    await this.stop();
    return this.start(...more);
  }

  async forget(): Promise<void> {
    await this.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
    this.#dataDir = temporaryFolder('killed');
  }
}

async function whileMining(seed: number): Promise<readonly MatrixPoint[]> {
  const network = makeNetworkFile(8);
  const steady = await startApart({ network });
  const victim = new Victim(network);
  return killsOf(seed, {
    begin: async () => {
      const node = await victim.restart();
      await joinNodes(node, steady);
      await node.post('/api/v1/mining/start', { workers: 1 });
    },
    delayMsMax: 700,
    kill: victim.kill,
    check: async () => checkBeside(await victim.start(), steady),
  });
}

async function whileSyncing(seed: number): Promise<readonly MatrixPoint[]> {
  const steady = await steadyNode();
  const victim = new Victim('regtest', ['--db-cache', '4']);
  return killsOf(seed, {
    begin: async () => {
      await victim.forget();
      const node = await victim.start();
      await node.rpc('addnode', steady.p2p, 'onetry');
    },
    delayMsMax: 1_500,
    kill: victim.kill,
    check: async () => checkBeside(await victim.start(), steady),
  });
}

async function whileReorganising(seed: number): Promise<readonly MatrixPoint[]> {
  const steady = await steadyNode();
  const victim = new Victim('regtest', ['--db-cache', '4']);
  await checkBeside(await victim.start(), steady);
  let left = '';
  return killsOf(seed, {
    begin: async (i) => {
      const { node } = victim;
      left = (await node.rpc('getblockhash', (await heightOf(node)) - 400 - i)) as string;
      const leaving = node.rpc('invalidateblock', left);
      if (i % 2 === 0) leaving.catch(() => undefined);
      // Every other kill is on the way back.
      else await leaving.then(() => void node.rpc('reconsiderblock', left).catch(() => undefined));
    },
    delayMsMax: 300,
    kill: victim.kill,
    check: async () => {
      const node = await victim.start();
      await agree([node]);
      await node.rpc('reconsiderblock', left);
      await checkBeside(node, steady);
    },
  });
}

async function whileIndexing(seed: number): Promise<readonly MatrixPoint[]> {
  const steady = await steadyNode();
  const index = ['--index', 'tx,script,filter,spent'];
  const victim = new Victim('regtest');
  await checkBeside(await victim.start(), steady);
  return killsOf(seed, {
    begin: async (i) => {
      await victim.stop();
      if (i % FRESH_EVERY === 0) rmSync(join(victim.dataDir, 'indexes'), { recursive: true, force: true });
      await victim.start(...index);
    },
    delayMsMax: 400,
    kill: victim.kill,
    check: async () => {
      const node = await victim.start(...index);
      await checkBeside(node, steady);
      const height = await heightOf(node);
      await eventually('all indexes are at the tip', async () => {
        const states = Object.values((await node.rpc('getindexinfo')) as Record<string, { best_block_height: number }>);
        return states.length === 4 && states.every(({ best_block_height }) => best_block_height === height);
      });
      for (const each of [1, height >> 1, height]) {
        const hash = (await node.rpc('getblockhash', each)) as string;
        assert.deepEqual(await node.rpc('getblockfilter', hash), await steady.rpc('getblockfilter', hash));
        const { tx } = (await node.rpc('getblock', hash)) as { tx: string[] };
        for (const txid of tx) await node.rpc('getrawtransaction', txid, 2);
      }
    },
  });
}

async function whileImporting(seed: number): Promise<readonly MatrixPoint[]> {
  const steady = await steadyNode();
  const victim = new Victim('regtest');
  const args = () => ['import', steady.dataDir, '--network', 'regtest', '--data-dir', victim.dataDir];
  let child: ReturnType<typeof spawn> | undefined;
  return killsOf(seed, {
    begin: async (i) => {
      await victim.stop();
      if (i % FRESH_EVERY === 0) await victim.forget();
      child = spawn(process.execPath, [QUOIN_COMMAND, ...args()], { stdio: 'ignore' });
    },
    delayMsMax: 1_200,
    kill: async () => {
      if (child?.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    check: async (i) => {
      if (i % FRESH_EVERY !== FRESH_EVERY - 1) return agree([await victim.start()]).then(() => undefined);
      const last = spawn(process.execPath, [QUOIN_COMMAND, ...args()], { stdio: 'ignore' });
      const [code] = await once(last, 'exit');
      assert.equal(code, 0);
      await checkBeside(await victim.start(), steady);
    },
  });
}

async function whileReindexing(seed: number): Promise<readonly MatrixPoint[]> {
  const steady = await steadyNode();
  const victim = new Victim('regtest');
  await checkBeside(await victim.start(), steady);
  let child: ReturnType<typeof spawn> | undefined;
  return killsOf(seed, {
    begin: async (i) => {
      await victim.stop();
      const flag = i % 3 === 2 ? '--reindex-chainstate' : '--reindex';
      const args = ['node', flag, '--network', 'regtest', '--data-dir', victim.dataDir, '--no-listen', '--no-http', '--no-discovery'];
      child = spawn(process.execPath, [QUOIN_COMMAND, ...args], { stdio: 'ignore' });
    },
    delayMsMax: 1_800,
    kill: async () => {
      child?.kill('SIGKILL');
      await once(child!, 'exit');
    },
    check: async () => {
      const node = await victim.start();
      await checkBeside(node, steady);
    },
  });
}

async function whilePruning(seed: number): Promise<readonly MatrixPoint[]> {
  const steady = await steadyNode();
  const victim = new Victim('regtest', ['--prune', '1', '--fast-prune']);
  return killsOf(seed, {
    begin: async (i) => {
      if (i % FRESH_EVERY === 0) await victim.forget();
      const node = await victim.restart();
      await checkBeside(node, steady);
      node.rpc('pruneblockchain', ((i % FRESH_EVERY) + 1) * 300).catch(() => undefined);
    },
    delayMsMax: 40,
    kill: victim.kill,
    check: async () => checkBeside(await victim.start(), steady),
  });
}

/** All of them. */
export const KILL_LOOPS: readonly KillLoop[] = [
  { name: 'mining', kills: whileMining },
  { name: 'syncing', kills: whileSyncing },
  { name: 'reorganising', kills: whileReorganising },
  { name: 'indexing', kills: whileIndexing },
  { name: 'importing', kills: whileImporting },
  { name: 'reindexing', kills: whileReindexing },
  { name: 'pruning', kills: whilePruning },
];
