import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const MODULE = fileURLToPath(new URL('./heap-growth.js', import.meta.url));

/** A ring of arrays, each of which is garbage only when it has grown old; says how often V8 looked through everything. */
const PROGRAM = `
import { constants, PerformanceObserver } from 'node:perf_hooks';
const { keepHeapSmall } = await import(process.argv[1]);
if (process.argv[2] === 'small') keepHeapSmall();
let collections = 0;
const count = (list) => {
  for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collections++;
};
const observer = new PerformanceObserver(count);
observer.observe({ entryTypes: ['gc'] });
const ring = new Array(20_000);
for (let i = 0; i < 600_000; i++) {
  ring[i % ring.length] = new Array(256).fill(i);
  if (i % 10_000 === 0) await new Promise(setImmediate);
}
count({ getEntries: () => observer.takeRecords() });
process.stdout.write(String(collections));
`;

/** How often a process of its own collected everything. */
function collections(how: 'small' | 'as-is'): number {
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM, MODULE, how], { encoding: 'utf8' }));
}

describe('keepHeapSmall', () => {
  it('has V8 look for garbage that has grown old half as often again, or more', () => {
    const [small, asIs] = [collections('small'), collections('as-is')];
    assert.ok(small > asIs * 1.4, `${small} times in place of ${asIs}`);
  });
});
