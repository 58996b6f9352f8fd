/**
 * The published test vectors: where they lie, how they are read, and what happens where they are absent.
 *
 * They are kept outside this repository, in `../shared/vectors` or where QUOIN_VECTORS says. A fresh clone without them skips
 * such tests, one line each; the continuous check (CI=true) fails instead.
 *
 * @module
 */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The repository's root: the nearest folder above this file that holds the package named quoin, wherever it was compiled to. */
export function repositoryRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name === 'quoin') return folder;
    if (folder === dirname(folder)) throw new Error('no package.json of quoin above the tests');
  }
}

/** The folder with the vectors, or undefined where there is none. */
export function vectorsFolder(): string | undefined {
  const folder = process.env.QUOIN_VECTORS ?? join(repositoryRoot(), '../shared/vectors');
  return existsSync(folder) ? folder : undefined;
}

/** A file of the vectors, its path given from their folder: `core/sighash.json`. Throws where it is absent. */
export function readVectorBytes(path: string): Uint8Array {
  const folder = vectorsFolder();
  if (folder === undefined) throw new Error(`no vectors: ${path} cannot be read`);
  return new Uint8Array(readFileSync(join(folder, path)));
}

/** The same as text. */
export function readVectorText(path: string): string {
  return Buffer.from(readVectorBytes(path)).toString('utf8');
}

/** The same as JSON. The shape is the caller's claim. */
export function readVectorJson<T>(path: string): T {
  return JSON.parse(readVectorText(path)) as T;
}

/** A `describe` for tests that read vectors: one skipped line where they are absent, a failure where CI=true. */
export function describeVectors(title: string, fn: () => void): void {
  if (vectorsFolder() !== undefined) {
    describe(title, fn);
  } else if (process.env.CI === 'true') {
    it(title, () => {
      throw new Error('the vectors are missing: set QUOIN_VECTORS to their folder');
    });
  } else {
    it(title, { skip: 'no vectors: ../shared/vectors is absent and QUOIN_VECTORS is not set' });
  }
}
