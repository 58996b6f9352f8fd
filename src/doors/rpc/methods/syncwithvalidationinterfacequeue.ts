import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const syncwithvalidationinterfacequeue: RpcMethod = {
  name: 'syncwithvalidationinterfacequeue',
  category: 'Blockchain',
  hidden: true,
  description: 'Waits until everything that was begun before has had its turn.',
  params: [],
  result: Type.Null(),
  run: async ({ node }) => {
    await node.clock.yield();
    return null;
  },
};
