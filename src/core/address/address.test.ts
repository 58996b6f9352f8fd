import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromHex } from '../base/bytes.ts';
import { quoin } from '../params/quoin.ts';
import { regtest } from '../params/regtest.ts';
import { addressOfScript, isAddressError, pubkeyHashScript, scriptHashScript, scriptOfAddress, witnessProgramScript } from './address.ts';
import { encodeBech32 } from './bech32.ts';

function kindOf(text: string, network = regtest): string {
  const result = scriptOfAddress(text, network);
  return isAddressError(result) ? result.problem : result.kind;
}

function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 37 + 1) & 255);
}

describe('addresses and scripts', () => {
  it('gives each kind of script its address and the same script back', () => {
    const scripts: readonly (readonly [string, Uint8Array])[] = [
      ['pubkeyhash', pubkeyHashScript(bytesOf(20))],
      ['scripthash', scriptHashScript(bytesOf(20))],
      ['witness_v0_keyhash', witnessProgramScript(0, bytesOf(20))],
      ['witness_v0_scripthash', witnessProgramScript(0, bytesOf(32))],
      ['witness_v1_taproot', witnessProgramScript(1, bytesOf(32))],
      ['anchor', fromHex('51024e73') ?? assert.fail()],
      ['witness_unknown', witnessProgramScript(1, bytesOf(2))],
      ['witness_unknown', witnessProgramScript(1, bytesOf(40))],
      ['witness_unknown', witnessProgramScript(16, bytesOf(32))],
    ];
    for (const network of [regtest, quoin]) {
      for (const [kind, script] of scripts) {
        const text = addressOfScript(script, network) ?? assert.fail(kind);
        assert.deepEqual(scriptOfAddress(text, network), { kind, script });
      }
    }
  });

  it('begins addresses of the quoin network as its prefixes say', () => {
    assert.match(addressOfScript(pubkeyHashScript(bytesOf(20)), quoin) ?? '', /^Q/);
    assert.match(addressOfScript(scriptHashScript(bytesOf(20)), quoin) ?? '', /^S/);
    assert.match(addressOfScript(witnessProgramScript(0, bytesOf(20)), quoin) ?? '', /^qn1q/);
    assert.match(addressOfScript(witnessProgramScript(1, bytesOf(32)), quoin) ?? '', /^qn1p/);
  });

  it('knows the pay-to-anchor address of regtest', () => {
    assert.equal(addressOfScript(fromHex('51024e73') ?? assert.fail(), regtest), 'bcrt1pfeesnyr2tx');
  });

  it('has no address for any script a byte away from a template', () => {
    const templates = [
      pubkeyHashScript(bytesOf(20)),
      scriptHashScript(bytesOf(20)),
      witnessProgramScript(0, bytesOf(20)),
      witnessProgramScript(0, bytesOf(32)),
    ];
    for (const script of templates) {
      assert.equal(addressOfScript(script.slice(0, -1), regtest), undefined);
      assert.equal(addressOfScript(Uint8Array.from([...script, 0]), regtest), undefined);
    }
    for (const hex of [
      '',
      '00',
      '6a',
      '51',
      '5101ff',
      '6102ffff',
      '4f02ffff',
      '5002ffff',
      `0015${'00'.repeat(21)}`,
      `5129${'00'.repeat(41)}`,
    ]) {
      assert.equal(addressOfScript(fromHex(hex) ?? assert.fail(), regtest), undefined, hex);
    }
    const pubkey = `21${'02'.repeat(33)}ac`;
    assert.equal(addressOfScript(fromHex(pubkey) ?? assert.fail(), regtest), undefined, 'a bare key');
  });

  it('takes a Base58 address of quoin that begins as its bech32 prefix does', () => {
    let seen = 0;
    for (let i = 0; seen === 0 && i < 2_000; i++) {
      const script = pubkeyHashScript(
        bytesOf(20)
          .fill(i & 255, 0, 1)
          .fill(i >> 8, 1, 2),
      );
      const text = addressOfScript(script, quoin) ?? assert.fail();
      if (!text.startsWith('QN')) continue;
      seen++;
      assert.deepEqual(scriptOfAddress(text, quoin), { kind: 'pubkeyhash', script });
      const mistyped = `${text.slice(0, -1)}${text.endsWith('z') ? 'y' : 'z'}`;
      assert.equal(kindOf(mistyped, quoin), 'Invalid checksum or length of Base58 address (P2PKH or P2SH)');
    }
    assert.equal(seen, 1);
  });

  it('never throws, whatever the text, and a changed character is never accepted', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => isAddressError(scriptOfAddress(text, regtest))));
    const arbitrary = fc.tuple(
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
      fc.nat(43),
      fc.constantFrom(...'qpzry9x8gf2tvdw0s3jn54khce6mua7l'),
    );
    fc.assert(
      fc.property(arbitrary, ([hash, at, digit]) => {
        const text = addressOfScript(witnessProgramScript(0, hash), regtest) ?? assert.fail();
        const index = Math.max(at, 5);
        const changed = text.slice(0, index) + digit + text.slice(index + 1);
        const result = scriptOfAddress(changed, regtest);
        assert.equal(isAddressError(result), changed !== text);
        if (isAddressError(result) && 'positions' in result && result.positions.length > 0) assert.deepEqual(result.positions, [index]);
      }),
    );
  });
});

describe('the reason of a refusal', () => {
  const checkRefusal = (text: string, problem: string, positions: readonly number[] = []): void => {
    assert.deepEqual(scriptOfAddress(text, regtest), { problem, positions }, text);
  };
  const bech32 = (version: number, size: number): string => {
    const values = new Uint8Array(1 + Math.ceil((size * 8) / 5));
    values[0] = version;
    return encodeBech32('bcrt', values, version === 0 ? 'bech32' : 'bech32m');
  };

  it("is Core's for Base58", () => {
    const encoding = 'Invalid or unsupported Segwit (Bech32) or Base58 encoding.';
    const checksum = 'Invalid checksum or length of Base58 address (P2PKH or P2SH)';
    checkRefusal('asfah14i8fajz0123f', encoding);
    checkRefusal('', checksum);
    checkRefusal('mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJJfn', checksum);
    checkRefusal('2VKf7XKMrp4bVNVmuRbyCewkP8FhGLP2E54LHDPakr9Sq5mtU2', checksum);
    checkRefusal('17VZNX1SN5NtKa8UQFxwQbFeFc3iqRYhem', 'Invalid or unsupported Base58-encoded address.');
    assert.equal(kindOf('mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn'), 'pubkeyhash');
    checkRefusal('1'.repeat(100), checksum);
    checkRefusal('1'.repeat(101), encoding);
    checkRefusal('z'.repeat(100_000), encoding);
  });

  it('names the size of a program that is too short or too long', () => {
    checkRefusal(bech32(0, 19), 'Invalid Bech32 v0 address program size (19 bytes), per BIP141');
    checkRefusal(bech32(0, 33), 'Invalid Bech32 v0 address program size (33 bytes), per BIP141');
    checkRefusal(bech32(1, 1), 'Invalid Bech32 address program size (1 byte)');
    checkRefusal(bech32(16, 41), 'Invalid Bech32 address program size (41 bytes)');
    checkRefusal(bech32(17, 32), 'Invalid Bech32 address witness version');
    assert.equal(kindOf(bech32(16, 40)), 'witness_unknown');
    assert.equal(kindOf(bech32(16, 2)), 'witness_unknown');
  });

  it('tells the checksum that a version needs', () => {
    checkRefusal(encodeBech32('bcrt', new Uint8Array(33), 'bech32m'), 'Version 0 witness address must use Bech32 checksum');
    checkRefusal(encodeBech32('bcrt', new Uint8Array(33).fill(1), 'bech32'), 'Version 1+ witness address must use Bech32m checksum');
  });

  it('sees a prefix of another network, an empty text and padding that is not zero', () => {
    checkRefusal(
      encodeBech32('bcrtx', new Uint8Array(33), 'bech32'),
      'Invalid or unsupported prefix for Segwit (Bech32) address (expected bcrt, got bcrtx).',
    );
    checkRefusal(encodeBech32('bc', new Uint8Array(33).fill(15), 'bech32'), 'Invalid or unsupported Segwit (Bech32) or Base58 encoding.');
    checkRefusal(encodeBech32('bcrt', new Uint8Array(0), 'bech32'), 'Empty Bech32 data section');
    checkRefusal(encodeBech32('bcrt', new Uint8Array(53).fill(1), 'bech32m'), 'Invalid padding in Bech32 data section');
    checkRefusal(encodeBech32('bcrt', new Uint8Array(34), 'bech32'), 'Invalid padding in Bech32 data section');
  });

  // Addresses and places that Bitcoin Core publishes in test/functional/rpc_invalid_address_message.py.
  it('finds the characters that were mistyped', () => {
    checkRefusal('bcrt1q049edschfnwystcqnsvyfpj23mpsg3jcedq9xv', 'Invalid Bech32 checksum', [9]);
    checkRefusal('BCRT1QPLMTZKC2XHARPPZDLNPAQL78RSHJ68U32RAH7R', 'Invalid Bech32 checksum', [38]);
    checkRefusal('bcrt1qax9suht3qv95sw33xavx8crpxduefdrsvgsklu', 'Invalid Bech32 checksum', [22, 43]);
    checkRefusal('bcrt1qdg3myrgvzw7ml8q0ejxhlkyxn7vl9r56yzkfgvzclrf4hkpx9yfqhpsuks', 'Invalid Bech32 checksum', [19, 30]);
    checkRefusal('bcrt1ptmp74ayg7p24uslctssvjm06q5phz4yrxucgnv', 'Invalid Bech32 checksum', [5]);
    checkRefusal('bcrtq049ldschfnwystcqnsvyfpj23mpsg3jcedq9xv', 'Missing separator');
    checkRefusal('bcrt1q04oldschfnwystcqnsvyfpj23mpsg3jcedq9xv', 'Invalid Base 32 character', [8]);
    const long = `bcrt1q049edschfnwystcqnsvyfpj23mpsg3jcedq9xv${'049edschfnwystcqnsvyfpj23mpsg3jcedq9xv'.repeat(2)}`.slice(0, 93);
    checkRefusal(long, 'Bech32 string too long', [90, 91, 92]);
  });

  it('shows characters in mixed case, and a separator too near to an end', () => {
    checkRefusal('bcrt1Q049Edsch', 'Invalid character or mixed case', [5, 9]);
    checkRefusal('BCRT1q 49\u00e9', 'Invalid character or mixed case', [5, 6, 9]);
    checkRefusal('bcrt1qqqqq', 'Invalid separator position', [4]);
  });

  it('stays short where the text is long', () => {
    const result = scriptOfAddress(`bcrt1${'q'.repeat(1_000_000)}`, regtest);
    assert.ok(isAddressError(result));
    assert.equal(result.problem, 'Bech32 string too long');
    assert.equal(result.positions.length, 910);
  });
});
