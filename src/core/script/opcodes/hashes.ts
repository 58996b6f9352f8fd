/**
 * Hashing the top element: OP_RIPEMD160 to OP_HASH256.
 *
 * @module
 */

import { hash160, ripemd160, sha1, sha256, sha256d } from '../../crypto/sha256.ts';
import type { Machine, OpHandler } from '../machine.ts';
import type { ScriptError } from '../script-error.ts';

/** (in -- hash). */
function hashing(hash: (bytes: Uint8Array) => Uint8Array): OpHandler {
  return ({ stack }: Machine): ScriptError | undefined => {
    const top = stack.pop();
    if (top === undefined) return 'INVALID_STACK_OPERATION';
    stack.push(hash(top));
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
