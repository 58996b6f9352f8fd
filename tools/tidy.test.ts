/**
 * The house checks itself: floors, cycles, lengths, words that pure floors must not know, comments on exports, dead files, links.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../test/support/vectors.ts';
import { ENTRY_FILES, LONG_FILES, ROOMS, roomOf, WATERLINE } from './rooms.ts';
import { blanked, importsOf, longFunctions, undocumentedExports } from './source-text.ts';

const FILE_LINES_MAX = 600;
const FUNCTION_LINES_MAX = 70;

const root = repositoryRoot();
const src = join(root, 'src');

/** Sources below `src/` by their path there; generated kernels and AssemblyScript, which is another language, left out. */
function sources(): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || path.endsWith('.d.ts') || path.endsWith('.wasm.ts') || path.includes('/assembly/')) continue;
    found.set(path.replaceAll('\\', '/'), readFileSync(join(src, path), 'utf8'));
  }
  return found;
}

const all = sources();
const isTest = (path: string) => path.endsWith('.test.ts') || path.endsWith('.test-d.ts');
const shipped = [...all].filter(([path]) => !isTest(path));

/** Path below `src/` of a relative import. */
function target(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? normalize(join(dirname(from), specifier)).replaceAll('\\', '/') : undefined;
}

function floorOf(path: string): number {
  return ROOMS[roomOf(path) ?? '']?.floor ?? Number.POSITIVE_INFINITY;
}

test('every source stands in a room of the plan', () => {
  assert.ok(all.size > 0);
  assert.deepEqual(
    [...all.keys()].filter((path) => roomOf(path) === undefined),
    [],
  );
});

test('no room imports one that its row of the plan does not name', () => {
  const breaches: string[] = [];
  for (const [path, source] of shipped) {
    const from = roomOf(path);
    for (const { specifier } of importsOf(source)) {
      const to = target(path, specifier);
      if (to === undefined || from === undefined) continue;
      const room = roomOf(to);
      if (room === undefined) breaches.push(`${path} imports ${to}, which is in no room`);
      else if (room !== from && !ROOMS[from]!.mayImport.includes(room)) breaches.push(`${path} imports ${to}`);
    }
  }
  assert.deepEqual(breaches, []);
});

test('ports are types: what they import is gone when compiled', () => {
  const breaches = shipped
    .filter(([path]) => roomOf(path) === 'ports')
    .flatMap(([path, source]) =>
      importsOf(source)
        .filter((each) => !each.typeOnly)
        .map((each) => `${path}: ${each.specifier}`),
    );
  assert.deepEqual(breaches, []);
});

test('no file imports itself by way of others', () => {
  const edges = new Map<string, string[]>();
  for (const [path, source] of shipped) {
    const to = importsOf(source)
      .filter((each) => !each.typeOnly)
      .map((each) => target(path, each.specifier));
    edges.set(
      path,
      to.filter((each): each is string => each !== undefined),
    );
  }
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(path), `cycle: ${[...trail, path].join(' → ')}`);
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
});

test('pure floors use no platform module and only the crypto room a cryptography package', () => {
  const breaches: string[] = [];
  for (const [path, source] of shipped) {
    if (floorOf(path) > WATERLINE || path.startsWith('core/crypto/node/')) continue;
    for (const { specifier } of importsOf(source)) {
      const cryptography = /^(@noble\/|tiny-secp256k1|secp256k1|hash-wasm)/.test(specifier);
      if (specifier.startsWith('node:')) breaches.push(`${path}: ${specifier}`);
      if (cryptography && roomOf(path) !== 'crypto') breaches.push(`${path}: ${specifier}`);
    }
  }
  assert.deepEqual(breaches, []);
});

test('clocks and chance are handed in: only the system adapters name them', () => {
  const words = /\b(?:Date\.now|Math\.random|new Date\(\)|setTimeout|setInterval|setImmediate|queueMicrotask|performance\.now)\b/;
  const breaches: string[] = [];
  for (const [path, source] of shipped) {
    if (floorOf(path) > 8 || roomOf(path) === 'system' || path === 'platform/browser/clock.ts') continue;
    blanked(source)
      .split('\n')
      .forEach((line, i) => {
        if (words.test(line)) breaches.push(`${path}:${i + 1}: ${line.trim()}`);
      });
  }
  assert.deepEqual(breaches, []);
});

test(`files keep to ${FILE_LINES_MAX} lines and functions to ${FUNCTION_LINES_MAX}`, () => {
  const breaches: string[] = [];
  for (const [path, source] of shipped) {
    const lines = source.split('\n').length;
    if (lines > FILE_LINES_MAX && !LONG_FILES.includes(path)) breaches.push(`${path}: ${lines} lines`);
    for (const long of longFunctions(source, FUNCTION_LINES_MAX)) breaches.push(`${path}:${long}`);
  }
  assert.deepEqual(breaches, []);
});

test('every export of the pure floors has a comment', () => {
  const breaches = shipped
    .filter(([path]) => floorOf(path) <= WATERLINE)
    .flatMap(([path, source]) => undocumentedExports(source).map((each) => `${path}:${each}`));
  assert.deepEqual(breaches, []);
});

test('no mark of unfinished work is left', () => {
  // Written apart, so that this file does not hold the words itself.
  const marks = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X\\b', 'HA' + 'CK'].join('|'));
  assert.deepEqual(
    [...all].filter(([, source]) => marks.test(source)).map(([path]) => path),
    [],
  );
});

test('no source is dead: something imports it, or the plan names it as an entry', () => {
  const reached = new Set<string>(ENTRY_FILES);
  for (const [path, source] of all) {
    for (const { specifier } of importsOf(source)) if (!isTest(path)) reached.add(target(path, specifier) ?? '');
  }
  const dead = shipped.map(([path]) => path).filter((path) => !reached.has(path) && !path.endsWith('/index.ts'));
  assert.deepEqual(dead, []);
});

test('every reason of a rejection is documented where it is named', () => {
  const source = all.get('core/consensus/reasons.ts') ?? '';
  const lines = source.split('\n');
  const reasons = lines.map((line, i) => ({ i, match: /^\s*\|? '([^']+)'/.exec(line) })).filter(({ match }) => match !== null);
  assert.ok(reasons.length > 30, 'the list of reasons is there');
  const bare = reasons.filter(({ i }) => !/\*\/\s*$|^\s*\/\//.test(lines[i - 1] ?? '') && !/\/\/|\*\//.test(lines[i] ?? ''));
  assert.deepEqual(
    bare.map(({ match }) => match![1]),
    [],
  );
});

test('pages use what is published and the files beside them, nothing else', () => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  const published = new Set(Object.keys(exports).map((path) => `quoin${path.slice(1)}`));
  const pages = readdirSync(join(root, 'web'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !isTest(path),
  );
  assert.ok(pages.length > 0);
  const breaches = pages.flatMap((path) =>
    importsOf(readFileSync(join(root, 'web', path), 'utf8'))
      .filter(({ specifier }) => !published.has(specifier) && !/^\.\/[a-z-]+\.ts$/.test(specifier))
      .map(({ specifier }) => `${path}: ${specifier}`),
  );
  assert.deepEqual(breaches, []);
});

test('links in the documents lead somewhere', () => {
  const documents = [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  ];
  const broken: string[] = [];
  for (const document of documents) {
    const text = readFileSync(join(root, document), 'utf8').replace(/```[\s\S]*?```/g, '');
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:|^#/.test(link!)) continue;
      const path = join(root, dirname(document), link!.split('#')[0]!);
      if (!existsSync(path)) broken.push(`${relative(root, join(root, document))}: ${link}`);
    }
  }
  assert.deepEqual(broken, []);
});
