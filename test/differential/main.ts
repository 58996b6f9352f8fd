/**
 * Runs the differential test by hand: `node dist/test/differential/main.js [--seed S] [--steps N] [--late]`.
 *
 * `--late` lets the rules that regtest has from its first block begin one after another, in an order that the seed decides.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import { lateHeights } from './late-heights.ts';
import { DifferenceFound, run } from './run.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, steps: { type: 'string', default: '1000' }, late: { type: 'boolean', default: false } },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const steps = Number(values.steps);
const heights = values.late ? lateHeights(seed) : {};
say(`seed ${seed}, ${steps} steps, ${values.late ? JSON.stringify(heights) : 'all rules from the start'}`);
try {
  const result = await run({ seed, steps, heights, progress: say });
  for (const [what, counts] of [...result.answers].sort(([a], [b]) => (a < b ? -1 : 1))) {
    say(`${what}: ${[...counts].map(([answer, count]) => `${count} x ${answer}`).join(', ')}`);
  }
  for (const [why, count] of result.reasoned) say(`${count} x ${why}`);
  say(`\nheight ${result.height}, deepest reorganisation ${result.reorganisedMax}: no difference`);
} catch (error) {
  if (!(error instanceof DifferenceFound)) throw error;
  say(`\nDIFFERENCE\n${error.message}`);
  process.exitCode = 1;
}
