import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { attackedNode, playOn } from '../../test/support/attack-world.ts';
import type { SyncWorld } from '../../test/support/sync-world.ts';
import { ATTACKS } from './catalogue.ts';
import type { Ground } from './ground.ts';

/** Small: what is asserted is the same. */
const SIZE = { seconds: 60, bytesMax: 60_000_000, effort: 0.02 };

describe('a node under each attack of the catalogue', () => {
  let world: SyncWorld;
  let ground: Ground;

  before(async () => {
    ({ world, ground } = await attackedNode());
  });

  after(() => world.close());

  for (const attack of ATTACKS) {
    it(`${attack.rows[0]}: holds when somebody ${attack.what}`, async () => {
      const { verdict, seen } = await playOn(world, ground, attack, SIZE);
      assert.equal(`${verdict}: ${seen}`, `pass: ${seen}`);
    });
  }
});
