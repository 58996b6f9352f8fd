import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { blockWork } from '../../core/consensus/proof-of-work.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import { makeHeader } from '../../core/primitives/block.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import { COMMITMENT_PERIOD, COMMITMENTS_MAX, HELD_HEADERS_MAX, HeaderPresync, type PresyncEnd } from './header-presync.ts';

const { pow } = regtest.consensus;
const GENESIS = regtest.genesis.header;
const EACH = blockWork(pow.bits);
const MESSAGE = 2_000;
const MEMORY_MAX = 1_000_000;

/** Headers after one another, without work: the passes leave that to their caller. `kind` tells chains apart. */
function chainOf(count: number, kind = 1, from: BlockHash = GENESIS.hash): BlockHeader[] {
  const headers: BlockHeader[] = [];
  let prevBlockHash = from;
  for (let i = 0; i < count; i++) {
    const { merkleRoot } = GENESIS;
    const header = makeHeader({ version: kind, prevBlockHash, merkleRoot, timeSeconds: 1_300_000_000 + i, bits: pow.bits, nonce: i });
    headers.push(header);
    prevBlockHash = header.hash;
  }
  return headers;
}

/** A pass after the genesis block that wants the work of so many headers. */
function passOf(count: number, headersMax = count, seed = 1): HeaderPresync {
  const random = new SeededRandom(seed);
  return new HeaderPresync({
    start: { hash: GENESIS.hash, height: 0, bits: GENESIS.bits, chainWork: EACH },
    requiredWork: EACH * BigInt(count + 1),
    headersMax,
    pow,
    salt: random.bytes(16),
    offset: random.below(COMMITMENT_PERIOD),
  });
}

interface Run {
  readonly proven: BlockHeader[];
  readonly end: PresyncEnd | undefined;
  readonly messages: number;
  readonly memoryBytesMax: number;
}

/** Serves chains as an honest node does, the second where the second pass asks. Stops where a pass does, or where nothing more is there. */
function run(pass: HeaderPresync, first: readonly BlockHeader[], second: readonly BlockHeader[] = first): Run {
  const places = [first, second].map((chain) => new Map(chain.map(({ hash }, index) => [hashKey(hash), index + 1])));
  const proven: BlockHeader[] = [];
  let memoryBytesMax = 0;
  for (let messages = 1; ; messages++) {
    const chain = pass.redownloads ? second : first;
    const from = places[pass.redownloads ? 1 : 0]!.get(hashKey(pass.last)) ?? 0;
    const headers = chain.slice(from, from + MESSAGE);
    const step = pass.take(headers, headers.length === MESSAGE);
    proven.push(...step.proven);
    memoryBytesMax = Math.max(memoryBytesMax, pass.memoryBytes);
    if (step.end !== undefined) return { proven, end: step.end, messages, memoryBytesMax };
  }
}

describe('headers that are looked at twice', () => {
  const LONG = chainOf(20_000);

  it('are let out once, whole and in order, when the chain has shown its work on both passes', () => {
    for (const [count, messages] of [
      [1, 2],
      [1_999, 2],
      [2_000, 2],
      [2_001, 4],
      [5_000, 6],
    ] as const) {
      const { proven, end, messages: sent } = run(passOf(count), LONG.slice(0, count));
      assert.deepEqual([end, sent, proven.length], ['proven', messages, count]);
      assert.deepEqual(proven, LONG.slice(0, count));
    }
  });

  it('are let out before the end where enough bits follow, and what comes after the work with them', () => {
    const pass = passOf(HELD_HEADERS_MAX + 3_000);
    const { proven, end, memoryBytesMax } = run(pass, LONG);
    assert.equal(end, 'proven');
    // The message in which the work is reached goes out with all that it has.
    assert.deepEqual(proven, LONG.slice(0, Math.ceil((HELD_HEADERS_MAX + 3_000) / MESSAGE) * MESSAGE));
    assert.ok(memoryBytesMax <= HELD_HEADERS_MAX * 48 + 64, `${memoryBytesMax} bytes`);
  });

  it('are held back to the last one while fewer than 24 right bits follow', () => {
    const pass = passOf(LONG.length);
    let released = 0;
    for (let at = 0; !pass.redownloads; at += MESSAGE) released += pass.take(LONG.slice(at, at + MESSAGE), true).proven.length;
    assert.equal(released, 0, 'nothing on the first pass');
    for (let at = 0; at < HELD_HEADERS_MAX; at += 512) released += pass.take(LONG.slice(at, at + 512), true).proven.length;
    assert.equal(released, 0);
    assert.deepEqual(pass.take([LONG[HELD_HEADERS_MAX]!], true).proven, [LONG[0]]);
  });

  it('are not kept where the chain ends one header below the work', () => {
    assert.deepEqual(run(passOf(3_001), LONG.slice(0, 3_000)), { proven: [], end: 'too-little-work', messages: 2, memoryBytesMax: 64 });
  });

  it('are given up on one past as many as the work can take', () => {
    assert.equal(run(passOf(3_000, 3_000), LONG.slice(0, 3_000)).end, 'proven');
    assert.equal(run(passOf(3_000, 2_999), LONG.slice(0, 3_000)).end, 'too-little-work');
  });

  it('P5: take a few bytes for 100,000 of them, and at most a million however many come', () => {
    const { memoryBytesMax, end, messages } = run(passOf(200_000), chainOf(100_001));
    assert.deepEqual([end, messages], ['too-little-work', 51]);
    assert.ok(memoryBytesMax <= 100_000 / COMMITMENT_PERIOD, `${memoryBytesMax} bytes`);
    assert.ok(COMMITMENTS_MAX / 8 + HELD_HEADERS_MAX * 48 <= MEMORY_MAX);
  });

  it('let nothing out where all of them are other ones on the second pass', () => {
    const liar = chainOf(LONG.length, 2);
    for (let seed = 1; seed <= 5; seed++) {
      const { proven, end } = run(passOf(LONG.length, LONG.length, seed), LONG, liar);
      assert.deepEqual([proven.length, end], [0, 'broken']);
    }
  });

  it('let out what was the same where others follow it', () => {
    const same = 17_000;
    const liar = [...LONG.slice(0, same), ...chainOf(LONG.length - same, 2, LONG[same - 1]!.hash)];
    const { proven, end } = run(passOf(LONG.length), LONG, liar);
    assert.equal(end, 'broken');
    assert.deepEqual(proven, LONG.slice(0, proven.length));
    assert.ok(proven.length <= same, `${proven.length} are proven`);
  });

  it('are broken off where the second pass ends early, or where a header does not follow', () => {
    assert.deepEqual(run(passOf(5_000), LONG.slice(0, 5_000), LONG.slice(0, 4_999)).end, 'broken');
    const pass = passOf(5_000);
    assert.equal(pass.take([LONG[0]!, LONG[2]!], true).end, 'broken');
  });

  it('let nothing out where the second pass takes more of them: those are easier ones, however many bits are right', () => {
    const hard = 0x1d00ffff;
    const easier = chainOf(12);
    const [first] = easier;
    const harder: BlockHeader[] = [];
    for (let prevBlockHash = GENESIS.hash; harder.length < 5; prevBlockHash = harder.at(-1)!.hash) {
      harder.push(makeHeader({ ...first!, prevBlockHash, bits: hard, nonce: harder.length }));
    }
    const pass = new HeaderPresync({
      start: { hash: GENESIS.hash, height: 0, bits: GENESIS.bits, chainWork: EACH },
      requiredWork: EACH + 5n * blockWork(hard),
      headersMax: 100,
      // On this network any bits may follow any others.
      pow: { ...pow, retarget: 'bip94' },
      salt: new Uint8Array(16),
      // No header of these leaves a bit.
      offset: 500,
    });
    assert.deepEqual(pass.take(harder, true), { proven: [], end: undefined });
    assert.ok(pass.redownloads);
    assert.deepEqual(pass.take(easier.slice(0, 5), true), { proven: [], end: undefined });
    assert.deepEqual(pass.take(easier.slice(5), true), { proven: [], end: 'broken' });
  });

  it('are broken off where bits come that cannot follow', () => {
    const odd = makeHeader({ ...LONG[1]!, bits: pow.bits - 1 });
    assert.equal(passOf(5_000).take([LONG[0]!, odd], true).end, 'broken');
  });
});
