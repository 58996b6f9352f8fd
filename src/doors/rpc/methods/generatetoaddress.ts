import { isAddressError, scriptOfAddress } from '../../../core/address/index.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import { MAX_TRIES_PARAMETER, mineBlocks } from '../generate.ts';
import type { RpcMethod } from '../method.ts';

export const generatetoaddress: RpcMethod = {
  name: 'generatetoaddress',
  category: 'Mining',
  hidden: true,
  description:
    'Mines blocks one after another, their rewards to an address. Ends early when the tries are used up or the node stops; what was found stays.',
  params: [
    { name: 'nblocks', schema: Type.Integer(), required: true, description: 'How many blocks.' },
    { name: 'address', schema: Type.String(), required: true, description: 'Who is paid.' },
    MAX_TRIES_PARAMETER,
  ],
  result: Type.Array(Type.String(), { description: 'The hashes of the blocks.' }),
  run: (context, args) => {
    const count = args.integer(0);
    // Core reads a number of 32 bits with a sign here, and then a negative one as if it had none: no limit.
    const tries = args.has(2) ? BigInt.asUintN(64, BigInt(args.integer(2))) : undefined;
    const address = scriptOfAddress(args.string(1), context.node.params);
    if (isAddressError(address)) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Error: Invalid address');
    return mineBlocks(context, { count, script: address.script, tries });
  },
};
