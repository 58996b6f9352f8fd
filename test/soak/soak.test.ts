import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryPlot } from './memory-plot.ts';
import { GROWTH_SAMPLES_MIN, growthOf, type MemorySample, samplesAsCsv } from './memory-samples.ts';
import { runSoak } from './soak-run.ts';

function lifeOf(pid: number, rssMibAt: (i: number) => number, count = GROWTH_SAMPLES_MIN): MemorySample[] {
  return Array.from({ length: count }, (_, i) => ({ minutes: i / 10, node: 0, pid, rssMib: rssMibAt(i), heapMib: 20, openFiles: 50 }));
}

describe('the judgement of memory', () => {
  it('finds a life that grows and passes one that warms up and stays', () => {
    const [warm, leak] = growthOf([...lifeOf(1, (i) => Math.min(100 + 5 * i, 130)), ...lifeOf(2, (i) => 100 + 5 * i)]);
    assert.deepEqual([warm?.grew, warm?.rssMib], [false, [130, 130]]);
    assert.deepEqual([leak?.grew, leak?.rssMib], [true, [175, 275]]);
  });

  it('finds open files that become more', () => {
    const samples = lifeOf(1, () => 100).map((sample, i) => ({ ...sample, openFiles: 50 + i }));
    assert.equal(growthOf(samples)[0]?.grew, true);
  });

  it('leaves out a life that is too short by one sample', () => {
    assert.equal(growthOf(lifeOf(1, () => 100, GROWTH_SAMPLES_MIN - 1)).length, 0);
    assert.equal(growthOf(lifeOf(1, () => 100)).length, 1);
  });

  it('shows each life as a line of its own', () => {
    const samples = [...lifeOf(1, () => 100, 3), ...lifeOf(2, () => 90, 3)];
    assert.equal(memoryPlot(samples, 'a title').match(/stroke-width="1.5"/g)?.length, 2);
    assert.equal(samplesAsCsv(samples.slice(0, 1)), 'minutes,node,pid,rss_mib,heap_mib,open_files\n0.00,0,1,100.0,20.0,50\n');
  });
});

describe('three nodes that live together', {
  skip: process.platform !== 'linux' && 'SKIPPED: only Linux tells what a process takes',
}, () => {
  it('agree through partings, branches, a stop and a kill', async () => {
    const samples: MemorySample[] = [];
    const { counts, height } = await runSoak({ seed: 7, minutes: 5, stepsMax: 16, paceMs: 0, say: () => undefined, samples });
    assert.deepEqual([counts.partition, counts.invalidate, counts.stop, counts.kill], [1, 1, 1, 1]);
    assert.ok(height > 50 && samples.length === 48, `height ${height}, ${samples.length} samples`);
  });
});
