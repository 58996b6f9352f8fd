import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, buildChain, childOf, genesisParent, OP_TRUE, outputOf, spend } from '../../../test/support/chain-builder.ts';
import { LyingBlocks } from '../../../test/support/lying-blocks.ts';
import { acceptAll, coinsHash, memoryStores, nodeOf, openTestChain, quickRegtest } from '../../../test/support/test-chain.ts';
import type { Block } from '../../core/primitives/block.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { createMemoryBlockStore } from '../../platform/store/memory-block-store.ts';
import type { CoinStore } from '../ports/coin-store.ts';
import type { Log } from '../ports/log.ts';
import { NodeError } from '../ports/node-error.ts';
import type { Chain } from './chain.ts';
import type { ChainOptions } from './chain-options.ts';

const params = quickRegtest;
const genesis = genesisParent(params);

/** Six blocks, of which the last spends what the first three paid, in one case through a transaction of its own. */
function trunk(): Block[] {
  const blocks = buildChain({ parent: genesis, params, count: 5 });
  const parent = blocks.reduce(childOf, genesis);
  const inputs = blocks.slice(0, 3).map((block) => outputOf(block.transactions[0]!));
  const joined = spend({ inputs, outputs: [{ value: 1_000n, scriptPubKey: OP_TRUE }] });
  const on = spend({ inputs: [outputOf(joined)], outputs: [{ value: 900n, scriptPubKey: OP_TRUE }] });
  return [...blocks, buildBlock({ parent, params, transactions: [joined, on] })];
}

/** A branch of more work that leaves below the top of the trunk. */
const rival = (): Block[] => buildChain({ parent: genesis, params, count: 8, extra: Uint8Array.of(9) });

interface World {
  readonly chain: Chain;
  readonly lying: LyingBlocks;
  readonly logged: string[];
  readonly failures: unknown[];
  readonly stores: Pick<ChainOptions, 'blocks' | 'headers' | 'coins'>;
}

async function worldOf(options: Partial<ChainOptions> & { readonly lying?: LyingBlocks } = {}): Promise<World> {
  const { lying = new LyingBlocks(), ...others } = options;
  const logged: string[] = [];
  const say = (event: string): void => void logged.push(event);
  const log: Log = { debug() {}, info: say, warn: say, error: say };
  const failures: unknown[] = [];
  const stores = { ...memoryStores(), ...others, blocks: lying.store };
  const chain = await openTestChain({ ...others, ...stores, log, onFailure: (error) => failures.push(error) });
  return { chain, lying, logged, failures, stores };
}

const damaged = (chain: Chain): number[] => [...chain.damagedBlocks()].map(({ height }) => height);

/** Waits until an undo record was made anew, or not. */
async function turns(count = 50): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a stored block that is not what was written', () => {
  it('is named with file, place, height and hash, whichever bit it is: of the header, a transaction or a witness', async () => {
    const blocks = trunk();
    const size = encodeBlock(blocks[5]!).length;
    for (const at of [0, 40, 79, 80, 130, size - 1]) {
      const { chain, lying, failures } = await worldOf();
      await acceptAll(chain, blocks);
      const node = nodeOf(chain, blocks[5]!);
      await chain.readBlock(node);
      lying.flip(node.block, at);
      const message =
        `block ${toDisplayHex(node.hash)} at height 6 is damaged (blocks/blk00000.dat: the ${size} bytes at ${node.block!.offset} are not it): ` +
        'no peer that has it is connected: connect one that has all blocks, or hand the block in by "submitblock"';
      await assert.rejects(chain.readBlock(node), { name: 'NodeError', code: 'block-file-damaged', message }, `byte ${at}`);
      const { reads } = lying;
      await assert.rejects(chain.readBlock(node), { message });
      assert.equal(lying.reads, reads, 'what is known is not read again');
      assert.deepEqual([damaged(chain), chain.isDamaged(node), failures], [[6], true, []]);
    }
  });

  it('is stored anew when it comes again, and is there after the next start', async () => {
    const { chain, lying, logged, stores } = await worldOf();
    const blocks = trunk();
    await acceptAll(chain, blocks);
    const node = nodeOf(chain, blocks[2]!);
    const before = node.block;
    lying.flip(before);
    await assert.rejects(chain.readBlock(node));
    chain.noteAsked(node);
    await assert.rejects(chain.readBlock(node), {
      message: /: a peer was asked for it and it is stored anew when it comes: ask again soon$/,
    });
    const events: string[] = [];
    chain.subscribe((event) => events.push(event.kind));
    const wrong = { ...blocks[2]!, transactions: blocks[3]!.transactions };
    assert.equal((await chain.acceptBlock(wrong)).rejection?.reason, 'bad-txnmrklroot', 'only the right bytes are taken');
    assert.equal((await chain.acceptBlock(blocks[2]!, { requested: false })).isNew, true);
    assert.deepEqual([damaged(chain), events, chain.tip.height], [[], ['block-mended'], 6]);
    assert.notDeepEqual(node.block, before);
    assert.deepEqual(await chain.readBlock(node), encodeBlock(blocks[2]!));
    assert.equal((await chain.acceptBlock(blocks[2]!)).isNew, false, 'once');
    assert.deepEqual(
      logged.filter((event) => event.startsWith('block-')),
      ['block-damaged', 'block-mended'],
    );
    await chain.close();
    const again = await openTestChain(stores);
    assert.deepEqual(await again.readBlock(nodeOf(again, blocks[2]!)), encodeBlock(blocks[2]!));
  });

  it('holds up a better branch, without harm, until it is mended', async () => {
    const { chain, lying, logged, failures } = await worldOf();
    const [blocks, others] = [trunk(), rival()];
    await acceptAll(chain, blocks);
    const coins = await coinsHash(chain);
    await acceptAll(chain, others.slice(0, 6));
    const node = nodeOf(chain, others[2]!);
    lying.flip(node.block);
    await acceptAll(chain, others.slice(6));
    assert.equal(chain.tip, nodeOf(chain, blocks[5]!), 'it went back and came again');
    assert.equal(await coinsHash(chain), coins);
    assert.deepEqual(damaged(chain), [3]);
    assert.deepEqual(failures, []);
    assert.ok(logged.includes('chain-waits-for-damaged-blocks'));
    assert.equal(
      chain.tips().some(({ status }) => status === 'invalid'),
      false,
      'a bad disk is no bad block',
    );
    await chain.acceptBlock(others[2]!);
    assert.equal(chain.tip, nodeOf(chain, others[7]!));
    assert.equal(chain.refusedAt, undefined);
  });

  it('that is to be taken back holds up a better branch, too', async () => {
    const { chain, lying } = await worldOf();
    const [blocks, others] = [trunk(), rival()];
    await acceptAll(chain, blocks);
    lying.flip(nodeOf(chain, blocks[3]!).block);
    await acceptAll(chain, others);
    assert.equal(chain.tip, nodeOf(chain, blocks[5]!));
    await chain.acceptBlock(blocks[3]!);
    assert.equal(chain.tip, nodeOf(chain, others[7]!));
    await chain.verify({ level: 4, depth: 0 }).then((problem) => assert.equal(problem, undefined));
  });

  it('ends a search that leads nowhere: an invalidated block under one that cannot be taken back', async () => {
    const { chain, lying } = await worldOf();
    const blocks = trunk();
    await acceptAll(chain, blocks);
    lying.flip(nodeOf(chain, blocks[4]!).block);
    await chain.invalidateBlock(nodeOf(chain, blocks[1]!));
    assert.equal(chain.tip, nodeOf(chain, blocks[4]!));
    await chain.acceptBlock(blocks[4]!);
    assert.equal(chain.tip.height, 1);
  });

  it('is found at the start where its file is gone, and the chain goes as far as it can', async () => {
    const first = await worldOf({ lying: new LyingBlocks(createMemoryBlockStore({ fileSizeMax: 500 })) });
    const blocks = trunk();
    await acceptAll(first.chain, blocks);
    await first.chain.close();
    const lost = nodeOf(first.chain, blocks[2]!).block!.file;
    first.lying.loseFile(lost);
    const inIt = blocks.filter((block) => nodeOf(first.chain, block).block!.file === lost);
    const second = await worldOf({ ...first.stores, lying: first.lying });
    assert.deepEqual(
      damaged(second.chain),
      inIt.map((block) => nodeOf(second.chain, block).height),
    );
    assert.equal(second.chain.tip.height, 6, 'the coins are there');
    assert.equal(second.logged[0], 'block-file-damaged');
    await assert.rejects(second.chain.readBlock(nodeOf(second.chain, blocks[2]!)), { message: /\(its file is missing or cut\)/ });
    await acceptAll(second.chain, inIt);
    assert.deepEqual(damaged(second.chain), []);
    // With the coins gone as well the blocks below are connected, and the others wait.
    const third = await worldOf({ ...first.stores, coins: memoryStores().coins, lying: first.lying });
    assert.equal(third.chain.tip.height, nodeOf(third.chain, inIt[0]!).height - 1);
    await acceptAll(third.chain, inIt);
    assert.equal(third.chain.tip.height, 6);
  });

  it('is the first block of all: it is known, and stored anew at once', async () => {
    const { chain, lying } = await worldOf();
    await acceptAll(chain, trunk());
    lying.flip(chain.tree.genesis.block);
    await assert.rejects(chain.readBlock(chain.tree.genesis));
    await turns();
    assert.deepEqual(await chain.readBlock(chain.tree.genesis), encodeBlock(params.genesis));
  });
});

describe('an undo record that is not what was written', () => {
  it('is made anew out of the blocks below, byte for byte, and holds up a better branch until then', async () => {
    const { chain, lying, failures, logged } = await worldOf();
    const [blocks, others] = [trunk(), rival()];
    await acceptAll(chain, blocks);
    const node = nodeOf(chain, blocks[5]!);
    const { undo } = node;
    const whole = await chain.readBlockUndo(node);
    lying.loseUndo(undo);
    const message = /^the undo record of block \w{64} at height 6 is damaged \(the checksum differs\): it is made anew out of the blocks/;
    await assert.rejects(chain.readBlockUndo(node), { name: 'NodeError', code: 'undo-file-damaged', message });
    await acceptAll(chain, others.slice(0, 6));
    await turns();
    assert.notDeepEqual(node.undo, undo);
    assert.deepEqual(await chain.readBlockUndo(node), whole);
    lying.loseUndo(node.undo);
    await acceptAll(chain, others.slice(6));
    await turns();
    assert.equal(chain.tip, nodeOf(chain, others[7]!), 'found on the way, mended, and then taken');
    assert.deepEqual(failures, []);
    assert.deepEqual(
      logged.filter((event) => event.startsWith('undo-')),
      ['undo-damaged', 'undo-mended', 'undo-damaged', 'undo-mended'],
    );
  });

  it('waits for a block below that is damaged itself', async () => {
    const { chain, lying } = await worldOf();
    const blocks = trunk();
    await acceptAll(chain, blocks);
    const node = nodeOf(chain, blocks[5]!);
    lying.loseUndo(node.undo);
    lying.flip(nodeOf(chain, blocks[0]!).block);
    await assert.rejects(chain.readBlockUndo(node));
    await turns();
    assert.deepEqual([damaged(chain), chain.isDamaged(node)], [[1], true]);
    await chain.acceptBlock(blocks[0]!);
    await turns();
    assert.equal((await chain.readBlockUndo(node)).length, 2);
  });

  it('is written anew when its block is connected again, as --reindex-chainstate does', async () => {
    const first = await worldOf();
    const blocks = trunk();
    await acceptAll(first.chain, blocks);
    await first.chain.close();
    first.lying.loseUndo(nodeOf(first.chain, blocks[5]!).undo);
    const { chain } = await worldOf({ ...first.stores, coins: memoryStores().coins, lying: first.lying });
    assert.equal((await chain.readBlockUndo(nodeOf(chain, blocks[5]!))).length, 2);
  });
});

describe('a coin that a block lacks', () => {
  it('is looked for twice: where the coins are damaged the node stops, and the block is not called invalid', async () => {
    const blocks = trunk();
    const { coins } = memoryStores();
    const damage = new NodeError('database-damaged', 'the table fails its checksum');
    let isDamaged = true;
    const asked: number[] = [];
    const hiding: CoinStore = {
      tip: () => coins.tip(),
      load: async (keys) => keys.map(() => undefined),
      check: async (keys) => {
        asked.push(keys?.length ?? 0);
        if (isDamaged) throw damage;
      },
      apply: (batch) => coins.apply(batch),
      entries: () => coins.entries(),
      close: () => coins.close(),
    };
    // With no room in memory each coin is asked of the store.
    const { chain, failures } = await worldOf({ coins: hiding, dbCacheBytes: 0 });
    await acceptAll(chain, blocks.slice(0, 5));
    await assert.rejects(chain.acceptBlock(blocks[5]!), damage);
    assert.deepEqual([asked, failures, chain.tip.height], [[3], [damage], 5]);
    assert.equal(
      chain.tips().some(({ status }) => status === 'invalid'),
      false,
    );
    isDamaged = false;
    await chain.reconsiderBlock(nodeOf(chain, blocks[5]!));
    assert.equal(
      chain.tips().some(({ status }) => status === 'invalid'),
      true,
      'the coins are truly not there',
    );
  });
});
