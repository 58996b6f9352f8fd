import { DecodeError } from '../../core/primitives/decode-error.ts';
import { encodeFrame, FrameParser } from '../../core/wire/frame.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import { decodeMessage, encodeMessage } from '../../core/wire/messages/table.ts';
import type { Connection, ConnectionHandlers, SocketAddress, Transport } from '../../engine/ports/transport.ts';
import type { Corruption } from '../simulation-setup.ts';
import type { Behaviour, BehaviourMaker, LiarLink, LiarWorld } from './behaviour.ts';

const IGNORE: ConnectionHandlers = { data: () => {}, drained: () => {}, closed: () => {} };

/** A message, unless nobody could read it: another liar may have sent it. */
function readMessage(command: string, payload: Uint8Array): Message | undefined {
  try {
    return decodeMessage(command, payload);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return undefined;
  }
}

/** A connection whose messages a behaviour looks through, both ways. */
class CorruptConnection implements Connection, LiarLink {
  handlers: ConnectionHandlers = IGNORE;
  ready = false;
  readonly #inner: Connection;
  readonly #world: LiarWorld;
  readonly #behaviour: Behaviour;
  readonly #sent: FrameParser;
  readonly #received: FrameParser;
  #closed = false;

  constructor(inner: Connection, world: LiarWorld, behaviour: Behaviour) {
    const { messageStart } = world.simulation.params;
    this.#inner = inner;
    this.#world = world;
    this.#behaviour = behaviour;
    this.#sent = new FrameParser(messageStart);
    this.#received = new FrameParser(messageStart);
    inner.handlers = {
      data: (bytes) => this.#take(bytes),
      drained: () => this.handlers.drained(),
      closed: (why) => {
        this.#closed = true;
        this.handlers.closed(why);
      },
    };
    if (behaviour.tickMs !== undefined) this.#tick(behaviour.tickMs);
  }

  get remote(): SocketAddress {
    return this.#inner.remote;
  }

  get local(): SocketAddress {
    return this.#inner.local;
  }

  get queuedBytes(): number {
    return this.#inner.queuedBytes;
  }

  write(bytes: Uint8Array): boolean {
    this.#sent.push(bytes);
    let free = true;
    for (let step = this.#sent.next(); step?.kind === 'frame'; step = this.#sent.next()) {
      const message = decodeMessage(step.command, step.payload);
      if (step.command === 'verack') this.ready = true;
      const instead = message === undefined || this.#behaviour.outgoing === undefined ? undefined : this.#behaviour.outgoing(message, this);
      if (instead === undefined) free = this.#inner.write(this.#frame(step.command, step.payload));
      else for (const each of instead) free = this.#inner.write(this.#frame(each.type, encodeMessage(each)));
    }
    return free;
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  close(why: string): void {
    this.#inner.close(why);
  }

  send(message: Message): void {
    this.sendBytes(this.#frame(message.type, encodeMessage(message)));
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.#closed) this.#inner.write(bytes);
  }

  #frame(command: string, payload: Uint8Array): Uint8Array {
    return encodeFrame(this.#world.simulation.params.messageStart, command, payload);
  }

  #take(bytes: Uint8Array): void {
    const { incoming } = this.#behaviour;
    if (incoming === undefined) {
      this.handlers.data(bytes);
      return;
    }
    this.#received.push(bytes);
    for (let step = this.#received.next(); step !== undefined; step = this.#received.next()) {
      if (step.kind === 'fault') {
        // No messages: what the node makes of that is its own business.
        this.handlers.data(bytes);
        return;
      }
      if (step.kind !== 'frame') continue;
      const message = readMessage(step.command, step.payload);
      if (message === undefined || incoming.call(this.#behaviour, message, this)) {
        this.handlers.data(this.#frame(step.command, step.payload));
      }
    }
  }

  #tick(ms: number): void {
    const { simulation, random } = this.#world;
    simulation.queue.after(random.exponential(ms) * 1_000, () => {
      if (this.#closed) return;
      if (this.ready) this.#behaviour.tick?.(this);
      this.#tick(ms);
    });
  }
}

/** Turns a behaviour into what a setup's `byzantine` wants. Each start of the node makes the liar anew. */
export function corruptedBy(make: BehaviourMaker): Corruption {
  return (transport: Transport, node, simulation): Transport => {
    const world = { simulation, node, random: node.random.branch('liar') };
    const behaviour = make(world);
    const corrupt = (inner: Connection): Connection => new CorruptConnection(inner, world, behaviour);
    return {
      dial: async (address, options) => corrupt(await transport.dial(address, options)),
      listen: (address, accept) => transport.listen(address, (connection) => accept(corrupt(connection))),
    };
  };
}
