import { formatHostPort, parseHostPort } from '../../../core/wire/ip-text.ts';
import type { AddedNode } from '../../../engine/ports/network-service.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';

function addedJson({ host, port, connection }: AddedNode): JsonOutput {
  return {
    addednode: formatHostPort(host, port),
    connected: connection !== undefined,
    addresses: connection === undefined ? [] : [{ address: connection.address, connected: connection.inbound ? 'inbound' : 'outbound' }],
  };
}

export const getaddednodeinfo: RpcMethod = {
  name: 'getaddednodeinfo',
  category: 'Network',
  description: 'The nodes that addnode or an option named to stay connected with; those of "onetry" are not among them.',
  params: [{ name: 'node', schema: Type.String(), fallback: 'all of them', description: 'One of them.' }],
  result: Type.Array(
    Type.Object({
      addednode: Type.String({ description: 'Host and port.' }),
      connected: Type.Boolean(),
      addresses: Type.Array(Type.Object({ address: Type.String(), connected: Type.String({ description: 'inbound or outbound.' }) })),
    }),
  ),
  run: ({ node }, args) => {
    const added = node.network.addedNodes();
    if (!args.has(0)) return added.map(addedJson);
    const wanted = parseHostPort(args.string(0), node.params.ports.p2p);
    const found = added.filter(({ host, port }) => host === wanted?.host && port === wanted.port);
    if (found.length === 0) throw new RpcError('CLIENT_NODE_NOT_ADDED', 'Error: Node has not been added.');
    return found.map(addedJson);
  },
};
