import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toHex } from '../base/bytes.ts';
import { merkleRootOf } from '../crypto/merkle.ts';
import { sha256d } from '../crypto/sha256.ts';
import { encodeHeader } from '../primitives/block.ts';
import { decodeBits } from '../primitives/compact-target.ts';
import { toDisplayHex } from '../primitives/ids.ts';
import { encodeTransaction } from '../primitives/transaction.ts';
import { explainNetwork } from './explain-network.ts';
import { genesisFieldsOf, makeGenesis, meetsOwnTarget } from './genesis.ts';
import { main } from './main.ts';
import { networkToFile } from './network-json.ts';
import { builtInNetworks, findNetwork, loadNetworkFile } from './networks.ts';
import { quoin } from './quoin.ts';
import { regtest, regtestWithHeights } from './regtest.ts';
import { signet, signetWithChallenge } from './signet.ts';
import { testnet4 } from './testnet4.ts';
import type { NetworkParams } from './types.ts';

function isFrozenAllTheWay(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozenAllTheWay);
}

/** Hash and Merkle root of a genesis block, from its bytes alone. */
function recompute(network: NetworkParams): { hash: string; root: string; work: boolean } {
  const { header, transactions } = network.genesis;
  const ids = transactions.map((tx) => sha256d(encodeTransaction(tx)));
  const hash = sha256d(encodeHeader(header));
  const number = BigInt(`0x${toDisplayHex(hash)}`);
  return {
    hash: toDisplayHex(hash),
    root: toDisplayHex(merkleRootOf(ids).root),
    work: number <= decodeBits(network.consensus.pow.bits).target,
  };
}

describe('built-in networks', () => {
  it('have the genesis blocks whose hashes are known', () => {
    assert.deepEqual(recompute(quoin), {
      hash: '00000033be11dac5984ed216f463239b694d651c932a388a827695f0a939ebef',
      root: toDisplayHex(quoin.genesis.header.merkleRoot),
      work: true,
    });
    assert.deepEqual(recompute(regtest), {
      hash: '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206',
      root: '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b',
      work: true,
    });
    const root = '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b';
    assert.deepEqual(recompute(main), { hash: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f', root, work: true });
    assert.deepEqual(recompute(signet), { hash: '00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6', root, work: true });
    assert.deepEqual(recompute(testnet4), {
      hash: '00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043',
      root: '7aa0a7ae1e223414cb807e40cd57e667b718e42aaf9306db9102fe28912b7b4e',
      work: true,
    });
    for (const network of builtInNetworks) assert.deepEqual(network.consensus.genesisHash, network.genesis.header.hash);
  });

  it('follow the contract where others rely on it', () => {
    assert.equal(toHex(quoin.messageStart), 'f171756e');
    assert.deepEqual(quoin.ports, { p2p: 7333, http: 7332, stratum: 7334, electrum: 7335 });
    assert.equal(quoin.consensus.pow.limit, 2n ** 230n);
    assert.equal(quoin.consensus.maxMoney, 9_000_000_000_000_000n);
    assert.equal(quoin.consensus.subsidy.initial, 25n * 10n ** 8n);
    assert.deepEqual(quoin.consensus.futureTime, { kind: 'chain', maxStepSeconds: 7_200 });
    assert.equal(quoin.pruneKeepBlocks, 20_160);
    assert.equal(toHex(regtest.messageStart), 'fabfb5da');
    assert.equal(regtest.consensus.maxMoney, 21_000_000n * 10n ** 8n);
    assert.deepEqual(regtest.consensus.subsidy, { initial: 50n * 10n ** 8n, halvingInterval: 150 });
  });

  it('make the message start of a signet of its challenge', () => {
    assert.equal(toHex(signet.messageStart), '0a03cf40');
    const other = signetWithChallenge(Uint8Array.of(0x51));
    assert.equal(toHex(other.messageStart), toHex(sha256d(Uint8Array.of(1, 0x51)).subarray(0, 4)));
    assert.deepEqual([other.minimumChainWork, other.assumeValid, other.dnsSeeds], [0n, null, []]);
    assert.equal(other.genesis, signet.genesis);
  });

  it('may have regtest with its rules at other heights, and then by a file too', () => {
    const later = regtestWithHeights({ bip34: 2, segwit: 200 });
    assert.deepEqual(later.consensus.heights, { bip34: 2, bip65: 1, bip66: 1, csv: 1, segwit: 200, taproot: 0 });
    assert.deepEqual(loadNetworkFile(JSON.stringify(networkToFile(later))), later);
    assert.deepEqual(later.messageStart, regtest.messageStart);
    const file = { ...networkToFile(later), coinbaseMaturity: 99 };
    assert.throws(() => loadNetworkFile(JSON.stringify(file)), { name: 'NetworkFileError', field: 'name' });
    const signetLater = { ...networkToFile(signet), activationHeights: { ...signet.consensus.heights, csv: 2 } };
    assert.throws(() => loadNetworkFile(JSON.stringify(signetLater)), { name: 'NetworkFileError', field: 'name' });
  });

  it("names the project in the text of quoin's genesis and pays nobody", () => {
    assert.match(genesisFieldsOf(quoin.genesis).text, /^quoin 22\/Nov\/2026 /);
    assert.equal(toHex(quoin.genesis.transactions[0]?.outputs[0]?.scriptPubKey ?? new Uint8Array()), '6a');
  });

  it('are found by name and no other name', () => {
    assert.equal(findNetwork('quoin'), quoin);
    assert.deepEqual(
      builtInNetworks.map(({ name }) => findNetwork(name)),
      [quoin, regtest, signet, testnet4, main],
    );
    for (const name of ['', 'Quoin', 'my', 'constructor']) assert.equal(findNetwork(name), undefined);
  });

  it('are frozen all the way down, but for their bytes', () => {
    for (const network of builtInNetworks) assert.ok(isFrozenAllTheWay(network), network.name);
  });

  it('pass the check of a network file and come back equal', () => {
    for (const network of builtInNetworks) {
      const read = loadNetworkFile(JSON.stringify(networkToFile(network)));
      assert.deepEqual(read, network);
      assert.ok(isFrozenAllTheWay(read));
    }
  });

  it('are explained with every field of their file', () => {
    for (const network of builtInNetworks) {
      const explained = explainNetwork(network).map((fact) => fact.field);
      for (const section of Object.keys(networkToFile(network)))
        assert.ok(
          explained.some((field) => field === section || field.startsWith(`${section}.`)),
          section,
        );
    }
    const facts = new Map(explainNetwork(quoin).map((fact) => [fact.field, fact]));
    assert.equal(facts.get('pow.bits')?.note, 'about 2^26 tries for the easiest block');
    assert.equal(facts.get('subsidy.initial')?.value, '25.00000000');
    assert.equal(
      new Map(explainNetwork(regtest).map((fact) => [fact.field, fact])).get('pow.bits')?.note,
      'about 2 tries for the easiest block',
    );
  });
});

describe('makeGenesis', () => {
  it('takes texts of 1 to 91 printable characters', () => {
    const fields = genesisFieldsOf(regtest.genesis);
    for (const length of [1, 75, 76, 91]) {
      const block = makeGenesis({ ...fields, text: 'x'.repeat(length) });
      assert.equal(genesisFieldsOf(block).text, 'x'.repeat(length));
      assert.ok((block.transactions[0]?.inputs[0]?.scriptSig.length ?? 0) <= 100);
    }
    for (const text of ['', 'x'.repeat(92), 'caf\u00e9', 'a\nb'])
      assert.throws(() => makeGenesis({ ...fields, text }), { name: 'AssertionError' });
  });

  it('sees a hash over its target, and bits that say none', () => {
    const { header } = regtest.genesis;
    assert.ok(meetsOwnTarget(header));
    for (const bits of [0x1d00ffff, 0, 0x20800001, 0xff123456]) assert.ok(!meetsOwnTarget({ ...header, bits }), bits.toString(16));
  });
});
