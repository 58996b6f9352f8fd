/**
 * `test/support/vectors.ts` in a page: the same vectors, from the test's server.
 *
 * @module
 */

import { describe } from './node-test.ts';
import { readBytes, readText } from './page-files.ts';

/** A file of the vectors. */
export function readVectorBytes(path: string): Uint8Array {
  return readBytes(`/vectors/${path}`);
}

/** The same as text. */
export function readVectorText(path: string): string {
  return readText(`/vectors/${path}`);
}

/** The same as JSON. */
export function readVectorJson<T>(path: string): T {
  return JSON.parse(readVectorText(path)) as T;
}

/** A group of tests: where the page is opened, the vectors are there. */
export const describeVectors: typeof describe = describe;
