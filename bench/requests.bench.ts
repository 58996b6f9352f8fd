/**
 * Requests that a node answers in a second of its own CPU time, asked over some connections that stay open, beside the C++ node.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { toHex } from '../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../src/core/crypto/node/choose-secp256k1.ts';
import { encodeBlock } from '../src/core/primitives/block.ts';
import { encodeTransaction } from '../src/core/primitives/transaction.ts';
import { rowOf, withRatio } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';
import { DENSE_BLOCKS, DENSE_INPUTS, denseBlocks } from './kept-blocks.ts';
import { makePayments } from './payments.ts';
import { bodyOf, callBytes, RpcConnection, requestBytes } from './rpc-connection.ts';
import type { Side } from './sides.ts';
import { assertAgree, spentBy, startBoth, stopAll, submitAll } from './sides.ts';

const CONNECTIONS = 8;
const ROUNDS = 7;

/** Dense blocks of the chain that is asked for, in turn. */
const BLOCKS_ASKED = 20;

const BATCH = 100;

/** What is asked, in turn, and how often in a round. */
interface Question {
  readonly name: string;
  readonly count: number;
  requests(hashes: readonly string[], side: Side): readonly Buffer[];
}

const perHash =
  (method: string, ...more: readonly unknown[]) =>
  (hashes: readonly string[], side: Side): readonly Buffer[] =>
    hashes.map((hash) => callBytes(side, method, hash, ...more));

const QUESTIONS: readonly Question[] = [
  { name: 'getblockcount', count: 20_000, requests: (_, side) => [callBytes(side, 'getblockcount')] },
  { name: 'getblockheader', count: 10_000, requests: perHash('getblockheader') },
  { name: 'getblock, hexadecimal, 185 kB', count: 1_000, requests: perHash('getblock', 0) },
  { name: 'getblock, verbose, 501 transactions', count: 100, requests: perHash('getblock', 2) },
];

/** Asks so many times over all connections at once, each for the next in turn. */
async function askAll(side: Side, requests: readonly Buffer[], count: number): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    const connection = await RpcConnection.open(side);
    while (next < count) await connection.ask(requests[next++ % requests.length]!);
    connection.close();
  };
  await Promise.all(Array.from({ length: Math.min(CONNECTIONS, count) }, client));
}

/** Both nodes give the same answers; what the questions are about is seen by the tests. */
async function assertSameAnswers(sides: readonly Side[], { name, requests }: Question, hashes: readonly string[]): Promise<void> {
  const answers = await Promise.all(
    sides.map(async (side) => {
      const connection = await RpcConnection.open(side);
      const { result } = bodyOf(await connection.ask(requests(hashes, side)[0]!)) as { result: { hash?: string; tx?: unknown[] } };
      connection.close();
      return typeof result === 'object' ? [result.hash, result.tx?.length] : result;
    }),
  );
  assert.ok(answers[0] !== undefined && answers[0] !== null);
  for (const answer of answers) assert.deepEqual(answer, answers[0], name);
}

/** The rows of a measurement that each side took in turn. */
function rowsOf(name: string, unit: string, rates: readonly (readonly number[])[]): BenchRow[] {
  const [ours, theirs] = rates;
  if (ours === undefined || ours.length === 0) return [];
  return withRatio(rowOf(name, unit, ours), theirs === undefined ? undefined : rowOf(name, unit, theirs));
}

async function questionRows(sides: readonly Side[], question: Question, hashes: readonly string[], smoke: boolean): Promise<BenchRow[]> {
  await assertSameAnswers(sides, question, hashes);
  const count = smoke ? 10 : question.count;
  const rates = sides.map((): number[] => []);
  // The first round only warms up.
  for (let round = 0; round < (smoke ? 1 : ROUNDS + 1); round++) {
    for (const [index, side] of sides.entries()) {
      const requests = question.requests(hashes, side);
      const { cpuSeconds } = await spentBy(side, () => askAll(side, requests, count));
      if (round > 0 && cpuSeconds !== undefined) rates[index]!.push(count / cpuSeconds);
    }
  }
  return rowsOf(question.name, 'requests per CPU s', rates);
}

/** Payments that nobody has seen, in batches; each is new only once, so a part of them warms up. */
async function sendRows(smoke: boolean): Promise<BenchRow[]> {
  const [warmUp, measured] = smoke ? [1, 1] : [20, 40];
  const { base, transactions } = makePayments(chooseSecp256k1('auto'), (warmUp + measured) * BATCH);
  const sides = await startBoth();
  const rates: number[][] = [];
  for (const side of sides) {
    await submitAll(
      side,
      base.map((block) => encodeBlock(block)),
    );
    const batches = Array.from({ length: warmUp + measured }, (_, batch) =>
      requestBytes(
        side,
        transactions.slice(batch * BATCH, (batch + 1) * BATCH).map((tx, id) => ({
          ...{ jsonrpc: '1.0', id, method: 'sendrawtransaction', params: [toHex(encodeTransaction(tx))] },
        })),
      ),
    );
    const connection = await RpcConnection.open(side);
    const send = async (requests: readonly Buffer[]): Promise<void> => {
      for (const request of requests) await connection.ask(request);
    };
    await send(batches.slice(0, warmUp));
    const { cpuSeconds } = await spentBy(side, () => send(batches.slice(warmUp)));
    connection.close();
    assert.equal((await side.rpc('getmempoolinfo')).size, transactions.length);
    rates.push(cpuSeconds === undefined || smoke ? [] : [(measured * BATCH) / cpuSeconds]);
  }
  await stopAll(sides);
  return rowsOf(`sendrawtransaction in batches of ${BATCH}`, 'transactions per CPU s', rates);
}

/** All rows. */
export async function run({ smoke }: BenchOptions): Promise<BenchRow[]> {
  const { base, dense } = smoke ? denseBlocks(5, 60) : denseBlocks(DENSE_BLOCKS, DENSE_INPUTS);
  const sides = await startBoth();
  const asked = dense.slice(0, BLOCKS_ASKED);
  for (const side of sides) await submitAll(side, [...base, ...asked]);
  await assertAgree(sides);
  const hashes = await Promise.all(asked.map((_, i) => sides[0]!.rpc('getblockhash', base.length + 1 + i) as Promise<string>));
  const rows: BenchRow[] = [];
  for (const question of QUESTIONS) rows.push(...(await questionRows(sides, question, hashes, smoke)));
  await stopAll(sides);
  return [...rows, ...(await sendRows(smoke))];
}
