import type { Block } from '../../core/primitives/block.ts';
import type { Clock } from '../ports/clock.ts';

/** A block of as many bytes has some 600 inputs, and the longest stages of handling it take about 2 ms each. */
export const LONG_STAGES_BYTES = 100_000;

/**
 * Lets others have a turn between two stages of handling a block, where these are long: decoding, checking, finding its coins, spending
 * them, running its scripts, writing its undo record. What a block changes is changed at once after the last of them, so that nobody who
 * has a turn in between sees half of it.
 */
export async function betweenStages(block: Pick<Block, 'sizeBytes'>, clock: Pick<Clock, 'yield'>): Promise<void> {
  if (block.sizeBytes >= LONG_STAGES_BYTES) await clock.yield();
}
