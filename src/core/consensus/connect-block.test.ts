import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  buildBlock,
  genesisParent,
  OP_RETURN,
  OP_TRUE,
  outputOf,
  rebuild,
  type SpendInput,
  spend,
  unknownHash,
} from '../../../test/support/chain-builder.ts';
import { main } from '../params/main.ts';
import { regtest } from '../params/regtest.ts';
import { signet } from '../params/signet.ts';
import { testnet4 } from '../params/testnet4.ts';
import type { ConsensusParams } from '../params/types.ts';
import type { Block } from '../primitives/block.ts';
import type { BlockHash, HashKey, Txid } from '../primitives/ids.ts';
import { toDisplayHex } from '../primitives/ids.ts';
import type { OutPoint, Transaction, TxOutput } from '../primitives/transaction.ts';
import { makeTransaction, outPointKey } from '../primitives/transaction.ts';
import { disconnectBlock } from './block-effect.ts';
import type { Coin } from './coin.ts';
import { type ConnectContext, coinsNeeded, connectBlock } from './connect-block.ts';
import { scriptFlagsAt } from './script-flags.ts';

const params = regtest.consensus;
const HEIGHT = 140;
const SUBSIDY = 5_000_000_000n;
const MEDIAN = 2_000_000_000;

const context: ConnectContext = {
  height: HEIGHT,
  prevMedianTimeSeconds: MEDIAN,
  medianTimeAt: (height) => MEDIAN - (HEIGHT - height) * 512,
  hashAt: (height) => unknownHash(height),
};

/** Coins before the block: ten of 100 units each, `OP_TRUE`. */
const before = new Map<HashKey, Coin>();
const coinAt = (vout: number): OutPoint => ({ txid: unknownHash(0xaa) as unknown as Txid, vout });
for (let vout = 0; vout < 10; vout++) {
  before.set(outPointKey(coinAt(vout)), { value: 100n, scriptPubKey: OP_TRUE, height: 120, coinbase: false });
}
const old = (vout: number, sequence?: number): SpendInput =>
  sequence === undefined ? { outPoint: coinAt(vout), value: 100n } : { outPoint: coinAt(vout), value: 100n, sequence };
const pays = (...values: bigint[]): TxOutput[] => values.map((value) => ({ value, scriptPubKey: OP_TRUE }));

const blockOf = (transactions: readonly Transaction[], reward = SUBSIDY): Block =>
  buildBlock({ parent: { ...genesisParent(regtest), height: HEIGHT - 1 }, params: regtest, transactions, reward });
const connect = (block: Block, rules: ConsensusParams = params, coins: ReadonlyMap<HashKey, Coin> = before) =>
  connectBlock(block, coins, context, rules);
const reasonOf = (...args: Parameters<typeof connect>): string | undefined => connect(...args).rejection?.reason;

function effectOf(block: Block) {
  const result = connect(block);
  assert.ok(result.rejection === undefined, result.rejection?.reason);
  return result;
}

describe('connectBlock', () => {
  it('says what a block adds and removes, its fees and its scripts', () => {
    const tx = spend({ inputs: [old(0), old(1)], outputs: [...pays(150n), { value: 10n, scriptPubKey: OP_RETURN }] });
    const { effect, fees, scriptJobs } = effectOf(blockOf([tx]));
    assert.equal(fees, 40n);
    assert.deepEqual(effect.removed, [coinAt(0), coinAt(1)]);
    assert.deepEqual(effect.spentCoins, [[before.get(outPointKey(coinAt(0))), before.get(outPointKey(coinAt(1)))]]);
    assert.deepEqual(
      effect.added.map(({ coin }) => coin),
      [
        { value: SUBSIDY, scriptPubKey: OP_TRUE, height: HEIGHT, coinbase: true },
        { value: 150n, scriptPubKey: OP_TRUE, height: HEIGHT, coinbase: false },
      ],
    );
    assert.equal(scriptJobs.length, 1);
    assert.equal(scriptJobs[0]?.tx, tx);
    assert.equal(scriptJobs[0]?.flags, scriptFlagsAt(HEIGHT, params, unknownHash()));
  });

  it('leaves coins that are made and spent within the block out of the change, but not out of the undo record', () => {
    const first = spend({ inputs: [old(0)], outputs: pays(60n, 40n) });
    const second = spend({ inputs: [outputOf(first, 0)], outputs: pays(60n) });
    const { effect } = effectOf(blockOf([first, second]));
    assert.deepEqual(effect.removed, [coinAt(0)]);
    assert.deepEqual(
      effect.added.map(({ outPoint }) => outPointKey(outPoint)),
      [
        { txid: blockOf([first, second]).transactions[0]!.txid, vout: 0 },
        { txid: first.txid, vout: 1 },
        { txid: second.txid, vout: 0 },
      ].map(outPointKey),
    );
    assert.deepEqual(effect.spentCoins[1], [{ value: 60n, scriptPubKey: OP_TRUE, height: HEIGHT, coinbase: false }]);
  });

  it('asks only for coins that the block does not make', () => {
    const first = spend({ inputs: [old(0)], outputs: pays(60n) });
    const second = spend({ inputs: [outputOf(first), old(3)], outputs: pays(60n) });
    assert.deepEqual([...coinsNeeded(blockOf([first, second]), params).values()].map(({ vout }) => vout).sort(), [0, 3]);
    assert.equal(coinsNeeded(blockOf([]), params).size, 0);
  });

  it('S3: refuses two transactions that spend one output', () => {
    const one = spend({ inputs: [old(0)], outputs: pays(100n) });
    const two = spend({ inputs: [old(0)], outputs: pays(99n) });
    assert.equal(reasonOf(blockOf([one])), undefined);
    assert.equal(reasonOf(blockOf([two])), undefined);
    const { rejection } = connect(blockOf([one, two]));
    assert.equal(rejection?.reason, 'bad-txns-inputs-missingorspent');
    assert.equal(rejection.kind, 'consensus');
    assert.equal(rejection.detail?.position, 2);
  });

  it('refuses a coin made later in the block, or spent twice within it', () => {
    const first = spend({ inputs: [old(0)], outputs: pays(100n) });
    const second = spend({ inputs: [outputOf(first)], outputs: pays(100n) });
    const third = spend({ inputs: [outputOf(first)], outputs: pays(98n) });
    assert.equal(reasonOf(blockOf([second, first])), 'bad-txns-inputs-missingorspent');
    assert.equal(reasonOf(blockOf([first, second, third])), 'bad-txns-inputs-missingorspent');
  });

  it("refuses an output of the block's own coinbase: it is not mature", () => {
    const block = blockOf([]);
    const own = spend({ inputs: [outputOf(block.transactions[0]!)], outputs: pays(1n) });
    assert.equal(reasonOf(rebuild(block, { transactions: [...block.transactions, own] }, regtest)), 'bad-txns-premature-spend-of-coinbase');
  });

  it('cannot spend what is unspendable', () => {
    const burn = spend({ inputs: [old(0)], outputs: [{ value: 100n, scriptPubKey: OP_RETURN }] });
    const back = spend({ inputs: [outputOf(burn)], outputs: pays(100n) });
    assert.equal(reasonOf(blockOf([burn, back])), 'bad-txns-inputs-missingorspent');
  });

  it('keeps a coin whose script has 10,000 bytes, which can just be run, and none of one byte more', () => {
    const sized = (sizeBytes: number): TxOutput => ({ value: 50n, scriptPubKey: new Uint8Array(sizeBytes).fill(0x61) });
    const { effect } = effectOf(blockOf([spend({ inputs: [old(0)], outputs: [sized(10_000), sized(10_001)] })]));
    assert.deepEqual(
      effect.added.map(({ coin }) => coin.scriptPubKey.length),
      [OP_TRUE.length, 10_000],
    );
  });

  it('pays subsidy and fees, and not a unit more', () => {
    const tx = spend({ inputs: [old(0)], outputs: pays(93n) });
    assert.equal(reasonOf(blockOf([tx], SUBSIDY + 7n)), undefined);
    assert.equal(reasonOf(blockOf([tx], SUBSIDY + 8n)), 'bad-cb-amount');
    assert.equal(reasonOf(blockOf([], SUBSIDY + 1n)), 'bad-cb-amount');
    // All that the coinbase pays counts, not what its first output does.
    const block = blockOf([]);
    const [coinbase] = block.transactions;
    const paying = (...values: bigint[]) => makeTransaction({ ...coinbase!, outputs: pays(...values) });
    assert.equal(reasonOf(rebuild(block, { transactions: [paying(SUBSIDY - 5n, 2n, 3n)] }, regtest)), undefined);
    assert.equal(reasonOf(rebuild(block, { transactions: [paying(SUBSIDY - 5n, 2n, 4n)] }, regtest)), 'bad-cb-amount');
    assert.equal(reasonOf(blockOf([], 0n)), undefined);
  });

  it('S4: pays the reward to nobody but the coinbase', () => {
    const minted = spend({ inputs: [old(0)], outputs: pays(SUBSIDY) });
    assert.equal(reasonOf(blockOf([minted])), 'bad-txns-in-belowout');
  });

  it('holds sequences to the age of coins in blocks (BIP-68)', () => {
    const waits = (sequence: number): string | undefined => reasonOf(blockOf([spend({ inputs: [old(0, sequence)], outputs: pays(100n) })]));
    assert.equal(waits(20), undefined);
    assert.equal(waits(21), 'bad-txns-nonfinal');
    const late = { ...params, heights: { ...params.heights, csv: HEIGHT + 1 } };
    assert.equal(reasonOf(blockOf([spend({ inputs: [old(0, 21)], outputs: pays(100n) })]), late), undefined);
  });

  it('holds sequences to the age of coins in time (BIP-68)', () => {
    // The block before the coin's is 21 units of 512 seconds old.
    const waits = (units: number): string | undefined =>
      reasonOf(blockOf([spend({ inputs: [old(0, 0x00400000 + units)], outputs: pays(100n) })]));
    assert.equal(waits(21), undefined);
    assert.equal(waits(22), 'bad-txns-nonfinal');
  });

  it('takes a cost of signature operations of the limit and refuses more', () => {
    const checks = (count: number): TxOutput => ({ value: 1n, scriptPubKey: new Uint8Array(count).fill(0xac) });
    const script = new Uint8Array(20).fill(0xac);
    const nested: Coin = {
      value: 100n,
      scriptPubKey: Uint8Array.of(0, 32, ...new Uint8Array(32)),
      height: 1,
      coinbase: false,
    };
    const coins = new Map(before).set(outPointKey(coinAt(0)), nested);
    const withScript = (items: number): Transaction => {
      const tx = spend({ inputs: [old(0)], outputs: [checks(19_995)] });
      return makeTransaction({ ...tx, inputs: tx.inputs.map((input) => ({ ...input, witness: [script.subarray(0, items)] })) });
    };
    assert.equal(reasonOf(blockOf([withScript(20)]), params, coins), undefined);
    const over = spend({ inputs: [old(1)], outputs: [checks(1)] });
    assert.equal(reasonOf(blockOf([withScript(20), over]), params, coins), 'bad-blk-sigops');
    assert.equal(reasonOf(blockOf([withScript(16), over]), params, coins), undefined);
    assert.equal(reasonOf(blockOf([withScript(17), over]), params, coins), 'bad-blk-sigops');
  });

  it('refuses fees of more than maxMoney in all', () => {
    const rich: Coin = { value: params.maxMoney, scriptPubKey: OP_TRUE, height: 1, coinbase: false };
    const coins = new Map(before).set(outPointKey(coinAt(0)), rich).set(outPointKey(coinAt(1)), rich);
    const all = spend({ inputs: [old(0)], outputs: pays(0n) });
    const one = spend({ inputs: [old(1)], outputs: pays(params.maxMoney - 1n) });
    assert.equal(reasonOf(blockOf([all], 0n), params, coins), undefined);
    assert.equal(reasonOf(blockOf([all, one], 0n), params, coins), 'bad-txns-accumulated-fee-outofrange');
  });

  it('refuses to make a coin that is there, where coinbases may repeat (BIP-30)', () => {
    const rules = { ...params, heights: { ...params.heights, bip34: HEIGHT + 100 } };
    const block = blockOf([]);
    const outPoint = { txid: block.transactions[0]!.txid, vout: 0 };
    assert.deepEqual([...coinsNeeded(block, rules).values()], [outPoint]);
    assert.equal(reasonOf(block, rules), undefined);
    const coins = new Map(before).set(outPointKey(outPoint), { value: 1n, scriptPubKey: OP_TRUE, height: 1, coinbase: true });
    assert.equal(reasonOf(block, rules, coins), 'bad-txns-BIP30');
  });

  it('looks for each output of each transaction (BIP-30)', () => {
    const rules = { ...params, heights: { ...params.heights, bip34: HEIGHT + 100 } };
    const two = spend({ inputs: [old(0)], outputs: pays(50n, 50n) });
    const block = blockOf([two]);
    assert.equal(reasonOf(block, rules), undefined);
    for (const vout of [0, 1]) {
      const there = new Map(before).set(outPointKey({ txid: two.txid, vout }), {
        value: 1n,
        scriptPubKey: OP_TRUE,
        height: 1,
        coinbase: false,
      });
      assert.equal(reasonOf(block, rules, there), 'bad-txns-BIP30', `output ${vout}`);
    }
  });

  it('does not look for repeats behind the block that BIP-34 began with, up to the height that coinbases once foretold', () => {
    const bip34 = 100;
    const again = 1_983_702;
    const at = (height: number, bip34Hash: BlockHash | null): string | undefined => {
      const rules = { ...params, heights: { ...params.heights, bip34 }, history: { ...params.history, bip34Hash } };
      const block = blockOf([], 0n);
      const outPoint = { txid: block.transactions[0]!.txid, vout: 0 };
      const where = { ...context, height };
      const coins = new Map([[outPointKey(outPoint), { value: 1n, scriptPubKey: OP_TRUE, height: 1, coinbase: true }]]);
      const { rejection } = connectBlock(block, coins, where, rules);
      assert.equal(coinsNeeded(block, rules, where).size, rejection === undefined ? 0 : 1);
      assert.equal(coinsNeeded(block, rules).size, 1, 'without knowing where it stands, it may be asked for');
      return rejection?.reason;
    };
    const known = unknownHash(bip34);
    assert.deepEqual([at(bip34, known), at(bip34 + 1, known)], ['bad-txns-BIP30', undefined]);
    assert.deepEqual([at(again - 1, known), at(again, known)], [undefined, 'bad-txns-BIP30']);
    // Another block began it, or none is known: the coinbases before are not those that are known.
    assert.deepEqual([at(bip34 + 1, unknownHash(1)), at(bip34 + 1, null)], ['bad-txns-BIP30', 'bad-txns-BIP30']);
  });

  it('lets the blocks of the history repeat a coinbase, and asks for the coins that they replace', () => {
    const block = blockOf([]);
    const outPoint = { txid: block.transactions[0]!.txid, vout: 0 };
    const rules = (hash: BlockHash): ConsensusParams => ({
      ...params,
      heights: { ...params.heights, bip34: HEIGHT + 100 },
      history: { ...params.history, bip30Repeats: [hash] },
    });
    const coins = new Map(before).set(outPointKey(outPoint), { value: 1n, scriptPubKey: OP_TRUE, height: 1, coinbase: true });
    assert.equal(reasonOf(block, rules(unknownHash()), coins), 'bad-txns-BIP30');
    const result = connect(block, rules(block.header.hash), coins);
    assert.ok(result.rejection === undefined);
    assert.deepEqual(result.effect.added[0]?.outPoint, outPoint);
    assert.deepEqual([...coinsNeeded(block, rules(block.header.hash), context).values()], [outPoint]);
  });
});

describe('disconnectBlock', () => {
  it('takes back exactly what connecting did, coins within the block included', () => {
    const first = spend({ inputs: [old(0), old(5)], outputs: [...pays(60n, 40n), { value: 0n, scriptPubKey: OP_RETURN }] });
    const second = spend({ inputs: [outputOf(first, 0), old(7)], outputs: pays(60n) });
    const block = blockOf([first, second]);
    const { effect } = effectOf(block);
    const back = disconnectBlock(block, effect.spentCoins);
    const keys = (outPoints: readonly OutPoint[]): string[] => outPoints.map(outPointKey).sort();
    assert.deepEqual(keys(back.removed), keys(effect.added.map(({ outPoint }) => outPoint)));
    assert.deepEqual(keys(back.added.map(({ outPoint }) => outPoint)), keys(effect.removed));
    for (const { outPoint, coin } of back.added) assert.deepEqual(coin, before.get(outPointKey(outPoint)));
  });
});

describe('scriptFlagsAt', () => {
  it('adds the flags of each soft fork at its height', () => {
    const heights = { bip34: 1, bip65: 20, bip66: 10, csv: 30, segwit: 40, taproot: 50 };
    const at = (height: number): number => scriptFlagsAt(height, { ...params, heights }, unknownHash());
    // Bits as in Core: P2SH 0, DERSIG 2, NULLDUMMY 4, CHECKLOCKTIMEVERIFY 9, CHECKSEQUENCEVERIFY 10, WITNESS 11, TAPROOT 17.
    assert.deepEqual([0, 9, 10, 19, 20, 29, 30, 39, 40, 49, 50].map(at), [1, 1, 5, 5, 0x205, 0x205, 0x605, 0x605, 0xe15, 0xe15, 0x20e15]);
    assert.equal(scriptFlagsAt(1, params, unknownHash()), 0x20e15);
  });

  // Numbers as above; both blocks are in Core's list with these flags.
  it('leaves out of the two excepted blocks of main what they break, by their hash alone', () => {
    const at = (height: number, hash: BlockHash): number => scriptFlagsAt(height, main.consensus, hash);
    const [first, second] = main.consensus.history.scriptExceptions.map(({ blockHash }) => blockHash);
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(toDisplayHex(first), '00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22');
    assert.equal(toDisplayHex(second), '0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad');
    assert.equal(at(170_060, first), 0);
    assert.equal(at(170_060, second), 0x801);
    assert.equal(at(692_261, second), 0xe15);
    assert.equal(at(692_261, first), 0x614);
    for (const height of [170_060, 363_724]) assert.equal(at(height, unknownHash()), 0x20801);
    assert.equal(at(692_261, unknownHash()), 0x20e15);
  });

  it('changes on main at each buried height and not one block before; on the other networks of Bitcoin at block 1', () => {
    const steps = [363_725, 388_381, 419_328, 481_824].flatMap((height) => [height - 1, height]);
    const flags = steps.map((height) => scriptFlagsAt(height, main.consensus, unknownHash()));
    assert.deepEqual(flags, [0x20801, 0x20805, 0x20805, 0x20a05, 0x20a05, 0x20e05, 0x20e05, 0x20e15]);
    for (const { consensus } of [signet, testnet4])
      assert.deepEqual([scriptFlagsAt(0, consensus, unknownHash()), scriptFlagsAt(1, consensus, unknownHash())], [0x20801, 0x20e15]);
  });
});
