import type { Behaviour, BehaviourMaker, LiarWorld } from './behaviour.ts';
import { garbage } from './garbage.ts';
import { lieInHeaders } from './lie-in-headers.ts';
import { makeBadBlocks } from './make-bad-blocks.ts';
import { spam } from './spam.ts';
import { stall } from './stall.ts';
import { withhold } from './withhold.ts';

/** Every behaviour by its name. */
export const BEHAVIOURS: Readonly<Record<string, BehaviourMaker>> = { withhold, stall, lieInHeaders, makeBadBlocks, spam, garbage };

/** One of them, drawn at random. */
export function anyBehaviour(world: LiarWorld): Behaviour {
  return world.random.pick(Object.values(BEHAVIOURS))(world);
}
