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
import { networkToFile } from './network-json.ts';
import { builtInNetworks, findNetwork, loadNetworkFile } from './networks.ts';
import { quoin } from './quoin.ts';
import { regtest } from './regtest.ts';
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

  it("names the project in the text of quoin's genesis and pays nobody", () => {
    assert.match(genesisFieldsOf(quoin.genesis).text, /^quoin 22\/Nov\/2026 /);
    assert.equal(toHex(quoin.genesis.transactions[0]?.outputs[0]?.scriptPubKey ?? new Uint8Array()), '6a');
  });

  it('are found by name and no other name', () => {
    assert.equal(findNetwork('quoin'), quoin);
    assert.equal(findNetwork('regtest'), regtest);
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
  // Constants of Bitcoin's other networks, src/kernel/chainparams.cpp.
  it("makes Bitcoin's and testnet4's first blocks", () => {
    const fields = genesisFieldsOf(regtest.genesis);
    const main = makeGenesis({ ...fields, timeSeconds: 1_231_006_505, bits: 0x1d00ffff, nonce: 2_083_236_893 });
    assert.equal(toDisplayHex(main.header.hash), '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f');
    const testnet4 = makeGenesis({
      text: '03/May/2024 000000000000000000001ebd58c244970b3aa9d783bb001011fbe8ea8e98e00e',
      timeSeconds: 1_714_777_860,
      bits: 0x1d00ffff,
      nonce: 393_743_547,
      version: 1,
      reward: 5_000_000_000n,
      outputScript: Uint8Array.from([33, ...new Uint8Array(33), 0xac]),
    });
    assert.equal(toDisplayHex(testnet4.header.hash), '00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043');
    assert.ok(meetsOwnTarget(testnet4.header));
    assert.equal(genesisFieldsOf(testnet4).text.length, 76);
  });

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
