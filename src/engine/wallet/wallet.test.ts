import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOfScript } from '../../core/address/address.ts';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { Block, HeaderFields } from '../../core/primitives/block.ts';
import { makeBlock, makeHeader } from '../../core/primitives/block.ts';
import type { BlockHash, MerkleRoot } from '../../core/primitives/ids.ts';
import { zeroHash } from '../../core/primitives/ids.ts';
import type { Transaction, TxOutput } from '../../core/primitives/transaction.ts';
import { makeTransaction, NULL_VOUT } from '../../core/primitives/transaction.ts';
import { STANDARD_FLAGS } from '../../core/script/flags.ts';
import { verifyTransactionScripts } from '../../core/script/verify-script.ts';
import { createMemoryRowStore } from '../../platform/store/memory-row-store.ts';
import { NodeError } from '../ports/node-error.ts';
import type { RowStore } from '../ports/row-store.ts';
import { Wallet } from './wallet.ts';

const MNEMONIC = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
const secp256k1 = chooseSecp256k1('wasm');
const COIN = 100_000_000n;
const STRANGER = Uint8Array.of(0x51);

let chance = 0;
const random = { bytes: (count: number) => new Uint8Array(count).fill(++chance), below: (limit: number) => ++chance % limit };

const open = (store: RowStore = createMemoryRowStore()) => Wallet.open({ params: regtest, store, mnemonic: MNEMONIC, secp256k1, random });

/** Blocks as the wallet sees them: it checks nothing of them. */
class Blocks {
  readonly all: Block[] = [];
  #salt = 0;

  next(transactions: readonly Transaction[], parent: BlockHash = this.all.at(-1)?.header.hash ?? zeroHash<BlockHash>()): Block {
    const fields: HeaderFields = {
      version: 1,
      prevBlockHash: parent,
      merkleRoot: new Uint8Array(32).fill(++this.#salt) as unknown as MerkleRoot,
      timeSeconds: 1_800_000_000 + this.#salt,
      bits: 0x207fffff,
      nonce: 0,
    };
    const block = makeBlock(makeHeader(fields), transactions);
    this.all.push(block);
    return block;
  }
}

function coinbase(script: Uint8Array, height: number, value = 50n * COIN): Transaction {
  const prevout = { txid: zeroHash(), vout: NULL_VOUT } as Transaction['inputs'][number]['prevout'];
  return makeTransaction({
    version: 1,
    inputs: [{ prevout, scriptSig: Uint8Array.of(2, height & 255, height >> 8), sequence: 0xffffffff, witness: [] }],
    outputs: [{ value, scriptPubKey: script }],
    lockTime: 0,
  });
}

/** A payment from elsewhere. */
function gift(script: Uint8Array, value: bigint, salt: number): Transaction {
  const prevout = { txid: new Uint8Array(32).fill(salt), vout: 0 } as unknown as Transaction['inputs'][number]['prevout'];
  return makeTransaction({
    version: 2,
    inputs: [{ prevout, scriptSig: Uint8Array.of(), sequence: 0, witness: [] }],
    outputs: [{ value, scriptPubKey: script }],
    lockTime: 0,
  });
}

function pay(wallet: Wallet, amount: bigint, height: number, script: Uint8Array = STRANGER) {
  const payment = wallet.pay({ script, amount, feeRateSatPerKvb: 1_000n, tip: { height } });
  assert.ok('tx' in payment, JSON.stringify('reason' in payment ? payment.reason : ''));
  return payment;
}

test('a reward is spendable with 101 confirmations where the rule asks for 100, as in Core, and immature with one less', async () => {
  const wallet = await open();
  wallet.connectBlock(new Blocks().next([coinbase(wallet.script(), 1)]), 1);
  assert.deepEqual(wallet.balance({ height: 100 }), { confirmed: 0n, unconfirmed: 0n, immature: 50n * COIN });
  assert.deepEqual(wallet.balance({ height: 101 }), { confirmed: 50n * COIN, unconfirmed: 0n, immature: 0n });
  assert.ok('reason' in wallet.pay({ script: STRANGER, amount: 1_000n, feeRateSatPerKvb: 1_000n, tip: { height: 100 } }));
  pay(wallet, 1_000n, 101);
});

for (const kind of ['wpkh', 'tr'] as const) {
  test(`a payment from a ${kind} coin passes the script rules and shows in the balance`, async () => {
    const wallet = await open();
    const blocks = new Blocks();
    const received = gift(wallet.script(kind), 5n * COIN, 9);
    wallet.connectBlock(blocks.next([coinbase(STRANGER, 1), received]), 1);
    const { tx, fee } = pay(wallet, COIN, 1);
    const spent = tx.inputs.map((): TxOutput => received.outputs[0]!);
    assert.equal(verifyTransactionScripts(tx, spent, STANDARD_FLAGS, secp256k1), undefined);
    wallet.transactionAdded(tx, 1_800_000_100);
    assert.deepEqual(wallet.balance({ height: 1 }), { confirmed: 5n * COIN, unconfirmed: -COIN - fee, immature: 0n });
    wallet.connectBlock(blocks.next([coinbase(STRANGER, 2), tx]), 2);
    assert.deepEqual(wallet.balance({ height: 2 }), { confirmed: 4n * COIN - fee, unconfirmed: 0n, immature: 0n });
    const [newest, older] = wallet.history();
    assert.deepEqual([newest?.amount, newest?.fee, newest?.block?.height], [-COIN - fee, fee, 2]);
    assert.deepEqual([older?.amount, older?.fee, older?.block?.height], [5n * COIN, undefined, 1]);
  });
}

test('change of a waiting payment can be spent again, and no coin is spent twice', async () => {
  const wallet = await open();
  wallet.connectBlock(new Blocks().next([coinbase(STRANGER, 1), gift(wallet.script(), 5n * COIN, 9)]), 1);
  const first = pay(wallet, COIN, 1);
  wallet.transactionAdded(first.tx, 1);
  const second = pay(wallet, COIN, 1);
  assert.deepEqual(second.tx.inputs[0]?.prevout.txid, first.tx.txid);
  wallet.transactionAdded(second.tx, 2);
  assert.equal(wallet.balance({ height: 1 }).unconfirmed, -2n * COIN - first.fee - second.fee);
});

test('a payment that left the mempool keeps its coins and is sent again', async () => {
  const wallet = await open();
  wallet.connectBlock(new Blocks().next([coinbase(STRANGER, 1), gift(wallet.script(), 5n * COIN, 9)]), 1);
  const { tx } = pay(wallet, COIN, 1);
  wallet.transactionAdded(tx, 1);
  wallet.transactionRemoved(tx.txid);
  assert.deepEqual(
    wallet.toSendAgain().map((each) => each.txid),
    [tx.txid],
  );
  assert.ok('reason' in wallet.pay({ script: STRANGER, amount: COIN, feeRateSatPerKvb: 1_000n, tip: { height: 1 } }));
});

test('survives a reorganisation: what was confirmed waits again, a reward that left is no money, a double spend rules out', async () => {
  const wallet = await open();
  const blocks = new Blocks();
  const received = gift(wallet.script(), 5n * COIN, 9);
  const first = blocks.next([coinbase(STRANGER, 1), received]);
  wallet.connectBlock(first, 1);
  const { tx } = pay(wallet, COIN, 1);
  const second = blocks.next([coinbase(wallet.script('tr'), 2), tx]);
  wallet.connectBlock(second, 2);
  wallet.disconnectBlock(second, 2);
  assert.deepEqual(wallet.scanned, { hash: first.header.hash, height: 1 });
  assert.equal(wallet.balance({ height: 1 }).immature, 0n);
  assert.equal(wallet.toSendAgain().length, 1);
  // Another branch spends the same coin otherwise.
  const rival = makeTransaction({ ...tx, outputs: [{ value: 4n * COIN, scriptPubKey: STRANGER }] });
  const other = blocks.next([coinbase(STRANGER, 3), rival], first.header.hash);
  wallet.connectBlock(other, 2);
  assert.deepEqual(wallet.balance({ height: 2 }), { confirmed: 0n, unconfirmed: 0n, immature: 0n });
  assert.equal(wallet.transaction(tx.txid)?.conflicted, true);
  // And back: the first branch wins after all.
  wallet.disconnectBlock(other, 2);
  wallet.connectBlock(second, 2);
  assert.equal(wallet.transaction(tx.txid)?.conflicted, false);
  assert.equal(wallet.transaction(rival.txid)?.conflicted, true);
  assert.ok(wallet.balance({ height: 2 }).confirmed > 3n * COIN);
});

test('is the same after closing and opening, keys used included', async () => {
  const store = createMemoryRowStore();
  const wallet = await open(store);
  const blocks = new Blocks();
  wallet.connectBlock(blocks.next([coinbase(wallet.script(), 1), gift(wallet.script('tr'), 5n * COIN, 9)]), 1);
  const handedOut = await wallet.newAddress();
  wallet.transactionAdded(pay(wallet, COIN, 1).tx, 7);
  await wallet.close();
  const again = await open(store);
  assert.notEqual(again.address(), handedOut);
  assert.deepEqual(again.scanned, wallet.scanned);
  assert.deepEqual(again.balance({ height: 1 }), wallet.balance({ height: 1 }));
  assert.deepEqual(
    again.history().map((entry) => [entry.txid, entry.amount, entry.timeSeconds]),
    wallet.history().map((entry) => [entry.txid, entry.amount, entry.timeSeconds]),
  );
});

test('after a start what lies in blocks that left the chain waits to be sent again', async () => {
  const wallet = await open();
  const block = new Blocks().next([coinbase(wallet.script(), 1), gift(wallet.script('tr'), 5n * COIN, 9)]);
  wallet.connectBlock(block, 1);
  wallet.rewind(() => false, undefined);
  assert.deepEqual(wallet.balance({ height: 200 }), { confirmed: 0n, unconfirmed: 0n, immature: 0n });
  assert.equal(wallet.scanned, undefined);
});

test('refuses amounts of nothing, of more than there can be, and more than it has', async () => {
  const wallet = await open();
  wallet.connectBlock(new Blocks().next([coinbase(STRANGER, 1), gift(wallet.script(), 10_000n, 9)]), 1);
  const reasonOf = (amount: bigint) => {
    const payment = wallet.pay({ script: STRANGER, amount, feeRateSatPerKvb: 1_000n, tip: { height: 1 } });
    return 'reason' in payment ? payment.reason : undefined;
  };
  assert.equal(reasonOf(0n), 'amount-out-of-range');
  assert.equal(reasonOf(-1n), 'amount-out-of-range');
  assert.equal(reasonOf(regtest.consensus.maxMoney + 1n), 'amount-out-of-range');
  assert.equal(reasonOf(10_000n), 'insufficient-funds');
  assert.equal(reasonOf(9_000n), undefined);
});

test('refuses a store of a newer version and one it cannot read', async () => {
  for (const [key, value] of [
    ['version', Uint8Array.of(2)],
    ['keys', Uint8Array.of(1, 2, 3)],
    ['scanned', Uint8Array.of(1)],
  ] as const) {
    const store = createMemoryRowStore();
    await store.apply({ puts: [[key, value]], deletes: [] });
    await assert.rejects(open(store), (error) => error instanceof NodeError && error.code === 'wallet-file');
  }
});

test('signs only what is ours, and taproot only with every spent output known', async () => {
  const wallet = await open();
  const received = gift(wallet.script('tr'), COIN, 9);
  wallet.connectBlock(new Blocks().next([coinbase(STRANGER, 1), received]), 1);
  const foreign = gift(STRANGER, COIN, 10);
  const inputs = [received, foreign].map((tx) => ({
    prevout: { txid: tx.txid, vout: 0 },
    scriptSig: new Uint8Array(0),
    sequence: 0xffffffff,
    witness: [],
  }));
  const tx = makeTransaction({ version: 2, inputs, outputs: [{ value: COIN, scriptPubKey: STRANGER }], lockTime: 0 });
  const unknown = await wallet.sign(tx, async () => undefined);
  assert.deepEqual([unknown.complete, unknown.tx.inputs[0]?.witness.length], [false, 0]);
  const known = await wallet.sign(tx, async () => foreign.outputs[0]);
  assert.deepEqual([known.complete, known.tx.inputs[0]?.witness.length], [false, 1]);
  assert.equal(addressOfScript(wallet.script('tr'), regtest)?.startsWith('bcrt1p'), true);
});

test('a reward whose block left is ruled out by the block in its place, with what was paid of it, and is money again with its own', async () => {
  const wallet = await open();
  const blocks = new Blocks();
  const reward = coinbase(wallet.script(), 1);
  const first = blocks.next([reward]);
  wallet.connectBlock(first, 1);
  const { tx } = pay(wallet, COIN, 200);
  wallet.transactionAdded(tx, 1_800_000_000);
  wallet.disconnectBlock(first, 1);
  wallet.transactionRemoved(tx.txid);
  const other = blocks.next([coinbase(wallet.script(), 2)], first.header.prevBlockHash);
  wallet.connectBlock(other, 1);
  assert.equal(wallet.transaction(reward.txid)?.conflicted, true);
  assert.equal(wallet.transaction(tx.txid)?.conflicted, true);
  assert.deepEqual(wallet.toSendAgain(), []);
  wallet.disconnectBlock(other, 1);
  wallet.connectBlock(first, 1);
  assert.equal(wallet.transaction(reward.txid)?.conflicted, false);
  assert.equal(wallet.transaction(other.transactions[0]!.txid)?.conflicted, true);
  assert.equal(wallet.balance({ height: 200 }).confirmed, 50n * COIN);
});
