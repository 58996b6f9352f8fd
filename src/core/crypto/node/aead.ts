import { createCipheriv, createDecipheriv, getCiphers } from 'node:crypto';
import { type Aead, portableAead, TAG_SIZE_BYTES } from '../chacha20-poly1305.ts';

const NAME = 'chacha20-poly1305';
const OPTIONS = { authTagLength: TAG_SIZE_BYTES } as const;

/** The engine of OpenSSL, as Node brings it along. */
const opensslAead: Aead = {
  seal: (key, nonce, associated, parts) => {
    const cipher = createCipheriv(NAME, key, nonce, OPTIONS);
    cipher.setAAD(associated, { plaintextLength: parts.reduce((sum, part) => sum + part.length, 0) });
    const pieces: Uint8Array[] = parts.map((part) => cipher.update(part));
    cipher.final();
    pieces.push(cipher.getAuthTag());
    return pieces;
  },
  open: (key, nonce, associated, sealed) => {
    if (sealed.length < TAG_SIZE_BYTES) return undefined;
    const textLength = sealed.length - TAG_SIZE_BYTES;
    const decipher = createDecipheriv(NAME, key, nonce, OPTIONS);
    decipher.setAAD(associated, { plaintextLength: textLength });
    decipher.setAuthTag(sealed.subarray(textLength));
    const plaintext = decipher.update(sealed.subarray(0, textLength));
    try {
      decipher.final();
    } catch {
      // It throws for one reason alone: the tag is another.
      return undefined;
    }
    return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length);
  },
};

/** The fastest engine that this Node has: one that was built or set up without the cipher has the portable one. */
export function chooseAead(): Aead {
  return getCiphers().includes(NAME) ? opensslAead : portableAead;
}
