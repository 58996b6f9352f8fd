import { blockHashOf, TEST_KEYS } from '../../src/core/params/bitcoin.ts';
import { genesisFieldsOf, makeGenesis } from '../../src/core/params/genesis.ts';
import { main } from '../../src/core/params/main.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';

const genesis = makeGenesis({ ...genesisFieldsOf(main.genesis), timeSeconds: 1_296_688_602, nonce: 414_098_458 });

/** Bitcoin's test network before testnet4, for the published blocks of it. Core's `CTestNetParams`. */
export const testnet3: NetworkParams = {
  ...main,
  ...TEST_KEYS,
  name: 'testnet3',
  messageStart: Uint8Array.of(0x0b, 0x11, 0x09, 0x07),
  bech32Prefix: 'tb',
  genesis,
  consensus: {
    ...main.consensus,
    genesisHash: genesis.header.hash,
    pow: { ...main.consensus.pow, retarget: 'testnet' },
    heights: { bip34: 21_111, bip65: 581_885, bip66: 330_776, csv: 770_112, segwit: 834_624, taproot: 0 },
    history: {
      bip34Hash: blockHashOf('0000000023b3a96d3484e5abb3755c413e7d41500f8e2a5c3f0dd01299cd8ef8'),
      bip30Repeats: [],
      scriptExceptions: [{ blockHash: blockHashOf('00000000dd30457c001f4095d208cc1296b0eed002427aa599874af7a432b105'), rules: [] }],
    },
  },
};
