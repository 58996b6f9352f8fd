/**
 * The parameter that keeps a caller from paying far too much by mistake.
 *
 * @module
 */

import type { Satoshis } from '../../core/primitives/transaction.ts';
import { Type } from '../schema.ts';
import { COIN } from './amount.ts';
import type { Arguments } from './arguments.ts';
import { RpcError } from './errors.ts';
import type { RpcParameter } from './method.ts';

/** Base units per 1,000 virtual bytes that are accepted unless told otherwise. Core's `DEFAULT_MAX_RAW_TX_FEE_RATE`. */
const FEE_RATE_MAX_DEFAULT = COIN / 10n;

export const MAX_FEE_RATE_PARAMETER: RpcParameter = {
  name: 'maxfeerate',
  schema: Type.Union([Type.Number(), Type.String()]),
  fallback: '"0.10"',
  description: 'Refuses a transaction that pays more coins than this per 1,000 virtual bytes; 0 accepts any fee. Must be less than 1.',
};

/** The second argument, in base units per 1,000 virtual bytes; undefined for no limit. */
export function feeRateLimit(args: Arguments, max: Satoshis): Satoshis | undefined {
  const limit = args.amount(1, { max, fallback: FEE_RATE_MAX_DEFAULT });
  if (limit >= COIN) {
    throw new RpcError('INVALID_PARAMETER', 'Fee rates larger than or equal to 1BTC/kvB are not accepted');
  }
  return limit === 0n ? undefined : limit;
}
