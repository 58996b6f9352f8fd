import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { offers, SERVICES, serviceNames } from './services.ts';

describe('services', () => {
  it('are named as Core names them, unknown bits by their power', () => {
    assert.deepEqual(serviceNames(0x0c4dn | (1n << 24n)), [
      'NETWORK',
      'BLOOM',
      'WITNESS',
      'COMPACT_FILTERS',
      'NETWORK_LIMITED',
      'P2P_V2',
      'UNKNOWN[2^24]',
    ]);
  });

  it('are offered only where all of them are', () => {
    const both = SERVICES.network | SERVICES.witness;
    assert.equal(offers(9n, both), true);
    assert.equal(offers(1n, both), false);
    assert.equal(offers(1n, 0n), true);
  });
});
