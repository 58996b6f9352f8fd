import { encodeFrame } from '../../core/wire/frame.ts';
import { MESSAGE_TYPES } from '../../core/wire/messages/table.ts';
import type { Behaviour, LiarWorld } from './behaviour.ts';

const TICK_MS = 60_000;
const BYTES_MAX = 2_000;

/** Sends bytes that mean nothing: as messages of known names, as a message with a wrong checksum, or as no message at all. */
export function garbage({ random, simulation }: LiarWorld): Behaviour {
  const { messageStart } = simulation.params;
  return {
    tickMs: TICK_MS,
    tick: (link) => {
      const bytes = random.bytes(random.below(BYTES_MAX));
      const frame = encodeFrame(messageStart, random.pick(MESSAGE_TYPES), bytes);
      const kind = random.below(4);
      if (kind === 0) link.sendBytes(bytes);
      else if (kind === 1) link.sendBytes(frame.subarray(0, frame.length - random.below(frame.length)));
      else {
        // The checksum stands behind start, name and length.
        if (kind === 2) frame[20] = (frame[20] as number) ^ 1;
        link.sendBytes(frame);
      }
    },
  };
}
