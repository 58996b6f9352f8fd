/**
 * Scripts as Bitcoin Core's test data writes them: words with blanks between. A decimal number is pushed, `0x…` stands for itself,
 * `'text'` is pushed, anything else is an operation's name with or without `OP_`.
 *
 * @module
 */

import { concatBytes, fromHex, utf8ToBytes } from '../../src/core/base/bytes.ts';
import { OP, type OpcodeName } from '../../src/core/script/opcodes.ts';
import { encodeNumberPush, encodePush } from '../../src/core/script/script-writer.ts';

/** Bytes of hexadecimal text; anything else is a fault of the test. */
export function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`not hexadecimal: ${text}`);
  return bytes;
}

function word(text: string): Uint8Array {
  if (/^-?[0-9]+$/.test(text)) return encodeNumberPush(Number(text));
  if (text.startsWith('0x')) return hex(text.slice(2));
  if (text.startsWith("'") && text.endsWith("'")) return encodePush(utf8ToBytes(text.slice(1, -1)));
  const name = (text.startsWith('OP_') ? text : `OP_${text}`) as OpcodeName;
  const opcode = OP[name];
  if (opcode === undefined || (opcode < OP.OP_NOP && opcode !== OP.OP_RESERVED)) throw new Error(`not a word of a script: ${text}`);
  return Uint8Array.of(opcode);
}

/** The bytes of a script written so. */
export function scriptOfText(text: string): Uint8Array {
  return concatBytes(
    ...text
      .split(/\s+/)
      .filter((each) => each !== '')
      .map(word),
  );
}
