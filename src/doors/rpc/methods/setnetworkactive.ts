import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const setnetworkactive: RpcMethod = {
  name: 'setnetworkactive',
  category: 'Network',
  description: 'Switches the peer-to-peer network on or off. Off ends every connection and lets none begin.',
  params: [{ name: 'state', schema: Type.Boolean(), required: true, description: 'Whether there may be connections.' }],
  result: Type.Boolean({ description: 'Whether there may be connections now.' }),
  run: ({ node }, args) => {
    node.network.setActive(args.boolean(0, true));
    return node.network.active();
  },
};
