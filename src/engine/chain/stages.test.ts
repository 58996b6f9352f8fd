import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, buildChain, childOf, genesisParent, outputOf, spend } from '../../../test/support/chain-builder.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { acceptAll, memoryStores, nodeOf, openTestChain, quickRegtest, testSecp256k1 } from '../../../test/support/test-chain.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { Chain } from './chain.ts';
import { createInlineVerifier } from './inline-verifier.ts';
import { LONG_STAGES_BYTES } from './stages.ts';

const params = quickRegtest;
const base = buildChain({ parent: genesisParent(params), params, count: 3 });

/** A block on the base of so many bytes: it spends a coinbase into an output whose script is as long as that takes. */
function blockOf(sizeBytes: number): Block {
  const parent = base.reduce(childOf, genesisParent(params));
  const input = outputOf(base[0]!.transactions[0]!);
  const make = (scriptBytes: number): Block => {
    const tx = spend({ inputs: [input], outputs: [{ value: input.value, scriptPubKey: new Uint8Array(scriptBytes) }] });
    return buildBlock({ parent, params, transactions: [tx] });
  };
  return make(LONG_STAGES_BYTES + sizeBytes - make(LONG_STAGES_BYTES).sizeBytes);
}

/** A chain at the end of the base that writes down what it does, and when others have their turn. */
async function openWatched(): Promise<{ readonly chain: Chain; readonly seen: string[] }> {
  const seen: string[] = [];
  const watch = (object: object, name: string, word: string): void => {
    const method = Reflect.get(object, name) as (...args: unknown[]) => unknown;
    Reflect.set(object, name, (...args: unknown[]) => {
      seen.push(word);
      return method.apply(object, args);
    });
  };
  const stores = memoryStores();
  const verifier = createInlineVerifier({ secp256k1: testSecp256k1 });
  const clock = new FakeClock();
  const before = await openTestChain({ ...stores, verifier, clock });
  assert.deepEqual(await acceptAll(before, base), []);
  // Coins come from the store only when they are in no memory: a chain that was just opened has none there.
  await before.close();
  const chain = await openTestChain({ ...stores, verifier, clock });
  watch(stores.blocks, 'append', 'store block');
  watch(stores.blocks, 'appendUndo', 'store undo');
  watch(stores.blocks, 'read', 'read block');
  watch(stores.blocks, 'readUndo', 'read undo');
  watch(stores.coins, 'load', 'find coins');
  watch(verifier, 'verify', 'run scripts');
  clock.yield = async () => {
    seen.push(`turn at ${chain.tip.height}`);
  };
  chain.subscribe(({ kind }) => seen.push(kind));
  return { chain, seen };
}

describe('the stages of handling a block', () => {
  it('leave turns to others where the block is large; these see the chain before it or after it', async () => {
    const { chain, seen } = await openWatched();
    const block = blockOf(LONG_STAGES_BYTES);
    assert.equal(block.sizeBytes, LONG_STAGES_BYTES);
    assert.equal((await chain.acceptBlock(block)).rejection, undefined);
    const turn = 'turn at 3';
    assert.deepEqual(seen, [
      ...[turn, turn, 'header-added', 'block-sound', 'store block', turn, 'find coins', turn, turn, 'run scripts', turn, 'store undo'],
      ...['block-connected', 'tip-changed'],
    ]);
    seen.length = 0;
    await chain.invalidateBlock(nodeOf(chain, block));
    assert.deepEqual(seen, ['read block', 'turn at 4', 'read undo', 'turn at 4', 'block-disconnected', 'tip-changed']);
  });

  it('read the coins of the block that waits while the scripts of the one before it run', async () => {
    const { chain, seen } = await openWatched();
    const end = base.reduce(childOf, genesisParent(params));
    const pass = (block: Block) => {
      const input = outputOf(block.transactions[0]!);
      return spend({ inputs: [input], outputs: [{ value: input.value, scriptPubKey: new Uint8Array(1) }] });
    };
    const first = buildBlock({ parent: end, params, transactions: [pass(base[0]!)] });
    const second = buildBlock({ parent: childOf(end, first), params, transactions: [pass(base[1]!)] });
    const outcomes = await Promise.all([chain.acceptBlock(first), chain.acceptBlock(second)]);
    assert.deepEqual(
      outcomes.map(({ rejection }) => rejection),
      [undefined, undefined],
    );
    const steps = ['find coins', 'run scripts', 'block-connected'];
    assert.deepEqual(
      seen.filter((what) => steps.includes(what)),
      ['find coins', 'find coins', 'run scripts', 'block-connected', 'run scripts', 'block-connected'],
    );
  });

  it('follow each other at once where it is a byte smaller', async () => {
    const { chain, seen } = await openWatched();
    const block = blockOf(LONG_STAGES_BYTES - 1);
    assert.equal(block.sizeBytes, LONG_STAGES_BYTES - 1);
    assert.equal((await chain.acceptBlock(block)).rejection, undefined);
    await chain.invalidateBlock(nodeOf(chain, block));
    assert.deepEqual(
      seen.filter((what) => what.startsWith('turn')),
      [],
    );
  });
});
