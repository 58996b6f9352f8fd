import type { Block } from '../../core/primitives/block.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import { type HashKey, hashKey } from '../../core/primitives/ids.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import type { BehaviourMaker, LiarLink, LiarWorld } from './behaviour.ts';
import { badBlock, PAYS_TOO_MUCH } from './make-bad-blocks.ts';

/** Headers that are told again with each new one, for whoever came later. */
const HEADERS_TOLD = 2_000;

const BLOCK_KINDS: readonly number[] = [INVENTORY.block, INVENTORY.witnessBlock, INVENTORY.compactBlock];

const US_PER_MS = 1_000;

/** A chain of blocks that pay too much, and everybody who is told of it. */
class InvalidChain {
  readonly links: Set<LiarLink> = new Set();
  readonly #meanMs: number;
  readonly #blocks: Block[] = [];
  readonly #byHash = new Map<HashKey, Block>();
  #forkHeight = 0;
  #begun = false;

  constructor(meanMs: number) {
    this.#meanMs = meanMs;
  }

  /** Begins to mine on the tip of the first of its liars. */
  begin(world: LiarWorld): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#wait(world);
  }

  block(hash: Uint8Array): Block | undefined {
    return this.#byHash.get(hashKey(hash));
  }

  #wait(world: LiarWorld): void {
    world.simulation.queue.after(world.random.exponential(this.#meanMs) * US_PER_MS, () => {
      this.#find(world);
      this.#wait(world);
    });
  }

  #find(world: LiarWorld): void {
    const { simulation, node } = world;
    const last = this.#blocks.at(-1);
    const tip = last?.header ?? simulation.tipOf(node);
    if (tip === undefined) return;
    if (last === undefined) this.#forkHeight = simulation.tipOf(node)?.height ?? 0;
    const parent = { hash: tip.hash, timeSeconds: tip.timeSeconds, height: this.#forkHeight + this.#blocks.length };
    const block = badBlock(parent, world, PAYS_TOO_MUCH);
    this.#blocks.push(block);
    this.#byHash.set(hashKey(block.header.hash), block);
    const headers = this.#blocks.slice(-HEADERS_TOLD).map(({ header }) => header);
    for (const link of this.links) if (link.ready) link.send({ type: 'headers', headers });
    simulation.figures.set('blocks of the invalid chain', this.#blocks.length);
  }
}

/**
 * Makes the miners of one chain whose blocks pay too much. Where they have most of the work it has the best headers there are; they tell everybody of
 * those and give the blocks to whoever asks.
 *
 * @param meanMs - between two blocks of all of them together
 */
export function mineInvalidChain(meanMs: number): BehaviourMaker {
  const chain = new InvalidChain(meanMs);
  return (world) => ({
    outgoing: (message, link) => {
      chain.links.add(link);
      chain.begin(world);
      return [message];
    },
    incoming: (message: Message, link) => {
      if (message.type !== 'getdata') return true;
      const asked = message.items.flatMap(({ kind, hash }) => (BLOCK_KINDS.includes(kind) ? (chain.block(hash) ?? []) : []));
      for (const block of asked) link.send({ type: 'block', block, raw: encodeBlock(block) });
      return asked.length === 0;
    },
  });
}
