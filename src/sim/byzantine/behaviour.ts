/**
 * Liars: full nodes whose messages go through somebody who wishes the others ill.
 *
 * The node itself is the production one, so a liar is in step with the network and knows what is worth lying about. A behaviour says what becomes of
 * each message that the node sends or is sent, and may send what it likes besides. Begin with corrupt-transport.ts, then the behaviours.
 *
 * @module
 */

import type { Message } from '../../core/wire/messages/table.ts';
import type { SimNode } from '../sim-node.ts';
import type { SimRandom } from '../sim-random.ts';
import type { Simulation } from '../simulation.ts';

/** A liar's connection to somebody. */
export interface LiarLink {
  /** Both have said hello. */
  readonly ready: boolean;
  /** Sends a message of the liar's own. */
  send(message: Message): void;
  /** Sends any bytes. */
  sendBytes(bytes: Uint8Array): void;
}

/** What a behaviour lives in. */
export interface LiarWorld {
  readonly simulation: Simulation;
  readonly node: SimNode;
  readonly random: SimRandom;
}

/** How one liar behaves. Where nothing is said of something, it goes as an honest node's does. */
export interface Behaviour {
  /** What is sent in place of a message of the node. */
  outgoing?(message: Message, link: LiarLink): readonly Message[];
  /** Whether the node is told of a message. */
  incoming?(message: Message, link: LiarLink): boolean;
  /** How often `tick` is called for each connection that is ready. */
  readonly tickMs?: number;
  tick?(link: LiarLink): void;
}

/** Makes a liar. */
export type BehaviourMaker = (world: LiarWorld) => Behaviour;
