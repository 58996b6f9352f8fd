/**
 * The engine of the system's libsecp256k1, from version 0.2.0 on with its modules `extrakeys` and `schnorrsig`, called through npm's
 * `koffi`. Both are optional: where one is missing, the others serve.
 *
 * Arguments go through one piece of memory that stays where it is, so a call passes plain numbers and costs 0.04 µs; an array of bytes
 * handed over would cost more than a microsecond. Every thread that loads the engine has its own context and memory.
 *
 * @module
 */

import { createRequire } from 'node:module';
import { platform } from 'node:os';
import { assert } from '../../base/assert.ts';
import { isBelowOrder, isPrivateKey, negateScalar } from '../scalar.ts';
import type { Secp256k1, TweakedKey } from '../secp256k1.ts';
import { signLowR } from '../sign-low-r.ts';

/** A function of C that takes addresses and numbers and gives a number. */
type NativeFunction = (...args: number[]) => number;

/** What we use of koffi. Declared here, since its own types are not there where it is not installed. */
interface Koffi {
  load(path: string): { func(name: string, result: string, args: readonly string[]): NativeFunction };
  address(memory: Uint8Array): bigint;
}

/** Names without a folder are looked for where the system keeps libraries. Newest first; 0.2.0 is `.1`, 0.7.0 is `.6`. */
const FILE_NAMES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['6', '5', '2', '1'].map((version) => `libsecp256k1.so.${version}`),
  darwin: ['6', '5', '2', '1'].flatMap((version) =>
    ['', '/opt/homebrew/lib/', '/usr/local/lib/'].map((folder) => `${folder}libsecp256k1.${version}.dylib`),
  ),
};

/** The names under which libsecp256k1 is looked for on this system. */
export function nativeFileNames(): readonly string[] {
  return FILE_NAMES[platform()] ?? [];
}

const POINTER = 'uintptr_t';

/** The functions that are called and their arguments; each returns an int. A pointer is an address, `n` a size, `i` an int. */
const FUNCTIONS = {
  ec_pubkey_parse: 'pppn',
  ec_pubkey_serialize: 'ppppi',
  ec_pubkey_create: 'ppp',
  ec_seckey_tweak_add: 'ppp',
  ecdsa_signature_parse_compact: 'ppp',
  ecdsa_signature_serialize_compact: 'ppp',
  ecdsa_signature_normalize: 'ppp',
  ecdsa_verify: 'pppp',
  ecdsa_sign: 'pppppp',
  xonly_pubkey_parse: 'ppp',
  xonly_pubkey_serialize: 'ppp',
  xonly_pubkey_from_pubkey: 'pppp',
  xonly_pubkey_tweak_add: 'pppp',
  xonly_pubkey_tweak_add_check: 'ppipp',
  keypair_create: 'ppp',
  schnorrsig_verify: 'pppnp',
  schnorrsig_sign32: 'ppppp',
} as const;

const ARGUMENT_TYPES: Readonly<Record<string, string>> = { p: POINTER, n: 'size_t', i: 'int' };

/** `SECP256K1_CONTEXT_VERIFY | SECP256K1_CONTEXT_SIGN`: what version 0.2.0 wants to hear; later ones take it for all there is. */
const CONTEXT_FLAGS = 0x301;

/** `SECP256K1_EC_COMPRESSED` and `SECP256K1_EC_UNCOMPRESSED`. */
const COMPRESSED = 0x102;
const UNCOMPRESSED = 0x002;

/** Where things lie in the memory of an engine: bytes that go in or come out, then the library's own structures. */
const AT = {
  key: 0,
  hash: 96,
  signature: 128,
  scalar: 192,
  aux: 224,
  out: 256,
  number: 336,
  point: 384,
  otherPoint: 448,
  parsedSignature: 512,
  keyPair: 576,
  message: 704,
} as const;

/** Longer messages, which only tests of BIP-340 have, get memory of their own. */
const MESSAGE_SIZE_MAX = 320;
const MEMORY_SIZE = AT.message + MESSAGE_SIZE_MAX;

/** libsecp256k1 with a context and memory through which it is spoken to. */
export interface NativeLibrary {
  /** Calls a function with the context and the places (offsets in the memory), sizes or numbers it takes. */
  readonly call: Readonly<Record<keyof typeof FUNCTIONS, NativeFunction>>;
  readonly context: number;
  readonly memory: Uint8Array;
  /** Address of the memory's first byte. */
  readonly base: number;
  /** Address of another array, which must outlive the call and not lie on the JavaScript heap. */
  addressOf(bytes: Uint8Array): number;
}

/**
 * Loads koffi and the first of these files that there is.
 *
 * @throws Error that says what is missing
 */
export function loadNativeLibrary(fileNames: readonly string[] = nativeFileNames()): NativeLibrary {
  const koffi = loadKoffi();
  const library = loadFirst(koffi, fileNames);
  const call = Object.fromEntries(
    Object.entries(FUNCTIONS).map(([name, args]) => {
      const types = [...args].map((letter) => ARGUMENT_TYPES[letter]!);
      return [name, library.func(`secp256k1_${name}`, 'int', types)];
    }),
  ) as NativeLibrary['call'];
  const context = library.func('secp256k1_context_create', POINTER, ['uint'])(CONTEXT_FLAGS);
  const memory = new Uint8Array(new ArrayBuffer(MEMORY_SIZE));
  const addressOf = (bytes: Uint8Array): number => Number(koffi.address(bytes));
  return { call, context, memory, base: addressOf(memory), addressOf };
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (cause) {
    throw new Error("npm's koffi, by which it is called, is not installed", { cause });
  }
}

function loadFirst(koffi: Koffi, fileNames: readonly string[]): ReturnType<Koffi['load']> {
  for (const fileName of fileNames) {
    try {
      return koffi.load(fileName);
    } catch {
      // Not this one: the next name may be there.
    }
  }
  const tried = fileNames.length === 0 ? 'no name of it is known on this system' : `looked for ${fileNames.join(', ')}`;
  throw new Error(`libsecp256k1 is not installed on this machine (${tried})`);
}

/** The engine `native`. */
export function secp256k1FromNative(library: NativeLibrary): Secp256k1 {
  return {
    name: 'native',
    anyMessageLength: true,
    isPublicKey: (key) => parsePublicKey(library, key),
    isXOnlyPublicKey: (key) => parseXOnly(library, key),
    verifyEcdsa: (publicKey, messageHash, signature) => verifyEcdsa(library, publicKey, messageHash, signature),
    verifySchnorr: (key, message, signature) => verifySchnorr(library, key, message, signature),
    checkTweak: (internalKey, tweak, tweakedKey, parity) => checkTweak(library, internalKey, tweak, tweakedKey, parity),
    tweakXOnly: (internalKey, tweak) => tweakXOnly(library, internalKey, tweak),
    publicKeyOf: (privateKey, compressed = true) => publicKeyOf(library, privateKey, compressed),
    tweakPrivate: (privateKey, tweak) => tweakPrivate(library, privateKey, tweak),
    negatePrivate: (privateKey) => {
      assert(isPrivateKey(privateKey), 'a private key is 1 to n - 1');
      return negateScalar(privateKey);
    },
    signEcdsa: (messageHash, privateKey) => {
      assert(messageHash.length === 32 && isPrivateKey(privateKey), 'a hash of 32 bytes and a private key');
      return signLowR((extraData) => signEcdsa(library, messageHash, privateKey, extraData));
    },
    signSchnorr: (message, privateKey, auxRand) => signSchnorr(library, message, privateKey, auxRand),
  };
}

/** Whether it is a point; then the library's form of it lies at `point`. */
function parsePublicKey({ call, context, memory, base }: NativeLibrary, key: Uint8Array): boolean {
  if (key.length !== 33 && key.length !== 65) return false;
  memory.set(key, AT.key);
  return call.ec_pubkey_parse(context, base + AT.point, base + AT.key, key.length) === 1;
}

/** Whether it is the x of a point; then the library's form of it lies at `point`. */
function parseXOnly({ call, context, memory, base }: NativeLibrary, key: Uint8Array): boolean {
  if (key.length !== 32) return false;
  memory.set(key, AT.key);
  return call.xonly_pubkey_parse(context, base + AT.point, base + AT.key) === 1;
}

/** The library's own verification takes low s only: each signature is turned so first, as Core does. */
function verifyEcdsa(library: NativeLibrary, publicKey: Uint8Array, messageHash: Uint8Array, signature: Uint8Array): boolean {
  if (messageHash.length !== 32 || signature.length !== 64 || !parsePublicKey(library, publicKey)) return false;
  const { call, context, memory, base } = library;
  const parsed = base + AT.parsedSignature;
  memory.set(signature, AT.signature);
  if (call.ecdsa_signature_parse_compact(context, parsed, base + AT.signature) !== 1) return false;
  call.ecdsa_signature_normalize(context, parsed, parsed);
  memory.set(messageHash, AT.hash);
  return call.ecdsa_verify(context, parsed, base + AT.hash, base + AT.point) === 1;
}

function verifySchnorr(library: NativeLibrary, key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64 || !parseXOnly(library, key)) return false;
  const { call, context, memory, base, addressOf } = library;
  memory.set(signature, AT.signature);
  if (message.length <= MESSAGE_SIZE_MAX) {
    memory.set(message, AT.message);
    return call.schnorrsig_verify(context, base + AT.signature, base + AT.message, message.length, base + AT.point) === 1;
  }
  const copy = new Uint8Array(new ArrayBuffer(message.length));
  copy.set(message);
  return call.schnorrsig_verify(context, base + AT.signature, addressOf(copy), copy.length, base + AT.point) === 1;
}

function checkTweak(library: NativeLibrary, internalKey: Uint8Array, tweak: Uint8Array, tweakedKey: Uint8Array, parity: 0 | 1): boolean {
  if (tweak.length !== 32 || tweakedKey.length !== 32 || !parseXOnly(library, internalKey)) return false;
  const { call, context, memory, base } = library;
  memory.set(tweak, AT.scalar);
  memory.set(tweakedKey, AT.key);
  return call.xonly_pubkey_tweak_add_check(context, base + AT.key, parity, base + AT.point, base + AT.scalar) === 1;
}

function tweakXOnly(library: NativeLibrary, internalKey: Uint8Array, tweak: Uint8Array): TweakedKey | undefined {
  if (tweak.length !== 32 || !parseXOnly(library, internalKey)) return undefined;
  const { call, context, memory, base } = library;
  const other = base + AT.otherPoint;
  memory.set(tweak, AT.scalar);
  if (call.xonly_pubkey_tweak_add(context, other, base + AT.point, base + AT.scalar) !== 1) return undefined;
  call.xonly_pubkey_from_pubkey(context, base + AT.point, base + AT.number, other);
  call.xonly_pubkey_serialize(context, base + AT.out, base + AT.point);
  return { key: memory.slice(AT.out, AT.out + 32), parity: isZeroNumber(memory) ? 0 : 1 };
}

/** Whether the int at `number` is zero, whichever end of it comes first. */
function isZeroNumber(memory: Uint8Array): boolean {
  return memory.subarray(AT.number, AT.number + 4).every((byte) => byte === 0);
}

/** Overwrites private keys and what was made of them. */
function wipe({ memory }: NativeLibrary): void {
  memory.fill(0, AT.key, AT.key + 96);
  memory.fill(0, AT.scalar, AT.out);
  memory.fill(0, AT.keyPair, AT.message);
}

function publicKeyOf(library: NativeLibrary, privateKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
  if (!isPrivateKey(privateKey)) return undefined;
  const { call, context, memory, base } = library;
  const size = compressed ? 33 : 65;
  memory.set(privateKey, AT.scalar);
  call.ec_pubkey_create(context, base + AT.point, base + AT.scalar);
  wipe(library);
  new DataView(memory.buffer).setBigUint64(AT.number, BigInt(size), IS_LITTLE_ENDIAN);
  call.ec_pubkey_serialize(context, base + AT.out, base + AT.number, base + AT.point, compressed ? COMPRESSED : UNCOMPRESSED);
  return memory.slice(AT.out, AT.out + size);
}

/** A size_t is written as the machine reads it; Node runs on machines of 64 bits. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function tweakPrivate(library: NativeLibrary, privateKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined {
  if (!isPrivateKey(privateKey) || tweak.length !== 32 || !isBelowOrder(tweak)) return undefined;
  const { call, context, memory, base } = library;
  memory.set(privateKey, AT.key);
  memory.set(tweak, AT.scalar);
  const sum = call.ec_seckey_tweak_add(context, base + AT.key, base + AT.scalar) === 1 ? memory.slice(AT.key, AT.key + 32) : undefined;
  wipe(library);
  return sum;
}

/** RFC 6979, the library's default; with extra data where there is some. */
function signEcdsa(library: NativeLibrary, messageHash: Uint8Array, privateKey: Uint8Array, extraData?: Uint8Array): Uint8Array {
  const { call, context, memory, base } = library;
  const parsed = base + AT.parsedSignature;
  memory.set(messageHash, AT.hash);
  memory.set(privateKey, AT.scalar);
  if (extraData !== undefined) memory.set(extraData, AT.aux);
  const data = extraData === undefined ? 0 : base + AT.aux;
  const done = call.ecdsa_sign(context, parsed, base + AT.hash, base + AT.scalar, 0, data);
  assert(done === 1, 'a private key signs');
  call.ecdsa_signature_serialize_compact(context, base + AT.signature, parsed);
  wipe(library);
  return memory.slice(AT.signature, AT.signature + 64);
}

function signSchnorr(library: NativeLibrary, message: Uint8Array, privateKey: Uint8Array, auxRand: Uint8Array): Uint8Array {
  const wellFormed = message.length === 32 && auxRand.length === 32 && isPrivateKey(privateKey);
  assert(wellFormed, 'a message and randomness of 32 bytes, a private key');
  const { call, context, memory, base } = library;
  memory.set(message, AT.hash);
  memory.set(privateKey, AT.scalar);
  memory.set(auxRand, AT.aux);
  call.keypair_create(context, base + AT.keyPair, base + AT.scalar);
  const done = call.schnorrsig_sign32(context, base + AT.signature, base + AT.hash, base + AT.keyPair, base + AT.aux);
  assert(done === 1, 'a private key signs');
  wipe(library);
  return memory.slice(AT.signature, AT.signature + 64);
}
