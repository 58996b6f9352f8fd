import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

/** Core's defaults. */
const LEVEL_DEFAULT = 3;
const DEPTH_DEFAULT = 6;
const LEVEL_MAX = 4;

export const verifychain: RpcMethod = {
  name: 'verifychain',
  category: 'Blockchain',
  description: 'Looks through the last blocks of the chain and their coins. The log says what was wrong.',
  params: [
    {
      name: 'checklevel',
      schema: Type.Integer(),
      fallback: String(LEVEL_DEFAULT),
      description:
        'How closely, 0 to 4: blocks can be read; are valid by themselves; their undo records can be read; the coins are those that they left; connecting them again passes every rule.',
    },
    {
      name: 'nblocks',
      schema: Type.Integer(),
      fallback: String(DEPTH_DEFAULT),
      description: 'How many blocks from the tip on; 0 for all.',
    },
  ],
  result: Type.Boolean({ description: 'Whether all of it was looked at and is well.' }),
  run: async ({ node }, args) => {
    const level = Math.min(Math.max(args.has(0) ? args.integer(0) : LEVEL_DEFAULT, 0), LEVEL_MAX);
    const depth = args.has(1) ? args.integer(1) : DEPTH_DEFAULT;
    return (await node.chain.verify({ level, depth })) === undefined;
  },
};
