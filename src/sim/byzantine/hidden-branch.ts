import { type HashKey, hashKey } from '../../core/primitives/ids.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import { isMinedBy } from '../chain-view.ts';
import type { LedgerBlock } from '../reference-ledger.ts';
import type { LiarLink, LiarWorld } from './behaviour.ts';

/** Most headers in one message. */
const HEADERS_MAX = 2_000;

/**
 * A miner's hold on what others see of the blocks that it finds: none of them, until they are shown. Its node knows nothing of it and mines on, on the
 * longest chain that it knows.
 */
export class HiddenBranch {
  readonly #world: LiarWorld;
  readonly #links = new Set<LiarLink>();
  readonly #shown = new Set<HashKey>();

  constructor(world: LiarWorld) {
    this.#world = world;
  }

  /** Tip of the miner's own chain. */
  get tip(): LedgerBlock | undefined {
    return this.#world.simulation.tipOf(this.#world.node);
  }

  /** It has found the block. */
  isOwn(block: LedgerBlock): boolean {
    const { simulation, node } = this.#world;
    const purse = simulation.purses[node.index];
    return purse !== undefined && isMinedBy(block, purse);
  }

  /** It has found the block and shown it to nobody. */
  isHidden(block: LedgerBlock | undefined): boolean {
    return block !== undefined && !this.#shown.has(hashKey(block.hash)) && this.isOwn(block);
  }

  /** Shows its chain up to a height, and tells everybody. */
  show(toHeight: number): void {
    const branch: LedgerBlock[] = [];
    for (let at = this.tip; at !== undefined && this.isHidden(at); at = at.parent) if (at.height <= toHeight) branch.push(at);
    if (branch.length === 0) return;
    for (const { hash } of branch) this.#shown.add(hashKey(hash));
    this.#tell(branch.reverse());
  }

  /** What others see of a message. */
  filter(message: Message, link: LiarLink): readonly Message[] {
    this.#links.add(link);
    if (message.type === 'headers') {
      const headers = message.headers.filter(({ hash }) => !this.#isHiddenHash(hash));
      return [headers.length === message.headers.length ? message : { ...message, headers }];
    }
    if (message.type === 'inv') {
      const items = message.items.filter(({ kind, hash }) => kind !== INVENTORY.block || !this.#isHiddenHash(hash as LedgerBlock['hash']));
      return items.length === 0 && message.items.length > 0 ? [] : [{ ...message, items }];
    }
    if (message.type === 'cmpctblock') return this.#isHiddenHash(message.header.hash) ? [] : [message];
    if (message.type === 'block') return this.#isHiddenHash(message.block.header.hash) ? [] : [message];
    return [message];
  }

  /** A node tells of its own block before it has stored it; what comes from others is stored somewhere. */
  #isHiddenHash(hash: LedgerBlock['hash']): boolean {
    const block = this.#world.simulation.ledger.block(hash);
    return block === undefined || this.isHidden(block);
  }

  #tell(branch: readonly LedgerBlock[]): void {
    const { node, simulation } = this.#world;
    const headers = branch.slice(-HEADERS_MAX).flatMap(({ hash }) => node.running?.chain.block(hash)?.header ?? []);
    // In an order of chance: a line that is used by one after another has no favourites.
    for (const link of simulation.random.branch(`show ${branch[0]?.height}`).shuffled([...this.#links])) {
      if (link.ready) link.send({ type: 'headers', headers });
    }
  }
}
