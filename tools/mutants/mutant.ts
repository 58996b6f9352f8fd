/**
 * A bug planted on purpose: what it is, and how a source becomes one that has it.
 *
 * @module
 */

import { transformSync } from 'esbuild';

/** A row of the list. */
export interface ListedMutant {
  /** Unique; the room, a slash, and a name. */
  readonly id: string;
  /** Path below `src/`. */
  readonly file: string;
  /** What is wrong with the node that has it, in a few words. */
  readonly what: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Part of the path of a test that is likely to see it, where that is not the file's own: tried first. */
  readonly test?: string;
}

/** Any mutant: a listed one, or one made by chance. */
export interface Mutant {
  readonly id: string;
  readonly file: string;
  readonly what: string;
  readonly test?: string;
  /** The source with the bug. @throws where the bug does not fit the source */
  plant(source: string): string;
}

/** A listed mutant that is ready to be planted. */
export function mutantOf({ find, replace, ...mutant }: ListedMutant): Mutant {
  const { id, file } = mutant;
  return {
    ...mutant,
    plant(source) {
      const at = source.indexOf(find);
      if (at < 0) throw new Error(`${id}: ${file} does not hold ${JSON.stringify(find)}`);
      if (source.includes(find, at + 1)) throw new Error(`${id}: ${file} holds more than once ${JSON.stringify(find)}`);
      return source.slice(0, at) + replace + source.slice(at + find.length);
    },
  };
}

const COMPILER = { compilerOptions: { target: 'ES2022', verbatimModuleSyntax: true, useDefineForClassFields: true } } as const;

/** One file as JavaScript, without a look at its types. @throws where it is no TypeScript */
export function compile(source: string): string {
  const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'es2022', tsconfigRaw: COMPILER });
  return code.replace(/(\b(?:from|import)\s*\(?\s*["']\.[^"']*)\.ts(["'])/g, '$1.js$2');
}
