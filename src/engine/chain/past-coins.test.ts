import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, genesisParent, OP_TRUE, outputOf, spend } from '../../../test/support/chain-builder.ts';
import { spendingChain } from '../../../test/support/spending-chain.ts';
import { memoryStores, openTestChain, testSecp256k1 } from '../../../test/support/test-chain.ts';
import { toHex } from '../../core/base/bytes.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import { regtest } from '../../core/params/regtest.ts';
import { type Block, encodeBlock } from '../../core/primitives/block.ts';
import { NodeError } from '../ports/node-error.ts';
import type { Chain } from './chain.ts';
import { coinKey, encodeCoin } from './coin-codec.ts';
import { pastCoins, type StoredCoin } from './past-coins.ts';

const COUNT = 115;
const BLOCKS = spendingChain({ params: regtest, secp256k1: testSecp256k1, count: COUNT });

async function chainOf(count: number, stores = memoryStores()): Promise<Chain> {
  const chain = await openTestChain({ ...stores, params: regtest });
  for (const block of BLOCKS.slice(0, count)) assert.equal((await chain.acceptBlock(block)).rejection, undefined);
  await chain.flush();
  return chain;
}

async function textOf(coins: AsyncIterable<StoredCoin>): Promise<string[]> {
  const all: string[] = [];
  for await (const [key, value] of coins) all.push(`${toHex(key)} ${toHex(value)}`);
  return all;
}

/** One block of a way back that no chain has judged. */
interface Step {
  readonly height: number;
  readonly parent: Step | undefined;
  readonly block?: Block;
  readonly spent?: readonly (readonly Coin[])[];
}

async function* listed(coins: readonly StoredCoin[]): AsyncGenerator<StoredCoin> {
  yield* coins;
}

describe('the coins of an earlier block', () => {
  it('are those that a chain has which ends there, however few changes are held at once', async () => {
    const stores = memoryStores();
    const chain = await chainOf(COUNT, stores);
    let reads = 0;
    for (const height of [0, 1, 50, 101, 103, COUNT - 1, COUNT]) {
      const beside = memoryStores();
      await chainOf(height, beside);
      const expected = await textOf(beside.coins.entries());
      for (const changesMax of [1, 2, 7, undefined]) {
        const coins = pastCoins({
          ...{ entries: stores.coins.entries(), from: chain.tip, to: chain.active.at(height)! },
          readBlock: (node) => chain.readBlock(node),
          readUndo: (node) => chain.readBlockUndo(node),
          pause: async () => void reads++,
          ...(changesMax !== undefined && { changesMax }),
        });
        assert.deepEqual(await textOf(coins), expected, `height ${height}, ${changesMax} changes`);
      }
    }
    assert.ok(reads > 10 * COUNT, 'blocks are read again where not all changes fit');
  });

  it('are right where a coin was spent and made once more by a transaction of the same id', async () => {
    const parent = genesisParent(regtest);
    const made = buildBlock({ parent, params: regtest });
    const [coinbase] = made.transactions as [Block['transactions'][0]];
    const spending = spend({ inputs: [outputOf(coinbase)], outputs: [{ value: 1n, scriptPubKey: OP_TRUE }] });
    const spender = buildBlock({ parent, params: regtest, transactions: [spending], extra: Uint8Array.of(1) });
    const coinAt = (tx: typeof coinbase, height: number): StoredCoin => [
      coinKey({ txid: tx.txid, vout: 0 }),
      encodeCoin({ ...tx.outputs[0]!, height, coinbase: tx !== spending }),
    ];
    const spent = [[{ ...coinbase.outputs[0]!, height: 1, coinbase: true }]];
    const genesis: Step = { height: 0, parent: undefined };
    const first: Step = { height: 1, parent: genesis, block: made, spent: [] };
    const second: Step = { height: 2, parent: first, block: spender, spent };
    const third: Step = { height: 3, parent: second, block: made, spent: [] };
    const sorted = (coins: StoredCoin[]) => coins.sort(([a], [b]) => (toHex(a) < toHex(b) ? -1 : 1));
    const afterSecond = [coinAt(spending, 2), coinAt(spender.transactions[0]!, 2)];
    const tip = sorted([coinAt(coinbase, 3), ...afterSecond]);
    for (const [to, expected] of [
      [third, tip],
      [second, sorted(afterSecond)],
      [first, [coinAt(coinbase, 1)]],
      [genesis, []],
    ] as const) {
      const coins = pastCoins<Step>({
        ...{ entries: listed(tip), from: third, to },
        readBlock: async (step) => encodeBlock(step.block!),
        readUndo: async (step) => step.spent!,
        pause: async () => {},
      });
      assert.deepEqual(await textOf(coins), await textOf(listed(expected)), `height ${to.height}`);
    }
  });
});

/** A file in memory. */
function memoryDraft() {
  const file = {
    path: '/coins',
    bytes: Buffer.alloc(0),
    kept: false,
    append: async (bytes: Uint8Array) => {
      file.bytes = Buffer.concat([file.bytes, bytes]);
    },
    keep: async (head: Uint8Array) => {
      file.bytes.set(head);
      file.kept = true;
    },
    discard: async () => {},
  };
  return file;
}

describe('a file of coins', () => {
  const going = { aborted: false };

  it('is the same of an earlier block as the one that a chain writes which ends there', async () => {
    const chain = await chainOf(COUNT);
    for (const height of [0, 1, 102, COUNT]) {
      const [ours, theirs] = [memoryDraft(), memoryDraft()];
      const beside = await chainOf(height);
      const dump = await chain.dumpCoins(ours, chain.active.at(height)!, going);
      assert.deepEqual(dump?.hashSerialized, (await beside.coinSetStats('hash_serialized_3')).hashSerialized);
      assert.equal(dump?.coinCount, (await beside.coinSetStats('none')).txouts);
      assert.equal(dump?.base.height, height);
      await beside.dumpCoins(theirs, beside.tip, going);
      assert.deepEqual(ours.bytes, theirs.bytes);
      assert.equal(ours.kept, true);
      const head = `7574786fff0200fabfb5da${toHex(beside.tip.hash)}`;
      assert.equal(ours.bytes.subarray(0, 43).toString('hex'), head);
      assert.equal(ours.bytes.readBigUInt64LE(43), BigInt(dump!.coinCount));
    }
    assert.equal(chain.tip.height, COUNT);
  });

  it('is not kept where it is told to end on the way back', async () => {
    const chain = await chainOf(COUNT);
    const file = memoryDraft();
    assert.equal(await chain.dumpCoins(file, chain.active.at(COUNT - 5)!, { aborted: true }), undefined);
    assert.equal(file.kept, false);
    assert.equal(chain.tip.height, COUNT);
  });

  it('that cannot be written stops no node, a store that cannot be read does', async () => {
    const failures: NodeError[] = [];
    const stores = memoryStores();
    await chainOf(COUNT, stores);
    const damaged = new Proxy(stores.coins, {
      get: (target, name) => {
        if (name === 'entries') return failing;
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    async function* failing(): AsyncGenerator<StoredCoin> {
      yield [coinKey({ txid: BLOCKS[0]!.transactions[0]!.txid, vout: 0 }), Uint8Array.of(0, 0, 6)];
      throw new NodeError('database-damaged', 'damaged');
    }
    const onFailure = (error: NodeError): void => void failures.push(error);
    const chain = await openTestChain({ ...stores, params: regtest, onFailure });
    const full = { ...memoryDraft(), append: () => Promise.reject(new NodeError('disk-full', 'full')) };
    await assert.rejects(chain.dumpCoins(full, chain.tip, going), { code: 'disk-full' });
    await chain.flush();
    assert.deepEqual(failures, []);
    const broken = await openTestChain({ ...stores, coins: damaged, params: regtest, onFailure });
    await assert.rejects(broken.dumpCoins(memoryDraft(), broken.tip, going), { code: 'database-damaged' });
    assert.deepEqual(
      failures.map(({ code }) => code),
      ['database-damaged'],
    );
  });

  it('is refused of a block that is not on the active chain', async () => {
    const chain = await chainOf(3);
    const left = chain.tip;
    await chain.invalidateBlock(left);
    const message = 'Could not roll back to requested height.';
    await assert.rejects(chain.dumpCoins(memoryDraft(), left, going), { code: 'option-invalid', message });
  });
});
