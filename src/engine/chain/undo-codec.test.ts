import assert from 'node:assert/strict';
import { it } from 'node:test';
import { OP_TRUE } from '../../../test/support/chain-builder.ts';
import { decodeUndo, encodeUndo } from './undo-codec.ts';

it("an undo record comes back as it was, and has Core's byte for a version behind each height but 0", () => {
  const coins = [0, 1, 500_000].map((height) => ({ value: 50n, scriptPubKey: OP_TRUE, height, coinbase: height === 1 }));
  const spent = [coins, [], coins.slice(1)];
  assert.deepEqual(decodeUndo(encodeUndo(spent)), spent);
  const sizes = coins.map((coin) => encodeUndo([[coin]]).length);
  assert.equal(sizes[1]! - sizes[0]!, 1);
});
