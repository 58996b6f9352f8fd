/**
 * Hashing the top element: OP_RIPEMD160 to OP_HASH256.
 *
 * @module
 */

import { hash160, ripemd160, sha1, sha256, sha256d } from '../../crypto/sha256.ts';
import type { Machine, OpHandler } from '../machine.ts';
import { OP } from '../opcodes.ts';
import type { ScriptError } from '../script-error.ts';

/**
 * From so many bytes on an element is hashed once by each operation, however often the script asks. Operations make nothing longer than 32
 * bytes, so longer elements come from script and witness, which hold few of them, each of which takes as many bytes there: without this
 * three bytes of a tapscript (OP_DUP, the hash, OP_DROP) had nine blocks hashed, 1.3 million times a block.
 */
const REMEMBERED_SIZE_MIN = 257;

/** The hash of a long element, worked out unless this script has asked for it before. */
function rememberedHash(machine: Machine, opcode: number, element: Uint8Array, hash: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  machine.longHashes ??= new Map();
  let known = machine.longHashes.get(element);
  if (known === undefined) {
    known = [];
    machine.longHashes.set(element, known);
  }
  const digest = known[opcode - OP.OP_RIPEMD160] ?? hash(element);
  known[opcode - OP.OP_RIPEMD160] = digest;
  return digest;
}

/** (in -- hash). */
function hashing(hash: (bytes: Uint8Array) => Uint8Array): OpHandler {
  return (machine: Machine, opcode: number): ScriptError | undefined => {
    const top = machine.stack.pop();
    if (top === undefined) return 'INVALID_STACK_OPERATION';
    machine.stack.push(top.length < REMEMBERED_SIZE_MIN ? hash(top) : rememberedHash(machine, opcode, top, hash));
    return undefined;
  };
}

/** OP_RIPEMD160. */
export const opRipemd160: OpHandler = hashing(ripemd160);
/** OP_SHA1. */
export const opSha1: OpHandler = hashing(sha1);
/** OP_SHA256. */
export const opSha256: OpHandler = hashing(sha256);
/** OP_HASH160. */
export const opHash160: OpHandler = hashing(hash160);
/** OP_HASH256. */
export const opHash256: OpHandler = hashing(sha256d);
