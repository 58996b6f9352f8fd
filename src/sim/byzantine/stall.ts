import type { Behaviour, LiarWorld } from './behaviour.ts';

/** Of questions, so many are not answered. */
const DEAF = 0.7;

/** Answers only some of what it is asked, so that those who ask must look elsewhere, and never who does not get on at all. */
export function stall({ random }: LiarWorld): Behaviour {
  const questions = new Set(['getdata', 'getheaders', 'getblocktxn', 'getaddr']);
  return { incoming: (message) => !questions.has(message.type) || !random.chance(DEAF) };
}
