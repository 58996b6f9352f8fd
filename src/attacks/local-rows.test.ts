import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../../test/support/vectors.ts';
import { ATTACKS } from './catalogue.ts';
import { LOCAL_ROWS, type TestName } from './local-rows.ts';

/** Rows of the catalogue: so many under each letter. */
const CATALOGUE = { S: 15, C: 22, T: 13, P: 27, N: 10, A: 12 };

const root = repositoryRoot();
/** Of a table of tests each row has its title by name. */
const TITLE = /\b(?:(?:it|test|describe)\(\s*|title: )(['"`])(.*?[^\\])\1/gs;
const PREFIX = /^[SCTPNA]\d+(?:, [SCTPNA]\d+)*: /;

/** Titles of the tests in a source. */
function titlesIn(source: string): readonly string[] {
  return [...source.matchAll(TITLE)].map(([, , title = '']) => title.replaceAll('\\', ''));
}

const testsOf = ({ state }: (typeof LOCAL_ROWS)[number]): readonly TestName[] => (state.kind === 'tested' ? state.tests : []);

describe('the rows of the catalogue', () => {
  it('are all played over the wire, shown by a test, or stand with their reason', () => {
    const there = new Set([...ATTACKS.flatMap(({ rows }) => rows), ...LOCAL_ROWS.map(({ row }) => row)]);
    const all = Object.entries(CATALOGUE).flatMap(([letter, count]) => Array.from({ length: count }, (_, i) => `${letter}${i + 1}`));
    assert.deepEqual(
      [...there].filter((row) => !all.includes(row)),
      [],
    );
    assert.deepEqual(
      all.filter((row) => !there.has(row)),
      [],
    );
  });

  it('name tests that exist, each with as many as its title begins', () => {
    const missing = LOCAL_ROWS.flatMap((row) => testsOf(row)).filter(({ file, title }) => {
      const path = join(root, file);
      return !existsSync(path) || !titlesIn(readFileSync(path, 'utf8')).some((each) => each.startsWith(title));
    });
    assert.deepEqual(missing, []);
  });

  it('have every test whose title begins with their number', () => {
    const named = new Set(LOCAL_ROWS.flatMap((row) => testsOf(row).map(({ file, title }) => `${row.row} ${file} ${title}`)));
    const unnamed: string[] = [];
    for (const folder of ['src', 'test', 'web']) {
      for (const path of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
        if (!path.endsWith('.test.ts')) continue;
        const file = `${folder}/${path.replaceAll('\\', '/')}`;
        for (const title of titlesIn(readFileSync(join(root, file), 'utf8'))) {
          const prefix = PREFIX.exec(title)?.[0];
          if (prefix === undefined) continue;
          for (const row of prefix.slice(0, -2).split(', '))
            if (!named.has(`${row} ${file} ${prefix}`)) unnamed.push(`${row}: ${file}: ${title}`);
        }
      }
    }
    assert.deepEqual(unnamed, []);
  });

  it('have names of their own, in small letters with hyphens', () => {
    const names = ATTACKS.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)),
      [],
    );
  });
});
