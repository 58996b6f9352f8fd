import { concatBytes } from '../base/bytes.ts';
import { deepFreeze } from '../base/deep-freeze.ts';
import type { ChainWork, Target } from '../primitives/compact-target.ts';
import { BITCOIN_LIMITS, blockHashOf, FROM_BLOCK_1, NO_HISTORY, snapshotBase, TAPROOT_ALWAYS, TEST_KEYS, TWO_WEEKS } from './bitcoin.ts';
import { makeGenesis } from './genesis.ts';
import type { NetworkParams } from './types.ts';

const BITS = 0x1d00ffff;

const genesis = makeGenesis({
  // The block of main of that day: nobody mined this one before.
  text: '03/May/2024 000000000000000000001ebd58c244970b3aa9d783bb001011fbe8ea8e98e00e',
  timeSeconds: 1_714_777_860,
  bits: BITS,
  nonce: 393_743_547,
  version: 1,
  reward: 5_000_000_000n,
  // A push of 33 zero bytes, which are no key, and OP_CHECKSIG.
  outputScript: concatBytes(Uint8Array.of(33), new Uint8Array(33), Uint8Array.of(0xac)),
});

/** Bitcoin's public network for tests (BIP-94). Its constants are Core's (`CTestNet4Params`). */
export const testnet4: NetworkParams = deepFreeze({
  name: 'testnet4',
  messageStart: Uint8Array.of(0x1c, 0x16, 0x3f, 0x28),
  ports: { p2p: 48_333, http: 48_332, stratum: 0, electrum: 0 },
  dnsSeeds: ['seed.testnet4.bitcoin.sprovoost.nl.', 'seed.testnet4.wiz.biz.'],
  bech32Prefix: 'tb',
  ...TEST_KEYS,
  genesis,
  pruneKeepBlocks: 288,
  pruneAfterHeight: 1_000,
  listenOnAllInterfaces: true,
  minimumChainWork: 0x9a0fe15d0177d086304n as ChainWork,
  assumeValid: blockHashOf('0000000002368b1e4ee27e2e85676ae6f9f9e69579b29093e9a82c170bf7cf8a'),
  assumeUtxo: [
    snapshotBase({
      height: 90_000,
      chainTxCount: 11_347_043,
      block: '0000000002ebe8bcda020e0dd6ccfbdfac531d2f6a81457191b99fc2df2dbe3b',
      coinsHash: '784fb5e98241de66fdd429f4392155c9e7db5c017148e66e8fdbc95746f8b9b5',
    }),
    snapshotBase({
      height: 120_000,
      chainTxCount: 14_141_057,
      block: '000000000bd2317e51b3c5794981c35ba894ce27d3e772d5c39ecd9cbce01dc8',
      coinsHash: '10b05d05ad468d0971162e1b222a4aa66caca89da2bb2a93f8f37fb29c4794b0',
    }),
  ],
  filterCheckpoints: [],
  deployments: [TAPROOT_ALWAYS],
  consensus: {
    genesisHash: genesis.header.hash,
    pow: { retarget: 'bip94', bits: BITS, limit: (2n ** 224n - 1n) as Target, ...TWO_WEEKS },
    subsidy: { initial: 5_000_000_000n, halvingInterval: 210_000 },
    ...BITCOIN_LIMITS,
    heights: FROM_BLOCK_1,
    futureTime: { kind: 'wall-clock', maxSeconds: 7_200 },
    history: NO_HISTORY,
    signetChallenge: null,
  },
});
