import { bytesEqual } from '../../../core/base/bytes.ts';
import type { BlockHash } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { TIMEOUT, TIP, timeoutOf, waitForTip } from '../wait-tip.ts';

export const waitfornewblock: RpcMethod = {
  name: 'waitfornewblock',
  category: 'Blockchain',
  hidden: true,
  description: 'Waits until the tip is another one. Ends earlier when the time is over or the node stops.',
  params: [
    TIMEOUT,
    { name: 'current_tip', schema: Type.String(), fallback: 'the tip', description: 'The hash that the tip must no longer have.' },
  ],
  result: TIP,
  run: (context, args) => {
    const timeoutMs = timeoutOf(args, 0);
    const from = args.has(1) ? args.hash<BlockHash>(1, 'current_tip') : context.node.chain.tip().header.hash;
    return waitForTip(context, timeoutMs, (tip) => !bytesEqual(tip.header.hash, from));
  },
};
