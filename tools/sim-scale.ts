/**
 * How block propagation and stale blocks go with size: `node dist/tools/sim-scale.js [--series NAME] [--state FILE] [--docs FOLDER]` measures the points of
 * docs/scale.md that the state file does not have yet and, with `--docs`, draws the pictures and writes the tables. With `--nodes` and the other figures of a
 * point it measures that point alone and prints it.
 *
 * @module
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { measure } from './scale/measure.ts';
import { commandOf, POINTS, type ScalePoint, type ScaleResult } from './scale/point.ts';
import { writeDocs } from './scale/write-docs.ts';

const { values } = parseArgs({
  options: {
    series: { type: 'string' },
    state: { type: 'string', default: 'out/sim-scale.jsonl' },
    docs: { type: 'string' },
    nodes: { type: 'string' },
    degree: { type: 'string', default: '8' },
    'fresh-bytes': { type: 'string', default: '0' },
    'latency-ms': { type: 'string', default: '80' },
    'interval-ms': { type: 'string', default: '60000' },
    blocks: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
  },
});

function readState(): ScaleResult[] {
  if (!existsSync(values.state)) return [];
  const lines = readFileSync(values.state, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as ScaleResult);
}

/** The one point that was asked for; undefined: those of the document. */
function ownPoint(): ScalePoint | undefined {
  if (values.nodes === undefined) return undefined;
  return {
    series: (values.series ?? 'nodes') as ScalePoint['series'],
    nodes: Number(values.nodes),
    degree: Number(values.degree),
    freshBytes: Number(values['fresh-bytes']),
    latencyMs: Number(values['latency-ms']),
    intervalMs: Number(values['interval-ms']),
    blocks: Number(values.blocks),
    seed: Number(values.seed),
  };
}

async function measureAll(): Promise<ScaleResult[]> {
  mkdirSync(dirname(values.state), { recursive: true });
  const results = readState();
  const known = new Set(results.map(({ point }) => commandOf(point)));
  for (const point of POINTS) {
    if (known.has(commandOf(point)) || (values.series !== undefined && point.series !== values.series)) continue;
    const result = await measure(point);
    results.push(result);
    appendFileSync(values.state, `${JSON.stringify(result)}\n`);
    const { meanMs, found, stale } = result;
    const { user, system } = process.cpuUsage();
    console.log(
      `${commandOf(point)}\n  mean ${meanMs.toFixed(0)} ms, ${stale} of ${found} stale, ${((user + system) / 1e6).toFixed(0)} s CPU so far`,
    );
  }
  return results;
}

const point = ownPoint();
if (point !== undefined) console.log(JSON.stringify(await measure(point), undefined, 2));
else {
  const results = await measureAll();
  if (values.docs !== undefined) writeDocs(values.docs, results);
}
