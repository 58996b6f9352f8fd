import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesEqual, fromHex, toHex } from '../base/bytes.ts';
import { recoverPublicKey, signRecoverable } from './recoverable.ts';
import { sha256 } from './sha256.ts';
import { createWasmSecp256k1 } from './wasm-secp256k1.ts';

const curve = createWasmSecp256k1();

/** A private key and a message of a number. */
function caseOf(index: number) {
  const privateKey = sha256(Uint8Array.of(index));
  return { privateKey, hash: sha256(Uint8Array.of(index, 1)), publicKey: curve.publicKeyOf(privateKey) as Uint8Array };
}

describe('recoverable signatures', () => {
  it('are good by the engine, have a low s, and tell their key in both forms', () => {
    const ids = new Set<number>();
    for (let index = 0; index < 24; index++) {
      const { hash, privateKey, publicKey } = caseOf(index);
      const signed = signRecoverable(hash, privateKey, curve);
      ids.add(signed.recoveryId);
      assert.ok(curve.verifyEcdsa(publicKey, hash, signed.signature));
      assert.deepEqual(recoverPublicKey(hash, signed, true), publicKey);
      assert.deepEqual(recoverPublicKey(hash, signed, false), curve.publicKeyOf(privateKey, false));
      assert.ok(toHex(signed.signature.subarray(32)) <= '7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0');
      const other = recoverPublicKey(hash, { ...signed, recoveryId: signed.recoveryId ^ 1 }, true);
      assert.ok(other !== undefined && !bytesEqual(other, publicKey));
      assert.ok(curve.verifyEcdsa(other, hash, signed.signature));
    }
    assert.deepEqual([...ids].sort(), [0, 1]);
  });

  it('are those of RFC 6979 where the engine needs one try for a short r', () => {
    let same = 0;
    for (let index = 0; index < 24; index++) {
      const { hash, privateKey } = caseOf(index);
      const { signature } = signRecoverable(hash, privateKey, curve);
      const short = (signature[0] as number) < 0x80;
      if (short) same++;
      assert.equal(bytesEqual(signature, curve.signEcdsa(hash, privateKey)), short);
    }
    assert.ok(same > 4 && same < 20, `${same}`);
  });

  it('have no key where a number is 0 or n, or the nonce has no point', () => {
    const { hash, privateKey } = caseOf(0);
    const { recoveryId, signature } = signRecoverable(hash, privateKey, curve);
    const order = fromHex('fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141')!;
    for (const part of [new Uint8Array(32), order]) {
      for (const at of [0, 32]) {
        const broken = signature.slice();
        broken.set(part, at);
        assert.equal(recoverPublicKey(hash, { signature: broken, recoveryId }, true), undefined);
      }
    }
    // x of 5 is on no point, and r + n is more than the field has.
    const off = signature.slice();
    off.fill(0, 0, 31);
    off[31] = 5;
    assert.equal(recoverPublicKey(hash, { signature: off, recoveryId: 0 }, true), undefined);
    assert.equal(recoverPublicKey(hash, { signature, recoveryId: recoveryId | 2 }, true), undefined);
  });
});
