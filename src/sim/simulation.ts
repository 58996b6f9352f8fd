import { assert } from '../core/base/assert.ts';
import { chooseSecp256k1 } from '../core/crypto/node/choose-secp256k1.ts';
import type { NetworkParams } from '../core/params/types.ts';
import { toNetworkAddress } from '../core/wire/network-address.ts';
import { SERVICES } from '../core/wire/services.ts';
import { createInlineVerifier } from '../engine/chain/inline-verifier.ts';
import type { LogFields } from '../engine/ports/log.ts';
import type { NodeEvent } from '../engine/ports/node-port.ts';
import type { StoredBook } from '../engine/ports/peer-store.ts';
import { createSystemClock } from '../platform/system/clock.ts';
import { InvariantError } from './broken.ts';
import type { Churn } from './churn.ts';
import { SharedBytes } from './disk/shared-bytes.ts';
import { SimDisk } from './disk/sim-disk.ts';
import { EventQueue } from './event-queue.ts';
import { type InvariantName, Invariants } from './invariants.ts';
import type { Payments } from './payments.ts';
import { Purse } from './purse.ts';
import { type LedgerBlock, ReferenceLedger } from './reference-ledger.ts';
import { RunDigest } from './run-digest.ts';
import { RunMeasures } from './run-measures.ts';
import { createSharedVerifier, type SharedVerifier } from './shared-verifier.ts';
import { SimNetwork } from './sim-network.ts';
import { SIM_PORT, SimNode, type SimNodeListener } from './sim-node.ts';
import { simParams } from './sim-params.ts';
import { SimRandom } from './sim-random.ts';
import type { SimulationSetup } from './simulation-setup.ts';

const US_PER_MS = 1_000;

/** Addresses that a node knows at its first start, unless the setup says otherwise. */
const BOOK_SIZE_DEFAULT = 24;

/** An honest wall clock stands so far after the first block when a simulation begins. */
const EPOCH_AFTER_GENESIS_SECONDS = 600;

/** How often each node is looked at. */
const LOOK_MS = 60_000;

/** What honest nodes hold at most: 125 others, and their own calls. */
const PEERS_MAX = 125 + 11 + 8;

/** A turn of the process's event loop: its timers, signals and pipes are looked after. */
const turn = createSystemClock().yield;

/** Lets every promise settle that can: Node's ticks come only when no microtask is left, and cost a tenth of a turn. */
function settle(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** The process's own events wait for no more than so many of the simulation. */
const EVENTS_PER_TURN = 256;

/** Hears what happens in a simulation. */
export interface SimulationListener {
  /** After each event of virtual time, as often as they come. */
  moved?(simulation: Simulation): void;
}

/** A world: nodes, the network between them, and the clock that all of them go by. */
export class Simulation {
  readonly setup: SimulationSetup;
  readonly params: NetworkParams;
  readonly queue: EventQueue = new EventQueue();
  readonly random: SimRandom;
  readonly digest: RunDigest = new RunDigest();
  readonly network: SimNetwork;
  readonly ledger: ReferenceLedger;
  readonly measures: RunMeasures = new RunMeasures();
  readonly invariants: Invariants;
  readonly verifier: SharedVerifier;
  readonly nodes: readonly SimNode[];
  /** Those that do as they should. */
  readonly honest: readonly SimNode[];
  readonly purses: readonly Purse[];
  /** What a scenario has measured, by what it is called in the report. */
  readonly figures: Map<string, number> = new Map();
  readonly #tips = new Map<SimNode, LedgerBlock>();
  readonly #expected = new Set<string>();
  readonly #listener: SimulationListener;
  /** What goes on while the steps do; undefined before it was begun. */
  payments: Payments | undefined;
  churn: Churn | undefined;
  #failure: unknown;
  #events = 0;

  constructor(setup: SimulationSetup, listener: SimulationListener = {}) {
    const { seed, quality, patienceMs } = setup;
    const params = simParams;
    this.setup = setup;
    this.#listener = listener;
    this.params = params;
    this.random = new SimRandom(seed);
    this.ledger = new ReferenceLedger(params);
    this.network = new SimNetwork({
      ...{ queue: this.queue, digest: this.digest, messageStart: params.messageStart },
      random: this.random.branch('network'),
      ...(quality && { quality }),
      ...(patienceMs !== undefined && { patienceMs }),
    });
    const secp256k1 = chooseSecp256k1('auto');
    this.verifier = createSharedVerifier(createInlineVerifier({ secp256k1 }));
    this.purses = Array.from({ length: setup.nodes }, (_, i) => new Purse(secp256k1, this.random.branch(`purse ${i}`)));
    this.invariants = new Invariants({
      ledger: this.ledger,
      random: this.random.branch('samples'),
      rewardPerBlock: params.consensus.subsidy.initial,
      peersMax: PEERS_MAX,
      fail: (...broken) => this.fail(...broken),
    });
    const parts = {
      ...{ params, secp256k1, queue: this.queue, network: this.network },
      verifier: this.verifier,
      epochSeconds: params.genesis.header.timeSeconds + EPOCH_AFTER_GENESIS_SECONDS,
      listener: this.#nodeListener(),
    };
    const shared = new SharedBytes();
    this.nodes = this.purses.map((purse, index) => this.#createNode(parts, shared, purse, index));
    this.honest = this.nodes.filter((node) => this.#isHonest(node));
  }

  /** Virtual seconds since the begin. */
  get seconds(): number {
    return this.queue.nowUs / 1_000_000;
  }

  /** Events of virtual time that happened. */
  get events(): number {
    return this.#events;
  }

  /** A node by its index, which must be one. */
  node(index: number): SimNode {
    const node = this.nodes[index];
    assert(node !== undefined, 'there is a node of this index');
    return node;
  }

  /** The honest ones that are up. */
  get running(): readonly SimNode[] {
    return this.honest.filter(({ running }) => running !== undefined);
  }

  /** The block that a node has come to; undefined unless it is up. */
  tipOf(node: SimNode): LedgerBlock | undefined {
    return node.running === undefined ? undefined : this.#tips.get(node);
  }

  /** The highest tip of an honest node; of several the one that was stored first. */
  best(): LedgerBlock {
    let best = this.ledger.genesis;
    for (const node of this.honest) {
      const tip = this.tipOf(node);
      if (tip !== undefined && tip.height > best.height) best = tip;
    }
    return best;
  }

  /** Whether all honest nodes that are up have the same tip, and there is one. */
  agree(): boolean {
    const [first, ...others] = this.running;
    const tip = first && this.tipOf(first);
    return tip !== undefined && others.every((node) => this.tipOf(node) === tip);
  }

  /** Ends the run: an invariant does not hold. */
  fail(invariant: InvariantName, why: string, node?: SimNode): never {
    const error = new InvariantError({ invariant, why, atSeconds: this.seconds, node: node?.index, lines: node?.lines ?? [] });
    this.#failure ??= error;
    throw error;
  }

  /** Something that nobody waits for has failed: the run ends with it. */
  note(error: unknown): void {
    this.#failure ??= error;
  }

  /** Lines of the level `error` with this name, and failures with this code, are no broken invariant any more. */
  expect(name: string): void {
    this.#expected.add(name);
  }

  /** Starts every node, and the looking after them. */
  async begin(): Promise<void> {
    this.#look();
    await this.drive(Promise.all(this.nodes.map((node) => this.start(node))));
  }

  /** Starts a node on what its disk has. To be driven. */
  async start(node: SimNode): Promise<void> {
    await node.start();
    const { running } = node;
    if (running === undefined) return;
    const { header, height } = running.chain.tip();
    if (this.#isHonest(node)) this.#tips.set(node, this.invariants.blockConnected(node, header.hash, height));
    else this.#tips.set(node, this.ledger.block(header.hash) ?? this.ledger.genesis);
  }

  /** Lets virtual time pass. */
  advance(ms: number): Promise<void> {
    return this.#run(this.queue.nowUs + ms * US_PER_MS, () => false);
  }

  /** Lets virtual time pass until something holds. @returns false where it did not within the limit */
  async until(condition: () => boolean, limitMs: number): Promise<boolean> {
    await this.#run(this.queue.nowUs + limitMs * US_PER_MS, condition);
    return condition();
  }

  /** Lets virtual time pass until some work is done. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const end = (): void => {
      done = true;
    };
    work.then(end, end);
    await this.#run(Number.POSITIVE_INFINITY, () => done);
    if (!done) this.fail('alive', 'something that was begun will never end: nothing is left to happen');
    return work;
  }

  /** Stops every node in order, and looks at everything that each has stored. */
  async end(): Promise<void> {
    for (const node of this.honest) {
      if (node.running !== undefined) await this.drive(node.stop());
      await this.drive(this.invariants.storedCoins(node));
    }
    this.abandon();
  }

  /** Ends every node that is left, as it is. */
  abandon(): void {
    for (const node of this.nodes) node.kill();
  }

  async #run(untilUs: number, isDone: () => boolean): Promise<void> {
    await turn();
    while (!isDone()) {
      this.#check();
      const action = this.queue.next(untilUs);
      if (action === undefined) {
        if (untilUs !== Number.POSITIVE_INFINITY) this.queue.moveTo(untilUs);
        break;
      }
      this.#perform(action);
      this.#events++;
      await (this.#events % EVENTS_PER_TURN === 0 ? turn() : settle());
      this.#listener.moved?.(this);
    }
    this.#check();
  }

  /** A node that throws where nothing catches it would take its process with it: that is a broken run, not a broken simulator. */
  #perform(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      this.fail('alive', `it threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #isHonest(node: SimNode): boolean {
    return this.setup.byzantine?.has(node.index) !== true;
  }

  /** Looks at each node from time to time, one after another so that the work is spread. */
  #look(): void {
    const honest = this.honest;
    let next = 0;
    const look = (): void => {
      this.queue.after((LOOK_MS * US_PER_MS) / honest.length, look);
      const node = honest[next++ % honest.length] as SimNode;
      let queuedBytes = 0;
      for (const connection of this.network.host(node.address).connections) queuedBytes = Math.max(queuedBytes, connection.queuedBytes);
      this.invariants.growth(node, queuedBytes);
      this.invariants.sampleCoins(node, (each) => this.tipOf(each)).catch((error: unknown) => this.note(error));
    };
    this.queue.after(0, look);
  }

  #createNode(parts: ConstructorParameters<typeof SimNode>[0], shared: SharedBytes, purse: Purse, index: number): SimNode {
    const { setup, params } = this;
    const disk = new SimDisk({
      ...{ params, shared },
      ...(setup.disks?.get(index) && { quality: setup.disks.get(index) ?? {} }),
      onBlock: (bytes) => this.#stored(bytes),
    });
    const random = this.random.branch(`node ${index}`);
    disk.giveBook(this.#book(index, random.branch('book')));
    const rate = setup.hashRates?.[index] ?? 1;
    const rates = setup.hashRates?.reduce((sum, each) => sum + each, 0) ?? setup.nodes;
    const corrupt = setup.byzantine?.get(index);
    const profile = {
      ...(rate > 0 && { mineMeanMs: (setup.blockIntervalMs * rates) / rate }),
      rewardScript: purse.script,
      connect: setup.links?.filter(([from]) => from === index).map(([, to]) => ({ host: addressOf(to), port: SIM_PORT })) ?? [],
      ...(setup.connections && { connections: setup.connections }),
      ...(corrupt && { corrupt: (transport, node) => corrupt(transport, node, this) }),
      ...setup.profiles?.get(index),
    } satisfies SimNode['profile'];
    return new SimNode(parts, { index, address: addressOf(index), disk, random, profile });
  }

  /** What a node knows of others before it has met any. */
  #book(index: number, random: SimRandom): StoredBook {
    const { nodes, bookSize = BOOK_SIZE_DEFAULT, links } = this.setup;
    if (links !== undefined) return { key: undefined, peers: [] };
    const others = new Set<number>();
    const size = Math.min(bookSize, nodes - 1);
    while (others.size < size) {
      const other = random.below(nodes);
      if (other !== index) others.add(other);
    }
    const lastSeenSeconds = this.params.genesis.header.timeSeconds + EPOCH_AFTER_GENESIS_SECONDS;
    const peers = Array.from(others, (other) => {
      const address = networkAddressOf(other);
      const services = SERVICES.network | SERVICES.witness | SERVICES.networkLimited;
      return { address, source: address, services, lastSeenSeconds, lastSuccessSeconds: 0, failures: 0, tried: false, newBuckets: [] };
    });
    return { key: undefined, peers };
  }

  #stored(bytes: Uint8Array): void {
    const before = this.ledger.size;
    this.ledger.stored(bytes);
    if (this.ledger.size === before) return;
    for (const block of this.ledger.since(before)) this.measures.found(block, this.queue.nowUs);
  }

  #nodeListener(): SimNodeListener {
    return {
      event: (node, event) => this.#event(node, event),
      line: (node, level, event, fields) => this.#line(node, level, event, fields),
      failed: (node, error) => {
        const code = (error as { readonly code?: unknown }).code;
        if (this.#isHonest(node) && !(typeof code === 'string' && this.#expected.has(code))) {
          const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
          this.#quietly(() => this.fail('alive', `it stopped: ${why}`, node));
        }
      },
    };
  }

  #line(node: SimNode, level: 'info' | 'warn' | 'error', event: string, fields: LogFields): void {
    if (level !== 'error' || !this.#isHonest(node) || this.#expected.has(event)) return;
    const facts = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
    this.#quietly(() => this.fail('alive', `it says ${event} ${facts.join(' ')}`, node));
  }

  #event(node: SimNode, event: NodeEvent): void {
    const { nowUs } = this.queue;
    if (event.kind === 'tip-changed') this.digest.add(16, nowUs, node.index, event.height, event.hash);
    if (!this.#isHonest(node)) {
      if (event.kind === 'tip-changed') this.#tips.set(node, this.ledger.block(event.hash) ?? this.ledger.genesis);
      return;
    }
    this.invariants.counts.alive++;
    if (event.kind === 'block-connected') {
      this.#quietly(() => this.measures.arrived(this.invariants.blockConnected(node, event.hash, event.height), nowUs));
    } else if (event.kind === 'tip-changed') {
      const tip = this.ledger.block(event.hash);
      if (tip !== undefined) this.#tips.set(node, tip);
      this.measures.reorganised(event.reorgDepth);
    }
  }

  /** Within a node's own turn: the run ends after it, and the node hears nothing. */
  #quietly(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.note(error);
    }
  }
}

/** The address of a node: each on a network of its own (/16), all public, so that address books treat them as they treat strangers. */
export function addressOf(index: number): string {
  return `${40 + Math.floor(index / 256)}.${index % 256}.1.1`;
}

function networkAddressOf(index: number): NonNullable<ReturnType<typeof toNetworkAddress>> {
  return toNetworkAddress(addressOf(index), SIM_PORT) as NonNullable<ReturnType<typeof toNetworkAddress>>;
}
