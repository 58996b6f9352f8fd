import { deepFreeze } from '../base/deep-freeze.ts';
import type { ChainWork, Target } from '../primitives/compact-target.ts';
import {
  BITCOIN_GENESIS_SCRIPT,
  BITCOIN_GENESIS_TEXT,
  BITCOIN_LIMITS,
  NO_HISTORY,
  snapshotBase,
  TAPROOT_ALWAYS,
  TEST_KEYS,
} from './bitcoin.ts';
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
  // Of Core's unit tests as its versions up to 29, 30 and 31 mine them, of its fuzz target and of its functional test.
  assumeUtxo: [
    snapshotBase({
      height: 110,
      chainTxCount: 111,
      block: '696e92821f65549c7ee134edceeeeaaa4105647a3c4fd9f298c0aec0ab50425c',
      coinsHash: '6657b736d4fe4db0cbc796789e812d5dba7f5c143764b1b6905612f1830609d1',
    }),
    snapshotBase({
      height: 110,
      chainTxCount: 111,
      block: '6affe030b7965ab538f820a56ef56c8149b7dc1d1c144af57113be080db7c397',
      coinsHash: 'b952555c8ab81fec46f3d4253b7af256d766ceb39fb7752b9d18cdf4a0141327',
    }),
    snapshotBase({
      height: 110,
      chainTxCount: 111,
      block: '135eec25a6fb277884e5824e7aa7d052c4868161c99a5122170b5266f86c273d',
      coinsHash: '86e9a1205b418b16dde3a18a78c730e30137e28466bda5dbf6b33ab8fc05447c',
    }),
    snapshotBase({
      height: 200,
      chainTxCount: 201,
      block: '385901ccbd69dff6bbd00065d01fb8a9e464dede7cfe0372443884f9b1dcf6b9',
      coinsHash: '17dcc016d188d16068907cdeb38b75691a118d43053b8cd6a25969419381d13a',
    }),
    snapshotBase({
      height: 299,
      chainTxCount: 334,
      block: '0c552ced4721c249a389eb9b08cb8da261cd46f0e7b5f9d064d48f3113406853',
      coinsHash: '106b2c56233e378a824cf0d5ff2be42ed32c72f1605c9be288d00942908a40ac',
    }),
  ],
  filterCheckpoints: [],
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
