/**
 * Three nodes living together for as long as it is told: `node dist/tools/soak.js [--minutes 60] [--seed N] [--pace-ms 2500] [--out FOLDER]`.
 *
 * Writes `soak.csv` and `soak.svg` into the folder and prints what happened. Fails where the nodes ever disagree, where one logs an
 * error, or where memory or open files grow.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { memoryPlot } from '../test/soak/memory-plot.ts';
import { growthOf, type MemorySample, samplesAsCsv } from '../test/soak/memory-samples.ts';
import { runSoak, type SoakOutcome } from '../test/soak/soak-run.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    'pace-ms': { type: 'string', default: '2500' },
    out: { type: 'string', default: 'soak' },
  },
});

const seed = Number(values.seed);
const samples: MemorySample[] = [];
let outcome: SoakOutcome;
try {
  outcome = await runSoak({
    seed,
    minutes: Number(values.minutes),
    paceMs: Number(values['pace-ms']),
    say: (line) => console.log(line),
    samples,
  });
} finally {
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'soak.csv'), samplesAsCsv(samples));
  const minutes = samples.at(-1)?.minutes ?? 0;
  writeFileSync(join(values.out, 'soak.svg'), memoryPlot(samples, `Three nodes for ${minutes.toFixed(0)} minutes (seed ${seed})`));
}
const { minutes, steps, height, counts } = outcome;
const growths = growthOf(samples);
console.log(`seed ${seed}: ${minutes.toFixed(1)} minutes, ${steps} steps, height ${height}`);
for (const [what, count] of Object.entries(counts)) console.log(`  ${what}: ${count}`);
console.log('lives of at least 40 samples, medians of the second and the last quarter:');
for (const { node, pid, minutes: lived, rssMib, heapMib, openFiles, grew } of growths) {
  const pair = ([before, after]: readonly [number, number]): string => `${before.toFixed(0)} -> ${after.toFixed(0)}`;
  const figures = `resident ${pair(rssMib)} MiB, heap ${pair(heapMib)} MiB, open files ${pair(openFiles)}`;
  console.log(`  node ${node} (process ${pid}), ${lived.toFixed(1)} minutes: ${figures}${grew ? ' GREW' : ''}`);
}
process.exitCode = growths.some(({ grew }) => grew) ? 1 : 0;
