import { deepFreeze } from '../base/deep-freeze.ts';
import type { ChainWork, Target } from '../primitives/compact-target.ts';
import { BITCOIN_GENESIS_SCRIPT, BITCOIN_GENESIS_TEXT, BITCOIN_LIMITS, blockHashOf, TWO_WEEKS } from './bitcoin.ts';
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
