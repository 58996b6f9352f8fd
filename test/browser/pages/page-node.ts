/**
 * What of Node's modules the tests that run in a page name: paths, files of packages from the test's server, a checksum.
 *
 * @module
 */

import { readText } from './page-files.ts';

/** A path put together. */
export function join(...parts: readonly string[]): string {
  return parts.join('/');
}

/** A path without its last part. */
export function dirname(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** Finds files of packages. */
export function createRequire(): { resolve(name: string): string } {
  return { resolve: (name) => `/node_modules/${name}` };
}

/** A file as text. */
export function readFileSync(path: string): string {
  return readText(path);
}

/** The checksum of `node:zlib`. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return (crc ^ 0xffffffff) >>> 0;
}
