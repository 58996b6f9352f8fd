import { deepFreeze } from '../core/base/deep-freeze.ts';
import { makeGenesis, UNSPENDABLE_SCRIPT } from '../core/params/genesis.ts';
import { quoin } from '../core/params/quoin.ts';
import type { NetworkParams } from '../core/params/types.ts';
import type { Target } from '../core/primitives/compact-target.ts';

/** Hash below 2^255: every other try. What does not show its work can still be made, which liars need. */
const BITS = 0x207fffff;

/** 25 coins. */
const SUBSIDY = 2_500_000_000n;

const genesis = makeGenesis({
  text: 'quoin sim: every run is a world of its own',
  timeSeconds: quoin.genesis.header.timeSeconds,
  bits: BITS,
  nonce: 1,
  version: 1,
  reward: SUBSIDY,
  outputScript: UNSPENDABLE_SCRIPT,
});

/** The network that simulations run on: every rule of `quoin`'s, time by the chain among them, but two tries a block. */
export const simParams: NetworkParams = deepFreeze({
  ...quoin,
  name: 'sim',
  messageStart: Uint8Array.of(0xf1, 0x73, 0x69, 0x6d),
  genesis,
  consensus: {
    ...quoin.consensus,
    genesisHash: genesis.header.hash,
    pow: { ...quoin.consensus.pow, bits: BITS, limit: (2n ** 255n) as Target },
  },
});
