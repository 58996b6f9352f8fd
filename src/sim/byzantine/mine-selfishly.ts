import type { BlockHeader } from '../../core/primitives/block.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import { forkOf, type LedgerBlock } from '../reference-ledger.ts';
import type { Behaviour, LiarWorld } from './behaviour.ts';
import { HiddenBranch } from './hidden-branch.ts';

/** A disk takes less. */
const STORED_US = 100;

function headersIn(message: Message): readonly BlockHeader[] {
  if (message.type === 'headers') return message.headers;
  if (message.type === 'cmpctblock') return [message.header];
  return message.type === 'block' ? [message.block.header] : [];
}

/**
 * Selfish mining as of Eyal and Sirer, "Majority is not enough: Bitcoin mining is vulnerable" (2014): found blocks are kept back, and shown as others
 * find theirs: one for one while the lead is long, all at once when it shrinks to one, and to begin a race where the lead was one.
 */
class SelfishMiner implements Behaviour {
  readonly #world: LiarWorld;
  readonly #branch: HiddenBranch;
  /** The highest block of others. */
  #others: LedgerBlock;
  #own: LedgerBlock | undefined;

  constructor(world: LiarWorld) {
    this.#world = world;
    this.#branch = new HiddenBranch(world);
    this.#others = world.simulation.ledger.genesis;
  }

  outgoing(...[message, link]: Parameters<NonNullable<Behaviour['outgoing']>>): readonly Message[] {
    // The block that is told of may be one of its own that is on its way to its disk.
    if (headersIn(message).length > 0) this.#world.simulation.queue.after(STORED_US, () => this.#look());
    return this.#branch.filter(message, link);
  }

  incoming(message: Message): boolean {
    for (const { hash } of headersIn(message)) {
      const block = this.#world.simulation.ledger.block(hash);
      if (block === undefined || block.height <= this.#others.height || this.#branch.isOwn(block)) continue;
      this.#others = block;
      this.#othersFound(block);
    }
    return true;
  }

  #look(): void {
    const { tip } = this.#branch;
    if (tip === undefined || tip === this.#own || !this.#branch.isHidden(tip)) return;
    this.#own = tip;
    this.#found(tip);
  }

  /** It found a block: in a race that decides it, else it is kept back. */
  #found({ height, parent }: LedgerBlock): void {
    const isRace = parent !== undefined && this.#others.height === parent.height && this.#others !== parent;
    if (isRace) this.#branch.show(height);
  }

  #othersFound(block: LedgerBlock): void {
    const { tip } = this.#branch;
    // Where it has nothing of its own it takes the block, as its node does by itself.
    if (tip === undefined || forkOf(tip, block) === tip) return;
    const lead = tip.height - block.height;
    this.#branch.show(lead <= 1 ? tip.height : block.height);
  }
}

/** Makes a miner that keeps its blocks back. */
export function mineSelfishly(world: LiarWorld): Behaviour {
  return new SelfishMiner(world);
}

/**
 * The part of the blocks that a selfish miner gets in the long run (equation 8 of the paper).
 *
 * @param alpha - its part of the work, below one half
 * @param gamma - the part of the others that mines on its branch in a race
 */
export function selfishRevenue(alpha: number, gamma: number): number {
  const beta = 1 - alpha;
  return (alpha * beta * beta * (4 * alpha + gamma * (1 - 2 * alpha)) - alpha ** 3) / (1 - alpha * (1 + (2 - alpha) * alpha));
}
