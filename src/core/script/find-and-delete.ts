/**
 * Taking a signature out of the script it signs. It could never hold its own signature, so this is a leftover of 2009 that consensus
 * keeps for scripts without witness.
 *
 * @module
 */

import { concatBytes } from '../base/bytes.ts';
import { nextOp, openScript } from './script-reader.ts';
import { encodePush } from './script-writer.ts';

/** Whether `pattern` stands at `offset`. */
function standsAt(script: Uint8Array, offset: number, pattern: Uint8Array): boolean {
  if (script.length - offset < pattern.length) return false;
  for (let i = 0; i < pattern.length; i++) if (script[offset + i] !== pattern[i]) return false;
  return true;
}

/**
 * Removes each push of `signature` that begins where an operation begins. Core's `FindAndDelete` of the pushed signature: after a
 * removal it looks again at once, at what then stands there, though that need not be where an operation began.
 *
 * @returns the script itself where nothing was found
 */
export function findAndDelete(script: Uint8Array, signature: Uint8Array): Uint8Array {
  if (script.length <= signature.length) return script;
  const pattern = encodePush(signature);
  const cursor = openScript(script);
  const kept: Uint8Array[] = [];
  let keptUpTo = 0;
  do {
    while (standsAt(script, cursor.offset, pattern)) {
      if (cursor.offset > keptUpTo) kept.push(script.subarray(keptUpTo, cursor.offset));
      cursor.offset += pattern.length;
      keptUpTo = cursor.offset;
    }
  } while (nextOp(cursor));
  if (keptUpTo === 0) return script;
  return concatBytes(...kept, script.subarray(keptUpTo));
}
