import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { regtest } from '../params/regtest.ts';
import type { Target } from '../primitives/compact-target.ts';
import { decodeBits, encodeBits } from '../primitives/compact-target.ts';
import { type BlockHash, fromDisplayHex } from '../primitives/ids.ts';
import { addWork, blockWork, checkProofOfWork, targetOf } from './proof-of-work.ts';

const hashOf = (value: bigint): BlockHash => fromDisplayHex<BlockHash>(value.toString(16).padStart(64, '0'))!;

describe('checkProofOfWork', () => {
  const params = regtest.consensus;
  const { target } = decodeBits(params.pow.bits);

  it('takes a hash of exactly the target and refuses one more', () => {
    assert.equal(checkProofOfWork(hashOf(target), params.pow.bits, params), true);
    assert.equal(checkProofOfWork(hashOf(target + 1n), params.pow.bits, params), false);
  });

  it('refuses bits that are negative, zero, too large, or easier than the network allows', () => {
    const zero = hashOf(0n);
    for (const bits of [0x01fedcba, 0x00000000, 0x00123456, 0xff123456]) assert.equal(checkProofOfWork(zero, bits, params), false);
    const harder = { ...params, pow: { ...params.pow, limit: (2n ** 230n) as Target } };
    assert.equal(targetOf(encodeBits(2n ** 230n), harder), 2n ** 230n);
    assert.equal(targetOf(encodeBits(2n ** 230n + 2n ** 215n), harder), undefined);
  });
});

describe('blockWork', () => {
  it('is 2^256 over the target plus one', () => {
    assert.equal(blockWork(0x207fffff), 2n);
    assert.equal(blockWork(0x1d00ffff), 0x100010001n);
    assert.equal(blockWork(0x1d400000), 2n ** 256n / (2n ** 230n + 1n));
  });

  it('is nothing for bits that are no target', () => {
    assert.equal(blockWork(0), 0n);
    assert.equal(blockWork(0x01fedcba), 0n);
    assert.equal(blockWork(0xff123456), 0n);
  });

  it('adds up', () => {
    assert.equal(addWork(addWork(blockWork(0x207fffff), 0x1d00ffff), 0x207fffff), 0x100010001n + 4n);
  });
});
