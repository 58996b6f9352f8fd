/**
 * Reads the body of a request up to a limit.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http';

/** Longest that a body can be: what the request says of it, or the limit where it says nothing. */
export function announcedSize(request: IncomingMessage, sizeMax: number): number {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length !== undefined) return Number(length);
  return encoding === undefined ? 0 : sizeMax;
}

/** The body, or undefined as soon as it is longer than it may be. Throws where the connection breaks. */
export async function readBody(request: IncomingMessage, sizeMax: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > sizeMax) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}
