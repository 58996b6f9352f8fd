import type { IndexName, IndexState } from '../../../engine/ports/index-service.ts';
import { Type } from '../../schema.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';

/** Core's names of its indexes, and ours in the same manner. */
const SHOWN_NAMES: Readonly<Record<IndexName, string>> = {
  tx: 'txindex',
  script: 'scriptindex',
  filter: 'basic block filter index',
  spent: 'txospenderindex',
};

function stateJson({ height, synced }: IndexState): JsonOutput {
  return { synced, best_block_height: height };
}

export const getindexinfo: RpcMethod = {
  name: 'getindexinfo',
  category: 'Util',
  description: 'How far each index of this node has come, or one of them.',
  params: [{ name: 'index_name', schema: Type.String(), description: 'One index, by the name that stands in the answer.' }],
  result: Type.Record(
    Type.String(),
    Type.Object({
      synced: Type.Boolean({ description: 'Whether it has reached the tip, which it follows from then on.' }),
      best_block_height: Type.Integer({ description: 'The block that it has come to.' }),
    }),
  ),
  run: ({ node }, args) => {
    const wanted = args.has(0) ? args.string(0) : '';
    const states = node.indexes.states().filter(({ name }) => wanted === '' || SHOWN_NAMES[name] === wanted);
    return Object.fromEntries(states.map((state) => [SHOWN_NAMES[state.name], stateJson(state)]));
  },
};
