import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { parseHeader } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

export const submitheader: RpcMethod = {
  name: 'submitheader',
  category: 'Mining',
  description: 'Hands a header to this node, which takes it as the end of a branch whose block is not there yet.',
  params: [{ name: 'hexdata', schema: Type.String(), required: true, description: 'The header in hexadecimal.' }],
  result: Type.Null(),
  run: async ({ node }, args) => {
    const header = parseHeader(args.string(0));
    if (node.chain.block(header.prevBlockHash) === undefined) {
      throw new RpcError('VERIFY_ERROR', `Must submit previous header (${toDisplayHex(header.prevBlockHash)}) first`);
    }
    const rejection = await node.chain.submitHeader(header);
    if (rejection !== undefined) throw new RpcError('VERIFY_ERROR', rejection.reason);
    return null;
  },
};
