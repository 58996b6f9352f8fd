import { deepFreeze } from '../base/deep-freeze.ts';
import type { ChainWork, Target } from '../primitives/compact-target.ts';
import { BITCOIN_GENESIS_SCRIPT, BITCOIN_GENESIS_TEXT, BITCOIN_LIMITS, blockHashOf, snapshotBase, TWO_WEEKS } from './bitcoin.ts';
import { makeGenesis } from './genesis.ts';
import type { NetworkParams } from './types.ts';

const BITS = 0x1d00ffff;

const genesis = makeGenesis({
  text: BITCOIN_GENESIS_TEXT,
  timeSeconds: 1_231_006_505,
  bits: BITS,
  nonce: 2_083_236_893,
  version: 1,
  reward: 5_000_000_000n,
  outputScript: BITCOIN_GENESIS_SCRIPT,
});

/** Bitcoin. Its constants are Core's (`CMainParams`). */
export const main: NetworkParams = deepFreeze({
  name: 'main',
  messageStart: Uint8Array.of(0xf9, 0xbe, 0xb4, 0xd9),
  ports: { p2p: 8333, http: 8332, stratum: 0, electrum: 0 },
  dnsSeeds: [
    'dnsseed.bluematt.me.',
    'seed.bitcoin.jonasschnelli.ch.',
    'seed.btc.petertodd.net.',
    'seed.bitcoin.sprovoost.nl.',
    'dnsseed.emzy.de.',
    'seed.bitcoin.wiz.biz.',
    'seed.mainnet.achownodes.xyz.',
  ],
  bech32Prefix: 'bc',
  base58: { pubkeyHash: 0, scriptHash: 5, privateKey: 128 },
  bip32: { public: 0x0488b21e, private: 0x0488ade4 },
  coinType: 0,
  genesis,
  pruneKeepBlocks: 288,
  pruneAfterHeight: 100_000,
  listenOnAllInterfaces: true,
  minimumChainWork: 0x1128750f82f4c366153a3a030n as ChainWork,
  assumeValid: blockHashOf('00000000000000000000ccebd6d74d9194d8dcdc1d177c478e094bfad51ba5ac'),
  assumeUtxo: [
    snapshotBase({
      height: 840_000,
      chainTxCount: 991_032_194,
      block: '0000000000000000000320283a032748cef8227873ff4872689bf23f1cda83a5',
      coinsHash: 'a2a5521b1b5ab65f67818e5e8eccabb7171a517f9e2382208f77687310768f96',
    }),
    snapshotBase({
      height: 880_000,
      chainTxCount: 1_145_604_538,
      block: '000000000000000000010b17283c3c400507969a9c2afd1dcf2082ec5cca2880',
      coinsHash: 'dbd190983eaf433ef7c15f78a278ae42c00ef52e0fd2a54953782175fbadcea9',
    }),
    snapshotBase({
      height: 910_000,
      chainTxCount: 1_226_586_151,
      block: '0000000000000000000108970acb9522ffd516eae17acddcb1bd16469194a821',
      coinsHash: '4daf8a17b4902498c5787966a2b51c613acdab5df5db73f196fa59a4da2f1568',
    }),
    snapshotBase({
      height: 935_000,
      chainTxCount: 1_305_397_408,
      block: '0000000000000000000147034958af1652b2b91bba607beacc5e72a56f0fb5ee',
      coinsHash: 'e4b90ef9eae834f56c4b64d2d50143cee10ad87994c614d7d04125e2a6025050',
    }),
  ],
  filterCheckpoints: [],
  deployments: [
    {
      name: 'taproot',
      bit: 2,
      // 24 April and 11 August 2021.
      startTimeSeconds: 1_619_222_400,
      timeoutSeconds: 1_628_640_000,
      minActivationHeight: 709_632,
      periodBlocks: 2_016,
      // Nine in ten.
      thresholdBlocks: 1_815,
    },
  ],
  consensus: {
    genesisHash: genesis.header.hash,
    pow: { retarget: 'bitcoin', bits: BITS, limit: (2n ** 224n - 1n) as Target, ...TWO_WEEKS },
    subsidy: { initial: 5_000_000_000n, halvingInterval: 210_000 },
    ...BITCOIN_LIMITS,
    heights: { bip34: 227_931, bip65: 388_381, bip66: 363_725, csv: 419_328, segwit: 481_824, taproot: 0 },
    futureTime: { kind: 'wall-clock', maxSeconds: 7_200 },
    history: {
      bip34Hash: blockHashOf('000000000000024b89b42a942fe0d9fea3bb44ab7bd1b19115dd6a759c0808b8'),
      bip30Repeats: [
        // Height 91842, whose coinbase is that of 91812.
        blockHashOf('00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec'),
        // Height 91880, whose coinbase is that of 91722.
        blockHashOf('00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721'),
      ],
      scriptExceptions: [
        // Height 170060 spends an output of the form of BIP-16 as what it was before.
        { blockHash: blockHashOf('00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22'), rules: [] },
        // Height 692261 spends an output of witness version 1 before taproot.
        {
          blockHash: blockHashOf('0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad'),
          rules: ['p2sh', 'witness'],
        },
      ],
    },
    signetChallenge: null,
  },
});
