import type { Connection, ConnectionHandlers, SocketAddress } from '../engine/ports/transport.ts';
import type { QueuedEvent } from './event-queue.ts';
import { type LinkQuality, lossDelayMs, RETRANSMIT_MS_MAX } from './link-quality.ts';
import type { SimHost, SimNetwork } from './sim-network.ts';

/** As the TCP transport: bytes that may be queued before `write` says to wait. */
const WRITE_QUEUE_BYTES_MAX = 1_000_000;

const US_PER_MS = 1_000;

const IGNORE: ConnectionHandlers = { data: () => {}, drained: () => {}, closed: () => {} };

/** What travels: bytes, or the end of the stream. */
type Piece = Uint8Array | undefined;

/**
 * One end of a stream, and the lane from it to the other end. What is written arrives in order, or not at all: a lane that is blocked holds it, as
 * TCP's sending again does, and after the network's patience the connection ends on the side that waits.
 */
export class SimConnection implements Connection {
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
  handlers: ConnectionHandlers = IGNORE;
  /** Of the network's streams; twice that, and 1 for the side that was called, names a lane in the digest. */
  readonly lane: number;
  readonly host: SimHost;
  /** What the way to the other side is like. */
  quality: LinkQuality;
  readonly #network: SimNetwork;
  #other: SimConnection | undefined;
  #queuedBytes = 0;
  /** Of these the other side has, but its word of that has not come back. */
  #unconfirmedBytes = 0;
  #full = false;
  #closed = false;
  #paused = false;
  #inbox: Uint8Array[] = [];
  #lastArrivalUs = 0;
  #held: Piece[] = [];
  #heldSinceUs = 0;
  #givingUp: QueuedEvent | undefined;
  #resuming: QueuedEvent | undefined;

  constructor(
    network: SimNetwork,
    ends: { readonly host: SimHost; readonly local: SocketAddress; readonly remote: SocketAddress; readonly lane: number },
  ) {
    this.#network = network;
    this.host = ends.host;
    this.local = ends.local;
    this.remote = ends.remote;
    this.lane = ends.lane;
    this.quality = network.quality(ends.local.host, ends.remote.host);
  }

  /** Makes two ends one stream. */
  static join(near: SimConnection, far: SimConnection): void {
    near.#other = far;
    far.#other = near;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed) return true;
    this.#queuedBytes += bytes.length;
    this.#full ||= this.#queuedBytes > WRITE_QUEUE_BYTES_MAX;
    this.#network.traffic.count(bytes);
    this.#send(bytes);
    return !this.#full;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused && !this.#closed) {
      const bytes = this.#inbox.shift();
      if (bytes === undefined) return;
      this.handlers.data(bytes);
    }
  }

  close(why: string): void {
    if (this.#closed) return;
    this.#send(undefined);
    this.#end(why);
  }

  /** The host has no power any more: this end is gone and tells nobody. */
  vanish(): void {
    this.handlers = IGNORE;
    this.#end('the host lost its power');
    if (this.#givingUp !== undefined) this.#network.queue.cancel(this.#givingUp);
    if (this.#resuming !== undefined) this.#network.queue.cancel(this.#resuming);
    this.#held = [];
    this.#lastArrivalUs = Number.POSITIVE_INFINITY;
  }

  /** The process is gone: the system closes what it had open, and nobody hears of it here. */
  abandon(): void {
    this.handlers = IGNORE;
    this.close('the process ended');
  }

  /** Who reaches whom has changed. */
  reachChanged(): void {
    if (this.#unconfirmedBytes > 0 && this.#network.reaches(this.remote.host, this.local.host)) this.#confirm(0);
    if (this.#held.length === 0 || this.#resuming !== undefined || this.#isBlocked()) return;
    const { queue, random } = this.#network;
    // The next try is as far away as the last one was, at most.
    const blockedUs = queue.nowUs - this.#heldSinceUs;
    const delayUs = random.between(0, Math.min(blockedUs, RETRANSMIT_MS_MAX * US_PER_MS));
    this.#resuming = queue.after(delayUs, () => this.#release());
  }

  #isBlocked(): boolean {
    return !this.#network.reaches(this.local.host, this.remote.host);
  }

  #send(piece: Piece): void {
    const { queue, random } = this.#network;
    if (this.#lastArrivalUs === Number.POSITIVE_INFINITY) return;
    const size = piece?.length ?? 0;
    const leftUs = this.host.upload(queue.nowUs, size);
    const lossMs = lossDelayMs(size, this.quality, random);
    if (lossMs === undefined) {
      this.#break('too many packets were lost');
      return;
    }
    const { latencyMs, jitterMs } = this.quality;
    const wayMs = latencyMs + lossMs + (jitterMs === 0 ? 0 : random.between(0, jitterMs));
    this.#lastArrivalUs = Math.max(this.#lastArrivalUs, Math.ceil(leftUs + wayMs * US_PER_MS));
    queue.after(this.#lastArrivalUs - queue.nowUs, () => this.#reach(piece));
  }

  /** A piece has come to where the other side should be. */
  #reach(piece: Piece): void {
    if (this.#lastArrivalUs === Number.POSITIVE_INFINITY) return;
    if (this.#held.length > 0 || this.#isBlocked()) this.#hold(piece);
    else this.#deliver(piece);
  }

  #hold(piece: Piece): void {
    const { queue, patienceMs } = this.#network;
    if (this.#held.length === 0) {
      this.#heldSinceUs = queue.nowUs;
      this.#givingUp = queue.after(patienceMs * US_PER_MS, () => this.#break('timed out'));
    }
    this.#held.push(piece);
  }

  #release(): void {
    this.#resuming = undefined;
    if (this.#isBlocked()) return;
    if (this.#givingUp !== undefined) this.#network.queue.cancel(this.#givingUp);
    const held = this.#held;
    this.#held = [];
    for (const piece of held) this.#deliver(piece);
  }

  /** The way is given up: this side learns of it, the other will when it sends something. */
  #break(why: string): void {
    this.#held = [];
    this.#lastArrivalUs = Number.POSITIVE_INFINITY;
    this.#end(why);
  }

  #deliver(piece: Piece): void {
    const other = this.#other;
    if (other === undefined) return;
    const { queue, digest } = this.#network;
    digest.add(piece === undefined ? 2 : 1, queue.nowUs, this.lane, 0, piece);
    if (other.#closed) {
      // Whoever is there knows nothing of this stream.
      if (!this.#closed) queue.after(other.quality.latencyMs * US_PER_MS, () => this.#end('reset by the other side'));
      return;
    }
    if (piece === undefined) {
      other.#end('the other side closed the connection');
      return;
    }
    this.#confirm(piece.length);
    if (other.#paused || other.#inbox.length > 0) other.#inbox.push(piece);
    else other.handlers.data(piece);
  }

  #confirm(sizeBytes: number): void {
    this.#unconfirmedBytes += sizeBytes;
    if (!this.#network.reaches(this.remote.host, this.local.host)) return;
    this.#queuedBytes -= this.#unconfirmedBytes;
    this.#unconfirmedBytes = 0;
    if (!this.#full || this.#closed || this.#queuedBytes > WRITE_QUEUE_BYTES_MAX / 2) return;
    this.#full = false;
    this.#network.queue.after(0, () => this.handlers.drained());
  }

  #end(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inbox = [];
    this.#network.forget(this);
    // As with a socket, never within the call that closes.
    this.#network.queue.after(0, () => this.handlers.closed(why));
  }
}
