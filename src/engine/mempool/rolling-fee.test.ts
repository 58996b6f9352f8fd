import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RollingFee } from './rolling-fee.ts';

const HOUR = 3_600;
const INCREMENT = 100n;
const FULL = { usageBytes: 1_000, usageBytesMax: 1_000 };

/** After a chunk of so many base units a weight unit was thrown out, and a block at time 0. */
function afterEviction(rate: number): RollingFee {
  const fee = new RollingFee(INCREMENT);
  fee.onEvicted({ rate } as Parameters<RollingFee['onEvicted']>[0]);
  fee.onBlock(0);
  return fee;
}

describe('the fee rate that a full mempool asks for', () => {
  it('is what left paid, and the increment above', () => {
    assert.equal(new RollingFee(INCREMENT).minimumSatPerKvb(0, FULL), 0n);
    // Two base units a weight unit are 8,000 for 1,000 virtual bytes.
    assert.equal(afterEviction(2).minimumSatPerKvb(0, FULL), 8_100n);
  });

  it('is that of the dearest that left', () => {
    const fee = afterEviction(2);
    fee.onEvicted({ rate: 1 } as Parameters<RollingFee['onEvicted']>[0]);
    assert.equal(fee.minimumSatPerKvb(0, FULL), 8_100n);
  });

  it('halves in 12 hours, in 6 below half of the room, in 3 below a quarter', () => {
    for (const [usageBytes, hours] of [
      [1_000, 12],
      [500, 12],
      [499, 6],
      [250, 6],
      [249, 3],
      [0, 3],
    ] as const) {
      const pool = { usageBytes, usageBytesMax: 1_000 };
      assert.equal(afterEviction(2).minimumSatPerKvb(hours * HOUR, pool), 4_050n, `${usageBytes} of 1,000 bytes`);
    }
  });

  it('does not fall before a block, nor more often than every ten seconds', () => {
    const fee = new RollingFee(INCREMENT);
    fee.onEvicted({ rate: 2 } as Parameters<RollingFee['onEvicted']>[0]);
    assert.equal(fee.minimumSatPerKvb(100 * HOUR, FULL), 8_100n);
    fee.onBlock(100 * HOUR);
    assert.equal(fee.minimumSatPerKvb(100 * HOUR + 10, FULL), 8_100n);
    assert.ok(fee.minimumSatPerKvb(100 * HOUR + 11, FULL) < 8_100n);
  });

  it('is at least the increment while it falls, and nothing once it is below half of that', () => {
    const fee = afterEviction(0);
    assert.equal(fee.minimumSatPerKvb(12 * HOUR - 60, FULL), INCREMENT);
    assert.equal(fee.minimumSatPerKvb(12 * HOUR + 60, FULL), 0n);
  });
});
