import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildChain, type childOf, genesisParent } from '../../../test/support/chain-builder.ts';
import { acceptAll, coinsHash, memoryStores, nodeOf, openTestChain } from '../../../test/support/test-chain.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import { createMemoryBlockStore } from '../../platform/store/memory-block-store.ts';
import { NodeError } from '../ports/node-error.ts';
import type { Chain } from './chain.ts';
import type { ChainOptions } from './chain-options.ts';
import type { PruneOptions } from './pruner.ts';

/** Keeps ten blocks. A file has room for four of its blocks. */
const KEEP = 10;
const PARAMS: NetworkParams = { ...regtest, pruneKeepBlocks: KEEP, pruneAfterHeight: 0 };
const FILE_SIZE_MAX = 1_100;
const COUNT = 60;
const MANUAL: PruneOptions = { targetBytes: undefined };
const MIB = 1_048_576;

const branch = (parent: Parameters<typeof childOf>[0], count: number, salt: number): Block[] =>
  buildChain({ parent, params: PARAMS, count, extra: Uint8Array.of(salt) });
const OURS = branch(genesisParent(PARAMS), COUNT, 1);

type Stores = ReturnType<typeof memoryStores>;

const newStores = (): Stores => ({ ...memoryStores(), blocks: createMemoryBlockStore({ fileSizeMax: FILE_SIZE_MAX }) });

const open = (stores: Stores, options: Partial<ChainOptions> = {}): Promise<Chain> =>
  openTestChain({ ...stores, params: PARAMS, ...options });

async function longChain(stores: Stores, options: Partial<ChainOptions> = { prune: MANUAL }): Promise<Chain> {
  const chain = await open(stores, options);
  assert.deepEqual(await acceptAll(chain, OURS), []);
  return chain;
}

const parentAt = (height: number) => ({
  header: OURS[height - 1]!.header,
  height,
  medianTimeSeconds: OURS[height - 1]!.header.timeSeconds,
});

const storedHeights = (chain: Chain): number[] =>
  Array.from({ length: chain.tip.height + 1 }, (_, height) => height).filter((height) => chain.active.at(height)?.block !== undefined);

describe('pruning', () => {
  it('deletes whole files up to a height, and keeps as many blocks as the network says', async () => {
    const stores = newStores();
    const chain = await longChain(stores);
    const coins = await coinsHash(chain);
    const before = stores.blocks.files();
    await chain.pruneTo(20);
    const from = chain.pruneHeight();
    const fileAbove = chain.active.at(from)!.block!.file;
    assert.ok(from > 12 && from <= 21, `the first that is stored is ${from}`);
    assert.deepEqual(
      storedHeights(chain),
      Array.from({ length: COUNT + 1 - from }, (_, i) => from + i),
    );
    assert.deepEqual(
      stores.blocks.files(),
      before.filter(({ file }) => file >= fileAbove),
    );
    await chain.pruneTo(COUNT);
    assert.ok(chain.pruneHeight() <= COUNT - KEEP + 1, `all from ${chain.pruneHeight()} on are stored`);
    assert.ok(chain.pruneHeight() > COUNT - KEEP - 5);
    assert.equal(await coinsHash(chain), coins);
  });

  it('deletes a file whose last block is at the limit, and not where it is one past it', async () => {
    const stores = newStores();
    const chain = await longChain(stores);
    const { file } = chain.active.at(20)!.block!;
    const last = Math.max(...storedHeights(chain).filter((height) => chain.active.at(height)!.block!.file === file));
    await chain.pruneTo(last - 1);
    assert.notEqual(chain.active.at(last)!.block, undefined);
    await chain.pruneTo(last);
    assert.equal(chain.active.at(last)!.block, undefined);
    assert.equal(chain.pruneHeight(), last + 1);
  });

  it('keeps to a target by itself, looking whenever a file begins', async () => {
    const stores = newStores();
    const buffer = 17 * MIB;
    const chain = await longChain(stores, { prune: { targetBytes: buffer + 6_000 } });
    assert.ok(chain.pruneHeight() > 0);
    assert.ok(stores.blocks.sizeBytes() < 6_000 + 2 * FILE_SIZE_MAX, `${stores.blocks.sizeBytes()} bytes are left`);
    const all = newStores();
    await longChain(all, { prune: { targetBytes: buffer + 1_000_000 } });
    assert.equal(all.blocks.files()[0]?.file, 0);
  });

  it('leaves a chain whole that is not longer than its network says, and looks at once when it is', async () => {
    const stores = newStores();
    const params = { ...PARAMS, pruneAfterHeight: COUNT };
    const chain = await longChain(stores, { params, prune: { targetBytes: 1 } });
    assert.equal(chain.pruneHeight(), 0);
    await acceptAll(chain, branch(parentAt(COUNT), 1, 1));
    assert.ok(chain.pruneHeight() > 0);
  });

  it('goes on where it was closed, refuses to be whole, and removes what a crash left', async () => {
    const stores = newStores();
    const chain = await longChain(stores);
    // The rows say that the blocks are gone, and the files are still there.
    const remove = stores.blocks.remove.bind(stores.blocks);
    stores.blocks.remove = async () => {
      throw new Error('cut');
    };
    await assert.rejects(chain.pruneTo(30), /cut/);
    stores.blocks.remove = remove;
    const files = stores.blocks.files().length;
    await assert.rejects(open(stores), { code: 'option-invalid', message: /--prune again, or with --reindex/ });
    const again = await open(stores, { prune: MANUAL });
    assert.ok(stores.blocks.files().length < files);
    assert.deepEqual([again.tip.height, again.pruneHeight() > 20], [COUNT, true]);
    assert.equal(await coinsHash(again), await coinsHash(await longChain(newStores())));
  });

  it('switches branches as deep as it keeps blocks', async () => {
    const chain = await longChain(newStores());
    await chain.pruneTo(COUNT);
    const theirs = branch(parentAt(COUNT - KEEP), KEEP + 1, 2);
    assert.deepEqual(await acceptAll(chain, theirs), []);
    assert.equal(chain.tip, nodeOf(chain, theirs.at(-1)!));
    assert.equal(chain.refusedAt, undefined);
  });

  it('refuses a deeper switch, keeps its chain whole, and says so', async () => {
    const stores = newStores();
    const errors: string[] = [];
    const log = { debug() {}, info() {}, warn() {}, error: (event: string) => void errors.push(event) };
    const chain = await longChain(stores, { prune: MANUAL, log });
    await chain.pruneTo(COUNT);
    const coins = await coinsHash(chain);
    const fork = chain.pruneHeight() - 2;
    const theirs = branch(parentAt(fork), COUNT - fork + 3, 3);
    assert.deepEqual(await acceptAll(chain, theirs), []);
    assert.equal(chain.tip, nodeOf(chain, OURS.at(-1)!));
    assert.equal(chain.refusedAt?.height, fork);
    assert.deepEqual(errors, ['reorganisation-too-deep']);
    assert.equal(await coinsHash(chain), coins);
    // It goes on with its own branch, and after a start as well.
    const next = branch(parentAt(COUNT), 1, 1);
    await chain.close();
    const failures: unknown[] = [];
    const again = await open(stores, { prune: MANUAL, onFailure: (error) => failures.push(error) });
    assert.equal(again.tip, nodeOf(again, OURS.at(-1)!));
    assert.deepEqual(await acceptAll(again, next), []);
    assert.equal(await again.verify({ level: 4, depth: KEEP }), undefined);
    assert.match((await again.verify({ level: 1, depth: 0 })) ?? '', /were pruned/);
    await assert.rejects(again.invalidateBlock(again.active.at(fork)!), { code: 'option-invalid' });
    assert.deepEqual(failures, [], 'what cannot be done is no failure of a store');
    assert.equal(again.tip.height, COUNT + 1);
  });

  it('says so no longer once its own chain has more work or the branch failed, and again when another is refused', async () => {
    const errors: string[] = [];
    const log = { debug() {}, info() {}, warn() {}, error: (event: string) => void errors.push(event) };
    const chain = await longChain(newStores(), { prune: MANUAL, log });
    await chain.pruneTo(COUNT);
    const fork = chain.pruneHeight() - 2;
    const theirs = branch(parentAt(fork), COUNT - fork + 6, 3);
    const ours = branch(parentAt(COUNT), 4, 1);
    const refusedAfter = async (blocks: readonly Block[]): Promise<number | undefined> => {
      assert.deepEqual(await acceptAll(chain, blocks), []);
      return chain.refusedAt?.height;
    };
    const ahead = COUNT - fork;
    assert.equal(await refusedAfter(theirs.slice(0, ahead + 2)), fork);
    assert.equal(await refusedAfter(ours.slice(0, 1)), fork, 'they have one block more');
    assert.equal(await refusedAfter(ours.slice(1, 3)), undefined, 'they have one block less');
    assert.equal(await refusedAfter(theirs.slice(ahead + 2)), fork);
    assert.deepEqual(errors, ['reorganisation-too-deep', 'reorganisation-too-deep']);
    await chain.invalidateBlock(nodeOf(chain, theirs[0]!));
    assert.equal(await refusedAfter([]), undefined);
    await chain.reconsiderBlock(nodeOf(chain, theirs[0]!));
    assert.deepEqual([await refusedAfter([]), chain.tip.height], [fork, COUNT + 3]);
  });

  it('leaves the blocks that someone has still to read', async () => {
    const chain = await longChain(newStores());
    let read = 0;
    chain.keepAbove(() => read);
    await chain.pruneTo(30);
    assert.equal(chain.pruneHeight(), 0);
    read = 25;
    await chain.pruneTo(30);
    const first = chain.pruneHeight();
    assert.ok(first > 0 && first <= 26, String(first));
    read = 30;
    await chain.pruneTo(30);
    assert.ok(chain.pruneHeight() >= first && chain.pruneHeight() <= 31);
  });

  it('has those settle first who have only not written yet what was asked to go', async () => {
    const chain = await longChain(newStores());
    let written = 0;
    let asked = 0;
    const settle = async (): Promise<void> => {
      asked++;
      assert.equal(chain.pruneHeight(), 0);
      written = 25;
    };
    chain.keepAbove(() => written, settle);
    await chain.pruneTo(30);
    const first = chain.pruneHeight();
    assert.ok(asked === 1 && first > 0 && first <= 26, String(first));
  });

  it('begins after a start with the next block, when those who have still to read old ones have said so', async () => {
    const stores = newStores();
    await (await longChain(stores, {})).close();
    const chain = await open(stores, { prune: { targetBytes: 1 } });
    assert.equal(chain.pruneHeight(), 0, 'nobody has said so yet');
    chain.keepAbove(() => 25);
    await acceptAll(chain, branch(parentAt(COUNT), 1, 1));
    const first = chain.pruneHeight();
    assert.ok(first > 0 && first <= 26, String(first));
  });

  it('tells of a store that fails while it prunes', async () => {
    const stores = newStores();
    const failures: unknown[] = [];
    const chain = await longChain(stores, { prune: MANUAL, onFailure: (error) => failures.push(error) });
    const full = new NodeError('disk-full', 'the disk is full');
    stores.headers.put = async () => {
      throw full;
    };
    await assert.rejects(chain.pruneTo(30), full);
    assert.deepEqual(failures, [full]);
  });

  it('first has everything written that was made of the blocks', async () => {
    const chain = await longChain(newStores());
    let asked = 0;
    chain.beforePrune(async () => {
      asked++;
      assert.equal(chain.pruneHeight(), 0);
    });
    await chain.pruneTo(30);
    assert.equal(asked, 1);
    assert.ok(chain.pruneHeight() > 0);
  });

  it('leaves everything while stored blocks are not indexed yet', async () => {
    const stores = newStores();
    const chain = await longChain(stores, { prune: { targetBytes: 1 }, indexing: true });
    assert.equal(chain.pruneHeight(), 0);
    await chain.indexed();
    assert.deepEqual(await acceptAll(chain, branch(parentAt(COUNT), 6, 1)), []);
    assert.ok(chain.pruneHeight() > 0);
  });
});
