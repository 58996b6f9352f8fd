import type { Secp256k1 } from '../core/crypto/secp256k1.ts';
import type { NetworkParams } from '../core/params/types.ts';
import { createCachingVerifier } from '../engine/chain/caching-verifier.ts';
import type { LogFields } from '../engine/ports/log.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { NodeEvent } from '../engine/ports/node-port.ts';
import type { ScriptVerifier } from '../engine/ports/script-verifier.ts';
import type { Connection, SocketAddress, Transport } from '../engine/ports/transport.ts';
import { createNode, type RunningNode } from '../node/create-node.ts';
import type { DiskUser, SimDisk } from './disk/sim-disk.ts';
import type { EventQueue } from './event-queue.ts';
import { PoissonSearch } from './poisson-search.ts';
import { SimClock } from './sim-clock.ts';
import { SimLog } from './sim-log.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimRandom } from './sim-random.ts';

/** Port that every node listens on. */
export const SIM_PORT = 7333;

/** Coins in memory before they are written: what a simulated chain has fits in. */
const DB_CACHE_BYTES = 4 * 1024 * 1024;

/** What is chosen about one node. */
export interface SimNodeProfile {
  /** Its mean time between two blocks; undefined: it does not mine. */
  readonly mineMeanMs?: number;
  /** Where its rewards go. */
  readonly rewardScript: Uint8Array;
  /** Only these are called, and none that the node hears of; empty: it finds its peers itself. */
  readonly connect: readonly SocketAddress[];
  /** Connections that it holds: for everything, for blocks alone, and that others may hold to it. */
  readonly connections?: { readonly outbound?: number; readonly blockRelay?: number; readonly inbound?: number };
  /** How far its wall clock is ahead. */
  readonly skewSeconds?: number;
  /** Virtual time that running the scripts of one input takes; for a slow machine. Default: none. */
  readonly verifyMsPerInput?: number;
  /** What it does to its messages; an honest node's go as they are. */
  readonly corrupt?: (transport: Transport, node: SimNode) => Transport;
}

/** What a node is told of its own life. */
export interface SimNodeListener {
  event(node: SimNode, event: NodeEvent): void;
  line(node: SimNode, level: 'info' | 'warn' | 'error', event: string, fields: LogFields): void;
  /** It stopped because the world failed it, or could not start. */
  failed(node: SimNode, error: unknown): void;
}

/** What all nodes of a simulation share. */
export interface SimNodeParts {
  readonly params: NetworkParams;
  readonly queue: EventQueue;
  readonly network: SimNetwork;
  readonly verifier: ScriptVerifier;
  readonly secp256k1: Secp256k1;
  readonly epochSeconds: number;
  readonly listener: SimNodeListener;
}

/** `down`: not running; `starting`, `stopping`: on the way, which takes virtual time where the disk does. */
export type SimNodeState = 'down' | 'starting' | 'up' | 'stopping';

/** One life of a node, from a start to its end. What a dead one still does has no effect. */
class Life implements DiskUser {
  readonly clock: SimClock;
  readonly log: SimLog;
  alive = true;
  node: RunningNode | undefined;
  search: PoissonSearch | undefined;

  constructor(clock: SimClock, log: SimLog) {
    this.clock = clock;
    this.log = log;
  }
}

/** One machine with its disk, and the node that runs there: the production node, on virtual ports. */
export class SimNode {
  readonly index: number;
  readonly address: string;
  readonly disk: SimDisk;
  readonly random: SimRandom;
  profile: SimNodeProfile;
  readonly #parts: SimNodeParts;
  #life: Life | undefined;
  #state: SimNodeState = 'down';
  #starts = 0;

  constructor(parts: SimNodeParts, own: Pick<SimNode, 'index' | 'address' | 'disk' | 'random' | 'profile'>) {
    this.#parts = parts;
    this.index = own.index;
    this.address = own.address;
    this.disk = own.disk;
    this.random = own.random;
    this.profile = own.profile;
  }

  get name(): string {
    return `node ${this.index}`;
  }

  get state(): SimNodeState {
    return this.#state;
  }

  /** The node; undefined unless it is up. */
  get running(): RunningNode | undefined {
    return this.#state === 'up' ? this.#life?.node : undefined;
  }

  /** The last lines of its log. */
  get lines(): readonly string[] {
    return this.#life?.log.lines ?? [];
  }

  /** Timers that it has set. */
  get timers(): number {
    return this.#life?.clock.timers ?? 0;
  }

  /** Starts it on what its disk has. Resolves when it is up, or when it is known that it is not. */
  async start(): Promise<void> {
    if (this.#state !== 'down') return;
    const { queue, network, epochSeconds, listener } = this.#parts;
    const { skewSeconds = 0 } = this.profile;
    const clock = new SimClock({ queue, epochSeconds, skewSeconds });
    const now = (): string => `${(queue.nowUs / 1_000_000).toFixed(3)} s`;
    const life = new Life(clock, new SimLog(now, (level, event, fields) => life.alive && listener.line(this, level, event, fields)));
    this.#life = life;
    this.#state = 'starting';
    this.#starts++;
    network.powerOn(this.address);
    try {
      const node = await this.#create(life);
      if (!life.alive) return;
      life.node = node;
      this.#state = 'up';
      node.subscribe((event) => life.alive && listener.event(this, event));
      node.stopped.catch((error: unknown) => life.alive && this.#fell(life, error));
    } catch (error) {
      if (life.alive) this.#fell(life, error);
    }
  }

  /** Stops it in order. */
  async stop(): Promise<void> {
    const life = this.#life;
    if (life?.node === undefined || this.#state !== 'up') return;
    this.#state = 'stopping';
    try {
      await life.node.stop();
    } catch (error) {
      if (life.alive) this.#parts.listener.failed(this, error);
    }
    if (life.alive) this.#end(life);
  }

  /** Ends the process at once, as kill -9 does: what was written is with the system and not lost. */
  kill(): void {
    if (this.#life === undefined || this.#state === 'down') return;
    this.#end(this.#life);
    this.#parts.network.endProcess(this.address);
  }

  /** Takes the power away: what was not synced is lost or torn, and nobody on the network is told. */
  cutPower(): void {
    if (this.#life === undefined || this.#state === 'down') return;
    this.#end(this.#life);
    this.#parts.network.powerOff(this.address);
    this.disk.loseUnsynced(this.random.branch(`power ${this.#starts}`));
  }

  /** From now on its blocks come as often as this. It must be mining. */
  setMineMeanMs(meanMs: number): void {
    this.profile = { ...this.profile, mineMeanMs: meanMs };
    this.#life?.search?.setMeanMs(meanMs);
  }

  /** The world failed it. */
  #fell(life: Life, error: unknown): void {
    this.#end(life);
    this.#parts.network.endProcess(this.address);
    this.#parts.listener.failed(this, error);
  }

  #end(life: Life): void {
    life.alive = false;
    life.clock.kill();
    void life.search?.close();
    this.#state = 'down';
  }

  async #create(life: Life): Promise<RunningNode> {
    const { params, queue, secp256k1 } = this.#parts;
    const { mineMeanMs, rewardScript, connect, connections } = this.profile;
    const random = this.random.branch(`life ${this.#starts}`);
    const openSearch = (): PoissonSearch => {
      const { mineMeanMs: meanMs = Number.POSITIVE_INFINITY } = this.profile;
      life.search = new PoissonSearch({ queue, random: random.branch('search'), meanMs });
      return life.search;
    };
    return createNode(
      {
        ...{ params, secp256k1, clock: life.clock, random, log: life.log },
        version: 'sim',
        dataDir: undefined,
        stores: await this.disk.open(life),
        seed: undefined,
        verifier: createCachingVerifier({ inner: this.#verifier(life) }),
        transport: this.#transport(life),
        openSearch,
        workersDefault: 1,
      },
      {
        listen: { host: this.address, port: SIM_PORT },
        connect,
        peers: [],
        dnsSeeds: 'never',
        ...(connections && { connections }),
        mine: mineMeanMs === undefined ? undefined : { workers: 1 },
        mineTo: rewardScript,
        dbCacheBytes: DB_CACHE_BYTES,
      },
    );
  }

  /** Verdicts of all nodes, at the speed of this one. */
  #verifier({ clock }: Life): ScriptVerifier {
    const { verifier } = this.#parts;
    const { verifyMsPerInput = 0 } = this.profile;
    return {
      verify: async (jobs) => {
        const inputs = jobs.reduce((sum, { tx }) => sum + tx.inputs.length, 0);
        if (verifyMsPerInput > 0) await new Promise<void>((resolve) => clock.after(inputs * verifyMsPerInput, resolve));
        return verifier.verify(jobs);
      },
      close: async () => {},
    };
  }

  /** The network, which a dead node cannot use. */
  #transport(life: Life): Transport {
    const { network } = this.#parts;
    const own = network.transport(this.address);
    const { corrupt } = this.profile;
    const inner = corrupt === undefined ? own : corrupt(own, this);
    return {
      dial: async (address, options) => {
        if (!life.alive) throw new NodeError('dial-failed', 'the node is gone');
        const connection: Connection = await inner.dial(address, options);
        if (life.alive) return connection;
        connection.close('the process ended');
        throw new NodeError('dial-failed', 'the node is gone');
      },
      listen: (address, accept) => inner.listen(address, accept),
    };
  }
}
