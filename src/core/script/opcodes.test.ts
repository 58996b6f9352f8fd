import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDisabled, isOpSuccess, OP, opcodeName } from './opcodes.ts';

const codesWhere = (holds: (opcode: number) => boolean): number[] => Array.from({ length: 256 }, (_, code) => code).filter(holds);

/** All numbers from the first to the last of each pair. */
const ranges = (...pairs: readonly (readonly [number, number])[]): number[] =>
  pairs.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));

describe('operation codes', () => {
  it('make a tapscript valid where BIP-342 lists them', () => {
    assert.deepEqual(
      codesWhere(isOpSuccess),
      ranges([80, 80], [98, 98], [126, 129], [131, 134], [137, 138], [141, 142], [149, 153], [187, 254]),
    );
  });

  it('are disabled where CVE-2010-5137 had them disabled', () => {
    assert.deepEqual(codesWhere(isDisabled), ranges([126, 129], [131, 134], [141, 142], [149, 153]));
  });

  it('have the names that scripts are shown with', () => {
    assert.equal(opcodeName(OP.OP_0), '0');
    assert.equal(opcodeName(OP.OP_1NEGATE), '-1');
    assert.equal(opcodeName(OP.OP_1), '1');
    assert.equal(opcodeName(OP.OP_16), '16');
    assert.equal(opcodeName(OP.OP_CHECKLOCKTIMEVERIFY), 'OP_CHECKLOCKTIMEVERIFY');
    assert.equal(opcodeName(OP.OP_CHECKSIGADD), 'OP_CHECKSIGADD');
    assert.equal(opcodeName(0xbb), 'OP_UNKNOWN');
    assert.equal(opcodeName(0xff), 'OP_INVALIDOPCODE');
  });
});
