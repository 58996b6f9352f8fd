import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { openRpcDocument } from '../open-rpc.ts';

export const rpcDiscover: RpcMethod = {
  name: 'rpc.discover',
  category: 'Control',
  description: 'Describes every method, its arguments and its result to programs, as an OpenRPC document.',
  params: [],
  result: Type.Object({
    openrpc: Type.String({ description: 'Release of the specification.' }),
    info: Type.Object({ title: Type.String(), version: Type.String() }),
    methods: Type.Array(Type.Any(), { description: 'One row for each method.' }),
  }),
  run: ({ methods, node }) => openRpcDocument(methods.values(), node.version),
};
