/**
 * Mutants by chance: a comparison turned or moved by one, a constant one more, a condition never asked, `&&` for `||`.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '../../test/support/seeded-random.ts';
import { blanked } from '../source-text.ts';
import type { Mutant } from './mutant.ts';

/** Where the rules stand, and what is done by them. */
const FOLDERS = ['core/consensus', 'core/script', 'engine/chain'];

interface Operator {
  readonly pattern: RegExp;
  /** What stands there instead; the first is drawn as often as the others. */
  readonly becomes: (text: string) => readonly string[];
}

const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
};

const OPERATORS: readonly Operator[] = [
  // With spaces around: brackets of types have none.
  { pattern: /(?<= )(?:<=|>=|<|>|===|!==)(?= )/g, becomes: (text) => COMPARISONS[text]! },
  { pattern: /(?<= )(?:&&|\|\|)(?= )/g, becomes: (text) => [text === '&&' ? '||' : '&&'] },
  {
    pattern: /(?<=[ ([])\d+n?(?=[ ;,)\]])/g,
    becomes: (text) => (text.endsWith('n') ? [`${BigInt(text.slice(0, -1)) + 1n}n`] : [String(Number(text) + 1)]),
  },
  { pattern: /(?<=\bif )\((?=[^\n]*\) (?:return|throw|continue|break)\b)/g, becomes: () => ['(false && '] },
  { pattern: /(?<= )[+-](?= )/g, becomes: (text) => [text === '+' ? '-' : '+'] },
];

/** Where and how the mutants are made. */
export interface GenerateOptions {
  /** The repository. */
  readonly root: string;
  readonly seed: number;
  readonly count: number;
}

/** So many mutants, all different; the same seed and sources give the same ones. */
export function generatedMutants({ root, seed, count }: GenerateOptions): Mutant[] {
  const places = FOLDERS.flatMap((folder) => sourcesOf(root, folder)).flatMap((file) => mutantsIn(root, file));
  const random = new SeededRandom(seed);
  const chosen: Mutant[] = [];
  while (chosen.length < count && places.length > 0) chosen.push(...places.splice(random.below(places.length), 1));
  return chosen;
}

function sourcesOf(root: string, folder: string): string[] {
  return readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .sort();
}

function mutantsIn(root: string, file: string): Mutant[] {
  const source = readFileSync(join(root, 'src', file), 'utf8');
  const code = blanked(source);
  return OPERATORS.flatMap(({ pattern, becomes }) =>
    [...code.matchAll(pattern)]
      // A text that was blanked out before it is no space.
      .filter(({ index }) => source[index - 1] === code[index - 1])
      .flatMap(({ index, 0: text }) => becomes(text).map((other) => chanceMutant(file, code, { index, text, other }))),
  );
}

function chanceMutant(file: string, code: string, { index, text, other }: { index: number; text: string; other: string }): Mutant {
  const lineNumber = code.slice(0, index).split('\n').length;
  const begin = code.lastIndexOf('\n', index) + 1;
  const line = code.slice(begin, code.indexOf('\n', index));
  const column = index - begin;
  const what = `${line.slice(0, column)}[${text} → ${other}]${line.slice(column + text.length)}`.trim();
  return {
    id: `${file}:${lineNumber}:${column + 1}:${other.trim()}`,
    file,
    what,
    plant: (source) => source.slice(0, index) + other + source.slice(index + text.length),
  };
}
