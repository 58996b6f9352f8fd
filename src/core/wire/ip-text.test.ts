import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toHex } from '../base/bytes.ts';
import { formatHostPort, formatIp, parseHostPort, parseIp } from './ip-text.ts';

describe('parseIp and formatIp', () => {
  it('shorten IPv6 as RFC 5952 says', () => {
    const pairs: [string, string][] = [
      ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
      ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
      ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
      ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
      ['::', '::'],
      ['::1', '::1'],
      ['1::', '1::'],
      ['FE80::ABCD', 'fe80::abcd'],
      ['::ffff:1.2.3.4', '1.2.3.4'],
      ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
      ['127.0.0.1', '127.0.0.1'],
    ];
    for (const [text, short] of pairs) assert.equal(formatIp(parseIp(text) ?? new Uint8Array(0)), short, text);
  });

  it('give any 4 or 16 bytes back', () => {
    const ip = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }));
    fc.assert(
      fc.property(ip, (bytes) => {
        const back = parseIp(formatIp(bytes)) ?? new Uint8Array(0);
        assert.equal(toHex(back), toHex(bytes));
      }),
      { numRuns: 200 },
    );
  });

  it('refuse what is no IP', () => {
    for (const text of [
      '',
      '1.2.3',
      '1.2.3.256',
      '01.2.3.4',
      '1.2.3.4.5',
      'a.b.c.d',
      ':',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '12345::',
      'fe80::1%eth0',
      '1.2.3.4::',
    ]) {
      assert.equal(parseIp(text), undefined, text);
    }
  });
});

describe('parseHostPort and formatHostPort', () => {
  it('read what they write', () => {
    for (const [host, port] of [
      ['127.0.0.1', 7333],
      ['::1', 0],
      ['node.example', 65_535],
    ] as const) {
      assert.deepEqual(parseHostPort(formatHostPort(host, port), 1), { host, port });
    }
  });

  it('take the default port where none is given', () => {
    assert.deepEqual(parseHostPort('localhost', 7333), { host: 'localhost', port: 7333 });
    assert.deepEqual(parseHostPort('fe80::1', 7333), { host: 'fe80::1', port: 7333 });
    assert.deepEqual(parseHostPort('[fe80::1]', 7333), { host: 'fe80::1', port: 7333 });
  });

  it('refuse what is neither', () => {
    for (const text of ['', ':7333', 'host:', 'host:65536', 'host:x', '[::1', '[host]:1', 'http://host', 'a b']) {
      assert.equal(parseHostPort(text, 1), undefined, text);
    }
  });
});
