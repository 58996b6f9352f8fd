import { offers, SERVICES } from '../../../core/wire/services.ts';
import type { OpenedConnectionType } from '../../../engine/ports/network-service.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import { methodHelp } from '../help.ts';
import type { RpcMethod } from '../method.ts';
import { parseNode } from '../node-argument.ts';

const TYPES: readonly OpenedConnectionType[] = ['outbound-full-relay', 'block-relay-only', 'addr-fetch', 'feeler'];

export const addconnection: RpcMethod = {
  name: 'addconnection',
  category: 'Network',
  hidden: true,
  description: 'Opens a connection of one type. For tests on regtest.',
  params: [
    { name: 'address', schema: Type.String(), required: true, description: 'Host and port of the peer.' },
    { name: 'connection_type', schema: Type.String(), required: true, description: `What it is for: ${TYPES.join(', ')}.` },
    {
      name: 'v2transport',
      schema: Type.Boolean(),
      required: true,
      description: 'Whether to try the encrypted transport (BIP-324) first.',
    },
  ],
  result: Type.Object({ address: Type.String(), connection_type: Type.String() }),
  run: ({ node }, args) => {
    if (node.params.name !== 'regtest') {
      throw new RpcError('MISC_ERROR', 'addconnection is for regression testing (-regtest mode) only.');
    }
    const address = args.string(0);
    const wanted = args.string(1).trim();
    const type = TYPES.find((each) => each === wanted);
    if (type === undefined) throw new RpcError('INVALID_PARAMETER', methodHelp(addconnection));
    const encrypted = args.boolean(2, false);
    if (encrypted && !offers(node.network.services, SERVICES.p2pV2)) {
      throw new RpcError('INVALID_PARAMETER', 'Error: Adding v2transport connections requires -v2transport init flag to be set.');
    }
    if (!node.network.openConnection(parseNode(address, node.params.ports.p2p), type, encrypted)) {
      throw new RpcError('CLIENT_NODE_CAPACITY_REACHED', 'Error: Already at capacity for specified connection type.');
    }
    return { address, connection_type: type };
  },
};
