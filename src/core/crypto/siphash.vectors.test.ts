import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeVectors, readVectorJson } from '../../../test/support/vectors.ts';
import { concatBytes, fromHex } from '../base/bytes.ts';
import { sipHash24, sipHash24Into } from './siphash.ts';

interface Row {
  /** k0 and k1 as numbers. */
  readonly key: readonly [string, string];
  /** The message in pieces. */
  readonly input: readonly string[];
  readonly expected: { readonly siphash24?: string };
}

describeVectors("Core's SipHash vectors", () => {
  const rows = readVectorJson<readonly Row[]>('core/siphash.json');

  it('all hold', () => {
    let checked = 0;
    let uint256s = 0;
    for (const { key, input, expected } of rows) {
      // Numbers are written from their highest byte on, and read as keys from the lowest.
      const keyBytes = concatBytes(fromHex(key[0])!.reverse(), fromHex(key[1])!.reverse());
      const message = concatBytes(...input.map((piece) => fromHex(piece)!));
      if (expected.siphash24 === undefined) continue;
      checked++;
      if (message.length === 32) uint256s++;
      assert.equal(sipHash24(keyBytes, message), BigInt(`0x${expected.siphash24}`), `${key} ${input}`);
      const words = new Uint32Array(2);
      sipHash24Into(keyBytes, message, words);
      assert.equal(words[1]! * 2 ** 32 + words[0]!, Number(BigInt(`0x${expected.siphash24}`)));
    }
    assert.equal(checked, 146);
    assert.ok(uint256s > 0);
  });
});
