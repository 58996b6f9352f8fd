/**
 * Whatever write a crash cuts off: the next start has a tip with exactly its coins, and goes on to the same end.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, buildChain, childOf, genesisParent, OP_TRUE, outputOf, spend } from '../../../test/support/chain-builder.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { acceptAll, coinsHash, nodeOf, openTestChain, quickRegtest } from '../../../test/support/test-chain.ts';
import type { Block } from '../../core/primitives/block.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import { createMemoryCoinStore } from '../../platform/store/memory-coin-store.ts';
import { createMemoryHeaderStore } from '../../platform/store/memory-header-store.ts';
import type { BlockStore, FilePosition } from '../ports/block-store.ts';
import type { CoinStore } from '../ports/coin-store.ts';
import type { HeaderStore } from '../ports/header-store.ts';
import { NodeError } from '../ports/node-error.ts';
import type { Chain } from './chain.ts';
import { HEADER_FLUSH_DELAY_MS } from './chain.ts';

const params = quickRegtest;

/** The power goes: this write and all after it are not made. */
class PowerCut extends Error {}

/** Files whose end is only safe once it was synced. */
class FragileFiles {
  readonly #records = new Map<string, Uint8Array>();
  readonly #unsynced = new Set<string>();
  #end = 0;

  append(bytes: Uint8Array): FilePosition {
    const position = { file: 0, offset: this.#end, sizeBytes: bytes.length };
    this.#end += bytes.length;
    this.#records.set(`${position.offset}`, bytes.slice());
    this.#unsynced.add(`${position.offset}`);
    return position;
  }

  read({ offset }: FilePosition): Uint8Array {
    const bytes = this.#records.get(`${offset}`);
    if (bytes === undefined) throw new NodeError('block-file-damaged', `nothing at ${offset}`);
    return bytes;
  }

  sync(): void {
    this.#unsynced.clear();
  }

  /** What a crash may take away. */
  loseUnsynced(): void {
    for (const key of this.#unsynced) this.#records.delete(key);
    this.#unsynced.clear();
  }
}

/** A disk of memory stores that fails from its n-th write on. */
class Disk {
  readonly files = new FragileFiles();
  readonly undos = new FragileFiles();
  readonly headers: HeaderStore = createMemoryHeaderStore();
  readonly coins: CoinStore = createMemoryCoinStore();
  writes = 0;

  /** The stores of one run, which ends after so many more writes. */
  stores(writesMax: number): { blocks: BlockStore; headers: HeaderStore; coins: CoinStore } {
    const { files, undos, headers, coins } = this;
    let left = writesMax;
    const write = <T>(action: () => T): T => {
      if (left <= 0) throw new PowerCut();
      left--;
      this.writes++;
      return action();
    };
    return {
      blocks: {
        append: async (block) => write(() => files.append(block)),
        read: async (position) => files.read(position),
        appendUndo: async (_, undo) => write(() => undos.append(undo)),
        readUndo: async (position) => undos.read(position),
        files: () => [],
        remove: async () => {},
        sizeBytes: () => 0,
        sync: async () =>
          write(() => {
            files.sync();
            undos.sync();
          }),
        close: async () => {},
      },
      headers: { load: () => headers.load(), put: async (rows) => write(() => headers.put(rows)), close: async () => {} },
      coins: {
        tip: () => coins.tip(),
        load: (keys) => coins.load(keys),
        apply: async (batch) => write(() => coins.apply(batch)),
        entries: () => coins.entries(),
        close: async () => {},
      },
    };
  }

  loseUnsynced(): void {
    this.files.loseUnsynced();
    this.undos.loseUnsynced();
  }
}

const genesis = genesisParent(params);
const pass = (block: Block) => spend({ inputs: [outputOf(block.transactions[0]!)], outputs: [{ value: 1_000n, scriptPubKey: OP_TRUE }] });

/** A trunk, and a longer branch from the middle of it that spends some of the same coins otherwise. */
function scenario(): { trunk: Block[]; branch: Block[] } {
  const trunk = buildChain({ parent: genesis, params, count: 4, extra: Uint8Array.of(1) });
  let parent = genesis;
  for (const block of trunk) parent = childOf(parent, block);
  const fork = childOf(childOf(childOf(genesis, trunk[0]!), trunk[1]!), trunk[2]!);
  for (let i = 0; i < 3; i++) {
    const block = buildBlock({ parent, params, transactions: [pass(trunk[i]!)] });
    trunk.push(block);
    parent = childOf(parent, block);
  }
  const first = buildBlock({ parent: fork, params, transactions: [pass(trunk[1]!), pass(trunk[0]!)], extra: Uint8Array.of(2) });
  return { trunk, branch: [first, ...buildChain({ parent: childOf(fork, first), params, count: 6, extra: Uint8Array.of(2) })] };
}

/** Everything a chain does that writes, until the power goes. */
async function live(chain: Chain, clock: FakeClock, { trunk, branch }: ReturnType<typeof scenario>): Promise<void> {
  await acceptAll(chain, trunk.slice(0, 5));
  await clock.advance(HEADER_FLUSH_DELAY_MS);
  await chain.run(() => {});
  await acceptAll(chain, trunk.slice(5));
  await chain.flush();
  await acceptAll(chain, branch);
  await clock.advance(HEADER_FLUSH_DELAY_MS);
  await chain.invalidateBlock(nodeOf(chain, branch[5]!));
  await chain.reconsiderBlock(nodeOf(chain, branch[5]!));
  await chain.close();
}

/** One life that ends after so many writes. @returns whether it came to its end */
async function lifeOf(disk: Disk, writesMax: number, blocks: ReturnType<typeof scenario>, dbCacheBytes: number): Promise<boolean> {
  const clock = new FakeClock();
  try {
    const chain = await openTestChain({ ...disk.stores(writesMax), clock, dbCacheBytes });
    await live(chain, clock, blocks);
    return true;
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
    return false;
  }
}

/** The coins of every block of both branches, computed by chains that nothing ever happened to. */
async function referenceCoins({ trunk, branch }: ReturnType<typeof scenario>): Promise<Map<string, string>> {
  const coins = new Map<string, string>();
  for (const path of [trunk, [...trunk.slice(0, 3), ...branch]]) {
    const chain = await openTestChain();
    coins.set(hashKey(chain.tip.hash), await coinsHash(chain));
    for (const block of path) {
      await chain.acceptBlock(block);
      coins.set(hashKey(chain.tip.hash), await coinsHash(chain));
    }
  }
  return coins;
}

describe('a chain whose power is cut', () => {
  for (const [title, dbCacheBytes] of [
    ['with everything in memory', 1 << 26],
    ['that writes its coins after every block', 0],
  ] as const) {
    for (const lossy of [false, true]) {
      it(`${title} starts again with exactly its coins${lossy ? ', though what was not synced is gone' : ''}`, async () => {
        const blocks = scenario();
        const reference = await referenceCoins(blocks);
        const whole = new Disk();
        assert.equal(await lifeOf(whole, Number.POSITIVE_INFINITY, blocks, dbCacheBytes), true);
        assert.ok(whole.writes > 30);
        for (let cut = 0; cut <= whole.writes; cut++) {
          const disk = new Disk();
          assert.equal(await lifeOf(disk, cut, blocks, dbCacheBytes), cut === whole.writes);
          if (lossy) disk.loseUnsynced();
          const again = await openTestChain(disk.stores(Number.POSITIVE_INFINITY));
          assert.equal(
            await coinsHash(again),
            reference.get(hashKey(again.tip.hash)),
            `after ${cut} writes, at height ${again.tip.height}`,
          );
          // The order to leave the branch may be what was written last.
          const left = again.tree.get(blocks.branch[5]!.header.hash);
          if (left !== undefined) await again.reconsiderBlock(left);
          assert.deepEqual(await acceptAll(again, [...blocks.trunk, ...blocks.branch]), []);
          assert.equal(again.tip.height, 10);
          assert.equal(await coinsHash(again), reference.get(hashKey(blocks.branch[6]!.header.hash)));
        }
      });
    }
  }

  it('loses nothing that a second cut could not lose either', async () => {
    const blocks = scenario();
    const reference = await referenceCoins(blocks);
    for (let first = 5; first < 60; first += 9) {
      const disk = new Disk();
      await lifeOf(disk, first, blocks, 0);
      for (let again = 0; again < 4; again++) {
        await lifeOf(disk, again, blocks, 0);
        disk.loseUnsynced();
      }
      const chain = await openTestChain(disk.stores(Number.POSITIVE_INFINITY));
      assert.equal(await coinsHash(chain), reference.get(hashKey(chain.tip.hash)));
    }
  });
});
