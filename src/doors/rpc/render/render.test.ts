import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeNode } from '../../../../test/support/fake-node.ts';
import { SeededRandom } from '../../../../test/support/seeded-random.ts';
import { reject } from '../../../core/consensus/rejection.ts';
import { createWasmSecp256k1 } from '../../../core/crypto/wasm-secp256k1.ts';
import { withChecksum } from '../../../core/descriptors/index.ts';
import type { Txid } from '../../../core/primitives/ids.ts';
import { makeTransaction } from '../../../core/primitives/transaction.ts';
import { writeJson } from '../json-write.ts';
import { networkOf } from './network-of.ts';
import { difficultyOf, encodeHex, hex32, targetHex } from './numbers.ts';
import { rejectionText } from './rejection.ts';
import { scriptPubKeyEncoded, scriptPubKeyJson } from './script.ts';
import { servicesHex, servicesNames } from './services.ts';

describe('withChecksum', () => {
  it('gives the checksums that Bitcoin Core gives', () => {
    for (const text of [
      'raw(deadbeef)#89f8spxm',
      'raw(6a)#4mhr9ur5',
      'raw()#58lrscpx',
      'addr(mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8)#ydtjlapp',
      'addr(bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080)#8pk5s7ya',
      'pk(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)#gn28ywm7',
      'rawtr(852dbc60bdb18bd16331b749630251289a6d218d4af8d6e9808df4b240e80796)#l89jag0w',
    ]) {
      assert.equal(withChecksum(text.split('#')[0] as string), text);
    }
  });
});

describe('encodeHex', () => {
  it('writes bytes between two texts, wherever the first one ends', () => {
    const bytes = Uint8Array.from({ length: 257 }, (_, i) => i);
    for (const [before, after] of [
      ['', ''],
      ['"', '"'],
      ['é"', '"ü\n'],
      ['ab', 'c'],
    ] as const) {
      for (const part of [bytes, bytes.subarray(1, 1), bytes.subarray(3)]) {
        const [room, sizeBytes] = encodeHex(before, part, after, (size) => Buffer.alloc(size + 9, '!'));
        assert.equal(room.subarray(0, sizeBytes).toString(), before + Buffer.from(part).toString('hex') + after);
        assert.equal(room.subarray(sizeBytes).toString(), '!'.repeat(9));
      }
    }
  });
});

describe('difficultyOf', () => {
  it('is 1 at the easiest target of Bitcoin and below it on other networks', () => {
    assert.equal(difficultyOf(0x1d00ffff), 1);
    assert.equal(difficultyOf(0x207fffff), 4.656542373906925e-10);
    assert.equal(difficultyOf(0x1d400000), 0.0156247615814209);
    assert.equal(difficultyOf(0x170331db), 88104191118793.16);
  });
});

describe('hexadecimal numbers', () => {
  it('have their full length, negative versions too', () => {
    assert.equal(hex32(-1), 'ffffffff');
    assert.equal(hex32(1), '00000001');
    assert.equal(targetHex(0x207fffff), `7fffff${'0'.repeat(58)}`);
    assert.equal(servicesHex(1033n), '0000000000000409');
  });
});

describe('servicesNames', () => {
  it('names the bits that have a name and shows the others', () => {
    assert.deepEqual(servicesNames(0n), []);
    assert.deepEqual(servicesNames(0x0c4dn), ['NETWORK', 'BLOOM', 'WITNESS', 'COMPACT_FILTERS', 'NETWORK_LIMITED', 'P2P_V2']);
    assert.deepEqual(servicesNames((1n << 63n) | 2n), ['UNKNOWN[2^1]', 'UNKNOWN[2^63]']);
  });
});

describe('networkOf', () => {
  it('tells routable addresses from those that are not', () => {
    const cases: readonly [string, string][] = [
      ['8.8.8.8:8333', 'ipv4'],
      ['127.0.0.1:8333', 'not_publicly_routable'],
      ['192.168.1.2:1', 'not_publicly_routable'],
      ['[2a00:1450::1]:8333', 'ipv6'],
      ['[::1]:8333', 'not_publicly_routable'],
      ['[fd00::1]:8333', 'not_publicly_routable'],
      ['example.onion:8333', 'onion'],
      ['example.b32.i2p:0', 'i2p'],
      ['node.example:8333', 'not_publicly_routable'],
    ];
    for (const [address, network] of cases) assert.equal(networkOf(address), network, address);
  });
});

describe('rejectionText', () => {
  const prevout = { txid: new Uint8Array(32).fill(1) as unknown as Txid, vout: 3 };
  const tx = makeTransaction({
    version: 2,
    inputs: [{ prevout, scriptSig: new Uint8Array(), sequence: 0, witness: [] }],
    outputs: [],
    lockTime: 0,
  });

  it('says in words of Core what a reason needs', () => {
    const relay = reject('policy', 'min relay fee not met', { fee: 1n, required: 188n });
    assert.equal(rejectionText(relay, tx), 'min relay fee not met, 1 < 188');
    const below = reject('consensus', 'bad-txns-in-belowout', { valueIn: 4_624_998_890n, valueOut: 100_000_000n });
    assert.equal(rejectionText(below, tx), 'bad-txns-in-belowout, value in (46.2499889) < value out (1.00)');
    const young = reject('premature', 'bad-txns-premature-spend-of-coinbase', { index: 0, depth: 99 });
    assert.equal(rejectionText(young, tx), 'bad-txns-premature-spend-of-coinbase, tried to spend coinbase at depth 99');
    const script = reject('policy', 'mempool-script-verify-flag-failed (Some text)', { error: 'SOME', inputIndex: 0 });
    assert.match(
      rejectionText(script, tx),
      /^mempool-script-verify-flag-failed \(Some text\), input 0 of [0-9a-f]{64} \(wtxid [0-9a-f]{64}\), spending (01){32}:3$/,
    );
  });

  it('adds nothing where Core adds nothing', () => {
    assert.equal(rejectionText(reject('policy', 'version', { version: 4 }), tx), 'version');
    assert.equal(rejectionText(reject('consensus', 'bad-txns-inputs-duplicate', { index: 1 }), tx), 'bad-txns-inputs-duplicate');
    assert.equal(rejectionText(reject('policy', 'dust', { outputs: 2 }), tx), 'dust');
    assert.equal(rejectionText(reject('policy', 'dust', { fee: 1n }), tx), 'dust, tx with dust output must be 0-fee');
    assert.equal(rejectionText(reject('policy', 'TRUC-violation', { rule: 'size' }), tx), 'TRUC-violation, rule size');
  });

  it('names a refused replacement and why', () => {
    const text = rejectionText(reject('policy-reconsiderable', 'insufficient fee', { fee: 5n, required: 100_020n }), tx);
    assert.match(text, /^insufficient fee, rejecting replacement [0-9a-f]{64}, fee too low; 0\.00000005 < 0\.0010002$/);
    const clusters = reject('policy', 'too many potential replacements', { clusters: 101, limit: 100 });
    assert.match(rejectionText(clusters, tx), /; too many conflicting clusters \(101 > 100\)$/);
    const diagram = 'replacement-failed, insufficient feerate: does not improve feerate diagram';
    assert.equal(rejectionText(reject('policy-reconsiderable', 'replacement-failed'), tx), diagram);
  });
});

describe('scriptPubKeyEncoded', () => {
  it('shows each of more scripts than it keeps as it is, the first time and again', () => {
    const context = { node: new FakeNode(), curve: createWasmSecp256k1() };
    const random = new SeededRandom(7);
    const scripts = Array.from({ length: 1_100 }, (_, i) => Uint8Array.of(0x6a, (i % 30) + 2, ...random.bytes((i % 30) + 2)));
    for (let time = 0; time < 2; time++) {
      for (const script of scripts) {
        assert.equal(scriptPubKeyEncoded(script, context).text(), writeJson(scriptPubKeyJson(script, context)));
      }
      assert.equal(scriptPubKeyEncoded(scripts[5]!, context), scriptPubKeyEncoded(scripts[5]!, context));
    }
  });
});
