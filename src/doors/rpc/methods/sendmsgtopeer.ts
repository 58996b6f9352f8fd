import { fromHex } from '../../../core/base/bytes.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

/** Letters of a message's type. */
const TYPE_LENGTH_MAX = 12;

export const sendmsgtopeer: RpcMethod = {
  name: 'sendmsgtopeer',
  category: 'Network',
  hidden: true,
  description: 'Sends a message of any type and content to a peer. For tests.',
  params: [
    { name: 'peer_id', schema: Type.Integer(), required: true, description: 'The peer, as getpeerinfo numbers it.' },
    { name: 'msg_type', schema: Type.String(), required: true, description: `The type, at most ${TYPE_LENGTH_MAX} letters of ASCII.` },
    { name: 'msg', schema: Type.String(), required: true, description: 'The content in hexadecimal.' },
  ],
  result: Type.Object({}),
  run: ({ node }, args) => {
    const id = args.integer(0, { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    const type = args.string(1);
    if (type.length > TYPE_LENGTH_MAX) {
      throw new RpcError('INVALID_PARAMETER', `Error: msg_type too long, max length is ${TYPE_LENGTH_MAX}`);
    }
    if (!/^[\x20-\x7e]*$/.test(type)) throw new RpcError('INVALID_PARAMETER', 'Error: msg_type must be ASCII');
    const payload = fromHex(args.string(2));
    if (payload === undefined) throw new RpcError('INVALID_PARAMETER', 'Error parsing input for msg');
    if (!node.network.sendMessage(id, type, payload)) throw new RpcError('MISC_ERROR', 'Error: Could not send message to peer');
    return {};
  },
};
