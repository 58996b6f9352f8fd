/**
 * Real nodes that are killed and cut off by chance: `node dist/tools/survive.js [--nodes 10] [--seconds 300] [--seed N]`.
 *
 * Prints its seed, and in the end what happened. Fails where the nodes do not come to agree, a coin or a confirmed payment is missing, one
 * logs an error or ends by itself, or a process is left.
 *
 * @module
 */

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runSurvive } from '../test/survive/survive-run.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '300' },
    seed: { type: 'string' },
  },
});

const seed = Number(values.seed ?? randomInt(2 ** 31));
console.log(`seed ${seed}`);
const outcome = await runSurvive({
  seed,
  nodes: Number(values.nodes),
  seconds: Number(values.seconds),
  agreeEvery: 40,
  say: (line) => console.log(line),
});
const { apartMax, confirmed, counts, height, lost, muhash, seconds, steps, tip, total, warnings } = outcome;
console.log(`seed ${seed}: ${values.nodes} nodes, ${seconds.toFixed(0)} seconds, ${steps} steps`);
for (const [what, count] of Object.entries(counts)) console.log(`  ${what}: ${count}`);
console.log(`  height ${height}, tip ${tip}, muhash ${muhash}`);
console.log(`  coins ${total} base units; payments in the chain ${confirmed}, lost before anybody had them ${lost}`);
console.log(`  heights at a meeting at most ${apartMax} apart`);
console.log(`  warnings: ${JSON.stringify(warnings)}`);
