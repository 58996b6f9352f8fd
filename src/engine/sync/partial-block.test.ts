import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildBlock, genesisParent, outputOf, spend } from '../../../test/support/chain-builder.ts';
import { output, pay } from '../../../test/support/mempool-world.ts';
import { fromHex, toHex } from '../../core/base/bytes.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { Block } from '../../core/primitives/block.ts';
import { decodeBlock, encodeBlock, makeBlock } from '../../core/primitives/block.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import type { CmpctblockMessage } from '../../core/wire/messages/cmpctblock.ts';
import { encodeMessage } from '../../core/wire/messages/table.ts';
import { shortIdKey, shortIdOf } from '../../core/wire/short-id.ts';
import type { AtHand } from './partial-block.ts';
import { PartialBlock } from './partial-block.ts';
import { compactBlock, fitsCompact, RecentBlock } from './recent-block.ts';

const { consensus } = regtest;
const TXS = Array.from({ length: 30 }, (_, index) =>
  pay({ inputs: [{ txid: new Uint8Array(32).fill(index + 1) as Txid, vout: 0 }], outputs: [output(BigInt(index + 1))] }),
);
const OTHERS = Array.from({ length: 10 }, (_, index) =>
  pay({ inputs: [{ txid: new Uint8Array(32).fill(index + 100) as Txid, vout: 0 }], outputs: [output(5n)] }),
);
const BLOCK = buildBlock({ parent: genesisParent(regtest), params: regtest, transactions: TXS });
const NOTHING: AtHand = { waiting: [], extra: [] };
const atHand = (waiting: readonly Transaction[], extra: readonly Transaction[] = []): AtHand => ({
  waiting: waiting.map((tx) => ({ tx })),
  extra,
});

/** A compact block with these places prefilled. */
function compactWith(block: Block, prefilled: readonly number[], nonce = 3n): CmpctblockMessage {
  const key = shortIdKey(block.header, nonce);
  return {
    ...{ type: 'cmpctblock', header: block.header, nonce },
    shortIds: block.transactions.filter((_, index) => !prefilled.includes(index)).map((tx) => shortIdOf(key, tx.wtxid)),
    prefilled: prefilled.map((index) => ({ index, tx: block.transactions[index]! })),
  };
}

function begun(message: CmpctblockMessage, hand: AtHand): PartialBlock {
  const partial = PartialBlock.begin(message, hand, consensus);
  assert.ok(partial instanceof PartialBlock, String(partial));
  return partial;
}

/** A block of two transactions and its compact form by the Elements node: the vector that rust-bitcoin tests with (CC0). */
const VECTOR = {
  nonce: 18_053_200_567_810_711_460n,
  header:
    '000000206c750a364035aefd5f81508a08769975116d9195312ee4520dceac39e1fdc62c4dc67473b8e354358c1e610afeaff7410858bd45df43e2940f8a62bd3d5e3ac943c2975cffff7f2000000000',
  coinbase:
    '020000000001010000000000000000000000000000000000000000000000000000000000000000ffffffff04016b0101ffffffff020006062a0100000001510000000000000000266a24aa21a9ed4a3d9f3343dafcc0d6f6d4310f2ee5ce273ed34edca6c75db3a73e7f368734200120000000000000000000000000000000000000000000000000000000000000000000000000',
  tx: '020000000001021fc20ba2bd745507b8e00679e3b362558f9457db374ca28ffa5243f4c23a4d5f00000000171600147c9dea14ffbcaec4b575e03f05ceb7a81cd3fcbffdffffff915d689be87b43337f42e26033df59807b768223368f189a023d0242d837768900000000171600147c9dea14ffbcaec4b575e03f05ceb7a81cd3fcbffdffffff0200cdf5050000000017a9146803c72d9154a6a20f404bed6d3dcee07986235a8700e1f5050000000017a9144e6a4c7cb5b5562904843bdf816342f4db9f5797870247304402205e9bf6e70eb0e4b495bf483fd8e6e02da64900f290ef8aaa64bb32600d973c450220670896f5d0e5f33473e5f399ab680cc1d25c2d2afd15abd722f04978f28be887012103e4e4d9312b2261af508b367d8ba9be4f01b61d6d6e78bec499845b4f410bcf2702473044022045ac80596a6ac9c8c572f94708709adaf106677221122e08daf8b9741a04f66a022003ccd52a3b78f8fd08058fc04fc0cffa5f4c196c84eae9e37e2a85babe731b57012103e4e4d9312b2261af508b367d8ba9be4f01b61d6d6e78bec499845b4f410bcf276a000000',
  behindHeader: 'a4df3c3744da89fa010a6979e971450100',
};

describe('a compact block', () => {
  it('has the short ids and bytes that another implementation gives it', () => {
    const block = decodeBlock(fromHex(`${VECTOR.header}02${VECTOR.coinbase}${VECTOR.tx}`)!);
    assert.equal(toHex(encodeMessage(compactBlock(block, VECTOR.nonce))), `${VECTOR.header}${VECTOR.behindHeader}${VECTOR.coinbase}`);
  });

  it('is not made of more transactions than there are places', () => {
    const transactions = new Array<Transaction>(65_535).fill(TXS[0]!);
    assert.ok(fitsCompact({ transactions }));
    assert.ok(!fitsCompact({ transactions: [...transactions, TXS[0]!] }));
  });

  it('is kept with its block until the next one comes', () => {
    const recent = new RecentBlock();
    const next = makeBlock(buildBlock({ parent: genesisParent(regtest), params: regtest }).header, BLOCK.transactions);
    assert.equal(recent.get(BLOCK.header.hash), undefined);
    const { compact } = recent.keep(BLOCK, 9n);
    assert.equal(recent.get(BLOCK.header.hash)?.compact, compact);
    recent.keep(next, 9n);
    assert.equal(recent.get(BLOCK.header.hash), undefined);
    assert.equal(recent.get(next.header.hash)?.block, next);
  });
});

describe('a partial block', () => {
  it('is whole again, whatever is prefilled and whatever waits, once the missing ones are given', () => {
    const count = BLOCK.transactions.length;
    const someOf = fc.subarray(Array.from({ length: count }, (_, index) => index));
    fc.assert(
      fc.property(someOf, someOf, someOf, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (prefilled, waiting, extra, nonce) => {
        const pick = (indexes: readonly number[]) => indexes.map((index) => BLOCK.transactions[index]!);
        const partial = begun(compactWith(BLOCK, prefilled, nonce), atHand([...OTHERS, ...pick(waiting)], [...pick(extra), ...OTHERS]));
        const missing = partial.missing();
        const known = new Set([...prefilled, ...waiting, ...extra]);
        assert.deepEqual(
          missing,
          BLOCK.transactions.flatMap((_, index) => (known.has(index) ? [] : [index])),
        );
        const block = partial.fill(pick(missing), 1, consensus);
        assert.ok(typeof block !== 'string');
        assert.deepEqual(encodeBlock(block), encodeBlock(BLOCK));
      }),
      { numRuns: 60 },
    );
  });

  it('never becomes another block than its header stands for, whatever transactions are given', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...BLOCK.transactions, ...OTHERS]), (given) => {
        const block = begun(compactWith(BLOCK, []), NOTHING).fill(given, 1, consensus);
        if (typeof block !== 'string') assert.deepEqual(encodeBlock(block), encodeBlock(BLOCK));
        else assert.equal(block, given.length === BLOCK.transactions.length ? 'collision' : 'invalid');
      }),
      { numRuns: 60 },
    );
  });

  it('is refused with more transactions than the weight of a block allows, and with two of one short id', () => {
    const few = { ...consensus, maxBlockWeightWu: 40 * BLOCK.transactions.length };
    assert.ok(PartialBlock.begin(compactWith(BLOCK, [0]), NOTHING, few) instanceof PartialBlock);
    assert.equal(PartialBlock.begin(compactWith(BLOCK, [0]), NOTHING, { ...few, maxBlockWeightWu: few.maxBlockWeightWu - 1 }), 'invalid');
    const message = compactWith(BLOCK, [0]);
    assert.equal(
      PartialBlock.begin({ ...message, shortIds: [...message.shortIds.slice(1), message.shortIds[1]!] }, NOTHING, consensus),
      'collision',
    );
  });

  it('takes neither of two transactions with one short id, and one that is here twice', () => {
    const message = compactWith(BLOCK, [0]);
    const fifth = TXS[4]!;
    const rest = TXS.filter((tx) => tx !== fifth);
    assert.deepEqual(begun(message, atHand([fifth, ...rest], [fifth])).missing(), []);
    assert.deepEqual(begun(message, atHand([fifth, { ...fifth }, ...rest])).missing(), []);
    // Two with one short id take 2^24 tries: this one has the other's when it is hashed, and its own when it is compared.
    let reads = 0;
    const twin = Object.defineProperty({ ...OTHERS[0]! }, 'wtxid', { get: () => (reads++ === 0 ? fifth : OTHERS[0]!).wtxid });
    assert.deepEqual(begun(message, atHand([fifth, twin, ...rest])).missing(), [5]);
    assert.equal(reads, 2);
  });

  it('is taken for a collision where witnesses are others, or where what comes first is no coinbase', () => {
    const [coinbase, first, ...rest] = BLOCK.transactions;
    const { inputs, ...fields } = first!;
    const other = makeTransaction({ ...fields, inputs: [{ ...inputs[0]!, witness: [Uint8Array.of(0x52)] }] });
    const changed = makeBlock(BLOCK.header, [coinbase!, other, ...rest]);
    assert.equal(begun(compactWith(changed, [0, 1]), atHand(rest)).fill([], 1, consensus), 'collision');
    const short = spend({ inputs: [outputOf(TXS[0]!)], outputs: [{ value: 1n, scriptPubKey: new Uint8Array(4) }] });
    assert.equal(short.strippedSizeBytes, 64);
    const nodes = makeBlock({ ...BLOCK.header, merkleRoot: short.txid as unknown as typeof BLOCK.header.merkleRoot }, [short]);
    assert.equal(begun(compactWith(nodes, [0]), NOTHING).fill([], 1, consensus), 'collision');
  });
});
