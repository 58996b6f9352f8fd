import type { Block } from '../core/primitives/block.ts';
import type { BlockHash, HashKey } from '../core/primitives/ids.ts';
import { hashKey, zeroHash } from '../core/primitives/ids.ts';
import type { Message } from '../core/wire/messages/table.ts';
import { Unclear } from './attack.ts';
import type { Link } from './link.ts';
import type { SeenChain } from './seen-chain.ts';

const PROTOCOL_VERSION = 70_016;

/** Most headers of one answer; with as many there may be more. */
const HEADERS_MAX = 2_000;

/** Rounds of headers, so that a target cannot go on for ever. */
const ROUNDS_MAX = 500;

/** Blocks that can be asked for again. */
const BLOCKS_KEPT_MAX = 500;

/** A peer that keeps to the rules: it follows the target's chain, and brings it blocks. */
export class HonestPeer {
  readonly link: Link;
  readonly #chain: SeenChain;
  readonly #blocks = new Map<HashKey, Block>();

  constructor(link: Link, chain: SeenChain) {
    this.link = link;
    this.#chain = chain;
    link.onMessage = (message) => this.#answer(message);
  }

  #answer(message: Message): void {
    if (message.type === 'getheaders') this.link.send({ type: 'headers', headers: [] });
    if (message.type !== 'getdata') return;
    for (const item of message.items) {
      const block = this.#blocks.get(hashKey(item.hash as BlockHash));
      if (block === undefined) this.link.send({ type: 'notfound', items: [item] });
      else this.link.sendBlock(block);
    }
  }

  /** Asks which chain the target is on. @throws Unclear where it does not say */
  async sync(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      this.link.forget();
      this.link.send({ type: 'getheaders', version: PROTOCOL_VERSION, locator: this.#chain.locator(), stop: zeroHash<BlockHash>() });
      const answer = await this.link.waitFor(() => this.link.of('headers')[0]);
      if (answer === undefined) throw new Unclear(`the target does not tell its headers (${this.link.over ?? 'no answer'})`);
      if (!this.#chain.take(answer.headers)) throw new Unclear('the headers that the target tells do not hang together');
      if (answer.headers.length < HEADERS_MAX) return;
    }
    throw new Unclear('the chain of the target is too long');
  }

  /** Sends blocks that follow the tip, and waits until all have been looked at. */
  async bring(blocks: readonly Block[]): Promise<void> {
    this.#keep(blocks);
    for (const block of blocks) {
      this.link.sendBlock(block);
      await this.link.taken();
    }
    await this.link.settled();
  }

  /** Tells the headers of a branch, and sends its blocks when they are asked for: each alone may have too little work to be taken. */
  async offer(blocks: readonly Block[]): Promise<void> {
    this.#keep(blocks);
    for (let at = 0; at < blocks.length; at += HEADERS_MAX) {
      this.link.send({ type: 'headers', headers: blocks.slice(at, at + HEADERS_MAX).map(({ header }) => header) });
    }
    await this.link.settled();
  }

  #keep(blocks: readonly Block[]): void {
    for (const block of blocks) this.#blocks.set(hashKey(block.header.hash), block);
    for (const key of this.#blocks.keys()) {
      if (this.#blocks.size <= BLOCKS_KEPT_MAX) break;
      this.#blocks.delete(key);
    }
  }
}
