/**
 * What connecting a block costs for each of its inputs, stage by stage, as CPU time of this process: blocks of P2WPKH, P2TR and P2PKH
 * spends, everything in memory. The first pass over the blocks stands apart, since it is what a process pays before its code is compiled.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { checkBlock } from '../src/core/consensus/check-block.ts';
import { checkBlockInContext } from '../src/core/consensus/check-block-in-context.ts';
import type { Coin } from '../src/core/consensus/coin.ts';
import type { ConnectContext, ConnectedBlock } from '../src/core/consensus/connect-block.ts';
import { coinsNeeded, connectBlock } from '../src/core/consensus/connect-block.ts';
import { chooseSecp256k1 } from '../src/core/crypto/node/choose-secp256k1.ts';
import type { Secp256k1 } from '../src/core/crypto/secp256k1.ts';
import { sha256d } from '../src/core/crypto/sha256.ts';
import { regtest } from '../src/core/params/regtest.ts';
import type { Block } from '../src/core/primitives/block.ts';
import { decodeBlock, encodeBlock } from '../src/core/primitives/block.ts';
import type { HashKey, Txid } from '../src/core/primitives/ids.ts';
import type { TransactionFields } from '../src/core/primitives/transaction.ts';
import { encodeTransactionStripped, outPointKey } from '../src/core/primitives/transaction.ts';
import { precomputeSighash } from '../src/core/script/precomputed-sighash.ts';
import { sighashLegacy } from '../src/core/script/sighash-legacy.ts';
import { verifyTransactionScripts } from '../src/core/script/verify-script.ts';
import { engines } from '../test/support/secp256k1-engines.ts';
import { rowOf } from './beside.ts';
import { denseChain } from './dense-chain.ts';
import type { BenchOptions, BenchRow } from './harness.ts';

const { consensus } = regtest;

const INPUTS_PER_BLOCK = 1_000;

/** A block with what it takes to connect it. */
interface Connectable {
  readonly block: Block;
  readonly coins: ReadonlyMap<HashKey, Coin>;
  readonly context: ConnectContext;
  readonly connected: ConnectedBlock;
}

/** A chain as bytes, and how many of its blocks only make the first coins. */
interface ChainBytes {
  readonly blocks: readonly Uint8Array[];
  readonly baseCount: number;
}

function makeChain(options: { readonly blocks: number; readonly inputsPerBlock: number }): ChainBytes {
  const { base, dense } = denseChain({ secp256k1: chooseSecp256k1('auto'), ...options });
  return { blocks: [...base, ...dense].map((block) => encodeBlock(block)), baseCount: base.length };
}

/** Connects a chain once, and keeps what each of its dense blocks met. */
function prepare({ blocks, baseCount }: ChainBytes): Connectable[] {
  const prepared: Connectable[] = [];
  const coins = new Map<HashKey, Coin>();
  let height = 0;
  for (const bytes of blocks) {
    const block = decodeBlock(bytes);
    const { timeSeconds } = block.header;
    height++;
    const context = {
      height,
      prevMedianTimeSeconds: timeSeconds - 1,
      medianTimeAt: () => timeSeconds - 1,
      hashAt: () => regtest.genesis.header.hash,
    };
    const connected = connectBlock(block, coins, context, consensus);
    assert.equal(connected.rejection, undefined);
    const keys = [...coinsNeeded(block, consensus, context).keys()];
    const met = new Map(keys.map((key) => [key, coins.get(key)!]));
    if (height > baseCount) prepared.push({ block, coins: met, context, connected });
    for (const outPoint of connected.effect.removed) coins.delete(outPointKey(outPoint));
    for (const { outPoint, coin } of connected.effect.added) coins.set(outPointKey(outPoint), coin);
  }
  return prepared;
}

/** A stage of connecting a block that was decoded. */
type Stage = readonly [name: string, run: (each: Connectable) => void];

function runScripts({ connected }: Connectable, engine: Secp256k1): void {
  for (const { tx, spentOutputs, flags } of connected.scriptJobs) {
    assert.equal(verifyTransactionScripts(tx, spentOutputs, flags, engine), undefined);
  }
}

function stages(): Stage[] {
  const trusting = { ...chooseSecp256k1('auto'), verifyEcdsa: () => true, verifySchnorr: () => true };
  return [
    ['rules of the block alone, Merkle root', ({ block }) => assert.equal(checkBlock(block, consensus), undefined)],
    ['rules in its place, witness root', ({ block, context }) => assert.equal(checkBlockInContext(block, context, consensus), undefined)],
    ['coins that are needed', ({ block, context, coins }) => assert.equal(coinsNeeded(block, consensus, context).size, coins.size)],
    [
      'spend and make coins',
      ({ block, coins, context }) => assert.equal(connectBlock(block, coins, context, consensus).rejection, undefined),
    ],
    ['scripts but for signature checks', (each) => runScripts(each, trusting)],
  ];
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The signature hash of 2009 of every `step`-th input of a transaction with many: the size of the worst that npm's `bsv` has. */
function legacyRow(smoke: boolean): BenchRow {
  const count = smoke ? 50 : 5_569;
  const script = new Uint8Array(25).fill(0x61);
  const inputs = Array.from({ length: count }, (_, vout) => ({
    prevout: { txid: new Uint8Array(32).fill(vout & 255) as Txid, vout },
    scriptSig: new Uint8Array(0),
    sequence: 0xffffffff,
    witness: [],
  }));
  const tx: TransactionFields = { version: 1, inputs, outputs: [{ value: 1n, scriptPubKey: script }], lockTime: 0 };
  const rates: number[] = [];
  for (let sample = 0; sample < (smoke ? 1 : 2); sample++) {
    const precomputed = precomputeSighash(tx, []);
    const before = cpuMicroseconds();
    let last = new Uint8Array(0);
    for (let i = 0; i < count; i++) last = sighashLegacy(precomputed, i, script, 1) as Uint8Array<ArrayBuffer>;
    rates.push((cpuMicroseconds() - before) / count);
    const signed = inputs.map((input, i) => (i === count - 1 ? { ...input, scriptSig: script } : input));
    assert.deepEqual(last, sha256d(Buffer.concat([encodeTransactionStripped({ ...tx, inputs: signed }), Uint8Array.of(1, 0, 0, 0)])));
  }
  return rowOf(`signature hash of before segwit, ${count} inputs`, 'µs an input', rates);
}

/** Has a stage done to all blocks in several passes, and adds a row for the first and one for the others. */
function measure<T>(
  name: string,
  blocks: readonly T[],
  run: (block: T) => void,
  passes: number,
  rows: { first: BenchRow[]; later: BenchRow[] },
): void {
  const times: number[] = [];
  for (let pass = 0; pass <= passes; pass++) {
    const before = cpuMicroseconds();
    for (const block of blocks) run(block);
    times.push((cpuMicroseconds() - before) / INPUTS_PER_BLOCK / blocks.length);
  }
  rows.first.push(rowOf(`first pass: ${name}`, 'µs an input', times.slice(0, 1)));
  rows.later.push(rowOf(name, 'µs an input', times.slice(1)));
}

/** All rows, in CPU microseconds for each input: less is better. */
export async function run({ smoke }: BenchOptions): Promise<BenchRow[]> {
  const passes = smoke ? 1 : 9;
  const chain = makeChain({ blocks: smoke ? 1 : 12, inputsPerBlock: INPUTS_PER_BLOCK });
  const rows = { first: [], later: [] };
  // Before any block is kept: the collector treats places in the code by whether what they made lived long.
  const dense = chain.blocks.slice(chain.baseCount);
  measure('decode, with ids', dense, (bytes) => assert.equal(decodeBlock(bytes).sizeBytes, bytes.length), passes, rows);
  const prepared = prepare(chain);
  for (const [name, runStage] of stages()) measure(name, prepared, runStage, passes, rows);
  // Compiled by now, and so slow that few suffice.
  for (const engine of engines) measure(`scripts with ${engine.name}`, prepared.slice(0, 3), (each) => runScripts(each, engine), 2, rows);
  return [...rows.later, legacyRow(smoke), ...rows.first];
}
