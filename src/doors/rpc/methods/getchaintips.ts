import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const getchaintips: RpcMethod = {
  name: 'getchaintips',
  category: 'Blockchain',
  description: 'The tips of all branches that are known, the highest first.',
  params: [],
  result: Type.Array(
    Type.Object({
      height: Type.Integer(),
      hash: Type.String(),
      branchlen: Type.Integer({ description: 'Blocks from the active chain to the tip, 0 for the active one.' }),
      status: Type.Enum(['active', 'valid-fork', 'valid-headers', 'headers-only', 'invalid']),
    }),
  ),
  run: ({ node }) =>
    [...node.chain.tips()]
      .sort((a, b) => b.height - a.height)
      .map((tip) => ({ height: tip.height, hash: toDisplayHex(tip.hash), branchlen: tip.branchLength, status: tip.status })),
};
