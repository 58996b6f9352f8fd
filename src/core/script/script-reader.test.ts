import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hex } from '../../../test/support/core-script-text.ts';
import { concatBytes, toHex } from '../base/bytes.ts';
import { OP } from './opcodes.ts';
import { scriptToAsm } from './script-asm.ts';
import { encodeScriptNumber } from './script-number.ts';
import { isPushOnly, lastPush, parseScript } from './script-reader.ts';
import {
  encodeMinimalPush,
  encodeNumberPush,
  encodePush,
  encodeScript,
  isMinimalPush,
  smallIntegerOf,
  smallIntegerOp,
} from './script-writer.ts';

describe('parseScript', () => {
  it('gives each operation with its place and its data', () => {
    const { ops, malformed } = parseScript(hex('0003aabbcc4c01dd4d0100ee4e01000000ff5176'));
    assert.equal(malformed, false);
    assert.deepEqual(
      ops.map(({ opcode, offset, data }) => [opcode, offset, data && toHex(data)]),
      [
        [0x00, 0, ''],
        [0x03, 1, 'aabbcc'],
        [OP.OP_PUSHDATA1, 5, 'dd'],
        [OP.OP_PUSHDATA2, 8, 'ee'],
        [OP.OP_PUSHDATA4, 12, 'ff'],
        [OP.OP_1, 18, undefined],
        [OP.OP_DUP, 19, undefined],
      ],
    );
  });

  it('ends where a push needs more than is left, the operations before it kept', () => {
    for (const text of ['02aa', '4c', '4c02aa', '4d01', '4d0200aa', '4e010000', '4e02000000aa', '4effffffffaa']) {
      const { ops, malformed } = parseScript(hex(`51${text}`));
      assert.equal(malformed, true, text);
      assert.equal(ops.length, 1, text);
    }
  });

  it('never throws, and its operations are the bytes of the script', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), (script, decode) => {
        const { ops, malformed } = parseScript(script);
        const ends = [...ops.slice(1).map(({ offset }) => offset), malformed ? undefined : script.length];
        for (const [i, { offset, data }] of ops.entries()) {
          const end = ends[i];
          if (data !== undefined && end !== undefined) assert.deepEqual(script.slice(end - data.length, end), Uint8Array.from(data));
          assert.ok(end === undefined || end > offset);
        }
        assert.equal(typeof scriptToAsm(script, { decodeSighash: decode }), 'string');
        assert.equal(scriptToAsm(script).endsWith('[error]'), malformed);
      }),
    );
  });
});

describe('isPushOnly and lastPush', () => {
  it('take constants and OP_RESERVED for pushes, nothing behind OP_16, and no malformed script', () => {
    for (const text of ['', '00', '4f', '50', '60', '01aa60']) assert.equal(isPushOnly(hex(text)), true, text);
    for (const text of ['61', '6160', '0161ac', '02aa']) assert.equal(isPushOnly(hex(text)), false, text);
    assert.equal(isPushOnly(hex('6a01aa'), 1), true);
    assert.equal(isPushOnly(hex('6a01aa61'), 1), false);
  });

  it('give what is pushed last from the bytes, which is nothing for a constant', () => {
    assert.equal(toHex(lastPush(hex('01aa02bbcc'))!), 'bbcc');
    assert.equal(toHex(lastPush(hex('01aa51'))!), '');
    assert.equal(toHex(lastPush(hex(''))!), '');
    assert.equal(lastPush(hex('01aa76')), undefined);
    assert.equal(lastPush(hex('02aa')), undefined);
  });
});

describe('writing scripts', () => {
  it('uses the shortest header at each limit and one past it', () => {
    const header = (length: number) => toHex(encodePush(new Uint8Array(length)).slice(0, -length || undefined));
    assert.equal(header(0), '00');
    assert.equal(header(75), '4b');
    assert.equal(header(76), '4c4c');
    assert.equal(header(255), '4cff');
    assert.equal(header(256), '4d0001');
    assert.equal(header(65_535), '4dffff');
    assert.equal(header(65_536), '4e00000100');
  });

  it('writes small numbers as constants where the push is to be minimal, and as bytes where not', () => {
    assert.equal(toHex(encodeMinimalPush(hex(''))), '00');
    assert.equal(toHex(encodeMinimalPush(hex('01'))), '51');
    assert.equal(toHex(encodeMinimalPush(hex('10'))), '60');
    assert.equal(toHex(encodeMinimalPush(hex('81'))), '4f');
    assert.equal(toHex(encodeMinimalPush(hex('00'))), '0100');
    assert.equal(toHex(encodeMinimalPush(hex('11'))), '0111');
    assert.equal(toHex(encodePush(hex('01'))), '0101');
    assert.deepEqual([-1, 0, 16, 17, 128].map(encodeNumberPush).map(toHex), ['4f', '00', '60', '0111', '028000']);
  });

  it('gives pushes that are found minimal, and no other header for the same data', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
        const push = encodeMinimalPush(data);
        const minimal = push[0]! > OP.OP_PUSHDATA4 || isMinimalPush(push[0]!, data.length, data[0] ?? 0);
        assert.ok(minimal);
        const longer = OP.OP_PUSHDATA2;
        assert.equal(isMinimalPush(longer, data.length, data[0] ?? 0), data.length > 255);
      }),
    );
  });

  it('joins operations and pushes', () => {
    const hash = new Uint8Array(20);
    assert.equal(toHex(encodeScript([OP.OP_HASH160, hash, OP.OP_EQUAL])), `a914${'00'.repeat(20)}87`);
    assert.deepEqual(encodeScript([encodeScriptNumber(1)]), concatBytes(hex('0101')));
    assert.deepEqual([0, 1, 16].map(smallIntegerOp).map(smallIntegerOf), [0, 1, 16]);
    assert.equal(smallIntegerOf(OP.OP_1NEGATE), undefined);
    assert.equal(smallIntegerOf(OP.OP_NOP), undefined);
  });
});
