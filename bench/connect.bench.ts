/**
 * Inputs that connecting blocks verifies in a second: blocks of P2WPKH, P2TR and P2PKH spends, every signature checked. Once within this
 * process with everything in memory, then handed to a node by `submitblock`, with each engine on one thread and on all cores, beside the
 * C++ node on as many.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { chooseSecp256k1 } from '../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../src/core/params/regtest.ts';
import type { Block } from '../src/core/primitives/block.ts';
import { decodeBlock, encodeBlock } from '../src/core/primitives/block.ts';
import { toDisplayHex } from '../src/core/primitives/ids.ts';
import { MemoryChain } from '../test/support/memory-chain.ts';
import { startQuoin } from '../test/support/quoin-process.ts';
import { engines } from '../test/support/secp256k1-engines.ts';
import { cpuSecondsOf, rowOf, startPeerIfThere, withRatio } from './beside.ts';
import type { DenseChain } from './dense-chain.ts';
import { denseChain } from './dense-chain.ts';
import { type BenchOptions, type BenchRow, bench } from './harness.ts';

const SAMPLES = 7;

/** How much is connected: one measurement is `blocksPerCall` blocks, the first one warms up. */
interface Amount {
  readonly blocksPerCall: number;
  readonly calls: number;
  readonly inputsPerBlock: number;
}

/** What a block is handed to. */
type Take = (block: Uint8Array) => Promise<unknown>;

/** Connects all dense blocks, some at a time. */
async function measure(name: string, blocks: readonly Uint8Array[], amount: Amount, options: BenchOptions, take: Take): Promise<BenchRow> {
  let next = 0;
  const connect = async (): Promise<void> => {
    for (let i = 0; i < amount.blocksPerCall; i++) assert.equal(await take(blocks[next++]!), null);
  };
  const perCall = amount.blocksPerCall * amount.inputsPerBlock;
  const row = await bench(name, 'inputs/s', connect, { ...options, perCall, samples: SAMPLES, sampleMs: 0 });
  assert.equal(next, blocks.length);
  return row;
}

async function inProcess(chain: DenseChain, blocks: readonly Uint8Array[], amount: Amount, options: BenchOptions): Promise<BenchRow> {
  const node = await MemoryChain.open(regtest);
  for (const block of chain.base) assert.equal(await node.take(block), undefined);
  const take = async (bytes: Uint8Array) => (await node.take(decodeBlock(bytes))) ?? null;
  const row = await measure('connect blocks, in process', blocks, amount, options, take);
  assert.deepEqual(node.tip.hash, lastOf(chain).header.hash);
  return row;
}

function lastOf({ dense }: DenseChain): Block {
  return dense.at(-1)!;
}

/** A node as a process: its rate by the clock, and by the CPU time that it used, where that can be told. */
async function bySubmitting(
  name: string,
  node: { readonly pid: number; rpc(method: string, ...params: unknown[]): Promise<unknown> },
  work: { readonly chain: DenseChain; readonly blocks: readonly Uint8Array[]; readonly amount: Amount },
  options: BenchOptions,
): Promise<{ readonly clock: BenchRow; readonly cpu: BenchRow | undefined }> {
  const submit: Take = (bytes) => node.rpc('submitblock', Buffer.from(bytes).toString('hex'));
  for (const block of work.chain.base) assert.equal(await submit(encodeBlock(block)), null);
  const before = cpuSecondsOf(node.pid);
  const clock = await measure(name, work.blocks, work.amount, options, submit);
  const after = cpuSecondsOf(node.pid);
  assert.equal(await node.rpc('getbestblockhash'), toDisplayHex(lastOf(work.chain).header.hash));
  // A smoke run is over within a few ticks of the counter, of which nothing follows.
  if (before === undefined || after === undefined || options.smoke) return { clock, cpu: undefined };
  const rate = (work.blocks.length * work.amount.inputsPerBlock) / (after - before);
  return { clock, cpu: rowOf(`${name}, per CPU second`, 'inputs/s', [rate]) };
}

/** The engines a node is measured with, by the names of `--secp256k1`. */
function engineNames(smoke: boolean): string[] {
  return smoke ? [chooseSecp256k1('auto').name] : engines.map(({ name }) => name);
}

/** All rows. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const amount: Amount = options.smoke
    ? { blocksPerCall: 1, calls: 1, inputsPerBlock: 90 }
    : { blocksPerCall: 3, calls: SAMPLES + 1, inputsPerBlock: 1_000 };
  const secp256k1 = chooseSecp256k1('auto');
  const chain = denseChain({ secp256k1, blocks: amount.blocksPerCall * amount.calls, inputsPerBlock: amount.inputsPerBlock });
  const blocks = chain.dense.map((block) => encodeBlock(block));
  const work = { chain, blocks, amount };
  const rows = [await inProcess(chain, blocks, amount, options)];
  // On one thread nothing is handed to others; the C++ node calls that `-par=1`.
  for (const threads of [1, availableParallelism()]) {
    const name = `by submitblock, ${threads === 1 ? '1 thread' : `${threads} workers`}`;
    const peer = await startPeerIfThere(`-par=${threads}`);
    const theirs = peer === undefined ? undefined : await bySubmitting(`${name}: the C++ node`, peer, work, options);
    await peer?.stop();
    for (const row of [theirs?.clock, theirs?.cpu]) if (row !== undefined) rows.push(row);
    for (const engine of engineNames(options.smoke)) {
      const node = await startQuoin({ args: ['--secp256k1', engine, '--workers', String(threads === 1 ? 0 : threads)] });
      const ours = await bySubmitting(`${name}: ${engine}`, { pid: node.process.pid ?? 0, rpc: node.rpc }, work, options);
      assert.equal(await node.stop(), 0);
      for (const [mine, peers] of [
        [ours.clock, theirs?.clock],
        [ours.cpu, theirs?.cpu],
      ] as const) {
        if (mine !== undefined) rows.push(...withRatio(mine, peers).filter((row) => row !== peers));
      }
    }
  }
  return rows;
}
