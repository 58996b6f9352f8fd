/**
 * Which tests can see a change of a file, those that stand nearest first: read from the imports of what was compiled.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { roomOf } from '../rooms.ts';

/** Tests that start whole processes, which run the bundled command and so never the changed file; or that no `npm test` runs. */
const OUT_OF_REACH = /^test\/(?:interop|package|partition|subnet|clients)\/|^tools\//;
const STARTS_PROCESSES = /test\/support\/(?:quoin-process|quoin-command|bitcoind-process)\.js$/;

/** How many imports further away tests of other rooms stand than they are. */
const ROOM_STEP = 2.5;

/** Paths below `dist/`, with slashes. */
export class TestOrder {
  readonly #importers = new Map<string, string[]>();
  readonly #tests: readonly string[];

  /** @param dist - the folder of the compiled sources */
  constructor(dist: string) {
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.js') && !path.startsWith('bin/'));
    for (const from of files) {
      for (const to of importsOf(readFileSync(join(dist, from), 'utf8'), from)) {
        const importers = this.#importers.get(to);
        if (importers === undefined) this.#importers.set(to, [from]);
        else importers.push(from);
      }
    }
    const processes = new Set<string>();
    for (const file of files.filter((path) => STARTS_PROCESSES.test(path))) for (const [each] of this.#distances(file)) processes.add(each);
    this.#tests = files.filter((path) => path.endsWith('.test.js') && !OUT_OF_REACH.test(path) && !processes.has(path));
  }

  /** How many imports lead from each file to this one. */
  #distances(file: string): Map<string, number> {
    const found = new Map([[file, 0]]);
    for (const [at, distance] of found) {
      for (const importer of this.#importers.get(at) ?? []) if (!found.has(importer)) found.set(importer, distance + 1);
    }
    return found;
  }

  /** Every test within reach: the file's own, then by the number of imports between, those of its room before others. */
  of(file: string): readonly string[] {
    const distances = this.#distances(file);
    const own = file.replace(/\.js$/, '');
    const room = roomOfCompiled(file);
    const rank = (test: string): number => {
      if (test.startsWith(`${own}.`)) return 0;
      const distance = distances.get(test)!;
      return roomOfCompiled(test) === room ? distance : distance + ROOM_STEP;
    };
    const ranks = this.#tests.filter((test) => distances.has(test)).map((test) => ({ test, rank: rank(test) }));
    return ranks.sort((a, b) => a.rank - b.rank || (a.test < b.test ? -1 : 1)).map(({ test }) => test);
  }
}

function roomOfCompiled(path: string): string | undefined {
  return path.startsWith('src/') ? roomOf(path.slice('src/'.length).replace(/\.js$/, '.ts')) : undefined;
}

function importsOf(source: string, from: string): string[] {
  const found: string[] = [];
  for (const [, specifier] of source.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|new URL\(\s*)['"](\.[^'"]+\.js)['"]/g)) {
    found.push(normalize(join(dirname(from), specifier!)).replaceAll('\\', '/'));
  }
  return found;
}
