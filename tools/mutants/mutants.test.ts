import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { tempFolder } from '../../test/support/temp-folder.ts';
import { repositoryRoot } from '../../test/support/vectors.ts';
import { generatedMutants } from './generated.ts';
import { failureIn } from './lane.ts';
import { LISTED_MUTANTS } from './list.ts';
import { compile, type Mutant, mutantOf } from './mutant.ts';
import { pageOf } from './report.ts';
import { type MutantResult, runMutants } from './run.ts';
import { TestOrder } from './test-order.ts';

const root = repositoryRoot();
const sourceOf = (file: string): string => readFileSync(join(root, 'src', file), 'utf8');

describe('the list of planted bugs', () => {
  it('has at least a hundred, each of its own name', () => {
    assert.ok(LISTED_MUTANTS.length >= 100);
    assert.equal(new Set(LISTED_MUTANTS.map(({ id }) => id)).size, LISTED_MUTANTS.length);
  });

  it('fits the sources: each stands in one place and changes what is compiled', () => {
    for (const listed of LISTED_MUTANTS) {
      const source = sourceOf(listed.file);
      assert.notEqual(compile(mutantOf(listed).plant(source)), compile(source), `${listed.id} changes nothing`);
    }
  });

  it('refuses a bug that fits nowhere or in two places', () => {
    const mutant = mutantOf({ id: 'x/y', file: 'a.ts', what: '', find: 'one', replace: 'two' });
    assert.throws(() => mutant.plant('nothing'), /x\/y: a.ts does not hold "one"/);
    assert.throws(() => mutant.plant('one and one'), /more than once/);
    assert.equal(mutant.plant('only one'), 'only two');
  });
});

describe('bugs made by chance', () => {
  it('are the same for the same seed, all different, and compile', () => {
    const [some, again, others] = [1, 1, 2].map((seed) => generatedMutants({ root, seed, count: 40 }));
    const ids = (mutants: readonly Mutant[] | undefined): readonly string[] => mutants!.map(({ id }) => id);
    assert.deepEqual(ids(some), ids(again));
    assert.notDeepEqual(ids(some), ids(others));
    assert.equal(new Set(ids(some)).size, 40);
    for (const mutant of some!) assert.notEqual(compile(mutant.plant(sourceOf(mutant.file))), compile(sourceOf(mutant.file)), mutant.id);
  });
});

describe('the order of tests', () => {
  it('begins with the test of the file itself and leaves out those that start the command', () => {
    const tests = new TestOrder(join(root, 'dist')).of('src/core/consensus/check-block.js');
    assert.equal(tests[0], 'src/core/consensus/check-block.test.js');
    assert.ok(tests.includes('src/engine/chain/chain.test.js') && !tests.includes('test/functional/process-crash.test.js'));
  });
});

const fail = (what: string): never => assert.fail(what);

const CALC = 'export const isSmall = (x) => x < 10;\n';
const TEST = `
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isSmall } from './calc.js';
it('takes 9 # and not 11', () => assert.ok(isSmall(9) && !isSmall(11)));
`;

/** A repository of one source and one test, compiled. */
async function smallRepository(t: TestContext): Promise<string> {
  const folder = await tempFolder(t);
  const files = {
    'package.json': '{"name":"small","type":"module"}',
    'src/calc.ts': CALC,
    'dist/src/calc.js': CALC,
    'dist/src/calc.test.js': TEST,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('a run of mutants', () => {
  const bug = (id: string, replace: string): Mutant => mutantOf({ id, file: 'calc.ts', what: id, find: 'x < 10', replace });

  it('tells which test found which, and which bug lived, and leaves the sources alone', { timeout: 120_000 }, async (t) => {
    const folder = await smallRepository(t);
    const results: MutantResult[] = [];
    const mutants = [bug('small/never', 'false'), bug('small/one-more', 'x <= 10')];
    const options = { root: folder, mutants, concurrency: 1, testsMax: 5, say: fail };
    await runMutants({ ...options, onResult: (result) => results.push(result) });
    const [found, alive] = results;
    assert.deepEqual(found?.foundBy, { test: 'src/calc.test.js', title: 'takes 9 # and not 11', timedOut: false });
    assert.deepEqual([alive?.foundBy, alive?.testsRun], [undefined, 1]);
    assert.equal(readFileSync(join(folder, 'dist/src/calc.js'), 'utf8'), CALC);
    const page = pageOf(results, '20.0.0');
    assert.match(page, /1 of 2 found \(50.0 %\)/);
    assert.match(page, /`src\/calc.ts`.*never|`calc.ts` \(never\).*takes 9/);
  });

  it('plants nothing where one of them does not fit', async (t) => {
    const folder = await smallRepository(t);
    const mutants = [bug('small/never', 'false'), mutantOf({ id: 'small/lost', file: 'calc.ts', what: '', find: 'gone', replace: '' })];
    const options = { root: folder, mutants, concurrency: 1, testsMax: 5, say: fail, onResult: (result: MutantResult) => fail(result.id) };
    await assert.rejects(runMutants(options), /small\/lost/);
    assert.ok(existsSync(join(folder, 'dist/src/calc.js')));
  });

  it('reads the first test that failed out of a report, and no group', () => {
    const report = '# Subtest: a group\n    # Subtest: good\n    ok 1 - good\n    not ok 2 - bad \\# one\n      ---\nnot ok 1 - a group\n';
    assert.equal(failureIn(report), 'bad # one');
    assert.equal(failureIn('ok 1 - good\n'), undefined);
  });
});
