/**
 * The cryptography: nonces, hashes, Merkle roots, and each engine's signatures, all on one core.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { fromHex, toHex } from '../src/core/base/bytes.ts';
import { merkleRootOf } from '../src/core/crypto/merkle.ts';
import { MuHash3072 } from '../src/core/crypto/muhash.ts';
import { createNonceSearch } from '../src/core/crypto/search-nonce.ts';
import type { Secp256k1 } from '../src/core/crypto/secp256k1.ts';
import { hash160, sha256d, sha256dMany, taggedHash } from '../src/core/crypto/sha256.ts';
import { sipHash24 } from '../src/core/crypto/siphash.ts';
import { engines } from '../test/support/secp256k1-engines.ts';
import { type BenchOptions, type BenchRow, bench } from './harness.ts';

/** Bitcoin's first header, whose nonce is known. */
const HEADER: Uint8Array = fromHex(
  `01000000${'00'.repeat(32)}3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c`,
)!;
const NONCE = 2_083_236_893;

const BATCH = 1_000;

/** Node's own hash, the oracle of the results. */
function nodeSha256d(bytes: Uint8Array): Uint8Array {
  const once = createHash('sha256').update(bytes).digest();
  return new Uint8Array(createHash('sha256').update(once).digest());
}

/** `count` different byte strings of one length. */
function samples(count: number, sizeBytes: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const bytes = new Uint8Array(sizeBytes).fill(i & 255);
    bytes[0] = i >> 8;
    return bytes;
  });
}

async function miningRows(options: BenchOptions): Promise<BenchRow[]> {
  const { search } = createNonceSearch();
  const target = new Uint8Array(32).fill(255, 4, 6);
  const count = options.smoke ? 10_000 : 200_000;
  const row = await bench(
    'nonce search',
    'MH/s',
    () => assert.equal(search({ header80: HEADER, target, from: NONCE - count + 1, count }), NONCE),
    { ...options, perCall: count / 1e6 },
  );
  return [row];
}

async function hashRows(options: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const perBatch = { ...options, perCall: BATCH };
  for (const sizeBytes of [80, 182]) {
    const messages = samples(BATCH, sizeBytes);
    assert.deepEqual(messages.map(sha256d), messages.map(nodeSha256d));
    assert.deepEqual(sha256dMany(messages), messages.map(nodeSha256d));
    const each = () => {
      for (const message of messages) sha256d(message);
    };
    rows.push(await bench(`sha256d of ${sizeBytes} bytes`, 'hashes/s', each, perBatch));
    rows.push(await bench(`sha256d of ${sizeBytes} bytes, four at a time`, 'hashes/s', () => sha256dMany(messages), perBatch));
    const byNode = () => {
      for (const message of messages) nodeSha256d(message);
    };
    rows.push(await bench(`sha256d of ${sizeBytes} bytes by node:crypto`, 'hashes/s', byNode, perBatch));
  }
  const keys = samples(BATCH, 33);
  assert.equal(
    toHex(hash160(keys[0]!)),
    toHex(new Uint8Array(createHash('ripemd160').update(createHash('sha256').update(keys[0]!).digest()).digest())),
  );
  const repeat = (fn: (key: Uint8Array) => unknown) => () => {
    for (const key of keys) fn(key);
  };
  rows.push(await bench('hash160 of 33 bytes', 'hashes/s', repeat(hash160), perBatch));
  rows.push(
    await bench(
      'tagged hash of 33 bytes',
      'hashes/s',
      repeat((key) => taggedHash('TapLeaf', key)),
      perBatch,
    ),
  );
  const sipKey = new Uint8Array(16).fill(3);
  const ids = samples(BATCH, 32);
  rows.push(await bench('SipHash of 32 bytes', 'hashes/s', () => ids.map((id) => sipHash24(sipKey, id)), perBatch));
  return rows;
}

async function merkleRows(options: BenchOptions): Promise<BenchRow[]> {
  const leaves = samples(2_000, 32);
  // Worked out with the oracle, level by level.
  let level = leaves;
  while (level.length > 1) {
    const pairs = (level.length + 1) >> 1;
    level = Array.from({ length: pairs }, (_, i) => nodeSha256d(Buffer.concat([level[2 * i]!, level[2 * i + 1] ?? level[2 * i]!])));
  }
  const row = await bench('Merkle root of 2,000', 'roots/s', () => assert.deepEqual(merkleRootOf(leaves).root, level[0]), options);
  return [row];
}

/** Coins come and go: what is left must be as if nothing had been. */
async function muhashRows(options: BenchOptions): Promise<BenchRow[]> {
  const coins = samples(BATCH, 70);
  const empty = new MuHash3072().digest();
  const row = await bench(
    'MuHash, coins of 70 bytes in and out',
    'coins/s',
    () => {
      const set = new MuHash3072();
      for (const coin of coins) set.insert(coin);
      for (const coin of coins) set.remove(coin);
      assert.deepEqual(set.digest(), empty);
    },
    { ...options, perCall: 2 * BATCH },
  );
  return [row];
}

async function engineRows(engine: Secp256k1, options: BenchOptions): Promise<BenchRow[]> {
  const privateKey = new Uint8Array(32).fill(7);
  const message = new Uint8Array(32).fill(9);
  const publicKey = engine.publicKeyOf(privateKey)!;
  const x = publicKey.subarray(1);
  const signature = engine.signEcdsa(message, privateKey);
  const schnorrSignature = engine.signSchnorr(message, privateKey, message);
  const tweaked = engine.tweakXOnly(x, message)!;
  const name = (what: string): string => `${engine.name}: ${what}`;
  return [
    await bench(name('ECDSA verify'), 'a second', () => assert.ok(engine.verifyEcdsa(publicKey, message, signature)), options),
    await bench(name('Schnorr verify'), 'a second', () => assert.ok(engine.verifySchnorr(x, message, schnorrSignature)), options),
    await bench(name('tweak check'), 'a second', () => assert.ok(engine.checkTweak(x, message, tweaked.key, tweaked.parity)), options),
    await bench(name('ECDSA sign, short r'), 'a second', () => assert.equal(engine.signEcdsa(message, privateKey).length, 64), options),
    await bench(name('Schnorr sign'), 'a second', () => assert.equal(engine.signSchnorr(message, privateKey, x).length, 64), options),
  ];
}

/** All rows. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const rows = [
    ...(await miningRows(options)),
    ...(await hashRows(options)),
    ...(await merkleRows(options)),
    ...(await muhashRows(options)),
  ];
  for (const engine of engines) rows.push(...(await engineRows(engine, options)));
  return rows;
}
