import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, childOf, genesisParent } from '../../test/support/chain-builder.ts';
import { LightWorld, withFilters } from '../../test/support/light-world.ts';
import { chooseSecp256k1 } from '../core/crypto/node/choose-secp256k1.ts';
import { parseDescriptor } from '../core/descriptors/descriptor.ts';
import { regtest } from '../core/params/regtest.ts';
import type { Block } from '../core/primitives/block.ts';
import { GAP_DEFAULT } from '../engine/light/watch-list.ts';

const XPUB = 'tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B';
const RANGE = `wpkh(${XPUB}/0/*)`;
const [descriptor] = parseDescriptor(RANGE, { network: regtest, curve: chooseSecp256k1('auto') });

/** A chain whose blocks pay their coinbases to these positions of the range, or to nobody watched. */
function paying(...positions: readonly (number | undefined)[]): Block[] {
  const blocks = [regtest.genesis];
  let parent = genesisParent(regtest);
  for (const position of positions) {
    const paid = position === undefined ? {} : { coinbaseScript: descriptor!.expand(position)![0]!.script };
    const block = buildBlock({ parent, params: regtest, ...paid });
    blocks.push(block);
    parent = childOf(parent, block);
  }
  return blocks;
}

async function heightsFound(blocks: readonly Block[], options: { readonly birthday?: { readonly height: number } }, rescanFrom?: number) {
  const world = new LightWorld(regtest);
  await world.serve('10.0.0.1', withFilters(blocks));
  const light = await world.client(['10.0.0.1'], { watch: [RANGE], ...options });
  await world.caughtUp(light, blocks.length - 1);
  if (rescanFrom !== undefined) {
    light.client.rescan(rescanFrom);
    await world.caughtUp(light, blocks.length - 1);
  }
  const heights = light.client.coins().map(({ height }) => height!);
  await world.close();
  return heights.sort((a, b) => a - b);
}

describe('a range of scripts', () => {
  it('is found where it goes on, in blocks whose filters were looked at before it did', async () => {
    const blocks = paying(undefined, 0, GAP_DEFAULT, undefined, 2 * GAP_DEFAULT, 3 * GAP_DEFAULT, undefined);
    assert.deepEqual(await heightsFound(blocks, {}), [2, 3, 5, 6]);
  });

  it('is found below its birthday where a user asks for it, and not before', async () => {
    const blocks = paying(0, 1, 2, 3, 4, 5);
    assert.deepEqual(await heightsFound(blocks, { birthday: { height: 4 } }), [4, 5, 6]);
    assert.deepEqual(await heightsFound(blocks, { birthday: { height: 4 } }, 2), [2, 3, 4, 5, 6]);
  });
});
