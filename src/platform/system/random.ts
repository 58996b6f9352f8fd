import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '../../engine/ports/random.ts';

/** The system's secure source. */
export const systemRandom: Random = {
  bytes: (count: number): Uint8Array => new Uint8Array(randomBytes(count)),
  below: (limit: number): number => randomInt(limit),
};
