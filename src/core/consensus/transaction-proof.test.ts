import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, buildChain, childOf, genesisParent } from '../../../test/support/chain-builder.ts';
import { concatBytes } from '../base/bytes.ts';
import { sha256d } from '../crypto/sha256.ts';
import { regtest } from '../params/regtest.ts';
import { makeMerkleBlock } from '../primitives/merkle-block.ts';
import { makeTransaction, strippedSizeOf, type Transaction } from '../primitives/transaction.ts';
import { checkTransactionProof, type TransactionProof } from './transaction-proof.ts';

function paying(byte: number, scriptSize = 30): Transaction {
  const prevout = { txid: new Uint8Array(32).fill(byte) as unknown as Transaction['txid'], vout: 0 };
  const inputs = [{ prevout, scriptSig: new Uint8Array(), sequence: 0, witness: [] }];
  return makeTransaction({
    version: 2,
    inputs,
    outputs: [{ value: 1n, scriptPubKey: new Uint8Array(scriptSize).fill(0x51) }],
    lockTime: 0,
  });
}

const params = regtest.consensus;
const parent = genesisParent(regtest);
const block = buildBlock({ parent, params: regtest, transactions: [1, 2, 3, 4].map((byte) => paying(byte)) });
const headers = buildChain({ parent: childOf(parent, block), params: regtest, count: 3 }).map(({ header }) => header);
const txids = block.transactions.map(({ txid }) => txid);
const [coinbase] = block.transactions as [Transaction];
const at = (position: number): TransactionProof => ({
  ...{ transaction: block.transactions[position]!, coinbase, headers },
  merkleBlock: makeMerkleBlock(block.header, txids, (each) => each === 0 || each === position),
});

describe('a proof of a transaction', () => {
  it('proves each transaction of a block, the coinbase and the last of an odd number too, with its place and the work above', () => {
    for (const position of txids.keys()) assert.deepEqual(checkTransactionProof(at(position), params), { position, work: 8n });
    assert.deepEqual(checkTransactionProof({ ...at(2), headers: [] }, params), { position: 2, work: 2n });
  });

  it('C4: refuses a transaction of 64 bytes, though it is in the block', () => {
    const small = paying(9, 4);
    assert.equal(strippedSizeOf(small), 64);
    const other = buildBlock({ parent, params: regtest, transactions: [small] });
    const proof = {
      ...{ transaction: small, coinbase: other.transactions[0]!, headers: [] },
      merkleBlock: makeMerkleBlock(
        other.header,
        other.transactions.map(({ txid }) => txid),
        () => true,
      ),
    };
    assert.equal(checkTransactionProof(proof, params), 'transaction-size');
  });

  it('C4: refuses an inner node that is passed off as a transaction, by the depth of the coinbase', () => {
    const pair = (a: Uint8Array, b: Uint8Array) => sha256d(concatBytes(a, b)) as unknown as Transaction['txid'];
    // The level above the leaves, shown as all there is: its root is the block's.
    const level = [pair(txids[0]!, txids[1]!), pair(txids[2]!, txids[3]!), pair(txids[4]!, txids[4]!)];
    const forged = { ...block.transactions[1]!, txid: level[1]! };
    const merkleBlock = makeMerkleBlock(block.header, level, (position) => position < 2);
    assert.equal(checkTransactionProof({ transaction: forged, coinbase, merkleBlock, headers: [] }, params), 'coinbase');
  });

  it('refuses another transaction, another tree, no coinbase, and headers without work or out of order', () => {
    const good = at(3);
    assert.equal(checkTransactionProof({ ...good, transaction: paying(77) }, params), 'transaction-missing');
    assert.equal(checkTransactionProof({ ...good, coinbase: paying(77) }, params), 'coinbase');
    const alone = makeMerkleBlock(block.header, txids, (each) => each === 3);
    assert.equal(checkTransactionProof({ ...good, merkleBlock: alone }, params), 'coinbase');
    const hashes = [...good.merkleBlock.hashes.slice(1), good.merkleBlock.hashes[0]!];
    assert.equal(checkTransactionProof({ ...good, merkleBlock: { ...good.merkleBlock, hashes } }, params), 'merkle-tree');
    assert.equal(checkTransactionProof({ ...good, headers: headers.slice(1) }, params), 'headers');
    const idle = { ...headers[0]!, bits: 0x1d00ffff };
    assert.equal(checkTransactionProof({ ...good, headers: [idle] }, params), 'work');
  });
});
