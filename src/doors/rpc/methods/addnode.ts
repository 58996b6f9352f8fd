import { offers, SERVICES } from '../../../core/wire/services.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import { methodHelp } from '../help.ts';
import type { RpcMethod } from '../method.ts';
import { parseNode, readNode } from '../node-argument.ts';

const COMMANDS = ['add', 'remove', 'onetry'] as const;

export const addnode: RpcMethod = {
  name: 'addnode',
  category: 'Network',
  description: 'Keeps a connection to a peer, ends that, or tries to connect once.',
  params: [
    { name: 'node', schema: Type.String(), required: true, description: 'Host and port of the peer.' },
    {
      name: 'command',
      schema: Type.String(),
      required: true,
      description: '"add" keeps a connection, "remove" ends that, "onetry" dials once.',
    },
    {
      name: 'v2transport',
      schema: Type.Boolean(),
      fallback: 'whether this node speaks the encrypted transport',
      description: 'Whether to try the encrypted transport (BIP-324) first.',
    },
  ],
  result: Type.Null(),
  run: ({ node }, args) => {
    const command = COMMANDS.find((each) => each === args.string(1));
    if (command === undefined) throw new RpcError('MISC_ERROR', methodHelp(addnode));
    const speaksEncrypted = offers(node.network.services, SERVICES.p2pV2);
    const encrypted = args.boolean(2, speaksEncrypted);
    if (encrypted && !speaksEncrypted) {
      throw new RpcError('INVALID_PARAMETER', 'Error: v2transport requested but not enabled (see -v2transport)');
    }
    const { p2p } = node.params.ports;
    // What is no address was never added, so it cannot be removed.
    const address = command === 'remove' ? readNode(args.string(0), p2p) : parseNode(args.string(0), p2p);
    const done = address !== undefined && node.network.addNode(address, command, encrypted);
    if (!done && command === 'add') throw new RpcError('CLIENT_NODE_ALREADY_ADDED', 'Error: Node already added');
    if (!done && command === 'remove') {
      throw new RpcError('CLIENT_NODE_NOT_ADDED', 'Error: Node could not be removed. It has not been added previously.');
    }
    return null;
  },
};
