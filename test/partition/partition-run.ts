/**
 * What the partition test does, run inside the hub's namespace: nodes in two halves that part, mine, and heal. Prints one line of JSON.
 * Arguments: the prefix of the namespaces, and the number of nodes.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agree, makeNetworkFile, mine } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { addressOfHost, Namespaces, setCable } from './namespaces.ts';

const P2P_PORT = 7333;
const TRUNK = 20;
const DEPTH = 10;
const DEADLINE_MS = 60_000;

/** What was seen. */
export interface PartitionResult {
  readonly nodes: number;
  readonly depth: number;
  /** From the cable pulled to the cable in. */
  readonly partedMs: number;
  /** From the cable in to the last node on the winning branch. */
  readonly agreedMs: number;
  /** Depths of the reorganisations that a node of the losing half told by `/events`. */
  readonly told: readonly number[];
  /** CPU time of all nodes, from their start. */
  readonly cpuSeconds: number;
}

const [prefix, countText] = process.argv.slice(2) as [string, string];
const count = Number(countText);
const namespaces = new Namespaces(prefix);

/** Each node calls the one before it and the one half as far: a tree with chords, of which several cross the cable. */
async function startNode(number: number, network: string): Promise<QuoinProcess> {
  const calls = [...new Set([number - 1, Math.floor(number / 2)])].filter((each) => each > 0);
  return startQuoin({
    network,
    listen: `${addressOfHost(number)}:${P2P_PORT}`,
    http: `${addressOfHost(number)}:0`,
    launcher: ['ip', 'netns', 'exec', namespaces.of(number)],
    args: ['--workers', '0', '--index', 'none', ...calls.flatMap((each) => ['--peer', `${addressOfHost(each)}:${P2P_PORT}`])],
  });
}

/** Listens to a node's events until the signal; the reorganisations as they come. */
async function listen(node: QuoinProcess, depths: number[], signal: AbortSignal): Promise<void> {
  const cookie = readFileSync(join(node.dataDir, '.cookie'), 'utf8').trim();
  const response = await fetch(`${node.http}/events`, {
    headers: { authorization: `Basic ${Buffer.from(cookie).toString('base64')}` },
    signal,
  });
  assert.equal(response.status, 200);
  assert.equal((await fetch(`${node.http}/events`)).status, 401, 'from another machine a login is needed');
  const read = async (): Promise<void> => {
    let text = '';
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString('utf8');
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const data of blocks.flatMap((block) => /^data: (.*)$/m.exec(block)?.[1] ?? [])) {
        depths.push((JSON.parse(data) as { depth: number }).depth);
      }
    }
  };
  read().catch((error: unknown) => assert.ok(signal.aborted, String(error)));
}

/** CPU time of a process so far, from the kernel's own account, in hundredths of a second. */
function cpuSecondsOf({ process: { pid } }: QuoinProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function run(nodes: QuoinProcess[]): Promise<PartitionResult> {
  const network = makeNetworkFile(8);
  for (let number = 1; number <= count; number += 2) {
    const pair = [number, number + 1].filter((each) => each <= count);
    nodes.push(...(await Promise.all(pair.map((each) => startNode(each, network)))));
  }
  const [first, last] = [nodes[0] as QuoinProcess, nodes.at(-1) as QuoinProcess];
  await mine(first, TRUNK);
  await agree(nodes, DEADLINE_MS);
  const stop = new AbortController();
  const told: number[] = [];
  await listen(first, told, stop.signal);
  const cutMs = performance.now();
  setCable(namespaces.hub, false);
  await mine(first, DEPTH);
  const [best] = (await mine(last, DEPTH + 2)).slice(-1);
  const tips = (some: readonly QuoinProcess[]): Promise<string[]> =>
    Promise.all(some.map((node) => node.rpc('getbestblockhash') as Promise<string>));
  const oneTip = async (some: readonly QuoinProcess[]): Promise<boolean> => new Set(await tips(some)).size === 1;
  const halves = [nodes.slice(0, count / 2), nodes.slice(count / 2)] as const;
  for (const half of halves) await eventually('a half agrees', () => oneTip(half), DEADLINE_MS);
  assert.equal(new Set(await tips(nodes)).size, 2, 'the halves are apart');
  const healMs = performance.now();
  setCable(namespaces.hub, true);
  await eventually('all are on the branch of most work', async () => (await tips(nodes)).every((tip) => tip === best), DEADLINE_MS);
  const agreedMs = performance.now() - healMs;
  await eventually('the reorganisation is told', async () => told.length > 0);
  stop.abort();
  await agree(nodes, DEADLINE_MS);
  const cpuSeconds = nodes.reduce((sum, node) => sum + cpuSecondsOf(node), 0);
  return {
    nodes: count,
    depth: DEPTH,
    partedMs: Math.round(healMs - cutMs),
    agreedMs: Math.round(agreedMs),
    told,
    cpuSeconds: Math.round(cpuSeconds),
  };
}

const nodes: QuoinProcess[] = [];
try {
  const result = await run(nodes);
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await Promise.all(nodes.map((node) => node.stop()));
}
