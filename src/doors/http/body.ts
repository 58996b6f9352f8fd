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

/**
 * The body, or undefined as soon as it is longer than it may be. Rejects where the connection breaks. Events, since iterating over
 * the request would cost as much as all the rest of a small one.
 */
export function readBody(request: IncomingMessage, sizeMax: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= sizeMax) {
        chunks.push(chunk);
        return;
      }
      request.pause();
      chunks.length = 0;
      resolve(undefined);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
