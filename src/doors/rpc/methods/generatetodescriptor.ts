import { Type } from '../../schema.ts';
import { scriptOfDescriptor } from '../descriptor-arguments.ts';
import { MAX_TRIES_PARAMETER, mineBlocks } from '../generate.ts';
import type { RpcMethod } from '../method.ts';

export const generatetodescriptor: RpcMethod = {
  name: 'generatetodescriptor',
  category: 'Mining',
  hidden: true,
  description:
    'Mines blocks one after another, their rewards to a descriptor. Ends early when the tries are used up or the node stops; what was found stays.',
  params: [
    { name: 'num_blocks', schema: Type.Integer(), required: true, description: 'How many blocks.' },
    { name: 'descriptor', schema: Type.String(), required: true, description: 'Who is paid: a descriptor of one script.' },
    MAX_TRIES_PARAMETER,
  ],
  result: Type.Array(Type.String(), { description: 'The hashes of the blocks.' }),
  run: (context, args) => {
    const count = args.integer(0);
    const tries = args.has(2) ? args.uint64(2) : undefined;
    return mineBlocks(context, { count, script: scriptOfDescriptor(args.string(1), context), tries });
  },
};
