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

/** How a script is written. */
export interface AsmOptions {
  /** Whether to write the hash types of what looks like signatures in words; for input scripts. */
  readonly decodeSighash?: boolean;
  /** Writes bytes in hexadecimal, where there is something faster than the pure floors' own. */
  readonly hexOf?: (bytes: Uint8Array) => string;
}

/** Data as text: up to four bytes as a number, else hexadecimal, with the hash type in words where it looks like a signature. */
function dataText(data: Uint8Array, { decodeSighash = false, hexOf = toHex }: AsmOptions): string {
  if (data.length <= SCRIPT_NUMBER_SIZE_MAX) return String(decodeScriptNumber(data, false, SCRIPT_NUMBER_SIZE_MAX));
  if (!decodeSighash || checkSignatureEncoding(data, FLAG.STRICTENC) !== undefined) return hexOf(data);
  const name = SIGHASH_NAMES.get(data[data.length - 1]!);
  return name === undefined ? hexOf(data) : `${hexOf(data.subarray(0, -1))}[${name}]`;
}

/**
 * A script as RPC shows it, operations with spaces between them. Core's `ScriptToAsmStr`: short data appears as numbers, so the text
 * cannot always be read back. What cannot be read of the script is `[error]`.
 */
export function scriptToAsm(script: Uint8Array, options: AsmOptions = {}): string {
  const { ops, malformed } = parseScript(script);
  // What OP_RETURN carries is no signature, though it may look like one.
  const used = isUnspendable(script) ? { ...options, decodeSighash: false } : options;
  const words = ops.map(({ opcode, data }) => (data === undefined ? opcodeName(opcode) : dataText(data, used)));
  if (malformed) words.push('[error]');
  return words.join(' ');
}
