import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assertSolves, blockSearchSuite, findOne, searchJob } from '../../../test/support/block-search-suite.ts';
import { eventually } from '../../../test/support/eventually.ts';
import type { NodeError } from '../../engine/ports/node-error.ts';
import { MiningPool } from './mining-pool.ts';

const unexpected = (error: NodeError) => assert.fail(error);

/** A worker that ends at once. */
const BROKEN = new URL(`data:text/javascript,${encodeURIComponent('throw new Error("broken")')}`);

/** Nice values of this process' threads. */
function priorities(): number[] {
  // The nineteenth field; the name in the second may hold spaces and ends with a bracket.
  return readdirSync('/proc/self/task').map((id) =>
    Number(readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(') ')[1]!.split(' ')[16]),
  );
}

describe('searching on worker threads', () => {
  blockSearchSuite(() => new MiningPool({ workers: 2, failed: unexpected }));

  it('uses every thread, each with the lowest priority while the others keep theirs', { skip: platform() !== 'linux' }, async (t) => {
    const lowest = () => priorities().filter((nice) => nice === 19).length;
    // Threads of a pool that was closed go a little later.
    await eventually('those of the tests before have gone', () => lowest() === 0);
    const pool = new MiningPool({ workers: 3, failed: unexpected });
    // Threads that search for ever would keep the run from ending.
    t.after(() => pool.close());
    pool.start(searchJob(1, 200), () => assert.fail('nobody meets this target'));
    await eventually('three threads have stepped back', () => lowest() === 3);
    assert.ok(priorities().some((nice) => nice < 19));
  });

  it('puts another worker in the place of one that ended, once, and then says so', async () => {
    const failures: NodeError[] = [];
    const pool = new MiningPool({ workers: 2, failed: (error) => failures.push(error), entry: BROKEN });
    await eventually('both places are given up', () => failures.length === 2);
    assert.deepEqual(
      failures.map((error) => error.code),
      ['worker-failed', 'worker-failed'],
    );
    assert.match(String(failures[0]!.cause), /broken/);
    assert.equal(pool.workers, 0);
    await pool.close();
  });

  it('gives the current job to the worker that fills a place', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quoin-mining-'));
    const worker = new URL(`./mining-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
    // Ends the first time; the file that it leaves tells the second one to work.
    const source = `import { existsSync, writeFileSync } from 'node:fs';
      const mark = ${JSON.stringify(join(folder, 'mark'))};
      if (existsSync(mark)) await import(${JSON.stringify(worker.href)});
      else writeFileSync(mark, '');`;
    const pool = new MiningPool({ workers: 1, failed: unexpected, entry: new URL(`data:text/javascript,${encodeURIComponent(source)}`) });
    assertSolves(searchJob(1, 12), await findOne(pool, searchJob(1, 12)));
    assert.equal(existsSync(join(folder, 'mark')), true);
    await pool.close();
    rmSync(folder, { recursive: true });
  });
});
