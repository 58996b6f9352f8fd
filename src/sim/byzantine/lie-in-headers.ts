import type { BlockHeader } from '../../core/primitives/block.ts';
import { makeHeader } from '../../core/primitives/block.ts';
import type { BlockHash, MerkleRoot } from '../../core/primitives/ids.ts';
import type { SimRandom } from '../sim-random.ts';
import type { Behaviour, LiarWorld } from './behaviour.ts';

/** Of its answers, so many are lies. */
const LIES = 0.2;

/** One header that is not as it should be. */
function lieAbout(header: BlockHeader, random: SimRandom): BlockHeader {
  const lies = [
    () => ({ ...header, nonce: random.u32() }),
    () => ({ ...header, prevBlockHash: random.bytes(32) as unknown as BlockHash }),
    () => ({ ...header, merkleRoot: random.bytes(32) as unknown as MerkleRoot }),
    () => ({ ...header, bits: 0x2100ffff }),
    () => ({ ...header, timeSeconds: header.timeSeconds + 86_400 }),
  ];
  return makeHeader(random.pick(lies)());
}

/** Tells of headers that do not exist, show no work, are out of time or out of order. */
export function lieInHeaders({ random }: LiarWorld): Behaviour {
  return {
    outgoing: (message) => {
      if (message.type !== 'headers' || message.headers.length === 0 || !random.chance(LIES)) return [message];
      const headers = [...message.headers];
      if (headers.length > 1 && random.chance(0.3)) headers.reverse();
      else {
        const at = random.below(headers.length);
        headers[at] = lieAbout(headers[at] as BlockHeader, random);
      }
      return [{ ...message, headers }];
    },
  };
}
