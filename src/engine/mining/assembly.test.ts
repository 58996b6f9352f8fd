import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMiningWorld } from '../../../test/support/mining-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import { assemblyLimits } from './assembly.ts';
import { createTemplate } from './block-template.ts';
import { BlockVersions } from './block-version.ts';

describe('how blocks are filled', () => {
  const limits = (weightWuMax?: number, reservedWeightWu?: number, extraWeightWu?: number) => {
    const options = { ...(weightWuMax !== undefined && { weightWuMax }), ...(reservedWeightWu !== undefined && { reservedWeightWu }) };
    const found = assemblyLimits(options, { maxBlockWeightWu: 100_000 }, extraWeightWu);
    return [found.weightWuMax, found.reservedWeightWu];
  };

  it('is within what a block may have and what must be kept free', () => {
    assert.deepEqual(limits(), [100_000, 8_000]);
    assert.deepEqual([limits(100_001), limits(8_000), limits(7_999)], [limits(100_000), [8_000, 8_000], [8_000, 8_000]]);
    assert.deepEqual([limits(50_000, 2_000), limits(50_000, 1_999)], [limits(50_000, 2_000), [50_000, 2_000]]);
    assert.deepEqual(
      [limits(50_000, 100_001), limits(50_000, 2_000, 500)],
      [
        [100_000, 100_000],
        [50_000, 2_500],
      ],
    );
    assert.equal(assemblyLimits(undefined, { maxBlockWeightWu: 100_000 }).feeRateMinSatPerKvb, 1n);
  });

  it('holds for templates: their weight counts what is kept free', async () => {
    const world = await createMiningWorld(regtest);
    const template = await createTemplate({
      ...world.template,
      assembly: { reservedWeightWu: 2_000 },
      extraWeightWu: 7,
      version: () => 1_337,
    });
    assert.deepEqual([template.weightWu, template.version], [2_007, 1_337]);
  });
});

describe('the version of a block', () => {
  const soft = { ...regtest.deployments[0]!, bit: 3, periodBlocks: 8, thresholdBlocks: 6 };

  it('signals for what is started or locked in, from period to period', async () => {
    const world = await createMiningWorld(regtest);
    const versions = new BlockVersions(world.view, [soft, { ...soft, bit: 5, startTimeSeconds: 2 ** 40 }]);
    const said: number[] = [];
    for (let height = 1; height <= 33; height++) {
      said.push(versions.next());
      // In the second period too few signal.
      const isFew = height >= 8 && height < 16;
      await world.generate(1, { version: () => (isFew ? 0x20000000 : said.at(-1)!) });
    }
    // Heights 1 to 7 are before the first period ends; what was signalled in the third locks it in for the fourth, and then it is active.
    const signalling = Array.from(said, (version) => version === 0x20000008);
    assert.deepEqual([signalling.indexOf(true) + 1, signalling.lastIndexOf(true) + 1], [8, 31]);
    assert.ok(signalling.slice(7, 31).every(Boolean));
    assert.equal(versions.next(), 0x20000000);
  });

  it('is that of the branch which the tip is on', async () => {
    const world = await createMiningWorld(regtest);
    const versions = new BlockVersions(world.view, [soft]);
    await world.generate(7);
    assert.equal(versions.next(), 0x20000008);
    await world.chain.invalidateBlock(world.chain.active.at(7)!);
    assert.equal(versions.next(), 0x20000000);
  });
});
