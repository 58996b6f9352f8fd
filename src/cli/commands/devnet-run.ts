/**
 * `quoin devnet`: starts the nodes one after another, shows what they do, stops them all and leaves nothing behind.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createNetworkDefinition } from '../../core/params/network-definition.ts';
import { type NodeFacts, readFacts } from '../client/node-facts.ts';
import { CommandError } from '../failure.ts';
import { mineGenesis } from '../genesis-search.ts';
import { formatCount, formatHashRate } from '../output/format.ts';
import { isLive, LiveLines, type Paint, paintFor } from '../output/terminal.ts';
import { onStopSignals } from '../stop-signals.ts';
import { DevnetNode } from './devnet-node.ts';

/** What a devnet is to be. */
export interface DevnetPlan {
  readonly nodes: number;
  readonly difficultyBits: number;
  readonly mine: boolean;
  readonly json: boolean;
}

const REWARD = 2_500_000_000n;

/** Between two looks: on a terminal, and where lines are written one after another. */
const LOOK_INTERVAL_MS = 1_000;
const PLAIN_INTERVAL_MS = 5_000;

const HASH_LENGTH_SHOWN = 12;

/** A network that there was never before: its rules differ from any other's by its first block. */
async function writeNetworkFile(folder: string, difficultyBits: number): Promise<string> {
  const definition = createNetworkDefinition({ name: 'devnet', difficultyBits, reward: REWARD, bech32Prefix: 'qnd' });
  const text = `quoin devnet ${randomBytes(8).toString('hex')}`;
  const file = await mineGenesis({ definition, text, timeSeconds: Math.floor(Date.now() / 1_000) });
  const path = join(folder, 'network.json');
  await writeFile(path, `${JSON.stringify(file, undefined, 2)}\n`);
  return path;
}

/** One line about a node; the nodes agree where the ends of their hashes do. */
export function nodeLine(number: number, url: string, facts: NodeFacts | undefined, paint: Paint): string {
  const head = `${paint('strong', `node ${number}`)}  ${url}`;
  if (facts === undefined) return `${head}  ${paint('bad', 'no answer')}`;
  const { status, mining } = facts;
  const parts = [
    `height ${formatCount(status.height)}`,
    `…${status.bestBlockHash.slice(-HASH_LENGTH_SHOWN)}`,
    `${status.peers} peers`,
    `${formatCount(status.mempool.count)} waiting`,
  ];
  if (mining.running) parts.push(paint('good', `mining ${formatHashRate(mining.hashRate)}`));
  return `${head}  ${parts.join('  ')}`;
}

/** The nodes of one devnet and what is shown of them. */
class Devnet {
  readonly #plan: DevnetPlan;
  readonly #folder: string;
  readonly #nodes: DevnetNode[] = [];
  readonly #reported = new Set<DevnetNode>();
  readonly #live: LiveLines | undefined;
  readonly #paint: Paint;
  readonly #stopped = new AbortController();

  constructor(plan: DevnetPlan, folder: string) {
    this.#plan = plan;
    this.#folder = folder;
    this.#live = isLive(process.stdout, process.env) && !plan.json ? new LiveLines(process.stdout) : undefined;
    this.#paint = plan.json ? (_, text) => text : paintFor(process.stdout, process.env);
  }

  /** Asks for the end. */
  requestStop(): void {
    this.#stopped.abort();
  }

  /** Ends everything now. */
  stopAtOnce(): never {
    for (const node of this.#nodes) node.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    process.exit(0);
  }

  /** Starts the nodes and shows them until the end is asked for. @throws CommandError where none is left */
  async run(): Promise<void> {
    this.#say('making a network', { event: 'starting', folder: this.#folder });
    const networkFile = await writeNetworkFile(this.#folder, this.#plan.difficultyBits);
    await this.#start(networkFile);
    await this.#watch();
  }

  /** Stops every node. */
  async stop(): Promise<void> {
    this.#live?.clear();
    if (this.#nodes.length > 0) this.#say(`stopping ${this.#nodes.length} nodes`, { event: 'stopping' });
    await Promise.all(this.#nodes.map((node) => node.stop()));
  }

  #say(text: string, fields: Readonly<Record<string, unknown>>): void {
    const line = this.#plan.json ? JSON.stringify(fields) : text;
    if (this.#live === undefined) console.log(line);
    else this.#live.print(line);
  }

  async #start(networkFile: string): Promise<void> {
    const peers: string[] = [];
    for (let number = 1; number <= this.#plan.nodes && !this.#stopped.signal.aborted; number++) {
      const dataDir = join(this.#folder, `node-${number}`);
      // The first and the one before: enough to keep all joined when one of them ends.
      const joined = [...new Set([peers[0], peers.at(-1)])].filter((peer) => peer !== undefined);
      const node = new DevnetNode({ number, networkFile, dataDir, peers: joined, mine: this.#plan.mine && number === 1 });
      this.#nodes.push(node);
      const stopped = new Promise<undefined>((resolve) => this.#stopped.signal.addEventListener('abort', () => resolve(undefined)));
      const place = await Promise.race([node.ready(), stopped]);
      if (place === undefined) return;
      peers.push(place.p2p);
      const where = { p2p: place.p2p, http: place.http, dataDir };
      this.#say(`node ${number}  ${place.http}  p2p ${place.p2p}  data folder ${dataDir}`, { event: 'node-ready', node: number, ...where });
    }
    if (this.#stopped.signal.aborted) return;
    this.#say(`ready: ${this.#plan.nodes} nodes; Ctrl-C stops them all`, { event: 'ready', nodes: this.#plan.nodes, networkFile });
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      this.#reportEnds();
      if (this.#reported.size === this.#nodes.length) throw new CommandError('no node of the devnet is left');
      await this.#show();
      const intervalMs = this.#live === undefined ? PLAIN_INTERVAL_MS : LOOK_INTERVAL_MS;
      await Promise.race([delay(intervalMs, undefined, { signal }).catch(() => undefined), this.#anyEnd()]);
    }
  }

  /** When the next of the nodes that still run ends. */
  #anyEnd(): Promise<void> {
    return Promise.race(this.#nodes.filter((node) => !this.#reported.has(node)).map(({ ended }) => ended));
  }

  #reportEnds(): void {
    for (const node of this.#nodes) {
      if (node.failure === undefined || this.#reported.has(node)) continue;
      this.#reported.add(node);
      this.#say(this.#paint('bad', node.failure), { event: 'node-ended', node: node.number, why: node.failure });
    }
  }

  async #show(): Promise<void> {
    const running = this.#nodes.filter((node) => !this.#reported.has(node));
    const facts = await Promise.all(running.map(({ place }) => place && readFacts(place.client).catch(() => undefined)));
    if (this.#stopped.signal.aborted) return;
    if (this.#plan.json) {
      const nodes = running.map(({ number }, i) => ({ node: number, ...facts[i]?.status, mining: facts[i]?.mining }));
      console.log(JSON.stringify({ event: 'status', nodes }));
      return;
    }
    const lines = running.map(({ number, place }, i) => nodeLine(number, place?.http ?? '', facts[i], this.#paint));
    if (this.#live === undefined) console.log(lines.join('\n'));
    else this.#live.show(lines);
  }
}

/** Runs a devnet until Ctrl-C. */
export async function runDevnet(plan: DevnetPlan): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'quoin-devnet-'));
  const devnet = new Devnet(plan, folder);
  const action = (_: string, isRepeated: boolean): void => (isRepeated ? devnet.stopAtOnce() : devnet.requestStop());
  onStopSignals(process, { monotonicMs: () => performance.now(), action });
  try {
    await devnet.run();
  } finally {
    await devnet.stop();
    await rm(folder, { recursive: true, force: true });
  }
  // An owner's channel would keep the process alive.
  process.exit(0);
}
