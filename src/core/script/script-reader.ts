/**
 * Walking through a script, one operation after another, without making anything on the way. Core's `GetScriptOp`.
 *
 * @module
 */

import { OP } from './opcodes.ts';
import { EMPTY_ELEMENT } from './script-number.ts';

/** A place in a script, and the operation read last. */
export interface ScriptCursor {
  readonly script: Uint8Array;
  /** Where the next operation begins. */
  offset: number;
  /** Code of the operation read last. */
  opcode: number;
  /** What the operation read last pushes: from here… */
  dataStart: number;
  /** …up to here; the same where it pushes nothing from the script. */
  dataEnd: number;
}

/** A cursor at a script's first operation. */
export function openScript(script: Uint8Array): ScriptCursor {
  return { script, offset: 0, opcode: OP.OP_INVALIDOPCODE, dataStart: 0, dataEnd: 0 };
}

/** Bytes before the data of a push: its code and its length. */
export function pushHeaderLength(opcode: number): number {
  if (opcode < OP.OP_PUSHDATA1 || opcode > OP.OP_PUSHDATA4) return 1;
  return opcode === OP.OP_PUSHDATA1 ? 2 : opcode === OP.OP_PUSHDATA2 ? 3 : 5;
}

/** Length that is written after OP_PUSHDATA1, 2 or 4 at `at`, or NaN where the script ends before. */
function writtenLength(script: Uint8Array, at: number, opcode: number): number {
  if (opcode === OP.OP_PUSHDATA1) return script[at] ?? Number.NaN;
  const width = opcode === OP.OP_PUSHDATA2 ? 2 : 4;
  if (script.length - at < width) return Number.NaN;
  let length = 0;
  for (let i = width - 1; i >= 0; i--) length = length * 256 + script[at + i]!;
  return length;
}

/**
 * Reads the next operation.
 *
 * @returns false at the end, and where a push needs more than is left; then `offset` stays, and `opcode` and the data mean nothing
 */
export function nextOp(cursor: ScriptCursor): boolean {
  const { script, offset } = cursor;
  const opcode = script[offset];
  if (opcode === undefined) return false;
  let start = offset + 1;
  let length = 0;
  if (opcode < OP.OP_PUSHDATA1) {
    length = opcode;
  } else if (opcode <= OP.OP_PUSHDATA4) {
    length = writtenLength(script, start, opcode);
    start = offset + pushHeaderLength(opcode);
  }
  const end = start + length;
  // A length that cannot be read is NaN, and NaN is not within the script either.
  if (!(end <= script.length)) return false;
  cursor.opcode = opcode;
  cursor.dataStart = start;
  cursor.dataEnd = end;
  cursor.offset = end;
  return true;
}

/**
 * Up to this many bytes are copied rather than viewed. V8 keeps arrays so small within its own heap and must move one out of it before
 * a view can be made (300 to 400 ns, where a small copy takes 50); larger ones lie outside anyway, and a copy of theirs would too.
 */
const COPY_SIZE_MAX = 64;

/** Part of a script, or of another element, as a view or a copy, whichever is cheaper. Not to be written to. */
export function partOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return end - start <= COPY_SIZE_MAX ? bytes.slice(start, end) : bytes.subarray(start, end);
}

/** What the operation read last pushes. Not to be written to. */
export function pushedData(cursor: ScriptCursor): Uint8Array {
  if (cursor.dataStart === cursor.dataEnd) return EMPTY_ELEMENT;
  return partOf(cursor.script, cursor.dataStart, cursor.dataEnd);
}

/** One operation of a script that was taken apart. */
export interface ScriptOp {
  readonly opcode: number;
  /** Where it begins, in bytes. */
  readonly offset: number;
  /** What it pushes from the script; undefined unless it is OP_0 to OP_PUSHDATA4. */
  readonly data: Uint8Array | undefined;
}

/** A script taken apart. */
export interface ParsedScript {
  readonly ops: readonly ScriptOp[];
  /** Whether it ends within a push; the operations before are there. */
  readonly malformed: boolean;
}

/** Takes a script apart, for display and for tools; the rules walk with a cursor instead. */
export function parseScript(script: Uint8Array): ParsedScript {
  const cursor = openScript(script);
  const ops: ScriptOp[] = [];
  for (let offset = 0; nextOp(cursor); offset = cursor.offset) {
    const { opcode } = cursor;
    ops.push({ opcode, offset, data: opcode <= OP.OP_PUSHDATA4 ? pushedData(cursor) : undefined });
  }
  return { ops, malformed: cursor.offset < script.length };
}

/**
 * Whether a script does nothing but push, from `offset` on. Core's `IsPushOnly`: OP_RESERVED counts as a push, though it fails
 * when it is run.
 */
export function isPushOnly(script: Uint8Array, offset = 0): boolean {
  const cursor = openScript(script);
  cursor.offset = offset;
  while (cursor.offset < script.length) {
    if (!nextOp(cursor) || cursor.opcode > OP.OP_16) return false;
  }
  return true;
}

/** What the last operation of a script that only pushes leaves on the stack from the script's bytes: Core's reading of a P2SH redeem script. */
export function lastPush(script: Uint8Array): Uint8Array | undefined {
  const cursor = openScript(script);
  while (cursor.offset < script.length) {
    if (!nextOp(cursor) || cursor.opcode > OP.OP_16) return undefined;
  }
  return pushedData(cursor);
}
