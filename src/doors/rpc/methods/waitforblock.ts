import { bytesEqual } from '../../../core/base/bytes.ts';
import type { BlockHash } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { TIMEOUT, TIP, timeoutOf, waitForTip } from '../wait-tip.ts';

export const waitforblock: RpcMethod = {
  name: 'waitforblock',
  category: 'Blockchain',
  hidden: true,
  description: 'Waits until a block is the tip. Ends earlier when the time is over or the node stops.',
  params: [{ name: 'blockhash', schema: Type.String(), required: true, description: 'The hash of the block.' }, TIMEOUT],
  result: TIP,
  run: (context, args) => {
    const hash = args.hash<BlockHash>(0, 'blockhash');
    return waitForTip(context, timeoutOf(args, 1), (tip) => bytesEqual(tip.header.hash, hash));
  },
};
