/**
 * Headers of too little work, which are looked at twice before they are kept: both passes, on one core. What any header costs besides,
 * being read and hashed, stands in a row of its own.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { checkHeader } from '../src/core/consensus/check-header.ts';
import { blockWork } from '../src/core/consensus/proof-of-work.ts';
import { regtest } from '../src/core/params/regtest.ts';
import type { BlockHeader } from '../src/core/primitives/block.ts';
import { decodeHeader, encodeHeader } from '../src/core/primitives/block.ts';
import { HeaderPresync } from '../src/engine/sync/header-presync.ts';
import { mineHeader } from '../test/support/chain-builder.ts';
import { type BenchOptions, type BenchRow, bench } from './harness.ts';

const MESSAGE = 2_000;

/** Headers after one another with their work. */
function chainOf(count: number): BlockHeader[] {
  const headers: BlockHeader[] = [];
  for (let prev = regtest.genesis.header; headers.length < count; headers.push(prev)) {
    prev = mineHeader({ ...regtest.genesis.header, prevBlockHash: prev.hash }, regtest.consensus);
  }
  return headers;
}

function passOver(count: number): HeaderPresync {
  const { hash, bits } = regtest.genesis.header;
  const each = blockWork(bits);
  return new HeaderPresync({
    start: { hash, bits, height: 0, chainWork: each },
    requiredWork: each * BigInt(count + 1),
    headersMax: count,
    pow: regtest.consensus.pow,
    salt: new Uint8Array(16).fill(9),
    offset: 0,
  });
}

/** One pass over all headers, each of which must show its work. @returns how many came out */
function onePass(pass: HeaderPresync, headers: readonly BlockHeader[]): number {
  let proven = 0;
  for (let at = 0; at < headers.length; at += MESSAGE) {
    const message = headers.slice(at, at + MESSAGE);
    assert.ok(message.every((header) => checkHeader(header, regtest.consensus) === undefined));
    proven += pass.take(message, true).proven.length;
  }
  return proven;
}

/** All rows. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const count = options.smoke ? 2 * MESSAGE : 20 * MESSAGE;
  const headers = chainOf(count);
  const raw = headers.map(encodeHeader);
  const perCall = { ...options, perCall: count };
  const read = () => assert.deepEqual(raw.map(decodeHeader).at(-1)!.hash, headers.at(-1)!.hash);
  const first = () => assert.equal(onePass(passOver(count), headers), 0);
  const both = () => {
    const pass = passOver(count);
    assert.deepEqual([onePass(pass, headers), onePass(pass, headers)], [0, count]);
  };
  return [
    await bench('reading headers', 'headers/s', read, perCall),
    await bench('the first pass', 'headers/s', first, perCall),
    await bench('both passes', 'headers/s', both, perCall),
  ];
}
