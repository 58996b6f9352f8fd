import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, childOf, genesisParent, rebuild } from '../../../test/support/chain-builder.ts';
import { spendingChain } from '../../../test/support/spending-chain.ts';
import { acceptAll, coinsHash, memoryStores, openTestChain, testSecp256k1 } from '../../../test/support/test-chain.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import { NodeError } from '../ports/node-error.ts';
import type { Chain } from './chain.ts';
import type { ChainOptions } from './chain-options.ts';
import { coinKey } from './coin-codec.ts';

const BLOCKS = spendingChain({ params: regtest, secp256k1: testSecp256k1, count: 130 });
const LEVELS = [0, 1, 2, 3, 4];

/** A chain over stores of which some were changed after it was made. */
async function chainWith(change: (stores: ReturnType<typeof memoryStores>) => Partial<ChainOptions>): Promise<Chain> {
  const stores = memoryStores();
  const chain = await openTestChain({ ...stores, params: regtest });
  for (const block of BLOCKS) assert.equal((await chain.acceptBlock(block)).rejection, undefined);
  await chain.close();
  return openTestChain({ ...stores, ...change(stores), params: regtest });
}

/** Which levels are content with the last blocks. */
async function contentLevels(chain: Chain, depth: number): Promise<number[]> {
  const content: number[] = [];
  for (const level of LEVELS) if ((await chain.verify({ level, depth })) === undefined) content.push(level);
  return content;
}

/** A block store that fails for one kind of record. */
function failing(blocks: ChainOptions['blocks'], kind: 'read' | 'readUndo'): ChainOptions['blocks'] {
  const fail = async (): Promise<never> => {
    throw new NodeError(kind === 'read' ? 'block-file-damaged' : 'undo-file-damaged', 'damaged');
  };
  return new Proxy(blocks, {
    get: (target, name) => {
      if (name === kind) return fail;
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('verifying a chain', () => {
  it('is content with a whole one at each level and changes nothing', async () => {
    const chain = await chainWith(() => ({}));
    const before = await coinsHash(chain);
    assert.deepEqual(await contentLevels(chain, 0), LEVELS);
    assert.deepEqual(await contentLevels(chain, 6), LEVELS);
    assert.deepEqual(await contentLevels(chain, 1_000), LEVELS);
    assert.equal(await coinsHash(chain), before);
    assert.equal(chain.tip.height, BLOCKS.length);
  });

  it('finds blocks that cannot be read at each level, undo records from level 2 on', async () => {
    assert.deepEqual(await contentLevels(await chainWith(({ blocks }) => ({ blocks: failing(blocks, 'read') })), 6), []);
    assert.deepEqual(await contentLevels(await chainWith(({ blocks }) => ({ blocks: failing(blocks, 'readUndo') })), 6), [0, 1]);
  });

  it('finds a coin that is missing from level 3 on, as far down as it looks', async () => {
    const stores = memoryStores();
    const made = await openTestChain({ ...stores, params: regtest });
    for (const block of BLOCKS) await made.acceptBlock(block);
    await made.close();
    // The reward of the fifth block from the tip.
    const lost = coinKey({ txid: BLOCKS.at(-5)!.transactions[0]!.txid, vout: 0 });
    await stores.coins.apply({ puts: [], deletes: [lost], tip: BLOCKS.at(-1)!.header.hash });
    const damaged = await openTestChain({ ...stores, params: regtest });
    assert.deepEqual(await contentLevels(damaged, 5), [0, 1, 2]);
    assert.deepEqual(await contentLevels(damaged, 4), LEVELS);
  });

  it('is content with coinbases that later ones repeat, as two on main do, and misses the coins of those', async () => {
    const heights = { ...regtest.consensus.heights, bip34: 1_000 };
    const before34: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, heights } };
    const blocks: Block[] = [];
    let parent = genesisParent(before34);
    /** A block whose coinbase is that of an earlier one, where a height is said. */
    const add = (repeats?: number): void => {
      const next = buildBlock({ parent, params: before34 });
      blocks.push(repeats === undefined ? next : rebuild(next, { transactions: blocks[repeats - 1]!.transactions }, before34));
      parent = childOf(parent, blocks.at(-1)!);
    };
    for (const repeats of [undefined, undefined, undefined, 2, undefined, 1, undefined]) add(repeats);
    const bip30Repeats = [blocks[3]!.header.hash, blocks[5]!.header.hash];
    const history = { ...regtest.consensus.history, bip30Repeats };
    const params: NetworkParams = { ...before34, consensus: { ...before34.consensus, history } };
    const stores = memoryStores();
    const chain = await openTestChain({ ...stores, params });
    assert.deepEqual(await acceptAll(chain, blocks), []);
    await chain.flush();
    assert.equal((await chain.coinSetStats('none')).txouts, 5, 'two were replaced');
    for (const depth of [0, 1, 3, 4, 5]) assert.deepEqual(await contentLevels(chain, depth), LEVELS, `depth ${depth}`);
    const replaced = coinKey({ txid: blocks[0]!.transactions[0]!.txid, vout: 0 });
    await stores.coins.apply({ puts: [], deletes: [replaced], tip: blocks.at(-1)!.header.hash });
    assert.match((await chain.verify({ level: 3, depth: 0 })) ?? '', /at height 6: a coin that it made is missing/);
  });

  it('runs the scripts again at level 4 alone', async () => {
    const verifier = { verify: async () => ({ jobIndex: 0, inputIndex: 0, error: 'EVAL_FALSE' }), close: async () => {} };
    const chain = await chainWith(() => ({ verifier }) as unknown as Partial<ChainOptions>);
    assert.deepEqual(await contentLevels(chain, 20), [0, 1, 2, 3]);
    assert.match((await chain.verify({ level: 4, depth: 20 })) ?? '', /block-script-verify-flag-failed/);
  });

  it('says so where there is no memory for all that level 3 takes back', async () => {
    const chain = await chainWith(() => ({ dbCacheBytes: 1 }));
    assert.deepEqual(await contentLevels(chain, 20), [0, 1, 2]);
  });
});
