import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AssertionError, assert as assertOurs } from './assert.ts';
import { bytesEqual, compareBytes, concatBytes, fromHex, printableAscii, reversedBytes, toHex, utf8ToBytes } from './bytes.ts';
import { deepFreeze } from './deep-freeze.ts';

const bytes = fc.uint8Array({ maxLength: 80 });

describe('hexadecimal', () => {
  it('is what Node makes of the same bytes, and comes back in either case', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        assert.equal(toHex(value), Buffer.from(value).toString('hex'));
        assert.deepEqual(fromHex(toHex(value)), value);
        assert.deepEqual(fromHex(toHex(value).toUpperCase()), value);
      }),
    );
  });

  it('is refused with an odd length or any other character', () => {
    for (const text of ['0', '000', '0g', 'g0', ' 0', '0x', '-1', '/0', ':0', '@0', 'G0', '`0', '\u0130\u0130', '\uff10\uff10'])
      assert.equal(fromHex(text), undefined, JSON.stringify(text));
    assert.deepEqual(fromHex(''), new Uint8Array());
  });
});

describe('comparing and joining', () => {
  it('orders bytes as Node does', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(a, b));
        assert.equal(bytesEqual(a, b), Buffer.compare(a, b) === 0);
        assert.ok(bytesEqual(a, Uint8Array.from(a)));
      }),
    );
    assert.ok(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0)) < 0);
    assert.ok(compareBytes(Uint8Array.of(0x80), Uint8Array.of(0x7f)) > 0);
  });

  it('joins into a new array and leaves the parts as they were', () => {
    const part = Uint8Array.of(1, 2);
    const joined = concatBytes(part, new Uint8Array(0), Uint8Array.of(3));
    joined[0] = 9;
    assert.deepEqual(joined, Uint8Array.of(9, 2, 3));
    assert.deepEqual(part, Uint8Array.of(1, 2));
    assert.deepEqual(concatBytes(), new Uint8Array(0));
  });

  it('reverses into a copy, also of a Buffer', () => {
    const source = Buffer.from([1, 2, 3]);
    assert.deepEqual(reversedBytes(source), Uint8Array.of(3, 2, 1));
    assert.deepEqual([...source], [1, 2, 3]);
  });
});

describe('text', () => {
  it('is the UTF-8 that TextEncoder gives, lone surrogates included', () => {
    const encoder = new TextEncoder();
    const check = (text: string): void => assert.deepEqual(utf8ToBytes(text), new Uint8Array(encoder.encode(text)));
    for (const text of ['', '\0', '\u007f\u0080\u07ff\u0800\uffff', '\ud7ff\ue000', '\u{10000}\u{10ffff}', '\ud800', '\udfff\ud800x'])
      check(text);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), check));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }), (units) => check(String.fromCharCode(...units))),
    );
  });

  it('is shown as printable characters, everything else as a dot', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const text = printableAscii(all);
    assert.equal(text.length, 256);
    assert.match(text, /^[\x20-\x7e]+$/);
    assert.equal(text.slice(31, 33), '. ');
    assert.equal(text.slice(126, 128), '~.');
  });
});

describe('assert', () => {
  it('passes what is true and stops at what is not', () => {
    assertOurs(true, 'never seen');
    assert.throws(
      () => assertOurs(false, 'two is one'),
      (error) => error instanceof AssertionError && error.message === 'assertion failed: two is one',
    );
  });
});

describe('deepFreeze', () => {
  it('freezes objects and arrays all the way down and leaves bytes alone', () => {
    const value = deepFreeze({ list: [{ a: 1 }], bytes: Uint8Array.of(1), nothing: null });
    assert.throws(() => Object.assign(value, { list: [] }), TypeError);
    assert.throws(() => Object.assign(value.list[0] ?? {}, { a: 2 }), TypeError);
    assert.throws(() => value.list.push({ a: 3 }), TypeError);
    assert.equal(Object.isFrozen(value.bytes), false);
  });

  it('freezes what a frozen part is inside of, and ends on a circle', () => {
    const circle: { self?: unknown; part: object } = { part: Object.freeze({}) };
    circle.self = circle;
    assert.ok(Object.isFrozen(deepFreeze(circle)));
  });
});
