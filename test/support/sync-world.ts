/**
 * Nodes and scripted peers on one virtual clock and one network in memory: what the tests of `sync` are played in.
 *
 * @module
 */

import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import type { BlockHash } from '../../src/core/primitives/ids.ts';
import { hashKey, zeroHash } from '../../src/core/primitives/ids.ts';
import { encodeFrame, FrameParser } from '../../src/core/wire/frame.ts';
import type { InventoryItem } from '../../src/core/wire/inventory.ts';
import type { Message, MessageOf, MessageType } from '../../src/core/wire/messages/table.ts';
import { decodeMessage, encodeMessage } from '../../src/core/wire/messages/table.ts';
import type { VersionMessage } from '../../src/core/wire/messages/version.ts';
import { SERVICES } from '../../src/core/wire/services.ts';
import { Chain } from '../../src/engine/chain/chain.ts';
import { createInlineVerifier } from '../../src/engine/chain/inline-verifier.ts';
import { Mempool } from '../../src/engine/mempool/mempool.ts';
import type { BlockStore } from '../../src/engine/ports/block-store.ts';
import type { PeerInfo } from '../../src/engine/ports/network-service.ts';
import type { StoredBook } from '../../src/engine/ports/peer-store.ts';
import type { ScriptVerifier } from '../../src/engine/ports/script-verifier.ts';
import type { Connection, Transport } from '../../src/engine/ports/transport.ts';
import { Network } from '../../src/engine/sync/network.ts';
import type { NetworkOptions, PeerEvent } from '../../src/engine/sync/network-options.ts';
import { mempoolChain } from '../../src/node/views.ts';
import { createMemoryBlockStore } from '../../src/platform/store/memory-block-store.ts';
import { createMemoryCoinStore } from '../../src/platform/store/memory-coin-store.ts';
import { createMemoryHeaderStore } from '../../src/platform/store/memory-header-store.ts';
import { createMemorySnapshotStore } from '../../src/platform/store/memory-snapshot-store.ts';
import { buildBlock, buildChain, genesisParent } from './chain-builder.ts';
import { FakeClock } from './fake-clock.ts';
import { MemoryNetwork } from './memory-transport.ts';
import { silentLog } from './mempool-world.ts';
import { SeededRandom } from './seeded-random.ts';

/** Port that every node of a world listens on. */
export const WORLD_PORT = 7333;

/** One clock, one network, and whoever lives there. */
export class SyncWorld {
  readonly params: NetworkParams;
  readonly clock: FakeClock;
  readonly network: MemoryNetwork;
  /** Why nodes ended connections, in order. */
  readonly closings: string[] = [];
  readonly #nodes: SyncTestNode[] = [];

  constructor(params: NetworkParams = regtest) {
    this.params = params;
    this.clock = new FakeClock(params.genesis.header.timeSeconds + 100_000);
    this.network = new MemoryNetwork(this.clock);
  }

  /** Starts a node that listens on its host. */
  async node(host: string, options: SyncNodeOptions = {}): Promise<SyncTestNode> {
    const node = await SyncTestNode.open(this, host, options);
    this.#nodes.push(node);
    return node;
  }

  /** A peer that calls a node; its handshake is the test's business. */
  async call(node: SyncTestNode, host = '10.0.9.1'): Promise<ScriptedPeer> {
    const dialling = this.network.transport(host).dial({ host: node.host, port: WORLD_PORT }, { timeoutMs: 1_000 });
    const peer = dialling.then((connection) => new ScriptedPeer(this, connection));
    await this.clock.advance(2);
    return peer;
  }

  /** A peer that called a node and has done its handshake. */
  async peer(node: SyncTestNode, host?: string, version?: Partial<VersionMessage>): Promise<ScriptedPeer> {
    const peer = await this.call(node, host);
    await peer.greet(version);
    return peer;
  }

  /** A host that waits to be called; each call is a scripted peer. */
  async listen(host: string, called: (peer: ScriptedPeer) => void): Promise<void> {
    await this.network.transport(host).listen({ host, port: WORLD_PORT }, (connection) => called(new ScriptedPeer(this, connection)));
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  until(condition: () => boolean, limitMs = 60_000): Promise<void> {
    return this.clock.advanceUntil(condition, limitMs, 10);
  }

  /** Stops every node. Failures that no test asked for come to light here. */
  async close(): Promise<void> {
    for (const node of this.#nodes) await node.stop();
    for (const node of this.#nodes) if (node.failures.length > 0) throw node.failures[0];
  }
}

/** What differs from a plain node. */
export type SyncNodeOptions = Partial<
  Pick<
    NetworkOptions,
    | 'manualPeers'
    | 'onlyManual'
    | 'outboundTarget'
    | 'blockRelayTarget'
    | 'inboundMax'
    | 'blocksOnly'
    | 'externalAddresses'
    | 'services'
    | 'random'
    | 'banStore'
    | 'filters'
    | 'anchorStore'
    | 'resolver'
    | 'dnsSeeds'
    | 'seedNodes'
    | 'transportEngine'
    | 'whitelist'
    | 'alsoListen'
    | 'uploadTargetBytes'
    | 'proxies'
    | 'onlyNetworks'
    | 'discovery'
    | 'log'
  >
> & { readonly listen?: boolean; readonly blocks?: BlockStore; readonly book?: StoredBook; readonly verifier?: ScriptVerifier };

function inlineVerifier(): ScriptVerifier {
  return createInlineVerifier({ secp256k1: chooseSecp256k1('auto') });
}

/** A node with its real chain, mempool and network, its stores in memory. */
export class SyncTestNode {
  readonly host: string;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly network: Network;
  readonly failures: unknown[];
  readonly events: PeerEvent[];
  /** What was last saved. */
  readonly saved: () => StoredBook | undefined;

  static async open(
    world: SyncWorld,
    host: string,
    { listen = true, blocks = createMemoryBlockStore(), verifier = inlineVerifier(), ...options }: SyncNodeOptions,
  ): Promise<SyncTestNode> {
    const { params, clock } = world;
    const chain = await Chain.open({
      ...{ params, verifier, clock, log: silentLog },
      ...{ blocks, headers: createMemoryHeaderStore(), coins: createMemoryCoinStore() },
      snapshots: createMemorySnapshotStore(),
    });
    const mempool = new Mempool({ chain: mempoolChain(chain), params: params.consensus, verifier, clock, log: silentLog });
    const failures: unknown[] = [];
    const events: PeerEvent[] = [];
    let saved: StoredBook | undefined = options.book;
    const network = new Network({
      ...{ params, clock, chain, mempool, log: silentLog },
      random: new SeededRandom([...host].reduce((seed, character) => seed * 31 + character.charCodeAt(0), 7) >>> 0),
      transport: recordingTransport(world, host),
      services: SERVICES.network | SERVICES.witness | SERVICES.networkLimited,
      userAgent: '/quoin:test/',
      ...(listen ? { listen: { host, port: WORLD_PORT } } : {}),
      peerStore: {
        load: async () => saved,
        save: async (book) => {
          saved = book;
        },
      },
      onFailure: (error) => failures.push(error),
      onPeer: (event) => events.push(event),
      ...options,
    });
    await network.start();
    return new SyncTestNode({ host, chain, mempool, network, failures, events, saved: () => saved });
  }

  private constructor(parts: Omit<SyncTestNode, 'height' | 'give' | 'grow' | 'stop' | 'peer'>) {
    this.host = parts.host;
    this.chain = parts.chain;
    this.mempool = parts.mempool;
    this.network = parts.network;
    this.failures = parts.failures;
    this.events = parts.events;
    this.saved = parts.saved;
  }

  get height(): number {
    return this.chain.tip.height;
  }

  /** Hands blocks in as if they were mined here. */
  async give(blocks: readonly Block[]): Promise<void> {
    for (const block of blocks) {
      const { rejection } = await this.chain.acceptBlock(block);
      if (rejection !== undefined) throw new Error(`refused: ${rejection.reason}`);
    }
  }

  /** Mines blocks on its tip; `extra` tells one branch from another. */
  async grow(count: number, extra = 0): Promise<readonly Block[]> {
    const { params, tip } = this.chain;
    const blocks = buildChain({ parent: tip, params, count, extra: Uint8Array.of(extra) });
    await this.give(blocks);
    return blocks;
  }

  /** The only peer there is. */
  peer(): PeerInfo {
    const [peer, ...others] = this.network.peers();
    if (peer === undefined || others.length > 0)
      throw new Error(`${others.length + (peer === undefined ? 0 : 1)} peers where one was expected`);
    return peer;
  }

  async stop(): Promise<void> {
    await this.network.stop();
    this.mempool.close();
    await this.chain.close();
  }
}

/** A host's transport that notes why its node ends connections. */
function recordingTransport(world: SyncWorld, host: string): Transport {
  const inner = world.network.transport(host);
  const record = (connection: Connection): Connection => {
    const close = connection.close.bind(connection);
    connection.close = (why) => {
      world.closings.push(why);
      close(why);
    };
    return connection;
  };
  return {
    dial: async (address, options) => record(await inner.dial(address, options)),
    listen: (address, accept) => inner.listen(address, (connection) => accept(record(connection))),
  };
}

/** One end of a connection, played by a test. Pings are answered unless it is told not to. */
export class ScriptedPeer {
  /** Everything that came, in order. */
  readonly received: Message[] = [];
  /** Called with each message, to play a part. */
  onMessage: (message: Message) => void = () => {};
  closed: string | undefined;
  answersPings = true;
  readonly connection: Connection;
  readonly #world: SyncWorld;

  constructor(world: SyncWorld, connection: Connection) {
    this.#world = world;
    this.connection = connection;
    const parser = new FrameParser(world.params.messageStart);
    connection.handlers = {
      data: (bytes) => {
        parser.push(bytes);
        for (let step = parser.next(); step !== undefined; step = parser.next()) {
          if (step.kind !== 'frame') throw new Error(`a node sent a broken frame: ${step.why}`);
          const message = decodeMessage(step.command, step.payload);
          if (message === undefined) throw new Error(`a node sent an unknown message: ${step.command}`);
          this.#take(message);
        }
      },
      drained: () => {},
      closed: (why) => {
        this.closed = why;
      },
    };
  }

  send(...messages: readonly Message[]): void {
    for (const message of messages) this.sendRaw(message.type, encodeMessage(message));
  }

  /** Sends a payload under any command. */
  sendRaw(command: string, payload: Uint8Array): void {
    this.connection.write(encodeFrame(this.#world.params.messageStart, command, payload));
  }

  /** Messages of one type that came. */
  of<T extends MessageType>(type: T): readonly MessageOf<T>[] {
    return this.received.filter((message): message is MessageOf<T> => message.type === type);
  }

  /** Everything of one kind that it was asked for. */
  requested(kind: number): readonly InventoryItem[] {
    return this.of('getdata').flatMap((message) => message.items.filter((item) => item.kind === kind));
  }

  /** Does the handshake, whoever called. */
  async greet(version: Partial<VersionMessage> = {}): Promise<void> {
    this.send(versionMessage(version));
    this.send({ type: 'wtxidrelay' });
    this.send({ type: 'sendaddrv2' });
    this.send({ type: 'verack' });
    await this.#world.until(() => this.closed !== undefined || this.of('ping').length > 0);
  }

  /** Sends the verack alone. */
  async greetEnd(): Promise<void> {
    this.send({ type: 'verack' });
    await this.#world.until(() => this.of('ping').length > 0);
  }

  /** Sends a ping and waits for its pong: then everything before it has been dealt with. */
  async sync(nonce = 99n): Promise<void> {
    const before = this.of('pong').length;
    this.send({ type: 'ping', nonce });
    await this.#world.until(() => this.of('pong').length > before);
  }

  /** Answers `getheaders` and `getdata` out of a chain, as an honest node does. */
  serve(blocks: readonly Block[], options: { readonly withholds?: (block: Block) => boolean } = {}): void {
    const byHash = new Map(blocks.map((block, index) => [hashKey(block.header.hash), { block, index }]));
    this.onMessage = (message) => {
      if (message.type === 'getheaders') {
        const known = message.locator.map((hash) => byHash.get(hashKey(hash))?.index).find((index) => index !== undefined) ?? -1;
        this.send({ type: 'headers', headers: blocks.slice(known + 1, known + 2_001).map((block) => block.header) });
      }
      if (message.type !== 'getdata') return;
      for (const { hash } of message.items) {
        const found = byHash.get(hashKey(hash));
        if (found !== undefined && options.withholds?.(found.block) !== true) this.sendBlock(found.block);
      }
    };
  }

  sendBlock(block: Block): void {
    this.send({ type: 'block', block, raw: encodeBlock(block) });
  }

  #take(message: Message): void {
    this.received.push(message);
    if (message.type === 'ping' && this.answersPings) this.send({ type: 'pong', nonce: message.nonce });
    this.onMessage(message);
  }
}

/** A version message of a full node. */
export function versionMessage(changes: Partial<VersionMessage> = {}): VersionMessage {
  return {
    type: 'version',
    protocolVersion: 70_016,
    services: SERVICES.network | SERVICES.witness,
    timeSeconds: 1_700_000_000,
    receiver: { network: 'ipv4', bytes: Uint8Array.of(10, 0, 0, 1), port: WORLD_PORT },
    nonce: 1n,
    userAgent: '/scripted/',
    startHeight: 0,
    relay: true,
    ...changes,
  };
}

/** Blocks on the first block of a network, made once for many tests. */
export function blocksOn(params: NetworkParams, count: number, extra = 0): readonly Block[] {
  return buildChain({ parent: genesisParent(params), params, count, extra: Uint8Array.of(extra) });
}

/** A block that breaks a rule which only its coins show: it pays more than it may. */
export function greedyBlock(params: NetworkParams, parent: Parameters<typeof buildBlock>[0]['parent']): Block {
  return buildBlock({ parent, params, reward: params.consensus.subsidy.initial * 2n });
}

/** What stops nowhere. */
export const NO_STOP: BlockHash = zeroHash<BlockHash>();
