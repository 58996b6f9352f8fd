import { assert } from '../base/assert.ts';
import { fromHex } from '../base/bytes.ts';
import { deepFreeze } from '../base/deep-freeze.ts';
import { sha256d } from '../crypto/sha256.ts';
import { ByteWriter } from '../primitives/byte-writer.ts';
import type { ChainWork, Target } from '../primitives/compact-target.ts';
import {
  BITCOIN_GENESIS_SCRIPT,
  BITCOIN_GENESIS_TEXT,
  BITCOIN_LIMITS,
  blockHashOf,
  FROM_BLOCK_1,
  NO_HISTORY,
  snapshotBase,
  TAPROOT_ALWAYS,
  TEST_KEYS,
  TWO_WEEKS,
} from './bitcoin.ts';
import { makeGenesis } from './genesis.ts';
import type { NetworkParams } from './types.ts';

const BITS = 0x1e0377ae;

/** One signature of two keys: those who make the blocks of the default signet. */
const DEFAULT_CHALLENGE = challengeOfHex(
  '512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be430' +
    '210359ef5021964fe22d6f8e05b2463c9540ce96883fe3b278760f048f5189f2e6c452ae',
);

const genesis = makeGenesis({
  text: BITCOIN_GENESIS_TEXT,
  timeSeconds: 1_598_918_400,
  bits: BITS,
  nonce: 52_613_770,
  version: 1,
  reward: 5_000_000_000n,
  outputScript: BITCOIN_GENESIS_SCRIPT,
});

/** The message start of a challenge (BIP-325): first 4 bytes of SHA-256d over the script with its length. */
export function signetMessageStart(challenge: Uint8Array): Uint8Array {
  return sha256d(new ByteWriter(challenge.length + 9).varBytes(challenge).finish()).slice(0, 4);
}

/** Bitcoin's network for tests whose blocks are signed (BIP-325). Its constants are Core's (`SigNetParams`). */
export const signet: NetworkParams = deepFreeze({
  name: 'signet',
  messageStart: signetMessageStart(DEFAULT_CHALLENGE),
  ports: { p2p: 38_333, http: 38_332, stratum: 0, electrum: 0 },
  dnsSeeds: ['seed.signet.bitcoin.sprovoost.nl.', 'seed.signet.achownodes.xyz.'],
  bech32Prefix: 'tb',
  ...TEST_KEYS,
  genesis,
  pruneKeepBlocks: 288,
  pruneAfterHeight: 1_000,
  listenOnAllInterfaces: true,
  minimumChainWork: 0xb463ea0a4b8n as ChainWork,
  assumeValid: blockHashOf('00000008414aab61092ef93f1aacc54cf9e9f16af29ddad493b908a01ff5c329'),
  assumeUtxo: [
    snapshotBase({
      height: 160_000,
      chainTxCount: 2_289_496,
      block: '0000003ca3c99aff040f2563c2ad8f8ec88bd0fd6b8f0895cfaf1ef90353a62c',
      coinsHash: 'fe0a44309b74d6b5883d246cb419c6221bcccf0b308c9b59b7d70783dbdf928a',
    }),
    snapshotBase({
      height: 290_000,
      chainTxCount: 28_547_497,
      block: '0000000577f2741bb30cd9d39d6d71b023afbeb9764f6260786a97969d5c9ac0',
      coinsHash: '97267e000b4b876800167e71b9123f1529d13b14308abec2888bbd2160d14545',
    }),
  ],
  filterCheckpoints: [],
  deployments: [TAPROOT_ALWAYS],
  consensus: {
    genesisHash: genesis.header.hash,
    pow: { retarget: 'bitcoin', bits: BITS, limit: (0x377aen << 216n) as Target, ...TWO_WEEKS },
    subsidy: { initial: 5_000_000_000n, halvingInterval: 210_000 },
    ...BITCOIN_LIMITS,
    heights: FROM_BLOCK_1,
    futureTime: { kind: 'wall-clock', maxSeconds: 7_200 },
    history: NO_HISTORY,
    signetChallenge: DEFAULT_CHALLENGE,
  },
});

/**
 * A signet of other signers. Core's `-signetchallenge`: the same genesis block, another message start, nothing known of its chain.
 *
 * @param challenge - the script; a block is valid with a solution that satisfies it
 * @param dnsSeeds - Core's `-signetseednode`; none unless given
 */
export function signetWithChallenge(challenge: Uint8Array, dnsSeeds: readonly string[] = []): NetworkParams {
  return deepFreeze({
    ...signet,
    messageStart: signetMessageStart(challenge),
    dnsSeeds,
    minimumChainWork: 0n as ChainWork,
    assumeValid: null,
    assumeUtxo: [],
    filterCheckpoints: [],
    consensus: { ...signet.consensus, signetChallenge: challenge },
  });
}

function challengeOfHex(text: string): Uint8Array {
  const challenge = fromHex(text);
  assert(challenge !== undefined, 'a constant is hexadecimal');
  return challenge;
}
