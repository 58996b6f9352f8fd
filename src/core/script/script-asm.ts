/**
 * Scripts as text.
 *
 * @module
 */

import { toHex } from '../base/bytes.ts';
import { FLAG } from './flags.ts';
import { SCRIPT_NUMBER_SIZE_MAX } from './limits.ts';
import { opcodeName } from './opcodes.ts';
import { isUnspendable } from './output-template.ts';
import { decodeScriptNumber } from './script-number.ts';
import { parseScript } from './script-reader.ts';
import { SIGHASH_NAMES } from './sighash-type.ts';
import { checkSignatureEncoding } from './signature-encoding.ts';

/** Data as text: up to four bytes as a number, else hexadecimal, with the hash type in words where it looks like a signature. */
function dataText(data: Uint8Array, decodeSighash: boolean): string {
  if (data.length <= SCRIPT_NUMBER_SIZE_MAX) return String(decodeScriptNumber(data, false, SCRIPT_NUMBER_SIZE_MAX));
  if (!decodeSighash || checkSignatureEncoding(data, FLAG.STRICTENC) !== undefined) return toHex(data);
  const name = SIGHASH_NAMES.get(data[data.length - 1]!);
  return name === undefined ? toHex(data) : `${toHex(data.subarray(0, -1))}[${name}]`;
}

/**
 * A script as RPC shows it, operations with spaces between them. Core's `ScriptToAsmStr`: short data appears as numbers, so the text
 * cannot always be read back. What cannot be read of the script is `[error]`.
 *
 * @param decodeSighash - write the hash types of what looks like signatures in words; for input scripts
 */
export function scriptToAsm(script: Uint8Array, decodeSighash = false): string {
  const { ops, malformed } = parseScript(script);
  // What OP_RETURN carries is no signature, though it may look like one.
  const decode = decodeSighash && !isUnspendable(script);
  const words = ops.map(({ opcode, data }) => (data === undefined ? opcodeName(opcode) : dataText(data, decode)));
  if (malformed) words.push('[error]');
  return words.join(' ');
}
