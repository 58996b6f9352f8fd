import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteReader, COMPACT_SIZE_MAX } from './byte-reader.ts';
import { ByteWriter, compactSizeLength } from './byte-writer.ts';
import { DecodeError } from './decode-error.ts';

/** What a failed reading says. */
function failure(read: () => unknown): { what: string; offset: number; message: string } {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return { what: error.what, offset: error.offset, message: error.message };
  }
  return assert.fail('read');
}

function count(bytes: readonly number[], limits: { max?: number; itemSizeMin?: number } = {}): number {
  return new ByteReader(Uint8Array.from(bytes)).compactSize({ what: 'count', ...limits });
}

describe('reading and writing integers', () => {
  it('gives back what was written, at the ends of every width', () => {
    const bytes = new ByteWriter()
      .u8(0xff)
      .u16(0xffff)
      .u16be(0x1234)
      .u32(0xffffffff)
      .u32(-1)
      .u64(0xffffffffffffffffn)
      .u64(-(2n ** 63n))
      .u64(2n ** 63n - 1n)
      .finish();
    const reader = new ByteReader(bytes);
    assert.equal(reader.u8('a'), 0xff);
    assert.equal(reader.u16('b'), 0xffff);
    assert.equal(reader.u16be('c'), 0x1234);
    assert.equal(reader.u32('d'), 0xffffffff);
    assert.equal(reader.i32('e'), -1);
    assert.equal(reader.u64('f'), 0xffffffffffffffffn);
    assert.equal(reader.i64('g'), -(2n ** 63n));
    assert.equal(reader.i64('h'), 2n ** 63n - 1n);
    reader.end('all');
  });

  it('is little-endian but where it says otherwise', () => {
    const bytes = new ByteWriter().u16(0x0102).u16be(0x0102).u32(0x01020304).u64(0x0102030405060708n).finish();
    assert.deepEqual([...bytes], [2, 1, 1, 2, 4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('says what is missing and where', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3));
    reader.u8('first');
    assert.deepEqual(
      failure(() => reader.u32('second')),
      { what: 'second', offset: 1, message: 'second at byte 1: needs 4 bytes, 2 are left' },
    );
    assert.equal(reader.remaining, 2, 'a failed reading takes nothing');
    assert.equal(reader.u16('second'), 0x0302);
    assert.equal(failure(() => reader.u8('third')).offset, 3);
  });

  it('refuses bytes that are left over', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2));
    reader.u8('first');
    assert.match(failure(() => reader.end('message')).message, /1 bytes are left over/);
    reader.u8('second');
    reader.end('message');
  });

  it('reads inside a larger buffer and no further', () => {
    const outer = Uint8Array.of(9, 1, 2, 9);
    const reader = new ByteReader(outer.subarray(1, 3));
    assert.equal(reader.u16('inner'), 0x0201);
    assert.equal(reader.remaining, 0);
    failure(() => reader.u8('beyond'));
  });
});

describe('byte strings', () => {
  it('are views where taken and copies where copied, also out of a Buffer', () => {
    for (const source of [Uint8Array.of(1, 2, 3, 4), Buffer.from([1, 2, 3, 4])]) {
      const reader = new ByteReader(source);
      const view = reader.take(2, 'view');
      const copy = reader.copy(2, 'copy');
      assert.equal(view.constructor, Uint8Array);
      assert.equal(copy.constructor, Uint8Array);
      source.fill(7);
      assert.deepEqual(view, Uint8Array.of(7, 7));
      assert.deepEqual(copy, Uint8Array.of(3, 4));
    }
  });

  it('with a length before them come back, and none longer than the limit or the rest', () => {
    const bytes = new ByteWriter().varBytes(Uint8Array.of(1, 2, 3)).finish();
    assert.deepEqual(new ByteReader(bytes).varBytes({ what: 'x', max: 3 }), Uint8Array.of(1, 2, 3));
    assert.match(failure(() => new ByteReader(bytes).varBytes({ what: 'x', max: 2 })).message, /over the limit of 2/);
    assert.match(failure(() => new ByteReader(bytes.subarray(0, 3)).varBytes({ what: 'x' })).message, /needs 3 bytes, 2 are left/);
  });
});

describe('CompactSize', () => {
  const forms: readonly (readonly [number, readonly number[]])[] = [
    [0, [0]],
    [0xfc, [0xfc]],
    [0xfd, [0xfd, 0xfd, 0]],
    [0xffff, [0xfd, 0xff, 0xff]],
    [0x10000, [0xfe, 0, 0, 1, 0]],
    [COMPACT_SIZE_MAX, [0xfe, 0, 0, 0, 2]],
  ];

  it('has its shortest form at each border', () => {
    for (const [value, bytes] of forms) {
      assert.deepEqual([...new ByteWriter().compactSize(value).finish()], bytes);
      assert.equal(compactSizeLength(value), bytes.length);
      assert.equal(count(bytes), value);
    }
    assert.deepEqual([...new ByteWriter().compactSize(0xffffffff).finish()], [0xfe, 0xff, 0xff, 0xff, 0xff]);
    assert.deepEqual([...new ByteWriter().compactSize(0x100000000).finish()], [0xff, 0, 0, 0, 0, 1, 0, 0, 0]);
    assert.equal(compactSizeLength(0xffffffff), 5);
    assert.equal(compactSizeLength(0x100000000), 9);
  });

  it('is refused in a longer form than it needs', () => {
    const longer = [
      [0xfd, 0xfc, 0],
      [0xfe, 0xff, 0xff, 0, 0],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
    ];
    for (const bytes of longer) assert.match(failure(() => count(bytes)).message, /non-canonical/);
  });

  it('is refused over 32 MiB whatever the caller allows, and over what the caller allows', () => {
    assert.match(failure(() => count([0xfe, 1, 0, 0, 2])).message, /33554433 is over the limit of 33554432/);
    assert.match(failure(() => count([0xfe, 1, 0, 0, 2], { max: 2 ** 40 })).message, /over the limit of 33554432/);
    assert.match(failure(() => count([0xff, 0, 0, 0, 0, 1, 0, 0, 0])).message, /4294967296 is over/);
    assert.match(failure(() => count(Array.from({ length: 9 }, () => 0xff))).message, /over the limit/);
    assert.equal(count([5], { max: 5 }), 5);
    assert.match(failure(() => count([6], { max: 5 })).message, /6 is over the limit of 5/);
  });

  it('is refused where so many things cannot follow, before any is read', () => {
    assert.equal(count([2, 0, 0, 0, 0], { itemSizeMin: 2 }), 2);
    assert.match(failure(() => count([2, 0, 0, 0], { itemSizeMin: 2 })).message, /2 cannot fit into the 3 bytes left/);
  });

  it('cut short is refused at every byte', () => {
    for (const bytes of [
      [0xfd, 0xfd, 0],
      [0xfe, 0, 0, 1, 0],
      [0xff, 0, 0, 0, 0, 1, 0, 0, 0],
    ])
      for (let length = 0; length < bytes.length; length++) failure(() => count(bytes.slice(0, length)));
  });
});

describe('ByteWriter', () => {
  it('grows from nothing and counts what it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), fc.integer({ min: 0, max: 16 }), (parts, size) => {
        const writer = new ByteWriter(size);
        for (const part of parts) writer.u8(part.length & 255).raw(part);
        const wanted = Buffer.concat(parts.map((part) => Buffer.from([part.length & 255, ...part])));
        assert.equal(writer.length, wanted.length);
        assert.deepEqual(writer.finish(), new Uint8Array(wanted));
      }),
    );
  });
});
