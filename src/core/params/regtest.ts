import { deepFreeze } from '../base/deep-freeze.ts';
import type { ChainWork, Target } from '../primitives/compact-target.ts';
import { BITCOIN_GENESIS_SCRIPT, BITCOIN_GENESIS_TEXT, BITCOIN_LIMITS, NO_HISTORY, TAPROOT_ALWAYS, TEST_KEYS } from './bitcoin.ts';
import { makeGenesis } from './genesis.ts';
import type { ActivationHeights, NetworkParams } from './types.ts';

const BITS = 0x207fffff;

const genesis = makeGenesis({
  text: BITCOIN_GENESIS_TEXT,
  timeSeconds: 1_296_688_602,
  bits: BITS,
  nonce: 2,
  version: 1,
  reward: 5_000_000_000n,
  outputScript: BITCOIN_GENESIS_SCRIPT,
});

/**
 * Bitcoin Core's network for tests: every second hash is a block, every rule holds from the start. Its constants are Core's
 * (`CRegTestParams`), so that the two can be connected.
 */
export const regtest: NetworkParams = deepFreeze({
  name: 'regtest',
  messageStart: Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda),
  ports: { p2p: 18_444, http: 18_443, stratum: 0, electrum: 0 },
  dnsSeeds: [],
  bech32Prefix: 'bcrt',
  ...TEST_KEYS,
  genesis,
  pruneKeepBlocks: 288,
  pruneAfterHeight: 1_000,
  listenOnAllInterfaces: false,
  minimumChainWork: 0n as ChainWork,
  assumeValid: null,
  deployments: [
    {
      name: 'testdummy',
      bit: 28,
      startTimeSeconds: 0,
      timeoutSeconds: null,
      minActivationHeight: 0,
      periodBlocks: 144,
      thresholdBlocks: 108,
    },
    TAPROOT_ALWAYS,
  ],
  consensus: {
    genesisHash: genesis.header.hash,
    pow: {
      retarget: 'none',
      bits: BITS,
      limit: (2n ** 255n - 1n) as Target,
      spacingSeconds: 600,
      timespanSeconds: 86_400,
    },
    subsidy: { initial: 5_000_000_000n, halvingInterval: 150 },
    ...BITCOIN_LIMITS,
    // A buried rule of height 0 holds in the genesis block too, as Core says for segwit; taproot has no height in Core at all.
    heights: { bip34: 1, bip65: 1, bip66: 1, csv: 1, segwit: 0, taproot: 0 },
    futureTime: { kind: 'wall-clock', maxSeconds: 7_200 },
    history: NO_HISTORY,
    signetChallenge: null,
  },
});

/**
 * The network with rules at other heights, for tests that go through an activation. Core's `-testactivationheight`: name and message start
 * stay, so both sides must be told the same. A network file that is regtest but for its `activationHeights` says the same.
 */
export function regtestWithHeights(heights: Partial<ActivationHeights>): NetworkParams {
  return deepFreeze({ ...regtest, consensus: { ...regtest.consensus, heights: { ...regtest.consensus.heights, ...heights } } });
}
