import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { TIMEOUT, TIP, timeoutOf, waitForTip } from '../wait-tip.ts';

export const waitforblockheight: RpcMethod = {
  name: 'waitforblockheight',
  category: 'Blockchain',
  hidden: true,
  description: 'Waits until the chain is at least so high. Ends earlier when the time is over or the node stops.',
  params: [{ name: 'height', schema: Type.Integer(), required: true, description: 'The height.' }, TIMEOUT],
  result: TIP,
  run: (context, args) => {
    const height = args.integer(0);
    return waitForTip(context, timeoutOf(args, 1), (tip) => tip.height >= height);
  },
};
