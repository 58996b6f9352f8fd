import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

export const savemempool: RpcMethod = {
  name: 'savemempool',
  category: 'Blockchain',
  description:
    'Writes the waiting transactions to the file that they are read from at the next start. Fails until those of the last run are back.',
  params: [],
  result: Type.Object({ filename: Type.String({ description: 'Where they were written.' }) }),
  run: async ({ node }) => {
    const filename = await node.mempool.save();
    if (filename === undefined) throw new RpcError('MISC_ERROR', 'Unable to dump mempool to disk');
    return { filename };
  },
};
