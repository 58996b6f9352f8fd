import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const syncwithvalidationinterfacequeue: RpcMethod = {
  name: 'syncwithvalidationinterfacequeue',
  category: 'Blockchain',
  hidden: true,
  description: 'Waits until the waiting transactions and the indexes have followed the chain to where it is now.',
  params: [],
  result: Type.Null(),
  run: async ({ node }) => {
    await node.clock.yield();
    await node.mempool.settled();
    for (const { name, synced } of node.indexes.states()) if (synced) await node.indexes.ready(name);
    return null;
  },
};
