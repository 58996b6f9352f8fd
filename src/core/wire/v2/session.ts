import { assert } from '../../base/assert.ts';
import { concatBytes, utf8ToBytes } from '../../base/bytes.ts';
import { TAG_SIZE_BYTES } from '../../crypto/chacha20-poly1305.ts';
import { decodeEllswift, encodeEllswift } from '../../crypto/ellswift.ts';
import { FsChaCha20, FsChaCha20Poly1305 } from '../../crypto/fs-chacha20.ts';
import { hkdfExpand32, hkdfExtract } from '../../crypto/hkdf-sha256.ts';
import { taggedHash } from '../../crypto/sha256.ts';
import type { TransportEngine } from '../../crypto/transport-engine.ts';

/** Bytes by which the end of garbage is told. */
export const TERMINATOR_SIZE_BYTES = 16;

/** Bytes of a packet's length, which are encrypted apart from the rest. */
export const LENGTH_SIZE_BYTES = 3;

const HEADER_SIZE_BYTES = 1;

/** What a packet has besides its length and its contents: the header and the tag. */
export const PACKET_OVERHEAD_BYTES: number = HEADER_SIZE_BYTES + TAG_SIZE_BYTES;

/** The one bit of a header that means something: the packet is to be ignored. */
const IGNORE_BIT = 0x80;

const NOTHING = new Uint8Array(0);

/** One side's key of one connection. */
export interface SessionKey {
  readonly privateKey: Uint8Array;
  /** What is sent of it, 64 bytes that look like chance. */
  readonly encoding: Uint8Array;
}

/** A new key. @param random - gives so many random bytes */
export function createSessionKey(engine: TransportEngine, random: (count: number) => Uint8Array): SessionKey {
  for (;;) {
    const privateKey = random(32);
    const point = engine.publicKeyOf(privateKey);
    // All but one in 2^128 numbers are keys.
    if (point !== undefined) return { privateKey, encoding: encodeEllswift(point.subarray(1), random) };
  }
}

/** What an encrypted session is made of. */
export interface SessionParts {
  readonly engine: TransportEngine;
  readonly messageStart: Uint8Array;
  readonly ours: SessionKey;
  /** The other side's encoding, 64 bytes. */
  readonly theirs: Uint8Array;
  /** We called. */
  readonly initiating: boolean;
}

/**
 * The keys of a connection and the packets under them (BIP-324, "Overall packet encryption and decryption pseudocode").
 *
 * A packet: its contents' length (3 bytes, encrypted), then encrypted together the header and the contents, then the tag.
 */
export class EncryptedSession {
  /** The same on both sides. */
  readonly sessionId: Uint8Array;
  readonly sendTerminator: Uint8Array;
  readonly receiveTerminator: Uint8Array;
  readonly #sendLength: FsChaCha20;
  readonly #receiveLength: FsChaCha20;
  readonly #send: FsChaCha20Poly1305;
  readonly #receive: FsChaCha20Poly1305;

  constructor(parts: SessionParts) {
    const { engine, messageStart, initiating } = parts;
    const root = hkdfExtract(concatBytes(utf8ToBytes('bitcoin_v2_shared_secret'), messageStart), sharedSecret(parts));
    const derive = (info: string): Uint8Array => hkdfExpand32(root, utf8ToBytes(info));
    const [us, them] = initiating ? ['initiator', 'responder'] : ['responder', 'initiator'];
    this.#sendLength = new FsChaCha20(derive(`${us}_L`));
    this.#send = new FsChaCha20Poly1305(engine.aead, derive(`${us}_P`));
    this.#receiveLength = new FsChaCha20(derive(`${them}_L`));
    this.#receive = new FsChaCha20Poly1305(engine.aead, derive(`${them}_P`));
    const terminators = derive('garbage_terminators');
    const [ofInitiator, ofResponder] = [terminators.slice(0, TERMINATOR_SIZE_BYTES), terminators.slice(TERMINATOR_SIZE_BYTES)];
    this.sendTerminator = initiating ? ofInitiator : ofResponder;
    this.receiveTerminator = initiating ? ofResponder : ofInitiator;
    this.sessionId = derive('session_id');
    root.fill(0);
  }

  /**
   * A packet in pieces. The contents are not copied.
   *
   * @param head - the first bytes of the contents; few, since they are put together with the length
   * @param rest - the others
   */
  encrypt(
    head: Uint8Array,
    rest: Uint8Array,
    { associated = NOTHING, ignore = false }: { readonly associated?: Uint8Array; readonly ignore?: boolean } = {},
  ): readonly Uint8Array[] {
    const size = head.length + rest.length;
    assert(size < 2 ** 24, 'the contents of a packet are below 16 MiB');
    const length = Uint8Array.of(size & 255, (size >> 8) & 255, size >> 16);
    this.#sendLength.apply(length);
    const start = concatBytes(Uint8Array.of(ignore ? IGNORE_BIT : 0), head);
    const sealed = this.#send.seal(associated, rest.length === 0 ? [start] : [start, rest]);
    return [concatBytes(length, sealed[0]!), ...sealed.slice(1)];
  }

  /** The length of the contents that the next packet announces. @param length - 3 bytes, decrypted in place */
  decryptLength(length: Uint8Array): number {
    this.#receiveLength.apply(length);
    return length[0]! | (length[1]! << 8) | (length[2]! << 16);
  }

  /** A packet without its length; undefined where it is not what the other side sent. The contents are a view of what is the caller's own. */
  decrypt(sealed: Uint8Array, associated: Uint8Array): { readonly contents: Uint8Array; readonly ignore: boolean } | undefined {
    const plaintext = this.#receive.open(associated, sealed);
    if (plaintext === undefined) return undefined;
    return { contents: plaintext.subarray(HEADER_SIZE_BYTES), ignore: (plaintext[0]! & IGNORE_BIT) !== 0 };
  }
}

/** What both sides know and nobody else (BIP-324, "Shared secret computation"). */
function sharedSecret({ engine, ours, theirs, initiating }: SessionParts): Uint8Array {
  const point = concatBytes(Uint8Array.of(2), decodeEllswift(theirs));
  const x = engine.sharedX(point, ours.privateKey);
  const encodings = initiating ? [ours.encoding, theirs] : [theirs, ours.encoding];
  return taggedHash('bip324_ellswift_xonly_ecdh', ...encodings, x);
}
