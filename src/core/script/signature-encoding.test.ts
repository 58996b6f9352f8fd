import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeDer } from '../crypto/der.ts';
import { FLAG } from './flags.ts';
import { checkSignatureEncoding } from './signature-encoding.ts';

/** A signature of r and s, both 1, with its hash type. */
function signature(hashType: number): Uint8Array {
  const compact = new Uint8Array(64);
  compact[31] = 1;
  compact[63] = 1;
  return Uint8Array.of(...encodeDer(compact), hashType);
}

describe('checkSignatureEncoding', () => {
  it('takes hash types 1 to 3, alone or with ANYONECANPAY, and no others where it is strict', () => {
    const refused = Array.from({ length: 256 }, (_, type) => type).filter(
      (type) => checkSignatureEncoding(signature(type), FLAG.STRICTENC) === 'SIG_HASHTYPE',
    );
    assert.equal(refused.length, 250);
    for (const type of [1, 2, 3, 0x81, 0x82, 0x83]) assert.ok(!refused.includes(type), `hash type ${type}`);
    assert.equal(checkSignatureEncoding(signature(4), FLAG.DERSIG), undefined, 'without the rule any will do');
  });

  it('takes no signature for a short way to give an invalid one', () => {
    assert.equal(checkSignatureEncoding(new Uint8Array(0), FLAG.STRICTENC | FLAG.DERSIG | FLAG.LOW_S), undefined);
  });
});
