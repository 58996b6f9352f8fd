import type { FeeService } from '../../engine/ports/fee-service.ts';
import { Type } from '../schema.ts';
import type { Arguments } from './arguments.ts';
import { RpcError } from './errors.ts';
import type { RpcContext, RpcParameter } from './method.ts';

/** In how many blocks a transaction is to be confirmed. */
export const CONF_TARGET: RpcParameter = {
  name: 'conf_target',
  schema: Type.Integer(),
  required: true,
  description: 'Within how many blocks a transaction is to be confirmed, 1 to 1008.',
};

/** The estimates of a node. @throws RpcError where it makes none; Core's `EnsureAnyFeeEstimator` */
export function feesOf({ node }: Pick<RpcContext, 'node'>): FeeService {
  if (node.fees === undefined) throw new RpcError('INTERNAL_ERROR', 'Fee estimation disabled');
  return node.fees;
}

/** Reads it. Core's `ParseConfirmTarget`. */
export function confirmTargetOf({ targetBlocksMax }: FeeService, args: Arguments, index: number): number {
  const target = args.integer(index);
  if (target >= 1 && target <= targetBlocksMax) return target;
  throw new RpcError('INVALID_PARAMETER', `Invalid conf_target, must be between 1 and ${targetBlocksMax}`);
}
