import { assert } from '../../core/base/assert.ts';
import type { BlockSummary } from '../../engine/ports/chain-service.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import { JsonNumber } from './json-number.ts';

/** Blocks over which the hash rate of the network is estimated unless told otherwise, as Core's. */
export const ESTIMATE_BLOCKS = 120;

/** Blocks that are looked at before others have their turn. */
const BLOCKS_PER_TURN = 2_000;

/** Digits that Core writes of a number that is not whole. */
const DIGITS = 16;

/** A number as C++ writes it with 16 digits: with an exponent of two digits at least where it is below 0.0001 or has more digits than that. */
export function floatJson(value: number): JsonNumber {
  const [mantissa = '', exponent = ''] = value.toExponential(DIGITS - 1).split('e');
  const power = Number(exponent);
  const short = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits);
  if (power >= -4 && power < DIGITS) return new JsonNumber(short(value.toFixed(Math.max(0, DIGITS - 1 - power))));
  return new JsonNumber(`${short(mantissa)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`);
}

/** The block of the active chain at a height up to the tip's. */
export function activeBlock(node: NodePort, height: number): BlockSummary {
  const hash = node.chain.hashAt(height);
  const block = hash === undefined ? undefined : node.chain.block(hash);
  assert(block !== undefined, 'every height up to the tip has a block');
  return block;
}

/**
 * Hashes a second that the blocks up to `last` took, as many as `blocks` says or there are. Core's `GetNetworkHashPS`.
 */
export async function networkHashRate(node: NodePort, last: BlockSummary, blocks: number = ESTIMATE_BLOCKS): Promise<JsonNumber> {
  const count = Math.min(blocks, last.height);
  if (count <= 0) return floatJson(0);
  const from = activeBlock(node, last.height - count);
  let earliest = last.header.timeSeconds;
  let latest = earliest;
  for (let at = 0; at < count; at++) {
    if (at % BLOCKS_PER_TURN === BLOCKS_PER_TURN - 1) await node.clock.yield();
    // The chain may have become shorter in the meantime.
    const hash = node.chain.hashAt(last.height - count + at);
    const block = hash === undefined ? undefined : node.chain.block(hash);
    if (block === undefined) break;
    earliest = Math.min(earliest, block.header.timeSeconds);
    latest = Math.max(latest, block.header.timeSeconds);
  }
  return floatJson(earliest === latest ? 0 : Number(last.chainWork - from.chainWork) / (latest - earliest));
}
