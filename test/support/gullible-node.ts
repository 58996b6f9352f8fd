/**
 * A node that believes everything: it takes any block whose parent it knows, passes any transaction on, asks for whatever is announced and
 * hangs up on nobody. Attacks on it must say that it does not hold.
 *
 * @module
 */

import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block, BlockHeader } from '../../src/core/primitives/block.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { DecodeError } from '../../src/core/primitives/decode-error.ts';
import type { BlockHash, HashKey } from '../../src/core/primitives/ids.ts';
import { hashKey, zeroHash } from '../../src/core/primitives/ids.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import { encodeFrame, FrameParser } from '../../src/core/wire/frame.ts';
import { INVENTORY, type InventoryItem } from '../../src/core/wire/inventory.ts';
import { decodeMessage, encodeMessage, type Message } from '../../src/core/wire/messages/table.ts';
import type { Clock } from '../../src/engine/ports/clock.ts';
import type { Connection, Transport } from '../../src/engine/ports/transport.ts';
import { versionMessage, WORLD_PORT } from './sync-world.ts';

/** What it is made with. */
export interface GullibleOptions {
  readonly params: NetworkParams;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly host: string;
  /** Time that it thinks about each ping. */
  readonly pongDelayMs?: number;
  /** A message after which it never says anything again. */
  readonly diesAt?: string;
}

interface Known {
  readonly header: BlockHeader;
  readonly height: number;
  readonly block: Block | undefined;
}

const BLOCK_KINDS: readonly number[] = [INVENTORY.block, INVENTORY.witnessBlock, INVENTORY.compactBlock];

/** Messages whose payload can be read; others are as if they had not come. */
function readable(command: string, payload: Uint8Array): Message | undefined {
  try {
    return decodeMessage(command, payload);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** One such node. */
export class GullibleNode {
  readonly #options: GullibleOptions;
  readonly #known = new Map<HashKey, Known>();
  readonly #transactions = new Map<HashKey, Transaction>();
  readonly #peers = new Set<Connection>();
  #tip: Known;
  #isDead = false;

  private constructor(options: GullibleOptions) {
    this.#options = options;
    const { genesis } = options.params;
    this.#tip = { header: genesis.header, height: 0, block: genesis };
    this.#known.set(hashKey(genesis.header.hash), this.#tip);
  }

  static async listen(options: GullibleOptions): Promise<GullibleNode> {
    const node = new GullibleNode(options);
    await options.transport.listen({ host: options.host, port: WORLD_PORT }, (connection) => node.#accept(connection));
    return node;
  }

  #accept(connection: Connection): void {
    const parser = new FrameParser(this.#options.params.messageStart);
    connection.handlers = {
      data: (bytes) => {
        parser.push(bytes);
        for (let step = parser.next(); step !== undefined && step.kind !== 'fault'; step = parser.next()) {
          const message = step.kind === 'frame' ? readable(step.command, step.payload) : undefined;
          if (message !== undefined) this.#take(connection, message);
        }
      },
      drained: () => {},
      closed: () => this.#peers.delete(connection),
    };
  }

  #send(connection: Connection, ...messages: readonly Message[]): void {
    if (this.#isDead) return;
    const { messageStart } = this.#options.params;
    for (const message of messages) connection.write(encodeFrame(messageStart, message.type, encodeMessage(message)));
  }

  #take(from: Connection, message: Message): void {
    if (message.type === this.#options.diesAt) this.#isDead = true;
    if (message.type === 'version') {
      this.#peers.add(from);
      this.#send(from, versionMessage({ userAgent: '/gullible/' }), { type: 'verack' });
    } else if (message.type === 'ping') {
      const answer = (): void => this.#send(from, { type: 'pong', nonce: message.nonce });
      if (this.#options.pongDelayMs === undefined) answer();
      else this.#options.clock.after(this.#options.pongDelayMs, answer);
    } else if (message.type === 'getheaders') this.#send(from, { type: 'headers', headers: this.#headersAfter(message.locator) });
    else if (message.type === 'headers') this.#learn(from, message.headers);
    else if (message.type === 'block') this.#learnBlock(message.block);
    else if (message.type === 'cmpctblock') this.#learnHeader(message.header, undefined);
    else if (message.type === 'inv') this.#askFor(from, message.items);
    else if (message.type === 'getdata') this.#serve(from, message.items);
    else if (message.type === 'tx') this.#passOn(from, message.tx);
    else if (message.type === 'getaddr') this.#send(from, { type: 'addrv2', addresses: [] });
  }

  #learnHeader(header: BlockHeader, block: Block | undefined): boolean {
    const parent = this.#known.get(hashKey(header.prevBlockHash));
    if (parent === undefined) return false;
    const known = { header, height: parent.height + 1, block: block ?? this.#known.get(hashKey(header.hash))?.block };
    this.#known.set(hashKey(header.hash), known);
    // Whatever came last is as good as what came first.
    if (block !== undefined && known.height >= this.#tip.height) this.#tip = known;
    return true;
  }

  #learnBlock(block: Block): void {
    this.#learnHeader(block.header, block);
  }

  #learn(from: Connection, headers: readonly BlockHeader[]): void {
    const wanted = headers.filter((header) => this.#learnHeader(header, undefined));
    if (wanted.length > 0) this.#send(from, { type: 'getdata', items: wanted.map(({ hash }) => ({ kind: INVENTORY.witnessBlock, hash })) });
  }

  #headersAfter(locator: readonly BlockHash[]): readonly BlockHeader[] {
    const chain: BlockHeader[] = [];
    for (let at: Known | undefined = this.#tip; at !== undefined; at = this.#known.get(hashKey(at.header.prevBlockHash)))
      chain.push(at.header);
    chain.reverse();
    const wanted = new Set(locator.map(hashKey));
    const from = chain.findLastIndex(({ hash }) => wanted.has(hashKey(hash)));
    return chain.slice(from + 1, from + 2_001);
  }

  #askFor(from: Connection, items: readonly InventoryItem[]): void {
    for (const { hash } of items.filter(({ kind }) => BLOCK_KINDS.includes(kind))) {
      if (!this.#known.has(hashKey(hash as BlockHash)))
        this.#send(from, { type: 'getheaders', version: 70_016, locator: [this.#tip.header.hash], stop: zeroHash<BlockHash>() });
    }
    const transactions = items.filter(({ kind }) => !BLOCK_KINDS.includes(kind));
    if (transactions.length > 0) this.#send(from, { type: 'getdata', items: transactions });
  }

  #serve(from: Connection, items: readonly InventoryItem[]): void {
    for (const item of items) {
      const block = this.#known.get(hashKey(item.hash as BlockHash))?.block;
      const tx = this.#transactions.get(hashKey(item.hash as BlockHash));
      if (block !== undefined) this.#send(from, { type: 'block', block, raw: encodeBlock(block) });
      else if (tx !== undefined) this.#send(from, { type: 'tx', tx });
      else this.#send(from, { type: 'notfound', items: [item] });
    }
  }

  #passOn(from: Connection, tx: Transaction): void {
    this.#transactions.set(hashKey(tx.wtxid), tx);
    for (const peer of this.#peers) if (peer !== from) this.#send(peer, { type: 'inv', items: [{ kind: INVENTORY.wtx, hash: tx.wtxid }] });
  }
}
