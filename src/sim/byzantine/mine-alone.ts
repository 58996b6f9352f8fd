import type { Message } from '../../core/wire/messages/table.ts';
import type { Behaviour, LiarLink, LiarWorld } from './behaviour.ts';
import { HiddenBranch } from './hidden-branch.ts';

/** What it still says and hears while it is away: connections live on by it. */
const SMALL_TALK: ReadonlySet<string> = new Set<Message['type']>([
  'version',
  'verack',
  'wtxidrelay',
  'sendaddrv2',
  'sendheaders',
  'sendcmpct',
  'feefilter',
  'ping',
  'pong',
]);

/** A miner that can leave the others without hanging up, and come back with what it has found. */
export class LonelyMiner {
  #branch: HiddenBranch | undefined;
  #isAway = false;

  /** For the miner's node. */
  readonly behaviour = (world: LiarWorld): Behaviour => {
    const branch = new HiddenBranch(world);
    this.#branch = branch;
    return {
      outgoing: (message: Message, link: LiarLink) => {
        const seen = branch.filter(message, link);
        if (!this.#isAway) {
          // Whatever it finds while it is among the others is everybody's.
          branch.show(Number.POSITIVE_INFINITY);
          return [message];
        }
        return SMALL_TALK.has(message.type) ? seen : [];
      },
      incoming: ({ type }) => !this.#isAway || SMALL_TALK.has(type),
    };
  };

  /** From now on it mines for itself, and hears of nothing. */
  leave(): void {
    this.#isAway = true;
  }

  /** It is there again and shows what it has found. */
  comeBack(): void {
    this.#isAway = false;
    this.#branch?.show(Number.POSITIVE_INFINITY);
  }
}
