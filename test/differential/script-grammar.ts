/**
 * Scripts by chance that use every operation. Each operation says what it needs on the stack and what it leaves, so that most scripts
 * get far; whether one succeeds is not known.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { OP } from '../../src/core/script/opcodes.ts';
import { encodeMinimalPush, encodeNumberPush, encodePush } from '../../src/core/script/script-writer.ts';
import type { ScriptVersion } from '../../src/core/script/signature-checker.ts';
import type { Chance } from './chance.ts';
import type { Program, ProgramSource } from './program.ts';
import type { TestKeys } from './signing.ts';

/** Operations by how many elements they need and how many more they leave. */
const PLAIN: readonly (readonly [needs: number, change: number, ...opcodes: number[]])[] = [
  [0, 0, OP.OP_NOP, OP.OP_NOP1, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, OP.OP_CODESEPARATOR],
  [0, 1, OP.OP_DEPTH],
  [1, -1, OP.OP_DROP, OP.OP_VERIFY],
  [1, 0, OP.OP_CHECKLOCKTIMEVERIFY, OP.OP_CHECKSEQUENCEVERIFY],
  [1, 0, OP.OP_1ADD, OP.OP_1SUB, OP.OP_NEGATE, OP.OP_ABS, OP.OP_NOT, OP.OP_0NOTEQUAL],
  [1, 0, OP.OP_RIPEMD160, OP.OP_SHA1, OP.OP_SHA256, OP.OP_HASH160, OP.OP_HASH256],
  [1, 1, OP.OP_DUP, OP.OP_SIZE, OP.OP_IFDUP],
  [2, -2, OP.OP_2DROP, OP.OP_EQUALVERIFY, OP.OP_NUMEQUALVERIFY, OP.OP_CHECKSIGVERIFY],
  [2, -1, OP.OP_NIP, OP.OP_EQUAL, OP.OP_CHECKSIG],
  [2, -1, OP.OP_ADD, OP.OP_SUB, OP.OP_BOOLAND, OP.OP_BOOLOR, OP.OP_NUMEQUAL, OP.OP_NUMNOTEQUAL, OP.OP_MIN, OP.OP_MAX],
  [2, -1, OP.OP_LESSTHAN, OP.OP_GREATERTHAN, OP.OP_LESSTHANOREQUAL, OP.OP_GREATERTHANOREQUAL],
  [2, 0, OP.OP_SWAP],
  [2, 1, OP.OP_OVER, OP.OP_TUCK],
  [2, 2, OP.OP_2DUP],
  [3, -2, OP.OP_WITHIN, OP.OP_CHECKSIGADD],
  [3, 0, OP.OP_ROT],
  [3, 3, OP.OP_3DUP],
  [4, 0, OP.OP_2SWAP],
  [4, 2, OP.OP_2OVER],
  [6, 0, OP.OP_2ROT],
];

/** Operations that end a script or may be anything: rarely used. */
const RARE: readonly number[] = [
  ...[OP.OP_RESERVED, OP.OP_VER, OP.OP_VERIF, OP.OP_VERNOTIF, OP.OP_RETURN, OP.OP_RESERVED1, OP.OP_RESERVED2],
  ...[OP.OP_CAT, OP.OP_SUBSTR, OP.OP_LEFT, OP.OP_RIGHT, OP.OP_INVERT, OP.OP_AND, OP.OP_OR, OP.OP_XOR],
  ...[0x8d, 0x8e, 0x95, 0x96, 0x97, 0x98, 0x99, 0xbb, 0xc8, 0xfd, 0xfe, 0xff],
];

/** Writes one script. */
class Composer {
  readonly parts: Uint8Array[] = [];
  depth: number;
  #altDepth = 0;
  readonly #chance: Chance;
  readonly #keys: readonly TestKeys[];
  readonly #version: ScriptVersion;

  constructor({ chance, keys }: ProgramSource, version: ScriptVersion, depth: number) {
    this.#chance = chance;
    this.#keys = keys;
    this.#version = version;
    this.depth = depth;
  }

  op(opcode: number): void {
    this.parts.push(Uint8Array.of(opcode));
  }

  /** Pushes something; numbers often, since most operations want one. */
  push(): void {
    const chance = this.#chance;
    this.depth++;
    const kind = chance.below(12);
    if (kind < 6) this.parts.push(encodeNumberPush(chance.between(-2, 17)));
    else if (kind < 8) this.parts.push(encodeNumberPush(chance.between(-0x7fffffff, 0x7fffffff)));
    else if (kind === 8) this.parts.push(encodeMinimalPush(chance.pick(this.#keys).compressed));
    else if (kind === 9) this.parts.push(encodePush(chance.pick(this.#keys).xOnly));
    else if (kind === 10) this.parts.push(Uint8Array.of(OP.OP_PUSHDATA1, 1, chance.below(256)));
    else this.parts.push(encodePush(chance.bytes(chance.between(0, 33))));
  }

  #plain(): void {
    const possible = PLAIN.filter(([needs]) => needs <= this.depth);
    const [, change, ...opcodes] = this.#chance.pick(possible);
    this.op(this.#chance.pick(opcodes));
    this.depth += change;
  }

  /** OP_PICK or OP_ROLL of a place that is there, mostly. */
  #fromBelow(): void {
    const index = this.#chance.below(this.depth + (this.#chance.oneIn(10) ? 1 : 0));
    this.parts.push(encodeNumberPush(index));
    const roll = this.#chance.oneIn(2);
    this.op(roll ? OP.OP_ROLL : OP.OP_PICK);
    if (!roll) this.depth++;
  }

  #alt(): void {
    if (this.#altDepth > 0 && this.#chance.oneIn(2)) {
      this.#altDepth--;
      this.depth++;
      this.op(OP.OP_FROMALTSTACK);
    } else {
      this.#altDepth++;
      this.depth--;
      this.op(OP.OP_TOALTSTACK);
    }
  }

  /** A condition whose two ways leave as many elements: what one way has too many, it drops. */
  #condition(room: number): void {
    const truth = this.#chance.below(2);
    this.parts.push(encodeNumberPush(truth));
    this.op(this.#chance.oneIn(2) ? OP.OP_IF : OP.OP_NOTIF);
    const start = this.depth;
    this.fill(this.#chance.below(room));
    const after = this.depth;
    this.op(OP.OP_ELSE);
    this.depth = start;
    this.fill(this.#chance.below(room));
    for (; this.depth > after; this.depth--) this.op(OP.OP_DROP);
    while (this.depth < after) this.push();
    this.op(OP.OP_ENDIF);
  }

  /** A check of empty signatures against keys, which gives false or fails by its form. */
  #multisig(): void {
    const [signatures, keys] = [this.#chance.below(3), this.#chance.below(4)];
    this.op(OP.OP_0);
    for (let i = 0; i < signatures; i++) this.op(OP.OP_0);
    this.parts.push(encodeNumberPush(signatures));
    for (let i = 0; i < keys; i++) this.parts.push(encodePush(this.#chance.pick(this.#keys).compressed));
    this.parts.push(encodeNumberPush(keys));
    this.op(OP.OP_CHECKMULTISIG);
    this.depth++;
  }

  /** So many operations, or some more. */
  fill(count: number): void {
    for (let i = 0; i < count; i++) {
      const kind = this.#chance.below(24);
      if (kind < 6 || this.depth === 0) this.push();
      else if (kind < 19) this.#plain();
      else if (kind === 19) this.#fromBelow();
      else if (kind === 20) this.#alt();
      else if (kind === 21) this.#condition(6);
      else if (kind === 22 && this.#version !== 'tapscript') this.#multisig();
      else if (this.#chance.oneIn(6)) this.op(this.#chance.pick(RARE));
    }
  }

  /** Leaves one true element, as witness scripts must. */
  finish(): void {
    if (this.#chance.oneIn(4)) return;
    for (; this.depth > 0; this.depth--) this.op(OP.OP_DROP);
    this.op(OP.OP_1);
  }
}

/** A script by chance and items for it; it is not known whether they satisfy it. */
export function randomProgram(source: ProgramSource, version: ScriptVersion): Program {
  const { chance } = source;
  const items = Array.from({ length: chance.below(6) }, () =>
    chance.oneIn(2)
      ? chance.bytes(chance.below(5))
      : chance.pick([new Uint8Array(), Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(0x81)]),
  );
  const composer = new Composer(source, version, items.length);
  composer.fill(chance.between(1, 30));
  composer.finish();
  return { kind: 'random script', script: concatBytes(...composer.parts), solve: () => items };
}
