import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hex } from '../../../test/support/core-script-text.ts';
import { toHex } from '../base/bytes.ts';
import { findAndDelete } from './find-and-delete.ts';

describe('findAndDelete', () => {
  it('removes the push of a signature wherever an operation begins, and nowhere else', () => {
    assert.equal(toHex(findAndDelete(hex('02aabb5102aabb'), hex('aabb'))), '51');
    // The same bytes within another push are data.
    assert.equal(toHex(findAndDelete(hex('0302aabb51'), hex('aabb'))), '0302aabb51');
  });

  it('looks again at once where it removed, though no operation began there', () => {
    assert.equal(toHex(findAndDelete(hex('01aa01aa51'), hex('aa'))), '51');
    assert.equal(toHex(findAndDelete(hex('0003feed'), hex(''))), '03feed');
  });

  it('removes OP_0 for an empty signature', () => {
    assert.equal(toHex(findAndDelete(hex('00510051'), hex(''))), '5151');
  });

  it('finds no push with a longer header than needed', () => {
    assert.equal(toHex(findAndDelete(hex('4c01aa51'), hex('aa'))), '4c01aa51');
  });

  it('keeps what follows a malformed push, and gives back the very script where nothing is found', () => {
    assert.equal(toHex(findAndDelete(hex('01aa05bb'), hex('aa'))), '05bb');
    const script = hex('5152');
    assert.equal(findAndDelete(script, hex('aa')), script);
    assert.equal(findAndDelete(hex(''), hex('')).length, 0);
  });
});
