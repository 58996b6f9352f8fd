import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

/** What Core says of it, which is its help too. */
const REPLACED = 'has been replaced by the -generate cli option. Refer to -help for more information.';

export const generate: RpcMethod = {
  name: 'generate',
  category: 'Mining',
  hidden: true,
  description: REPLACED,
  params: [],
  result: Type.Null(),
  run: () => {
    throw new RpcError('METHOD_NOT_FOUND', `generate\n\n${REPLACED}\n`);
  },
};
