/**
 * What the subnet tests do, run inside the hub's namespace: nodes on hosts of their own that nobody told of each other. Arguments: the prefix of
 * the namespaces, and which of `RUNS`. Prints one line of JSON; fails where something is not as it should be.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { addressOfHost, Namespaces } from '../partition/namespaces.ts';
import { agree, makeNetworkFile, mine } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { Avahi } from './avahi.ts';

const P2P_PORT = 7333;
const SERVICE = '_quoin._tcp';
const DEADLINE_MS = 60_000;
const HOSTILE_PACKETS = 10_000;
const HOSTILE_MIB_MAX = 200;
const RELAY_DELAY_MS = 50;

/** What was seen. */
export interface SubnetResult {
  /** Nodes that found each other. */
  readonly nodes: number;
  /** From the first node's start until all have proved each other. */
  readonly foundMs?: number;
  /** Packets of a hostile host, and what they cost a node. */
  readonly hostile?: { readonly packets: number; readonly cpuSeconds: number; readonly residentMib: number };
}

interface SubnetNode {
  readonly address: string;
  readonly proved: boolean;
  readonly latencyMs: number | null;
  readonly connected: boolean;
}

const [prefix, what] = process.argv.slice(2) as [string, string];
const namespaces = new Namespaces(prefix);
const nodes: QuoinProcess[] = [];

/** A node on a host, which hears of nobody but by itself. */
async function start(number: number, network: string, { discovery = true, host = '0.0.0.0', port = P2P_PORT } = {}): Promise<QuoinProcess> {
  const node = await startQuoin({
    ...{ network, discovery },
    listen: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    http: `${addressOfHost(number)}:0`,
    launcher: ['ip', 'netns', 'exec', namespaces.of(number)],
    args: ['--workers', '0', '--index', 'none'],
  });
  nodes.push(node);
  return node;
}

const subnetOf = (node: QuoinProcess): Promise<SubnetNode[]> => node.get('/api/v1/peers/subnet') as Promise<SubnetNode[]>;
const addressOf = (number: number, port = P2P_PORT): string => `${addressOfHost(number)}:${port}`;

/** Waits until a node has proved exactly these. */
async function finds(node: QuoinProcess, ...numbers: readonly number[]): Promise<void> {
  const wanted = numbers.map((number) => addressOf(number)).sort();
  await eventually(
    `a node finds ${wanted.join(' and ') || 'nobody'}`,
    async () => {
      const found = await subnetOf(node);
      return (
        found.every(({ proved }) => proved) &&
        found
          .map(({ address }) => address)
          .sort()
          .join() === wanted.join()
      );
    },
    DEADLINE_MS,
  );
}

/** Lines of a node's log of one event. */
function told(node: QuoinProcess, event: string): Record<string, unknown>[] {
  return node.output.flatMap((line) => {
    const entry = line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : {};
    return entry.event === event ? [entry] : [];
  });
}

/** Nodes of one network find each other, those of another and one that keeps to itself stay apart, and who goes is dropped. */
async function discover(): Promise<SubnetResult> {
  const network = makeNetworkFile(8);
  const begunMs = performance.now();
  const [a, b, c] = [await start(1, network), await start(2, network), await start(3, network)];
  const other = await start(4, makeNetworkFile(9));
  const alone = await start(5, network, { discovery: false });
  await finds(a, 2, 3);
  await finds(b, 1, 3);
  await finds(c, 1, 2);
  const foundMs = Math.round(performance.now() - begunMs);
  for (const node of [a, b, c]) {
    await eventually('all are connected', async () => (await subnetOf(node)).every(({ connected }) => connected), DEADLINE_MS);
    for (const { latencyMs } of await subnetOf(node))
      assert.ok(latencyMs !== null && latencyMs > 0 && latencyMs < 5_000, `${latencyMs} ms`);
    const { peers, peersOnSubnet } = await node.get('/api/v1/status');
    assert.ok(peersOnSubnet >= 1 && peersOnSubnet <= peers);
  }
  await mine(a, 5);
  await agree([a, b, c], DEADLINE_MS);
  for (const node of [other, alone]) assert.deepEqual([await node.get('/api/v1/peers'), await subnetOf(node)], [[], []]);
  await c.stop();
  await finds(a, 2);
  await finds(b, 1);
  assert.ok(told(a, 'subnet-node-lost').some(({ address, why }) => address === addressOf(3) && why === 'goodbye'));
  await b.kill();
  await finds(a);
  assert.ok(told(a, 'subnet-node-lost').some(({ address, why }) => address === addressOf(2) && why === 'unreachable'));
  const again = await start(2, network);
  await finds(a, 2);
  await agree([a, again], DEADLINE_MS);
  return { nodes: 3, foundMs };
}

/** Hosts that have link-local IPv6 addresses and no other to each other. */
async function linkLocal(): Promise<SubnetResult> {
  const network = makeNetworkFile(8);
  // The hub still reaches them: by one address, as at the end of a tunnel, which is no subnet.
  for (const number of [1, 2]) {
    const inside = (...args: readonly string[]): void => void execFileSync('ip', ['-n', namespaces.of(number), ...args], { stdio: 'pipe' });
    inside('addr', 'flush', 'dev', 'eth0', 'scope', 'global');
    inside('addr', 'add', `${addressOfHost(number)}/32`, 'dev', 'eth0');
    inside('route', 'add', '10.77.0.250/31', 'dev', 'eth0');
  }
  const [a, b] = [await start(1, network, { host: '::' }), await start(2, network, { host: '::' })];
  await eventually(
    'they find each other',
    async () => {
      const found = [...(await subnetOf(a)), ...(await subnetOf(b))];
      return found.length === 2 && found.every(({ proved, connected }) => proved && connected);
    },
    DEADLINE_MS,
  );
  for (const { address } of [...(await subnetOf(a)), ...(await subnetOf(b))]) assert.match(address, /^\[fe80::[0-9a-f:]+%eth0\]:7333$/);
  await mine(a, 3);
  await agree([a, b], DEADLINE_MS);
  return { nodes: 2 };
}

/** Avahi sees our service, with what it says; and what Avahi announces is found, and dropped when it is withdrawn. */
async function beside(): Promise<SubnetResult> {
  const network = makeNetworkFile(8);
  const node = await start(1, network);
  const avahi = await Avahi.start(namespaces.of(2));
  try {
    let service: Awaited<ReturnType<Avahi['browse']>>[number] | undefined;
    await eventually(
      'avahi sees our service',
      async () => {
        [service] = await avahi.browse(SERVICE);
        return service !== undefined;
      },
      DEADLINE_MS,
    );
    assert.ok(service);
    assert.match(service.instance, /^quoin-[0-9a-f]{16}$/);
    assert.deepEqual([service.host, service.address, service.port], [`${service.instance}.local`, addressOfHost(1), P2P_PORT]);
    const net = service.texts.find((text) => text.startsWith('net=')) ?? '';
    assert.match(net, /^net=[0-9a-f]{8}$/);
    assert.deepEqual([...service.texts].sort(), [net, 'v=1']);
    assert.deepEqual(await subnetOf(node), []);
    const silent = await start(2, network, { discovery: false, port: 7444 });
    const withdraw = avahi.publish('A node, by another program', SERVICE, 7444, [net, 'v=1']);
    const withdrawForeign = avahi.publish('A node of another network', SERVICE, 7445, ['net=f9beb4d9', 'v=1']);
    const found = async (): Promise<string[]> => (await subnetOf(node)).filter(({ proved }) => proved).map(({ address }) => address);
    await eventually('ours finds what avahi announces', async () => (await found()).join() === addressOf(2, 7444), DEADLINE_MS);
    await mine(silent, 2);
    await agree([node, silent], DEADLINE_MS);
    assert.deepEqual(
      (await subnetOf(node)).map(({ address }) => address),
      [addressOf(2, 7444)],
      'another network is not looked at',
    );
    withdraw();
    withdrawForeign();
    await eventually('ours drops what avahi withdraws', async () => (await subnetOf(node)).length === 0, DEADLINE_MS);
    await node.stop();
    await eventually('avahi drops ours', async () => (await avahi.browse(SERVICE)).length === 0, DEADLINE_MS);
    return { nodes: 2 };
  } finally {
    avahi.stop();
  }
}

/** A node that is found behind a relay has the latency of the way through it, there and back. */
async function delayed(): Promise<SubnetResult> {
  const network = makeNetworkFile(8);
  const node = await start(1, network);
  const silent = await start(2, network, { discovery: false, port: 7444 });
  const avahi = await Avahi.start(namespaces.of(2));
  const program = fileURLToPath(new URL('./delaying-relay.js', import.meta.url));
  const words = [program, addressOfHost(2), '7446', '7444', String(RELAY_DELAY_MS)];
  const relay = spawn('ip', ['netns', 'exec', namespaces.of(2), process.execPath, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(relay.stdout, 'data');
    // What both say of their network, as our own node says it.
    let texts: readonly string[] = [];
    await eventually(
      'avahi sees our service',
      async () => {
        texts = (await avahi.browse(SERVICE))[0]?.texts ?? [];
        return texts.length > 0;
      },
      DEADLINE_MS,
    );
    avahi.publish('A node behind a relay', SERVICE, 7446, [...texts]);
    const latency = async (): Promise<number> =>
      (await subnetOf(node)).find(({ address }) => address === addressOf(2, 7446))?.latencyMs ?? 0;
    await eventually('it is proved, with its latency', async () => (await latency()) >= 2 * RELAY_DELAY_MS, DEADLINE_MS);
    await mine(silent, 2);
    await agree([node, silent], DEADLINE_MS);
    return { nodes: 2 };
  } finally {
    avahi.stop();
    relay.kill();
  }
}

/** Memory and CPU time of a process, from the kernel's own account, in hundredths of a second. */
function usageOf({ process: { pid } }: QuoinProcess): { readonly residentMib: number; readonly cpuSeconds: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { residentMib: Math.round(Number(resident) / 1024), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}

/** One host sends what may do harm; the nodes are as before, and find who comes after that. */
async function hostile(): Promise<SubnetResult> {
  const network = makeNetworkFile(8);
  const [a, b] = [await start(1, network), await start(2, network)];
  await finds(a, 2);
  const before = usageOf(a);
  const program = fileURLToPath(new URL('./hostile-host.js', import.meta.url));
  const host = ['netns', 'exec', namespaces.of(3), process.execPath, program, addressOfHost(3), String(HOSTILE_PACKETS)];
  const packets = Number(
    await new Promise<string>((resolve, reject) => {
      execFile('ip', host, (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
    }),
  );
  assert.ok(packets > HOSTILE_PACKETS / 2, `${packets} packets went out`);
  const after = usageOf(a);
  // What was said of four services at most is looked at, and given up: nobody answers there.
  await finds(a, 2);
  assert.ok(after.residentMib - before.residentMib < HOSTILE_MIB_MAX, `${after.residentMib - before.residentMib} MiB more`);
  await start(4, network);
  await finds(a, 2, 4);
  await finds(b, 1, 4);
  return {
    nodes: 3,
    hostile: { packets, cpuSeconds: after.cpuSeconds - before.cpuSeconds, residentMib: after.residentMib - before.residentMib },
  };
}

const RUNS: Readonly<Record<string, () => Promise<SubnetResult>>> = { discover, 'link-local': linkLocal, beside, delayed, hostile };

try {
  process.stdout.write(`${JSON.stringify(await RUNS[what]?.())}\n`);
} finally {
  await Promise.all(nodes.map((node) => node.stop()));
}
