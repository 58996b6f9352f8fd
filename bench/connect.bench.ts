/**
 * Inputs that connecting blocks verifies in a second: blocks of P2WPKH, P2TR and P2PKH spends, every signature checked. Once within this
 * process with everything in memory, then handed to a node by `submitblock`, with each engine on one thread and on all cores, beside the
 * C++ node on as many; without indexes, and with those that both have. Rates of processes are per second of their CPU time: of the first
 * blocks after a start, while the engine of JavaScript still compiles, and of those that follow. They take some five minutes.
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

/** In process the first sample warms up. */
const SAMPLES_IN_PROCESS = 8;
const BLOCKS_PER_SAMPLE = 3;

/** What a block is handed to. */
type Take = (block: Uint8Array) => Promise<unknown>;

/** Blocks from bytes to a chain with everything in memory, on the calling thread. */
async function inProcess(
  chain: DenseChain,
  blocks: readonly Uint8Array[],
  inputsPerBlock: number,
  options: BenchOptions,
): Promise<BenchRow> {
  const node = await MemoryChain.open(regtest);
  for (const block of chain.base) assert.equal(await node.take(block), undefined);
  let next = 0;
  const perSample = options.smoke ? 1 : BLOCKS_PER_SAMPLE;
  const connect = async (): Promise<void> => {
    for (let i = 0; i < perSample; i++) assert.equal(await node.take(decodeBlock(blocks[next++]!)), undefined);
  };
  const measured = { ...options, perCall: perSample * inputsPerBlock, samples: SAMPLES_IN_PROCESS - 1, sampleMs: 0 };
  const row = await bench('connect blocks, in process', 'inputs/s', connect, measured);
  assert.equal(next, blocks.length);
  return row;
}

function lastOf({ dense }: DenseChain): Block {
  return dense.at(-1)!;
}

/** A node that runs as a process. */
interface Submittee {
  readonly pid: number;
  rpc(method: string, ...params: unknown[]): Promise<unknown>;
}

/** Blocks of which the first ones find a process that has just started, whose code is not compiled yet. */
interface Work {
  readonly chain: DenseChain;
  readonly blocks: readonly Uint8Array[];
  readonly coldBlocks: number;
  readonly inputsPerBlock: number;
}

/** Inputs per second of CPU time, of the first blocks and of the others, and by the clock; a row is left out where it cannot be told. */
interface Rates {
  readonly cold: BenchRow | undefined;
  readonly warm: BenchRow | undefined;
  readonly clock: BenchRow;
}

/** Hands all blocks to a node. */
async function bySubmitting(name: string, node: Submittee, { chain, blocks, coldBlocks, inputsPerBlock }: Work): Promise<Rates> {
  const submit: Take = (bytes) => node.rpc('submitblock', Buffer.from(bytes).toString('hex'));
  for (const block of chain.base) assert.equal(await submit(encodeBlock(block)), null);
  const rates = async (part: string, some: readonly Uint8Array[]): Promise<{ cpu: BenchRow | undefined; clock: BenchRow }> => {
    const before = cpuSecondsOf(node.pid);
    const beganMs = performance.now();
    for (const block of some) assert.equal(await submit(block), null);
    const inputs = some.length * inputsPerBlock;
    const clock = rowOf(`${name}, by the clock`, 'inputs/s', [(inputs * 1_000) / (performance.now() - beganMs)]);
    const seconds = before === undefined ? 0 : cpuSecondsOf(node.pid)! - before;
    // Less than some ticks of the counter say nothing.
    return { cpu: seconds < 0.1 ? undefined : rowOf(`${name}, per CPU second${part}`, 'inputs/s', [inputs / seconds]), clock };
  };
  const { cpu: cold } = await rates(`, the first ${coldBlocks} blocks`, blocks.slice(0, coldBlocks));
  const { cpu: warm, clock } = await rates('', blocks.slice(coldBlocks));
  assert.equal(
    await node.rpc('getbestblockhash'),
    toDisplayHex(lastOf({ ...chain, dense: chain.dense.slice(0, blocks.length) }).header.hash),
  );
  return { cold, warm, clock };
}

/** Ours beside theirs, where there is a peer. */
function besideRows(ours: Rates, theirs: Rates | undefined): BenchRow[] {
  return [...ofPeer(ours.warm, theirs?.warm), ...ofPeer(ours.cold, theirs?.cold), ...ofPeer(ours.clock, theirs?.clock)];
}

function ofPeer(mine: BenchRow | undefined, theirs: BenchRow | undefined): BenchRow[] {
  return mine === undefined ? [] : withRatio(mine, theirs).filter((row) => row !== theirs);
}

async function oursBySubmitting(name: string, work: Work, args: readonly string[]): Promise<Rates> {
  const node = await startQuoin({ args });
  const rates = await bySubmitting(name, { pid: node.process.pid ?? 0, rpc: node.rpc }, work);
  assert.equal(await node.stop(), 0);
  return rates;
}

async function peersBySubmitting(name: string, work: Work, args: readonly string[]): Promise<Rates | undefined> {
  const peer = await startPeerIfThere(...args);
  if (peer === undefined) return undefined;
  const rates = await bySubmitting(name, peer, work);
  await peer.stop();
  return rates;
}

function peerRows(rates: Rates | undefined): BenchRow[] {
  return rates === undefined ? [] : [rates.warm, rates.cold, rates.clock].filter((row) => row !== undefined);
}

/** Without any index on either side, on as many threads. */
async function threadRows(threads: number, work: Work, names: readonly string[]): Promise<BenchRow[]> {
  const name = `by submitblock, ${threads === 1 ? '1 thread' : `${threads} workers`}`;
  const theirs = await peersBySubmitting(`${name}: the C++ node`, work, [`-par=${threads}`]);
  const rows = peerRows(theirs);
  for (const engine of names) {
    // On one thread nothing is handed to others; the C++ node calls that `-par=1`.
    const args = ['--secp256k1', engine, '--workers', String(threads === 1 ? 0 : threads), '--index', 'none'];
    rows.push(...besideRows(await oursBySubmitting(`${name}: ${engine}`, work, args), theirs));
  }
  return rows;
}

/** With indexes: the two that both nodes have, and all that ours builds unless told otherwise. */
async function indexRows(work: Work): Promise<BenchRow[]> {
  const name = 'by submitblock, 1 thread, indexes';
  const theirs = await peersBySubmitting(`${name} of transactions and filters: the C++ node`, work, [
    '-par=1',
    '-txindex',
    '-blockfilterindex',
  ]);
  const same = await oursBySubmitting(`${name} of transactions and filters`, work, ['--workers', '0', '--index', 'tx,filter']);
  const all = await oursBySubmitting(`${name} of transactions, filters, scripts and spenders`, work, ['--workers', '0']);
  return [...peerRows(theirs), ...besideRows(same, theirs), ...besideRows(all, theirs)];
}

/** The engines a node is measured with, by the names of `--secp256k1`. */
function engineNames(smoke: boolean): string[] {
  return smoke ? ['auto'] : ['auto', ...engines.map(({ name }) => name)];
}

/** All rows. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const { smoke } = options;
  const inputsPerBlock = smoke ? 90 : 1_000;
  const coldBlocks = smoke ? 1 : SAMPLES_IN_PROCESS * BLOCKS_PER_SAMPLE;
  const chain = denseChain({ secp256k1: chooseSecp256k1('auto'), blocks: smoke ? 2 : 150, inputsPerBlock });
  const blocks = chain.dense.map((block) => encodeBlock(block));
  const work = { chain, blocks, coldBlocks, inputsPerBlock };
  const rows = [await inProcess(chain, blocks.slice(0, coldBlocks), inputsPerBlock, options)];
  for (const threads of [1, availableParallelism()]) rows.push(...(await threadRows(threads, work, engineNames(smoke))));
  rows.push(...(await indexRows(work)));
  return rows;
}
