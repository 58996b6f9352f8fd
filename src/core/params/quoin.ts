import { deepFreeze } from '../base/deep-freeze.ts';
import type { ChainWork, Target } from '../primitives/compact-target.ts';
import { NO_HISTORY } from './bitcoin.ts';
import { makeGenesis, UNSPENDABLE_SCRIPT } from './genesis.ts';
import type { NetworkParams } from './types.ts';

/** Hash at most 2^230: about 67 million tries, in every block. */
const BITS = 0x1d400000;

/** 25 coins, in every block, for ever. */
const SUBSIDY = 2_500_000_000n;

const genesis = makeGenesis({
  text: 'quoin 22/Nov/2026 a cornerstone is laid',
  // 2026-11-22 00:00:00 UTC.
  timeSeconds: 1_795_305_600,
  bits: BITS,
  nonce: 165_710_341,
  version: 1,
  reward: SUBSIDY,
  outputScript: UNSPENDABLE_SCRIPT,
});

/**
 * This project's own network: constant difficulty, constant reward, every rule of Bitcoin's up to taproot from height 1, and time
 * that is measured by the chain alone.
 */
export const quoin: NetworkParams = deepFreeze({
  name: 'quoin',
  messageStart: Uint8Array.of(0xf1, 0x71, 0x75, 0x6e),
  ports: { p2p: 7333, http: 7332, stratum: 7334, electrum: 7335 },
  dnsSeeds: [],
  bech32Prefix: 'qn',
  base58: { pubkeyHash: 58, scriptHash: 63, privateKey: 186 },
  bip32: { public: 0x043587cf, private: 0x04358394 },
  coinType: 1,
  genesis,
  // Two days and a third at ten seconds a block.
  pruneKeepBlocks: 20_160,
  pruneAfterHeight: 20_160,
  listenOnAllInterfaces: true,
  minimumChainWork: 0n as ChainWork,
  assumeValid: null,
  assumeUtxo: [],
  filterCheckpoints: [],
  deployments: [],
  consensus: {
    genesisHash: genesis.header.hash,
    pow: {
      retarget: 'none',
      bits: BITS,
      limit: (2n ** 230n) as Target,
      // Nothing is steered by these two, since nothing retargets; estimates of time take the first, what a few desktop cores reach.
      spacingSeconds: 10,
      timespanSeconds: 20_160,
    },
    subsidy: { initial: SUBSIDY, halvingInterval: null },
    // Below 2^53, so that an amount is an integer in JSON. It bounds outputs and transactions, not what can come to exist.
    maxMoney: 9_000_000_000_000_000n,
    maxBlockWeightWu: 4_000_000,
    maxBlockSigopsCost: 80_000,
    coinbaseMaturity: 10,
    heights: { bip34: 1, bip65: 1, bip66: 1, csv: 1, segwit: 1, taproot: 1 },
    futureTime: { kind: 'chain', maxStepSeconds: 7_200 },
    history: NO_HISTORY,
    signetChallenge: null,
  },
});
