import { toNetworkAddress } from '../../../core/wire/network-address.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { isRoutable } from '../render/network-of.ts';

const PORT_MAX = 65_535;

export const addpeeraddress: RpcMethod = {
  name: 'addpeeraddress',
  category: 'Network',
  hidden: true,
  description: 'Adds an address to those of other nodes that this one knows. For tests.',
  params: [
    { name: 'address', schema: Type.String(), required: true, description: 'An IP address.' },
    { name: 'port', schema: Type.Integer(), required: true, description: 'Its port.' },
    { name: 'tried', schema: Type.Boolean(), fallback: 'false', description: 'Whether it counts as one that was connected with.' },
  ],
  result: Type.Object({
    error: Type.Optional(Type.String({ description: 'Why it was not added.' })),
    success: Type.Boolean({ description: 'Whether it was added.' }),
  }),
  run: ({ node }, args) => {
    const port = args.integer(1, { min: 0, max: PORT_MAX });
    const tried = args.boolean(2, false);
    const address = toNetworkAddress(args.string(0).replace(/^\[(.*)\]$/, '$1'), port);
    if (address === undefined) throw new RpcError('CLIENT_INVALID_IP_OR_SUBNET', 'Invalid IP address');
    const outcome = isRoutable(address) ? node.network.learnAddress(address, { tried }) : 'not-in-new';
    if (outcome === 'learned') return { success: true };
    return { error: outcome === 'not-in-new' ? 'failed-adding-to-new' : 'failed-adding-to-tried', success: false };
  },
};
