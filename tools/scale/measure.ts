import { type HashKey, hashKey } from '../../src/core/primitives/ids.ts';
import type { SimNodeProfile } from '../../src/sim/sim-node.ts';
import { Simulation } from '../../src/sim/simulation.ts';
import { range } from '../../src/sim/steps.ts';
import { randomLinks, type ScalePoint, type ScaleResult } from './point.ts';

/** More miners than these change nothing but the time that a run takes. */
const MINERS_MAX = 50;

/** Blocks after which every node has chosen the peers that push blocks to it. */
const BLOCKS_BEFORE = 8;

const OP_RETURN = 0x6a;
const US_PER_MS = 1_000;
const CONNECT_MS = 10 * 60_000;

/** When each block was found, and how long it took to each other node that connected it as the best. */
class BlockTimes {
  readonly #firstUs = new Map<HashKey, number>();
  readonly delaysMs: number[] = [];

  constructor(simulation: Simulation) {
    for (const { running } of simulation.nodes) {
      running?.subscribe((event) => {
        if (event.kind === 'block-connected') this.#connected(hashKey(event.hash), simulation.queue.nowUs);
      });
    }
  }

  #connected(key: HashKey, nowUs: number): void {
    const firstUs = this.#firstUs.get(key);
    // Who finds a block is the first to have it.
    if (firstUs === undefined) this.#firstUs.set(key, nowUs);
    else this.delaysMs.push((nowUs - firstUs) / US_PER_MS);
  }
}

function createWorld(point: ScalePoint): Simulation {
  const { nodes, degree, freshBytes, latencyMs, intervalMs, seed } = point;
  const miners = Math.min(nodes, MINERS_MAX);
  // A reward to a script of that size, in the one transaction that nobody can have seen: a compact block carries it whole.
  const rewardScript = new Uint8Array(Math.max(1, freshBytes)).fill(OP_RETURN);
  const profile: Partial<SimNodeProfile> = { rewardScript, connections: { outbound: degree, blockRelay: 0, inbound: nodes } };
  return new Simulation({
    ...{ nodes, seed, blockIntervalMs: intervalMs },
    quality: { latencyMs: [0.2 * latencyMs, 1.8 * latencyMs], jitterMs: 0.1 * latencyMs },
    links: randomLinks(nodes, degree, seed),
    hashRates: range(0, nodes).map((index) => (index < miners ? 1 : 0)),
    profiles: new Map(range(0, nodes).map((index) => [index, profile])),
  });
}

/** The highest block that was found, whether or not anybody has connected it yet. */
function highest({ ledger }: Simulation): number {
  return ledger.since(0).reduce((height, block) => Math.max(height, block.height), 0);
}

/** Lets so many blocks be found. */
async function grow(simulation: Simulation, blocks: number): Promise<void> {
  const until = simulation.ledger.size + blocks;
  const limitMs = (20 * blocks + 100) * simulation.setup.blockIntervalMs;
  const isGrown = await simulation.until(() => simulation.ledger.size >= until, limitMs);
  if (!isGrown) simulation.fail('scenario', `not ${blocks} blocks were found`);
}

/** Measures a point. @throws InvariantError where the run breaks an invariant */
export async function measure(point: ScalePoint): Promise<ScaleResult> {
  const simulation = createWorld(point);
  await simulation.begin();
  const links = simulation.setup.links?.length ?? 0;
  if (!(await simulation.until(() => simulation.network.streams >= links, CONNECT_MS)))
    simulation.fail('scenario', 'not all are connected');
  await grow(simulation, BLOCKS_BEFORE);
  const before = { size: simulation.ledger.size, height: highest(simulation) };
  const times = new BlockTimes(simulation);
  await grow(simulation, point.blocks);
  const found = simulation.ledger.size - before.size;
  const stale = found - (highest(simulation) - before.height);
  // The last block comes to everybody, too.
  await simulation.advance(Math.min(point.intervalMs, 30_000));
  const { measures, network, digest, events } = simulation;
  simulation.abandon();
  const sorted = Float64Array.from(times.delaysMs).sort();
  const below = (percent: number): number => sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
  return {
    point,
    meanMs: sorted.reduce((sum, ms) => sum + ms, 0) / Math.max(1, sorted.length),
    halfMs: below(50),
    mostMs: below(90),
    nearlyAllMs: below(99),
    ...{ found, stale, events },
    deepestReorganisation: measures.deepestReorganisation,
    messages: network.traffic.messages,
    digest: digest.hex(),
  };
}
