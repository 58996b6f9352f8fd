import { Type } from '../../schema.ts';
import type { Arguments } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

function peerOf(args: Arguments): { address: string } | { id: number } {
  const byId = args.has(1);
  if (args.has(0) && !byId) return { address: args.string(0) };
  // Programs that number the arguments give an empty address.
  if (byId && (!args.has(0) || args.string(0) === '')) {
    return { id: args.integer(1, { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }) };
  }
  throw new RpcError('INVALID_PARAMS', 'Only one of address and nodeid should be provided.');
}

export const disconnectnode: RpcMethod = {
  name: 'disconnectnode',
  category: 'Network',
  description: 'Ends the connection to a peer at once. Give either its address or its id.',
  params: [
    { name: 'address', schema: Type.String(), fallback: 'by id', description: 'Host and port, as getpeerinfo shows them.' },
    { name: 'nodeid', schema: Type.Integer(), fallback: 'by address', description: 'The id, as getpeerinfo shows it.' },
  ],
  result: Type.Null(),
  run: ({ node }, args) => {
    if (node.network.disconnect(peerOf(args))) return null;
    throw new RpcError('CLIENT_NODE_NOT_CONNECTED', 'Node not found in connected nodes');
  },
};
