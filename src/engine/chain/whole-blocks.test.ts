import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HeaderNode } from './header-node.ts';
import { WHOLE_BLOCKS_MAX, WholeBlocks } from './whole-blocks.ts';

const nodeAt = (row: number): HeaderNode => ({ row }) as HeaderNode;

describe('WholeBlocks', () => {
  it('knows a block by its checksum alone, and the last one', () => {
    const whole = new WholeBlocks();
    assert.equal(whole.has(nodeAt(1), 0), false);
    whole.add(nodeAt(1), 0);
    assert.deepEqual([whole.has(nodeAt(1), 0), whole.has(nodeAt(1), 1), whole.has(nodeAt(2), 0)], [true, false, false]);
    whole.add(nodeAt(1), 0xffffffff);
    assert.deepEqual([whole.has(nodeAt(1), 0), whole.has(nodeAt(1), 0xffffffff)], [false, true]);
  });

  it('forgets the one that was found whole the longest ago when there are too many', () => {
    const whole = new WholeBlocks();
    for (let row = 0; row < WHOLE_BLOCKS_MAX; row++) whole.add(nodeAt(row), row);
    whole.add(nodeAt(0), 0);
    assert.equal(whole.has(nodeAt(1), 1), true);
    whole.add(nodeAt(WHOLE_BLOCKS_MAX), 7);
    assert.deepEqual([whole.has(nodeAt(0), 0), whole.has(nodeAt(1), 1), whole.has(nodeAt(WHOLE_BLOCKS_MAX), 7)], [true, false, true]);
  });
});
