/**
 * The rules of a block that begin at a height, or end at one, on each network: at the limit and one before or past it. Headers' rules are in
 * check-header-networks.test.ts, signatures of blocks in check-signet-block.test.ts.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BuildParent } from '../../../test/support/chain-builder.ts';
import { buildCoinbase, genesisParent, OP_TRUE, rootOf, spend, unknownHash } from '../../../test/support/chain-builder.ts';
import { testnet3 } from '../../../test/support/testnet3.ts';
import { main } from '../params/main.ts';
import { quoin } from '../params/quoin.ts';
import { regtest } from '../params/regtest.ts';
import { signet } from '../params/signet.ts';
import { testnet4 } from '../params/testnet4.ts';
import type { ActivationHeights, NetworkParams } from '../params/types.ts';
import { type Block, makeBlock, makeHeader } from '../primitives/block.ts';
import { type BlockHash, type HashKey, type Txid, toDisplayHex } from '../primitives/ids.ts';
import { makeTransaction, outPointKey, type Transaction, type TransactionFields } from '../primitives/transaction.ts';
import { FLAG } from '../script/flags.ts';
import { checkBlockInContext } from './check-block-in-context.ts';
import type { Coin } from './coin.ts';
import { type ConnectContext, connectBlock } from './connect-block.ts';
import { scriptFlagsAt } from './script-flags.ts';
import { blockSubsidy } from './subsidy.ts';

const NETWORKS: readonly NetworkParams[] = [main, testnet3, testnet4, signet, regtest, quoin];

const MEDIAN = 1_800_000_000;
const TIME = MEDIAN + 3_600;
const COIN = { txid: unknownHash(0xaa) as Uint8Array as Txid, vout: 0 };
const VALUE = 100n;

/** A block at a height whose coinbase says another one, perhaps. Nothing here asks for its work. */
function blockAt(network: NetworkParams, height: number, others: readonly Transaction[] = [], said = height): Block {
  const parent: BuildParent = { ...genesisParent(network), height: said - 1 };
  const coinbase = buildCoinbase({ parent, params: network, transactions: others, reward: 0n });
  const transactions = [coinbase, ...others];
  const header = { version: 4, prevBlockHash: unknownHash(), merkleRoot: rootOf(transactions), timeSeconds: TIME, bits: 0, nonce: 0 };
  return makeBlock(makeHeader(header), transactions);
}

/** A transaction that spends the coin of these tests. */
function spending(changes: Partial<TransactionFields> = {}, sequence = 0xfffffffd): Transaction {
  const tx = spend({ inputs: [{ outPoint: COIN, value: VALUE, sequence }], outputs: [{ value: 1n, scriptPubKey: OP_TRUE }] });
  return makeTransaction({ ...tx, ...changes });
}

function inContext(network: NetworkParams, height: number, block: Block): string | undefined {
  return checkBlockInContext(block, { height, prevMedianTimeSeconds: MEDIAN }, network.consensus)?.reason;
}

function connect(network: NetworkParams, block: Block, changes: Partial<ConnectContext> & { coin?: Partial<Coin>; there?: boolean }) {
  const { coin, there = false, ...where } = changes;
  const context: ConnectContext = {
    height: 1,
    prevMedianTimeSeconds: MEDIAN,
    medianTimeAt: () => MEDIAN,
    hashAt: () => unknownHash(),
    ...where,
  };
  const spent: Coin = { value: VALUE, scriptPubKey: OP_TRUE, height: 0, coinbase: false, ...coin };
  const coins = new Map<HashKey, Coin>([[outPointKey(COIN), spent]]);
  if (there) coins.set(outPointKey({ txid: block.transactions[0]!.txid, vout: 0 }), spent);
  return connectBlock(block, coins, context, network.consensus).rejection?.reason;
}

/** The last height without a rule, where there is one above the genesis block, and the first with it. */
function around(network: NetworkParams, rule: keyof ActivationHeights): { readonly before: number | undefined; readonly from: number } {
  const height = network.consensus.heights[rule];
  return { before: height > 1 ? height - 1 : undefined, from: Math.max(height, 1) };
}

describe('heights of rules', () => {
  it('are those that are known', () => {
    const rows = NETWORKS.map(({ name, consensus }) => {
      const { bip34, bip66, bip65, csv, segwit, taproot } = consensus.heights;
      return [name, bip34, bip66, bip65, csv, segwit, taproot];
    });
    assert.deepEqual(rows, [
      ['main', 227_931, 363_725, 388_381, 419_328, 481_824, 0],
      ['testnet3', 21_111, 330_776, 581_885, 770_112, 834_624, 0],
      ['testnet4', 1, 1, 1, 1, 1, 0],
      ['signet', 1, 1, 1, 1, 1, 0],
      ['regtest', 1, 1, 1, 1, 0, 0],
      ['quoin', 1, 1, 1, 1, 1, 1],
    ]);
  });
});

for (const network of NETWORKS) {
  describe(`rules of blocks on ${network.name}`, () => {
    const { heights, history, coinbaseMaturity } = network.consensus;

    it('ask for the height in the coinbase from BIP-34 on', () => {
      const { before, from } = around(network, 'bip34');
      const foretelling = (height: number) => inContext(network, height, blockAt(network, height, [], height + 1));
      if (before !== undefined) assert.equal(foretelling(before), undefined);
      assert.equal(foretelling(from), 'bad-cb-height');
      assert.equal(inContext(network, from, blockAt(network, from)), undefined);
    });

    it('measure lock times by the median time from BIP-113 on', () => {
      const { before, from } = around(network, 'csv');
      const locked = (height: number, lockTime: number) => inContext(network, height, blockAt(network, height, [spending({ lockTime })]));
      if (before !== undefined) assert.deepEqual([locked(before, TIME - 1), locked(before, TIME)], [undefined, 'bad-txns-nonfinal']);
      assert.deepEqual([locked(from, MEDIAN - 1), locked(from, MEDIAN)], [undefined, 'bad-txns-nonfinal']);
    });

    it('hold sequences to the age of coins from BIP-68 on', () => {
      const { before, from } = around(network, 'csv');
      const aged = (height: number, sequence: number) => {
        const block = blockAt(network, height, [spending({}, sequence)]);
        return connect(network, block, { height, coin: { height: Math.max(height - 5, 0) } });
      };
      const age = (height: number) => Math.min(height, 5);
      if (before !== undefined) assert.equal(aged(before, age(before) + 1), undefined);
      assert.deepEqual([aged(from, age(from)), aged(from, age(from) + 1)], [undefined, 'bad-txns-nonfinal']);
    });

    it('take witnesses and look for their commitment from segwit on', () => {
      const { before, from } = around(network, 'segwit');
      const tx = spending();
      const witnessed = makeTransaction({ ...tx, inputs: tx.inputs.map((input) => ({ ...input, witness: [Uint8Array.of(1)] })) });
      const other = makeTransaction({ ...tx, inputs: tx.inputs.map((input) => ({ ...input, witness: [Uint8Array.of(2)] })) });
      const swapped = (height: number): Block => {
        const { header, transactions } = blockAt(network, height, [witnessed]);
        return makeBlock(header, [transactions[0]!, other]);
      };
      if (before !== undefined) {
        assert.equal(inContext(network, before, blockAt(network, before, [witnessed])), 'unexpected-witness');
        assert.equal(inContext(network, before, swapped(before)), 'unexpected-witness');
      }
      assert.equal(inContext(network, from, blockAt(network, from, [witnessed])), undefined);
      assert.equal(inContext(network, from, swapped(from)), 'bad-witness-merkle-match');
    });

    it('hold scripts to BIP-66, 65, 112 and 147 from their heights on', () => {
      const rows: readonly (readonly [keyof ActivationHeights, number])[] = [
        ['bip66', FLAG.DERSIG],
        ['bip65', FLAG.CHECKLOCKTIMEVERIFY],
        ['csv', FLAG.CHECKSEQUENCEVERIFY],
        ['segwit', FLAG.NULLDUMMY],
      ];
      for (const [rule, flag] of rows) {
        const { before, from } = around(network, rule);
        if (before !== undefined) assert.equal(scriptFlagsAt(before, network.consensus, unknownHash()) & flag, 0, rule);
        assert.equal(scriptFlagsAt(from, network.consensus, unknownHash()) & flag, flag, rule);
      }
    });

    it('hold scripts to BIP-16, witness programs and taproot from the first block on, but in the blocks that are named', () => {
      const early = FLAG.P2SH | FLAG.WITNESS | FLAG.TAPROOT;
      assert.equal(scriptFlagsAt(1, network.consensus, unknownHash()) & early, early);
      const named: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
        main: [
          ['00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22', 0],
          ['0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad', FLAG.P2SH | FLAG.WITNESS],
        ],
        testnet3: [['00000000dd30457c001f4095d208cc1296b0eed002427aa599874af7a432b105', 0]],
      };
      const found = history.scriptExceptions.map(({ blockHash }) => [
        toDisplayHex(blockHash),
        scriptFlagsAt(1, network.consensus, blockHash) & early,
      ]);
      assert.deepEqual(found, named[network.name] ?? []);
    });

    it('spend a coinbase once it is mature and not a block earlier', () => {
      const height = heights.segwit + 1_000;
      const aged = (age: number) =>
        connect(network, blockAt(network, height, [spending()]), { height, coin: { coinbase: true, height: height - age } });
      assert.equal(coinbaseMaturity, network === quoin ? 10 : 100);
      assert.deepEqual([aged(coinbaseMaturity - 1), aged(coinbaseMaturity)], ['bad-txns-premature-spend-of-coinbase', undefined]);
    });

    it('look for outputs that are made again (BIP-30) where coinbases may repeat', () => {
      const repeated = (height: number, hash?: BlockHash) => {
        const where = { height, there: true, ...(hash === undefined ? {} : { hashAt: () => hash }) };
        return connect(network, blockAt(network, height), where);
      };
      const { bip34Hash } = history;
      if (bip34Hash === null) {
        // Every coinbase says its height, so none can come again.
        assert.equal(heights.bip34, 1);
        assert.deepEqual([repeated(1), repeated(1_983_702)], [undefined, undefined]);
        return;
      }
      const { bip34 } = heights;
      assert.deepEqual(
        [repeated(1), repeated(bip34, bip34Hash), repeated(bip34 + 1, bip34Hash)],
        ['bad-txns-BIP30', 'bad-txns-BIP30', undefined],
      );
      assert.deepEqual([repeated(bip34 + 1), repeated(1_983_701)], ['bad-txns-BIP30', 'bad-txns-BIP30'], 'another block began BIP-34');
      assert.deepEqual([repeated(1_983_701, bip34Hash), repeated(1_983_702, bip34Hash)], [undefined, 'bad-txns-BIP30']);
    });
  });
}

describe('what is particular to main and testnet3', () => {
  it('are two coinbases of main that came again, and the blocks that BIP-34 began with', () => {
    assert.deepEqual(main.consensus.history.bip30Repeats.map(toDisplayHex), [
      '00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec',
      '00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721',
    ]);
    assert.deepEqual(testnet3.consensus.history.bip30Repeats, []);
    const began = [main, testnet3].map(({ consensus }) => toDisplayHex(consensus.history.bip34Hash!));
    assert.deepEqual(began, [
      '000000000000024b89b42a942fe0d9fea3bb44ab7bd1b19115dd6a759c0808b8',
      '0000000023b3a96d3484e5abb3755c413e7d41500f8e2a5c3f0dd01299cd8ef8',
    ]);
  });
});

describe('new coins', () => {
  it('halve at each of the 33 heights and are nothing after, 21 million less a little in all', () => {
    for (const network of [main, testnet3, testnet4, signet, regtest]) {
      const interval = network === regtest ? 150 : 210_000;
      let total = 0n;
      for (let halving = 0; halving <= 33; halving++) {
        const subsidy = blockSubsidy(halving * interval, network.consensus);
        assert.equal(subsidy, 5_000_000_000n >> BigInt(halving), `${network.name} ${halving}`);
        assert.equal(blockSubsidy((halving + 1) * interval - 1, network.consensus), subsidy);
        total += subsidy * BigInt(interval);
      }
      assert.equal(blockSubsidy(33 * interval, network.consensus), 0n);
      assert.equal(blockSubsidy(33 * interval - 1, network.consensus), 1n);
      if (network !== regtest) assert.equal(total, 2_099_999_997_690_000n);
    }
  });

  it('are the same for ever on quoin', () => {
    for (const height of [1, 210_000, 2 ** 31 - 1]) assert.equal(blockSubsidy(height, quoin.consensus), 2_500_000_000n);
  });
});
