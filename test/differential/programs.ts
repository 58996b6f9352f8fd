/**
 * Scripts with a known way to satisfy them, for each of the three script languages.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { hash160, ripemd160, sha1, sha256, sha256d } from '../../src/core/crypto/sha256.ts';
import { OP } from '../../src/core/script/opcodes.ts';
import { encodeNumberPush, encodePush, encodeScript, smallIntegerOp } from '../../src/core/script/script-writer.ts';
import type { ScriptVersion } from '../../src/core/script/signature-checker.ts';
import type { Chance } from './chance.ts';
import { LIMIT_PROGRAMS } from './limit-programs.ts';
import type { Program, ProgramSource } from './program.ts';
import { randomProgram } from './script-grammar.ts';
import type { TestKeys } from './signing.ts';

type MakeProgram = (source: ProgramSource, version: ScriptVersion) => Program;

const EMPTY = new Uint8Array();
const ONE = Uint8Array.of(1);

/** The form of a key that a language takes; before segwit any, even the hybrid one. */
function keyBytes(keys: TestKeys, version: ScriptVersion, chance: Chance): Uint8Array {
  if (version === 'tapscript') return keys.xOnly;
  if (chance.oneIn(4)) {
    if (chance.oneIn(2)) return keys.uncompressed;
    const hybrid = keys.uncompressed.slice();
    hybrid[0] = 6 + ((hybrid[64] as number) & 1);
    return hybrid;
  }
  return keys.compressed;
}

const payToKey: MakeProgram = ({ chance, keys }, version) => {
  const key = chance.pick(keys);
  return {
    kind: 'key',
    script: encodeScript([keyBytes(key, version, chance), OP.OP_CHECKSIG]),
    solve: (_site, signer) => [signer.sign(key)],
  };
};

const payToKeyHash: MakeProgram = ({ chance, keys }, version) => {
  const key = chance.pick(keys);
  const bytes = keyBytes(key, version, chance);
  return {
    kind: 'key hash',
    script: encodeScript([OP.OP_DUP, OP.OP_HASH160, hash160(bytes), OP.OP_EQUALVERIFY, OP.OP_CHECKSIG]),
    solve: (_site, signer) => [signer.sign(key), bytes],
  };
};

/** Some of several keys; in tapscript by adding, since the old operation is not there. */
const multisig: MakeProgram = (source, version) => {
  const { chance, keys } = source;
  const count = chance.between(1, version === 'base' ? 3 : 6);
  const required = chance.between(chance.oneIn(8) ? 0 : 1, count);
  const chosen = Array.from({ length: count }, () => chance.pick(keys));
  const bytes = chosen.map((key) => keyBytes(key, version, chance));
  if (version === 'tapscript') return addingMultisig(chosen, required);
  return {
    kind: 'multisig',
    script: encodeScript([smallIntegerOp(required), ...bytes, smallIntegerOp(count), OP.OP_CHECKMULTISIG]),
    solve: (_site, signer) => [EMPTY, ...chosen.slice(count - required).map((key) => signer.sign(key))],
  };
};

function addingMultisig(chosen: readonly TestKeys[], required: number): Program {
  const checks = chosen.flatMap(({ xOnly }, i) => [xOnly, i === 0 ? OP.OP_CHECKSIG : OP.OP_CHECKSIGADD]);
  return {
    kind: 'multisig by adding',
    script: concatBytes(encodeScript(checks), encodeNumberPush(required), Uint8Array.of(OP.OP_NUMEQUAL)),
    solve: (_site, signer) => chosen.map((key, i) => (i < required ? signer.sign(key) : EMPTY)).reverse(),
  };
}

const HASHES: readonly (readonly [opcode: number, hash: (bytes: Uint8Array) => Uint8Array])[] = [
  [OP.OP_RIPEMD160, ripemd160],
  [OP.OP_SHA1, sha1],
  [OP.OP_SHA256, sha256],
  [OP.OP_HASH160, hash160],
  [OP.OP_HASH256, sha256d],
];

const hashLock: MakeProgram = ({ chance }) => {
  const [opcode, hash] = chance.pick(HASHES);
  const preimage = chance.bytes(chance.between(0, 80));
  return { kind: 'hash lock', script: encodeScript([opcode, hash(preimage), OP.OP_EQUAL]), solve: () => [preimage] };
};

/** A lock time that has come, or comes soon: by height or by time. */
function lockTimeNear({ chance, height, medianTimeSeconds }: ProgramSource): number {
  return chance.oneIn(2) ? Math.max(height + chance.between(-3, 3), 0) : medianTimeSeconds + chance.between(-600, 1_200);
}

const absoluteLock: MakeProgram = (source, version) => {
  const lockTime = lockTimeNear(source);
  const inner = payToKey(source, version);
  return {
    ...inner,
    kind: 'absolute lock',
    script: concatBytes(encodeNumberPush(lockTime), Uint8Array.of(OP.OP_CHECKLOCKTIMEVERIFY, OP.OP_DROP), inner.script),
    solve: (site, signer) => inner.solve(site, signer),
    needs: { lockTime },
  };
};

/** BIP-68's bit for times, in units of 512 seconds. */
const TIME_LOCK = 0x400000;

const relativeLock: MakeProgram = (source, version) => {
  const { chance } = source;
  const sequence = chance.oneIn(3) ? TIME_LOCK | chance.between(0, 3) : chance.between(0, 12);
  const inner = payToKey(source, version);
  return {
    ...inner,
    kind: 'relative lock',
    script: concatBytes(encodeNumberPush(sequence), Uint8Array.of(OP.OP_CHECKSEQUENCEVERIFY, OP.OP_DROP), inner.script),
    needs: { sequence },
  };
};

/** One of two ways; the argument of OP_IF is minimal, as tapscript demands. */
const eitherOr: MakeProgram = (source, version) => {
  const ways = [payToKey(source, version), chooseSimple(source, version)] as const;
  const first = source.chance.oneIn(2);
  const way = first ? ways[0] : ways[1];
  const not = source.chance.oneIn(3);
  return {
    kind: 'either or',
    script: concatBytes(
      Uint8Array.of(not ? OP.OP_NOTIF : OP.OP_IF),
      ways[0].script,
      Uint8Array.of(OP.OP_ELSE),
      ways[1].script,
      Uint8Array.of(OP.OP_ENDIF),
    ),
    solve: (site, signer) => [...way.solve(site, signer), first !== not ? ONE : EMPTY],
  };
};

/** The signature commits to what follows the separator. */
const codeSeparator: MakeProgram = ({ chance, keys }, version) => {
  const key = chance.pick(keys);
  const before = concatBytes(...Array.from({ length: chance.between(0, 3) }, () => Uint8Array.of(OP.OP_NOP)));
  const place = { offset: before.length + 1, position: before.length };
  return {
    kind: 'code separator',
    script: concatBytes(before, Uint8Array.of(OP.OP_CODESEPARATOR), encodeScript([keyBytes(key, version, chance), OP.OP_CHECKSIG])),
    solve: (_site, signer) => [signer.sign(key, place)],
  };
};

const anyone: MakeProgram = ({ chance }) => {
  const script = chance.oneIn(4)
    ? encodePush(chance.bytes(chance.between(1, 40)).fill(1, 0, 1))
    : Uint8Array.of(OP.OP_1 + chance.below(16));
  return { kind: 'anyone', script, solve: () => [] };
};

/** Drops an item of any size: what gives a witness the weight that a test wants. */
const dropping: MakeProgram = ({ chance }) => {
  const item = chance.bytes(chance.oneIn(3) ? chance.between(100, 520) : chance.between(0, 80));
  return { kind: 'dropped item', script: Uint8Array.of(OP.OP_DROP, OP.OP_1), solve: () => [item] };
};

/** Signature operations that are counted and never run. */
const uncalledSigops: MakeProgram = ({ chance }) => {
  const sigops = new Uint8Array(chance.between(1, 7)).fill(OP.OP_CHECKSIG);
  const script = concatBytes(Uint8Array.of(OP.OP_0, OP.OP_IF), sigops, Uint8Array.of(OP.OP_ENDIF, OP.OP_1));
  return { kind: 'uncalled signature operations', script, solve: () => [] };
};

/** In tapscript the presence of such an operation is enough; elsewhere it is a bad one that must not be run. */
const opSuccess: MakeProgram = ({ chance }, version) => {
  const opcode = chance.pick([OP.OP_RESERVED, OP.OP_VER, OP.OP_RESERVED1, 0xbb, 0xc0, 0xfe]);
  const success = concatBytes(Uint8Array.of(OP.OP_0, OP.OP_IF, opcode, OP.OP_ENDIF, OP.OP_1));
  const tail = version === 'tapscript' && chance.oneIn(2) ? chance.bytes(chance.below(20)) : EMPTY;
  return { kind: 'reserved operation', script: concatBytes(success, tail), solve: () => [] };
};

/** A key of a size that has no meaning yet: in tapscript any signature that is not empty is good for it. */
const unknownKey: MakeProgram = (source, version) => {
  if (version !== 'tapscript') return payToKey(source, version);
  const key = source.chance.bytes(source.chance.pick([1, 31, 33, 64]));
  return { kind: 'unknown key', script: encodeScript([key, OP.OP_CHECKSIG]), solve: () => [source.chance.bytes(3)] };
};

interface WeightedProgram {
  readonly weight: number;
  readonly make: MakeProgram;
}

const SIMPLE: readonly WeightedProgram[] = [
  { weight: 6, make: payToKey },
  { weight: 4, make: payToKeyHash },
  { weight: 5, make: multisig },
  { weight: 3, make: hashLock },
  { weight: 4, make: absoluteLock },
  { weight: 4, make: relativeLock },
  { weight: 3, make: codeSeparator },
  { weight: 3, make: anyone },
  { weight: 2, make: dropping },
  { weight: 2, make: uncalledSigops },
  { weight: 2, make: opSuccess },
  { weight: 2, make: unknownKey },
];

const ALL: readonly WeightedProgram[] = [
  ...SIMPLE,
  { weight: 3, make: eitherOr },
  { weight: 5, make: ({ chance }, version) => chance.pick(LIMIT_PROGRAMS)(chance, version) },
  { weight: 14, make: randomProgram },
];

function chooseSimple(source: ProgramSource, version: ScriptVersion): Program {
  return source.chance
    .weighted(SIMPLE.filter(({ make }) => make !== absoluteLock && make !== relativeLock && make !== codeSeparator))
    .make(source, version);
}

/** A program by chance. */
export function chooseProgram(source: ProgramSource, version: ScriptVersion): Program {
  return source.chance.weighted(ALL).make(source, version);
}
