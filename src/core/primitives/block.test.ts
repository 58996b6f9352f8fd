import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes, fromHex, toHex } from '../base/bytes.ts';
import { regtest } from '../params/regtest.ts';
import type { BlockHeader } from './block.ts';
import { blockWeightWu, decodeBlock, decodeHeader, encodeBlock, encodeHeader, makeBlock, makeHeader } from './block.ts';
import { DecodeError } from './decode-error.ts';
import type { BlockHash, MerkleRoot, Txid } from './ids.ts';
import { toDisplayHex, zeroHash } from './ids.ts';
import { makeTransaction } from './transaction.ts';

const spend = makeTransaction({
  version: 2,
  inputs: [{ prevout: { txid: zeroHash<Txid>().fill(7), vout: 1 }, scriptSig: new Uint8Array(), sequence: 1, witness: [Uint8Array.of(9)] }],
  outputs: [{ value: 1n, scriptPubKey: Uint8Array.of(0x51) }],
  lockTime: 0,
});

const extremes: BlockHeader = makeHeader({
  version: -1,
  prevBlockHash: zeroHash<BlockHash>().fill(0xaa),
  merkleRoot: zeroHash<MerkleRoot>().fill(0xbb),
  timeSeconds: 0xffffffff,
  bits: 0xfffffffe,
  nonce: 0xfffffffd,
});

describe('headers', () => {
  it('have the 80 bytes and the hash of a published one', () => {
    const { header } = regtest.genesis;
    const hex = `01000000${'00'.repeat(32)}3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000`;
    assert.equal(toHex(encodeHeader(header)), hex);
    const read = decodeHeader(fromHex(hex) ?? assert.fail());
    assert.deepEqual(read, header);
    assert.equal(toDisplayHex(read.hash), '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206');
  });

  it('come back at the ends of every field', () => {
    assert.deepEqual(decodeHeader(encodeHeader(extremes)), extremes);
  });

  it('are exactly 80 bytes', () => {
    const bytes = encodeHeader(extremes);
    assert.equal(bytes.length, 80);
    for (let length = 0; length < 80; length++) assert.throws(() => decodeHeader(bytes.slice(0, length)), DecodeError);
    assert.throws(() => decodeHeader(concatBytes(bytes, Uint8Array.of(0))), /left over/);
  });

  it('do not hold the buffer they came in', () => {
    const bytes = Buffer.from(encodeHeader(extremes));
    const header = decodeHeader(bytes);
    bytes.fill(0);
    assert.deepEqual(header, extremes);
    assert.equal(header.prevBlockHash.buffer.byteLength, 32);
  });

  it('keep only the fields of a header', () => {
    assert.deepEqual(Object.keys(makeHeader({ ...extremes, ...{ extra: 1 } })), Object.keys(extremes));
  });
});

describe('blocks', () => {
  const block = makeBlock(extremes, [regtest.genesis.transactions[0] ?? assert.fail(), spend]);

  it('come back from their bytes, with and without witnesses', () => {
    const bytes = encodeBlock(block);
    assert.equal(bytes.length, block.sizeBytes);
    assert.deepEqual(decodeBlock(bytes), block);
    const stripped = encodeBlock(block, { witness: false });
    assert.equal(stripped.length, block.strippedSizeBytes);
    const read = decodeBlock(stripped);
    assert.deepEqual(
      read.transactions.map((tx) => tx.txid),
      block.transactions.map((tx) => tx.txid),
    );
    assert.equal(read.sizeBytes, block.strippedSizeBytes);
    assert.equal(blockWeightWu(block), 3 * stripped.length + bytes.length);
  });

  it('cut short at any byte are refused, and so is one byte more', () => {
    const bytes = encodeBlock(block);
    for (let length = 0; length < bytes.length; length++) assert.throws(() => decodeBlock(bytes.slice(0, length)), DecodeError);
    assert.throws(() => decodeBlock(concatBytes(bytes, Uint8Array.of(0))), /left over/);
  });

  it('without transactions are 81 bytes', () => {
    const empty = makeBlock(extremes, []);
    assert.deepEqual([empty.sizeBytes, empty.strippedSizeBytes, encodeBlock(empty).length], [81, 81, 81]);
    assert.deepEqual(decodeBlock(encodeBlock(empty)), empty);
  });

  it('refuse a count of transactions that cannot follow', () => {
    const bytes = concatBytes(encodeHeader(extremes), Uint8Array.of(2), new Uint8Array(19));
    assert.throws(() => decodeBlock(bytes), /transaction count at byte 80: 2 cannot fit into the 19 bytes left/);
  });
});
