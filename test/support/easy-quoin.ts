import { deepFreeze } from '../../src/core/base/deep-freeze.ts';
import { quoin } from '../../src/core/params/quoin.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';

/** The `quoin` network with regtest's target, so that a test mines it in no time. Every other rule is its own. */
export const easyQuoin: NetworkParams = deepFreeze({
  ...quoin,
  consensus: { ...quoin.consensus, pow: { ...quoin.consensus.pow, bits: regtest.consensus.pow.bits, limit: regtest.consensus.pow.limit } },
});
