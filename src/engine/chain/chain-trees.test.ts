/**
 * Random trees of blocks against a model that is as simple as can be: same tip, same coins, whatever the order of arrival, with invalid
 * and mutated blocks among them, restarts in between and no room in memory.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type BuildParent,
  buildBlock,
  childOf,
  genesisParent,
  OP_TRUE,
  type SpendInput,
  spend,
} from '../../../test/support/chain-builder.ts';
import { memoryStores, openTestChain, quickRegtest, testSecp256k1 } from '../../../test/support/test-chain.ts';
import { toHex } from '../../core/base/bytes.ts';
import type { Block } from '../../core/primitives/block.ts';
import { makeBlock } from '../../core/primitives/block.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import { outPointKey, type Transaction } from '../../core/primitives/transaction.ts';
import type { Chain } from './chain.ts';
import { decodeCoin } from './coin-codec.ts';
import { createInlineVerifier } from './inline-verifier.ts';

const params = quickRegtest;
const MATURITY = params.consensus.coinbaseMaturity;

/** An output script that leaves false: spending it fails when scripts are run, and not before. */
const FALSE_SCRIPT = Uint8Array.of(0x00);

const KINDS = ['empty', 'spend', 'spend', 'spend', 'overpaid', 'double', 'foreign', 'immature', 'script'] as const;

/** What the test draws: a block's parent, what is in it, and which coin it takes. */
interface Drawn {
  readonly parent: number;
  readonly kind: (typeof KINDS)[number];
  readonly pick: number;
}

/** A coin as the model knows it. */
interface ModelCoin extends SpendInput {
  readonly mature: number;
  readonly spendable: boolean;
}

/** A block with everything that follows from it, computed from its parent's alone. */
interface ModelBlock {
  readonly block: Block | undefined;
  readonly parent: ModelBlock | undefined;
  readonly place: BuildParent;
  readonly valid: boolean;
  readonly coins: ReadonlyMap<string, ModelCoin>;
  linkedAt: number;
}

const root = (): ModelBlock => ({
  block: undefined,
  parent: undefined,
  place: genesisParent(params),
  valid: true,
  coins: new Map(),
  linkedAt: 0,
});

/** Transactions that are valid on their own; which of them a parent's coins allow is for the model to say. */
function transactionsOf(drawn: Drawn, parent: ModelBlock, all: readonly ModelBlock[]): { txs: Transaction[]; valid: boolean } {
  const height = parent.place.height + 1;
  const pickOf = (coins: ModelCoin[]): ModelCoin | undefined => coins[drawn.pick % Math.max(1, coins.length)];
  const pay = (coin: ModelCoin, cut: bigint): Transaction => {
    const half = (coin.value - cut) / 2n;
    const outputs = [
      { value: half, scriptPubKey: OP_TRUE },
      { value: half, scriptPubKey: FALSE_SCRIPT },
    ];
    return spend({ inputs: [coin], outputs });
  };
  const own = [...parent.coins.values()];
  const ready = own.filter((coin) => coin.spendable && coin.mature <= height);
  const chosen: Record<string, ModelCoin | undefined> = {
    spend: pickOf(ready),
    double: pickOf(ready),
    immature: pickOf(own.filter((coin) => coin.spendable && coin.mature > height)),
    script: pickOf(own.filter((coin) => !coin.spendable)),
    foreign: pickOf(all.flatMap((other) => [...other.coins.values()]).filter((coin) => !parent.coins.has(outPointKey(coin.outPoint)))),
  };
  const coin = chosen[drawn.kind];
  if (coin === undefined) return { txs: [], valid: drawn.kind !== 'overpaid' };
  if (drawn.kind === 'double') return { txs: [pay(coin, 0n), pay(coin, 2n)], valid: false };
  const first = pay(coin, 0n);
  if (drawn.kind !== 'spend') return { txs: [first], valid: false };
  // A second transaction spends what the first makes, in the same block.
  return {
    txs: [first, spend({ inputs: [{ outPoint: { txid: first.txid, vout: 0 }, value: 1n }], outputs: first.outputs.slice(0, 1) })],
    valid: true,
  };
}

function grow(drawn: Drawn, index: number, all: readonly ModelBlock[]): ModelBlock {
  const parent = all[all.length - 1 - (drawn.parent % Math.min(all.length, 5))]!;
  const { txs, valid } = transactionsOf(drawn, parent, all);
  const reward = 5_000_000_000n + (drawn.kind === 'overpaid' ? 1n : 0n);
  const block = buildBlock({ parent: parent.place, params, transactions: txs, reward, extra: Uint8Array.of(index) });
  const coins = new Map(parent.coins);
  const height = parent.place.height + 1;
  for (const [position, tx] of block.transactions.entries()) {
    for (const { prevout } of tx.inputs) coins.delete(outPointKey(prevout));
    for (const [vout, { value, scriptPubKey }] of tx.outputs.entries()) {
      const outPoint = { txid: tx.txid, vout };
      const mature = position === 0 ? height + MATURITY : height;
      coins.set(outPointKey(outPoint), { outPoint, value, mature, spendable: scriptPubKey[0] === OP_TRUE[0] });
    }
  }
  return { block, parent, place: childOf(parent.place, block), valid: valid && parent.valid, coins, linkedAt: 0 };
}

/** Notes a block's arrival in the model; whatever waited for it follows level by level, in the order of its own arrival. */
function arrive(node: ModelBlock, arrived: ModelBlock[], count: () => number): void {
  arrived.push(node);
  if (node.parent !== undefined && node.parent.linkedAt === 0 && node.parent.parent !== undefined) return;
  let level = [node];
  while (level.length > 0) {
    for (const each of level) each.linkedAt = count();
    level = level.flatMap((each) => arrived.filter((other) => other.parent === each));
  }
}

/** Most work means greatest height here, since all blocks are as hard; of equal height the one that was linked first. */
function bestOf(all: readonly ModelBlock[]): ModelBlock {
  const able = all.filter((node) => node.valid && (node.linkedAt > 0 || node.parent === undefined));
  return able.reduce((best, node) =>
    node.place.height > best.place.height || (node.place.height === best.place.height && node.linkedAt < best.linkedAt) ? node : best,
  );
}

async function coinsIn(chain: Chain, coins: Parameters<typeof openTestChain>[0] & object): Promise<Map<string, bigint>> {
  await chain.flush();
  const found = new Map<string, bigint>();
  for await (const [key, value] of coins.coins!.entries()) found.set(toHex(key), decodeCoin(value).value);
  return found;
}

const coinText = ({ outPoint }: ModelCoin): string => toHex(outPoint.txid) + outPoint.vout.toString(16).padStart(8, '0');

const drawnBlocks = fc.array(fc.record({ parent: fc.nat(), kind: fc.constantFrom(...KINDS), pick: fc.nat() }), {
  minLength: 3,
  maxLength: 16,
  size: 'max',
});

describe('a chain under random trees', () => {
  it('comes to the tip and the coins of the model in any order of arrival', async () => {
    await fc.assert(
      fc.asyncProperty(drawnBlocks, fc.infiniteStream(fc.nat()), fc.boolean(), fc.boolean(), fc.boolean(), async (...given) => {
        const [drawn, chance, headersFirst, tight, isElsewhere] = given;
        const all: ModelBlock[] = [root()];
        for (const [index, each] of drawn.entries()) all.push(grow(each, index, all));
        const draw = (limit: number): number => (chance.next().value ?? 0) % limit;
        const stores = memoryStores();
        const verifier = { ...createInlineVerifier({ secp256k1: testSecp256k1 }), isElsewhere };
        const options = { ...stores, verifier, ...(tight ? { dbCacheBytes: 0 } : {}) };
        let chain = await openTestChain(options);
        if (headersFirst) chain.acceptHeaders(all.slice(1).map(({ block }) => block!.header));
        const left = all.slice(1);
        const arrived: ModelBlock[] = [];
        const named = headersFirst ? all.slice(1) : [];
        let linked = 0;
        while (left.length > 0) {
          const node = left.splice(draw(left.length), 1)[0]!;
          const path: ModelBlock[] = [];
          for (let up: ModelBlock | undefined = node; up?.block !== undefined; up = up.parent) path.unshift(up);
          chain.acceptHeaders(path.map(({ block }) => block!.header));
          for (const each of path) if (!named.includes(each)) named.push(each);
          const { block } = node as { block: Block };
          if (draw(4) === 0 && block.transactions.length > 1) {
            // Bytes that only claim to be the block must change nothing.
            const { rejection } = await chain.acceptBlock(makeBlock(block.header, block.transactions.slice(0, -1)));
            assert.ok(
              rejection !== undefined &&
                (rejection.kind === 'mutated' || rejection.kind === 'invalid-prev' || rejection.reason === 'duplicate-invalid'),
            );
          }
          // What is expected next may be begun with before its turn: a child of this block, or bytes that only claim to be it.
          const child = left.find((other) => other.parent === node);
          const isClaimed = draw(6) === 0;
          if (child?.block !== undefined) chain.expect(isClaimed ? makeBlock(child.block.header, block.transactions) : child.block);
          // A block on a branch that has failed is not taken, and counts for nothing in the model either.
          const accepted = chain.acceptBlock(block);
          const next = child?.block !== undefined && draw(2) === 0 ? left.splice(left.indexOf(child), 1)[0] : undefined;
          if (next !== undefined && !named.includes(next)) named.push(next);
          await Promise.all([accepted, next && chain.acceptBlock(next.block!)]);
          for (const each of next === undefined ? [node] : [node, next]) arrive(each, arrived, () => ++linked);
          if (draw(5) === 0) {
            await chain.close();
            chain = await openTestChain(options);
            // A restart forgets in which order blocks came that still wait for their parents: rows come in the order of their headers.
            arrived.sort((a, b) => named.indexOf(a) - named.indexOf(b));
          }
          const expected = bestOf(all);
          assert.equal(hashKey(chain.tip.hash), hashKey(expected.place.header.hash));
        }
        const expected = bestOf(all);
        const found = await coinsIn(chain, stores);
        assert.deepEqual(
          found,
          new Map([...expected.coins.values()].map((coin) => [coinText(coin), coin.value] as const).sort(([a], [b]) => (a < b ? -1 : 1))),
        );
      }),
      { numRuns: 150 },
    );
  });
});
