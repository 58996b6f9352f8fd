/**
 * Hostile peers against one node on loopback: `node dist/tools/hostile.js [--peers 125] [--seconds 60] [--seed N]`.
 *
 * Prints what honest peers noticed and what it cost the node. Fails where an honest peer is let go, a block does not go through, or the
 * node does not stop in order.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import { type Answers, runHostile } from '../test/hostile/hostile-run.ts';

const { values } = parseArgs({
  options: {
    peers: { type: 'string', default: '125' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
});

const outcome = await runHostile({ seed: Number(values.seed), peers: Number(values.peers), seconds: Number(values.seconds) });
const times = ({ count, median, slowest }: Answers): string => {
  const both = ({ ms, cpuMs }: Answers['median']): string => `${ms.toFixed(0)} ms (processor ${cpuMs.toFixed(1)} ms)`;
  return `${count} times, ${both(median)} in the middle, ${both(slowest)} at the slowest`;
};
const mib = (value: number): string => `${value.toFixed(0)} MiB`;
console.log(`seed ${values.seed}: ${values.peers} hostile peers for ${outcome.seconds.toFixed(0)} seconds`);
console.log(`  memory: ${mib(outcome.before.rssMib)} before, ${mib(outcome.peakMib)} at the peak, ${mib(outcome.afterMib)} afterwards`);
console.log(`  processor: ${outcome.cpuSeconds.toFixed(1)} seconds`);
console.log(`  received ${mib(outcome.receivedMib)}, sent ${mib(outcome.sentMib)}, log ${outcome.logMib.toFixed(1)} MiB`);
console.log(`  ping answered: ${times(outcome.pings)}`);
console.log(`  block answered: ${times(outcome.blocks)}`);
console.log(`  new block passed on: ${times(outcome.relays)}`);
for (const [name, { connections, refused, bytes }] of Object.entries(outcome.attacks)) {
  console.log(`  ${name}: ${connections} connections, ${refused} refused, ${mib(bytes / 1_048_576)} sent`);
}
