import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatSocketAddress, parsePeerAddress, parseSocketAddress, parseSwitch, parseWhole, parseWord, parseWords } from './values.ts';

describe('an address', () => {
  const GOOD: readonly [string, string, number][] = [
    ['127.0.0.1:0', '127.0.0.1', 0],
    ['[::1]:8333', '::1', 8333],
    ['[fe80::1%eth0]:7333', 'fe80::1%eth0', 7333],
    ['node.example:65535', 'node.example', 65_535],
  ];
  for (const [text, host, port] of GOOD) {
    it(`is read and written back: ${text}`, () => {
      assert.deepEqual(parseSocketAddress(text), { host, port });
      assert.equal(formatSocketAddress({ host, port }), text);
    });
  }

  for (const text of [
    '',
    '7333',
    ':7333',
    'host',
    'host:',
    'host:65536',
    'host:-1',
    '::1:7333',
    '[host]:1',
    'a b:1',
    'http://host:1',
    'u@h:1',
  ]) {
    it(`is none: "${text}"`, () => assert.equal(parseSocketAddress(text), undefined));
  }

  it('has at most 253 characters of host', () => {
    assert.ok(parseSocketAddress(`${'a'.repeat(253)}:1`));
    assert.equal(parseSocketAddress(`${'a'.repeat(254)}:1`), undefined);
  });

  it('of a peer has a port that can be dialled', () => {
    assert.equal(parsePeerAddress('host:0'), undefined);
    assert.deepEqual(parsePeerAddress('host:1'), { host: 'host', port: 1 });
  });
});

describe('values', () => {
  it('are whole numbers within their limits', () => {
    const limits = { min: 2, max: 10 };
    assert.deepEqual(
      ['1', '2', '10', '11', '-2', '2.0', '2e0', '', ' 2', '0x2'].map((text) => parseWhole(text, limits)),
      [undefined, 2, 10, undefined, undefined, undefined, undefined, undefined, undefined, undefined],
    );
  });

  it('are switches in four words', () => {
    assert.deepEqual(['true', '1', 'false', '0', 'yes', ''].map(parseSwitch), [true, true, false, false, undefined, undefined]);
  });

  it('are one of a few words', () => {
    assert.equal(parseWord('b', ['a', 'b']), 'b');
    assert.equal(parseWord('B', ['a', 'b']), undefined);
  });

  it('are some of a few words', () => {
    const words = ['a', 'b', 'c'] as const;
    assert.deepEqual(
      ['a', 'c, a', '', 'a,', 'a,x', 'none'].map((text) => parseWords(text, words)),
      [['a'], ['c', 'a'], undefined, undefined, undefined, undefined],
    );
  });
});
