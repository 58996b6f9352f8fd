import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../../core/base/bytes.ts';
import { seedOf } from '../../engine/wallet/seed.ts';
import { stretchWords } from './stretch-words.ts';

test('gives the seed that the wallet itself works out', async () => {
  const words = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
  const seed = await stretchWords(words);
  assert.equal(toHex(seed).slice(0, 32), '878386efb78845b3355bd15ea4d39ef9');
  assert.deepEqual(seed, seedOf(words));
});
