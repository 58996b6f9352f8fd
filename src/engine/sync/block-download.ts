import type { Block } from '../../core/primitives/block.ts';
import type { BlockHash, HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { InventoryItem } from '../../core/wire/inventory.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { isFailed, isStored } from '../chain/header-node.ts';
import { ancestorOf, findFork, isAncestorOf } from '../chain/header-tree.ts';
import { BlockRepair } from './block-repair.ts';
import type { SyncContext } from './context.ts';
import { historyWanted, leavesBelowBase } from './history-download.ts';
import type { Peer, PeerId } from './peer.ts';

/** Blocks that are asked of one peer at once. Core's MAX_BLOCKS_IN_TRANSIT_PER_PEER. */
export const BLOCKS_IN_FLIGHT_PER_PEER = 16;

/** How far beyond the last stored block of its branch a peer is asked for blocks. Core's BLOCK_DOWNLOAD_WINDOW. */
export const BLOCK_WINDOW = 1_024;

/** A peer that holds up all others is let go after this time; it doubles each time, and falls again as blocks connect. Core's values. */
export const STALL_TIMEOUT_MS_MIN = 2_000;

/** The stall time never grows beyond this. */
export const STALL_TIMEOUT_MS_MAX = 64_000;
const STALL_TIMEOUT_DECAY = 0.85;

/** A block that comes later than this, or than the time between blocks if that is longer, ends the connection; half as much again for each
 * other peer that sends blocks. Core's BLOCK_DOWNLOAD_TIMEOUT_BASE and _PER_PEER. */
export const BLOCK_TIMEOUT_MS_MIN = 60_000;

/** Peers that are asked for one and the same block at most, while the first of them do not deliver. */
export const PEERS_PER_BLOCK_MAX = 3;

/** A peer that did not deliver the block that everything waited for is asked for no more for this time, or until it delivers. */
export const LATE_MS = 60_000;

/** A peer of BIP-159 has blocks down to here below its best one; two less than the 288, since it moves on too. */
const LIMITED_PEER_DEPTH = 286;

/** A block that was asked for. */
interface Flight {
  readonly node: HeaderNode;
  /** Whom it was asked of, and when. */
  readonly asked: Map<PeerId, number>;
}

/**
 * Which blocks are asked of whom: from all peers at once, in a window that moves along the chain.
 *
 * The block that everything waits for is asked of another peer after the stall time; a peer for which the whole window waits is let go.
 */
export class BlockDownload {
  readonly #context: SyncContext;
  readonly #repair: BlockRepair;
  readonly #flights = new Map<HashKey, Flight>();
  /** Blocks that came and are being looked at. */
  readonly #processing = new Set<HashKey>();
  #stallTimeoutMs = STALL_TIMEOUT_MS_MIN;

  constructor(context: SyncContext) {
    this.#context = context;
    this.#repair = new BlockRepair(context);
  }

  /** Blocks that were asked for and are not here yet. */
  get inFlight(): number {
    return this.#flights.size;
  }

  /** How long the next block may hold up everything, now. */
  get stallTimeoutMs(): number {
    return this.#stallTimeoutMs;
  }

  /** Asks a peer for what it has and we lack. */
  request(peer: Peer): void {
    if (this.#mayAsk(peer)) this.requestDamaged();
    this.#requestMissing(peer);
  }

  /** Asks for stored blocks that are damaged, of peers that have them. */
  requestDamaged(): void {
    this.#repair.choose(
      (key) => this.#processing.has(key) || this.#flights.has(key),
      (peer, node) => peer.blocks.inFlight.size < BLOCKS_IN_FLIGHT_PER_PEER && !this.#isLate(peer) && serves(peer, node),
      (peer, node) => this.#ask(peer, [node]),
    );
  }

  /** Asks every peer that has nothing to do. */
  requestAll(): void {
    this.requestDamaged();
    for (const peer of this.#context.ready()) if (peer.blocks.inFlight.size === 0) this.#requestMissing(peer);
  }

  /** Asks one peer for one block, whatever else it was asked for. @returns why it was not, in Core's words (`FetchBlock`) */
  fetch(peer: Peer | undefined, node: HeaderNode): string | undefined {
    if (peer === undefined || peer.leaving) return 'Peer does not exist';
    if (!peer.ready) return 'Peer not fully connected';
    if (!offers(peer.version?.services ?? 0n, SERVICES.witness)) return 'Pre-SegWit peer';
    if (peer.blocks.inFlight.has(hashKey(node.hash))) return 'Already requested from this peer';
    this.#note(peer, node);
    this.askWhole(peer, node);
    this.#wakeToStall();
    return undefined;
  }

  /** Whether a block came and is being looked at. */
  isProcessing(node: HeaderNode): boolean {
    return this.#processing.has(hashKey(node.hash));
  }

  /** Whom a block was asked of and who has not sent it, in the order of asking. */
  askedFor(node: HeaderNode): readonly PeerId[] {
    return [...(this.#flights.get(hashKey(node.hash))?.asked.keys() ?? [])];
  }

  /** A block is on its way from a peer that was not asked for it, or was. */
  expect(peer: Peer, node: HeaderNode): void {
    if (!peer.blocks.inFlight.has(hashKey(node.hash))) this.#note(peer, node);
    this.#wakeToStall();
  }

  /** Asks for the whole of a block that is on its way already. */
  askWhole(peer: Peer, node: HeaderNode): void {
    this.#context.send(peer, { type: 'getdata', items: [{ kind: INVENTORY.witnessBlock, hash: node.hash }] });
  }

  /** A block is no longer waited for from this peer. */
  release(peer: Peer, node: HeaderNode): void {
    this.#release(peer, hashKey(node.hash));
  }

  /**
   * A block came, good or bad: whatever it is, only what this peer was asked for is settled by it.
   *
   * @returns whether it was asked for
   */
  received(peer: Peer, block: Block): boolean {
    const key = hashKey(block.header.hash);
    const { blocks } = peer;
    this.#processing.add(key);
    if (!blocks.inFlight.has(key)) return false;
    this.#release(peer, key);
    blocks.stallingSinceMs = undefined;
    blocks.lateUntilMs = 0;
    blocks.busySinceMs = this.#context.nowMs();
    return true;
  }

  /** A block that came was looked at. Where it is stored, nobody is waited for any more. */
  processed(hash: BlockHash, stored: boolean): void {
    const key = hashKey(hash);
    this.#processing.delete(key);
    if (!stored) return;
    for (const id of [...(this.#flights.get(key)?.asked.keys() ?? [])]) {
      const peer = this.#context.peers.get(id);
      if (peer !== undefined) this.#release(peer, key);
    }
  }

  /** The tip moved on: the way is clear. */
  advanced(): void {
    this.#stallTimeoutMs = Math.max(STALL_TIMEOUT_MS_MIN, this.#stallTimeoutMs * STALL_TIMEOUT_DECAY);
  }

  /** The peer does not have a block that it was asked for. */
  notFound(peer: Peer, key: HashKey): void {
    if (!peer.blocks.inFlight.has(key)) return;
    this.#release(peer, key);
    this.#setLate(peer);
    for (const other of this.#context.ready()) this.request(other);
  }

  /** The peer is gone; others take over what it was asked for. */
  gone(peer: Peer): void {
    for (const key of [...peer.blocks.inFlight.keys()]) this.#release(peer, key);
    for (const other of this.#context.ready()) this.request(other);
  }

  /** What took too long. */
  tick(): void {
    const now = this.#context.nowMs();
    for (const peer of this.#context.ready()) this.#checkTimes(peer, now);
    if (this.#flights.size > 0) this.#askOthers(now);
    this.requestAll();
  }

  #mayAsk(peer: Peer): boolean {
    return peer.ready && !peer.leaving && !this.#isLate(peer);
  }

  #requestMissing(peer: Peer): void {
    if (!this.#mayAsk(peer)) return;
    const { inFlight } = peer.blocks;
    const count = BLOCKS_IN_FLIGHT_PER_PEER - inFlight.size;
    const wanted = this.#wanted(peer, count);
    wanted.push(...this.#historyWanted(peer, count - wanted.length));
    if (wanted.length > 0) this.#ask(peer, wanted);
  }

  #checkTimes(peer: Peer, now: number): void {
    const { blocks } = peer;
    if (this.#isLate(peer)) this.#context.wakeBy(blocks.lateUntilMs);
    if (blocks.stallingSinceMs !== undefined) {
      const due = blocks.stallingSinceMs + this.#stallTimeoutMs;
      if (now >= due) {
        this.#stallTimeoutMs = Math.min(STALL_TIMEOUT_MS_MAX, this.#stallTimeoutMs * 2);
        this.#context.disconnect(peer, 'block-stalling');
        return;
      }
      this.#context.wakeBy(due);
    }
    if (blocks.inFlight.size > 0) {
      const due = blocks.busySinceMs + this.#blockTimeoutMs(peer);
      if (now >= due) {
        this.#context.disconnect(peer, 'block-timeout');
        return;
      }
      this.#context.wakeBy(due);
    }
  }

  #blockTimeoutMs(peer: Peer): number {
    let others = 0;
    for (const other of this.#context.ready()) if (other !== peer && other.blocks.inFlight.size > 0) others++;
    return Math.max(BLOCK_TIMEOUT_MS_MIN, this.#context.params.consensus.pow.spacingSeconds * 1000) * (1 + others / 2);
  }

  /** Asks another peer for each block that could be connected at once and is late. */
  #askOthers(now: number): void {
    for (const { node, asked } of [...this.#flights.values()]) {
      if (node.parent === undefined || isFailed(node) || !this.#have(node.parent) || asked.size >= PEERS_PER_BLOCK_MAX) continue;
      const due = Math.max(...asked.values()) + this.#stallTimeoutMs;
      if (now < due) {
        this.#context.wakeBy(due);
        continue;
      }
      const other = this.#another(node, asked);
      if (other === undefined) {
        this.#context.wakeBy(now + this.#stallTimeoutMs);
        continue;
      }
      for (const id of asked.keys()) {
        const late = this.#context.peers.get(id);
        if (late !== undefined) this.#setLate(late);
      }
      this.#ask(other, [node]);
    }
  }

  /** A peer that has the block and was not asked for it, the least busy one. */
  #another(node: HeaderNode, asked: ReadonlyMap<PeerId, number>): Peer | undefined {
    let best: Peer | undefined;
    for (const peer of this.#context.ready()) {
      const { bestKnown } = peer.headers;
      if (asked.has(peer.id) || bestKnown === undefined || !isAncestorOf(node, bestKnown) || !serves(peer, node)) continue;
      if (peer.blocks.inFlight.size >= BLOCKS_IN_FLIGHT_PER_PEER) continue;
      if (best === undefined || peer.blocks.inFlight.size < best.blocks.inFlight.size) best = peer;
    }
    return best;
  }

  #ask(peer: Peer, nodes: readonly HeaderNode[]): void {
    for (const node of nodes) this.#note(peer, node);
    const items: InventoryItem[] = nodes.map((node) => ({ kind: this.#kindFor(peer, node), hash: node.hash }));
    this.#context.send(peer, { type: 'getdata', items });
    this.#wakeToStall();
  }

  /** Remembers that a block is on its way. */
  #note(peer: Peer, node: HeaderNode): void {
    const now = this.#context.nowMs();
    const { blocks } = peer;
    if (blocks.inFlight.size === 0) blocks.busySinceMs = now;
    const key = hashKey(node.hash);
    const flight = this.#flights.get(key) ?? { node, asked: new Map<PeerId, number>() };
    flight.asked.set(peer.id, now);
    this.#flights.set(key, flight);
    blocks.inFlight.set(key, node);
  }

  #wakeToStall(): void {
    this.#context.wakeBy(this.#context.nowMs() + this.#stallTimeoutMs);
  }

  /** A block that alone is missing on our tip may well be made of what waits here, so its compact form is asked for. Core's condition. */
  #kindFor(peer: Peer, node: HeaderNode): number {
    const isNext = node.parent === this.#context.chain.active.tip && !isStored(node);
    const isAlone = this.#flights.size === 1 && this.askedFor(node).length === 1;
    const hasTransactions = this.#context.options.blocksOnly !== true;
    return hasTransactions && peer.compact.provides && isNext && isAlone ? INVENTORY.compactBlock : INVENTORY.witnessBlock;
  }

  /** Forgets that a peer was asked for a block. */
  #release(peer: Peer, key: HashKey): void {
    peer.blocks.inFlight.delete(key);
    peer.blocks.partial.delete(key);
    if (peer.blocks.inFlight.size === 0) peer.blocks.stallingSinceMs = undefined;
    const flight = this.#flights.get(key);
    flight?.asked.delete(peer.id);
    if (flight?.asked.size === 0) this.#flights.delete(key);
  }

  /** Stored, or connected once and pruned since. */
  #have(node: HeaderNode): boolean {
    const { active, missing } = this.#context.chain;
    if (isStored(node)) return true;
    return missing !== undefined && node.height < missing.base.height ? missing.active.contains(node) : active.contains(node);
  }

  /** Whether a block is on its way from somebody who delivers, or from too many already. */
  #isAsked(node: HeaderNode, by: Peer): boolean {
    const key = hashKey(node.hash);
    const flight = this.#flights.get(key);
    if (this.#processing.has(key)) return true;
    if (flight === undefined) return false;
    if (flight.asked.has(by.id) || flight.asked.size >= PEERS_PER_BLOCK_MAX) return true;
    for (const id of flight.asked.keys()) {
      const asked = this.#context.peers.get(id);
      if (asked !== undefined && !this.#isLate(asked)) return true;
    }
    return false;
  }

  #isLate(peer: Peer): boolean {
    return this.#context.nowMs() < peer.blocks.lateUntilMs;
  }

  #setLate(peer: Peer): void {
    peer.blocks.lateUntilMs = this.#context.nowMs() + LATE_MS;
    this.#context.wakeBy(peer.blocks.lateUntilMs);
  }

  /** The next blocks of a peer's branch that are neither here nor on their way. Core's `FindNextBlocksToDownload`. */
  #wanted(peer: Peer, count: number): HeaderNode[] {
    const best = peer.headers.bestKnown;
    const { tip } = this.#context.chain.active;
    if (count <= 0 || best === undefined || isFailed(best) || best.chainWork < tip.chainWork) return [];
    if (leavesBelowBase(best, this.#context.chain)) return [];
    if (best === tip) {
      // The rule once a node is in sync, looked at for every peer at every tick.
      peer.blocks.lastCommon = best;
      return [];
    }
    const common = findFork(peer.blocks.lastCommon ?? tip, best);
    const wanted: HeaderNode[] = [];
    let waitsFor: HeaderNode | undefined;
    let firstLacking: HeaderNode | undefined;
    const windowEnd = common.height + BLOCK_WINDOW;
    for (const node of this.#context.chain.active.lackingOn(common, best, windowEnd + 1)) {
      firstLacking ??= node;
      if (this.#isAsked(node, peer)) {
        waitsFor ??= node;
      } else if (node.height > windowEnd) {
        if (wanted.length === 0 && waitsFor !== undefined) this.#stalls(waitsFor, peer);
        break;
      } else if (serves(peer, node)) {
        wanted.push(node);
        if (wanted.length === count) break;
      }
    }
    peer.blocks.lastCommon = firstLacking === undefined ? ancestorOf(best, Math.min(best.height, windowEnd + 1)) : firstLacking.parent;
    return wanted;
  }

  /** The next blocks below a snapshot, where there is one. */
  #historyWanted(peer: Peer, count: number): HeaderNode[] {
    return historyWanted(peer, count, (node) => serves(peer, node), {
      chain: this.#context.chain,
      windowBlocks: BLOCK_WINDOW,
      isAsked: (node) => this.#isAsked(node, peer),
    });
  }

  /** The window is full of blocks that wait for one: whoever was asked for it is on probation. */
  #stalls(node: HeaderNode, waiting: Peer): void {
    const now = this.#context.nowMs();
    for (const id of this.#flights.get(hashKey(node.hash))?.asked.keys() ?? []) {
      const staller = this.#context.peers.get(id);
      if (staller === undefined || staller === waiting) continue;
      staller.blocks.stallingSinceMs ??= now;
      this.#context.wakeBy(staller.blocks.stallingSinceMs + this.#stallTimeoutMs);
    }
  }
}

/** Whether a peer can be expected to have a block with its witnesses. */
function serves(peer: Peer, node: HeaderNode): boolean {
  const services = peer.version?.services ?? 0n;
  if (!offers(services, SERVICES.witness)) return false;
  if (offers(services, SERVICES.network)) return true;
  const best = peer.headers.bestKnown;
  return offers(services, SERVICES.networkLimited) && best !== undefined && node.height > best.height - LIMITED_PEER_DEPTH;
}
