/**
 * Scripts at a limit of the language, or one past it.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import {
  MULTISIG_KEYS_MAX,
  SCRIPT_ELEMENT_SIZE_MAX,
  SCRIPT_OPS_MAX,
  SCRIPT_SIZE_MAX,
  STACK_ELEMENTS_MAX,
} from '../../src/core/script/limits.ts';
import { OP } from '../../src/core/script/opcodes.ts';
import { encodeNumberPush, encodePush, encodeScript } from '../../src/core/script/script-writer.ts';
import type { ScriptVersion } from '../../src/core/script/signature-checker.ts';
import type { Chance } from './chance.ts';
import type { Program } from './program.ts';

type LimitProgram = (chance: Chance, version: ScriptVersion) => Program;

const TRUE = Uint8Array.of(OP.OP_1);
const repeated = (opcode: number, count: number): Uint8Array => new Uint8Array(count).fill(opcode);
const unsolved = (kind: string, ...parts: Uint8Array[]): Program => ({ kind, script: concatBytes(...parts), solve: () => [] });

/** At the limit or one past it, as often. */
const near = (chance: Chance, limit: number): number => limit + chance.below(2);

const operations: LimitProgram = (chance) => unsolved('201 operations', repeated(OP.OP_NOP, near(chance, SCRIPT_OPS_MAX)), TRUE);

const element: LimitProgram = (chance) => {
  const push = encodePush(chance.bytes(near(chance, SCRIPT_ELEMENT_SIZE_MAX)));
  return unsolved('an element of 520 bytes', push, Uint8Array.of(OP.OP_DROP), TRUE);
};

const itemOfTheSpend: LimitProgram = (chance) => {
  const item = chance.bytes(near(chance, SCRIPT_ELEMENT_SIZE_MAX));
  return { kind: 'an item of 520 bytes', script: Uint8Array.of(OP.OP_DROP, OP.OP_1), solve: () => [item] };
};

/** Big pushes that are dropped, up to the size of a script. */
const size: LimitProgram = (chance) => {
  const block = concatBytes(encodePush(new Uint8Array(SCRIPT_ELEMENT_SIZE_MAX)), Uint8Array.of(OP.OP_DROP));
  const count = Math.floor((SCRIPT_SIZE_MAX - 600) / block.length);
  const blocks = Array.from({ length: count }, () => block);
  const left = near(chance, SCRIPT_SIZE_MAX) - count * block.length - 1;
  const last = encodePush(new Uint8Array(Math.min(left - 4, SCRIPT_ELEMENT_SIZE_MAX)));
  const nops = repeated(OP.OP_NOP, left - last.length - 1);
  return unsolved('10,000 bytes', ...blocks, last, Uint8Array.of(OP.OP_DROP), nops, TRUE);
};

const stackHeight: LimitProgram = (chance, version) => {
  const count = near(chance, STACK_ELEMENTS_MAX);
  // Only tapscript allows so many operations as it takes to leave one element.
  const clear = version === 'tapscript' ? repeated(OP.OP_2DROP, Math.floor((count - 1) / 2)) : new Uint8Array();
  return unsolved('1,000 elements', repeated(OP.OP_1, count), clear);
};

const initialStack: LimitProgram = (chance, version) => {
  const count = version === 'tapscript' ? near(chance, STACK_ELEMENTS_MAX) : chance.between(1, 300);
  const drops = concatBytes(repeated(OP.OP_2DROP, Math.floor(count / 2)), repeated(OP.OP_DROP, count % 2));
  return { kind: 'an initial stack', script: concatBytes(drops, TRUE), solve: () => Array.from({ length: count }, () => new Uint8Array()) };
};

const multisigKeys: LimitProgram = (chance) => {
  const count = near(chance, MULTISIG_KEYS_MAX);
  const keys = Array.from({ length: count }, () => Uint8Array.of(2));
  const script = concatBytes(encodeScript([OP.OP_0, OP.OP_0, ...keys]), encodeNumberPush(count), Uint8Array.of(OP.OP_CHECKMULTISIG));
  return unsolved('20 keys', script);
};

const multisigRequired: LimitProgram = (chance) => {
  const required = chance.between(-1, 2);
  const script = concatBytes(encodeNumberPush(required), encodeScript([Uint8Array.of(2), OP.OP_1, OP.OP_CHECKMULTISIG, OP.OP_NOT]));
  const items = Array.from({ length: Math.max(required, 0) + 1 }, () => new Uint8Array());
  return { kind: 'signatures of one key', script, solve: () => items };
};

/** Numbers of 4 bytes are taken, of 5 not, but by the lock times, which take 5. */
const numberSize: LimitProgram = (chance) => {
  const bytes = chance.bytes(chance.pick([4, 5]));
  bytes[bytes.length - 1] = 0x01;
  const opcode = chance.pick([OP.OP_1ADD, OP.OP_ABS, OP.OP_NOT, OP.OP_CHECKSEQUENCEVERIFY]);
  return unsolved('a number of 4 bytes', encodePush(bytes), Uint8Array.of(opcode, OP.OP_DROP), TRUE);
};

/** Tapscript pays for signatures with witness bytes: one signature, checked again and again. */
const signatureBudget: LimitProgram = (chance, version) => {
  const checks = chance.between(1, 6);
  const script = concatBytes(
    ...Array.from({ length: checks }, () => Uint8Array.of(OP.OP_2DUP, OP.OP_CHECKSIGVERIFY)),
    Uint8Array.of(OP.OP_2DROP),
    TRUE,
  );
  if (version !== 'tapscript') return unsolved('a budget', TRUE);
  // A key of an unknown size needs no signature that is good, but costs as much.
  return { kind: 'the budget of signatures', script, solve: () => [chance.bytes(chance.between(100, 250)), chance.bytes(33)] };
};

/** In tapscript, and by policy in witnesses, the argument must be nothing or 1. */
const minimalIf: LimitProgram = (chance) => {
  const argument = chance.pick([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(1, 0), Uint8Array.of(0x80), Uint8Array.of(0)]);
  const script = Uint8Array.of(OP.OP_IF, OP.OP_1, OP.OP_ELSE, OP.OP_1, OP.OP_ENDIF);
  return { kind: 'the argument of OP_IF', script, solve: () => [argument] };
};

/** OP_CHECKMULTISIG takes one element too many, which BIP-147 wants empty. */
const dummy: LimitProgram = (chance) => {
  const script = Uint8Array.of(OP.OP_0, OP.OP_0, OP.OP_CHECKMULTISIG);
  const item = chance.pick([new Uint8Array(), Uint8Array.of(0), Uint8Array.of(1)]);
  return { kind: 'the dummy element', script, solve: () => [item] };
};

/** What a branch that is not taken may hold. */
const deadBranch: LimitProgram = (chance) => {
  const opcode = chance.pick([OP.OP_CAT, OP.OP_VERIF, OP.OP_VER, OP.OP_RETURN, OP.OP_CHECKMULTISIG, 0xba, 0xff]);
  return unsolved('a dead branch', Uint8Array.of(OP.OP_0, OP.OP_IF, opcode, OP.OP_ENDIF), TRUE);
};

const unbalanced: LimitProgram = (chance) =>
  unsolved(
    'conditions',
    TRUE,
    TRUE,
    chance.pick([[99, 104], [99], [104], [99, 103, 103, 104], [103], [99, 103, 104]]).reduce(append, EMPTY),
    TRUE,
  );

const EMPTY = new Uint8Array();

function append(script: Uint8Array, opcode: number): Uint8Array {
  return concatBytes(script, Uint8Array.of(opcode));
}

/** All of them; what makes no sense in a language fails there on both sides alike. */
export const LIMIT_PROGRAMS: readonly LimitProgram[] = [
  operations,
  element,
  itemOfTheSpend,
  size,
  stackHeight,
  initialStack,
  multisigKeys,
  multisigRequired,
  numberSize,
  signatureBudget,
  minimalIf,
  dummy,
  deadBranch,
  unbalanced,
];
