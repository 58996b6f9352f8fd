/**
 * Bytes that a user hands to a command: as hexadecimal digits, in a file or on standard input.
 *
 * @module
 */

import { fromHex } from '../../core/base/bytes.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { readFileLimited } from '../../platform/store/small-files.ts';
import { CommandError, UsageError } from '../failure.ts';

/** Bytes of a text with the largest block in hexadecimal. */
const INPUT_SIZE_MAX = 8 * 1024 * 1024;

/** Standard input, up to the limit. */
async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > INPUT_SIZE_MAX) throw new CommandError(`standard input has more than ${INPUT_SIZE_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The bytes that an argument names: hexadecimal digits, or a file or standard input with such digits or with the bytes themselves. */
export async function bytesOf(what: string): Promise<Uint8Array> {
  const direct = what === '' ? undefined : fromHex(what);
  if (direct !== undefined) return direct;
  const read = what === '-' ? await readStandardInput() : await readFileLimited(what, INPUT_SIZE_MAX);
  if (read === undefined) throw new UsageError(`"${what.slice(0, 80)}" is neither hexadecimal nor a file`);
  const text = fromHex(Buffer.from(read.buffer, read.byteOffset, read.length).toString('latin1').trim());
  return text === undefined || text.length === 0 ? read : text;
}

/** What bytes decode to. @throws CommandError where they make no sense */
export function decoded<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array, name: string): T {
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new CommandError(`the ${bytes.length} bytes are no ${name}: ${error.message}`, { cause: error });
  }
}
