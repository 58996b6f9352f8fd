import { Type } from '../../schema.ts';
import { defineRoute, type Route } from '../route.ts';

const health = defineRoute({
  id: 'health',
  method: 'GET',
  path: '/health',
  tag: 'chain',
  access: 'open',
  summary: 'Answers 200 as long as the node serves, with how far it is.',
  result: Type.Object(
    {
      status: Type.Enum(['ok']),
      inSync: Type.Boolean(),
      height: Type.Integer(),
      headers: Type.Integer(),
      progress: Type.Number({ description: 'From 0 to 1.' }),
      peers: Type.Integer(),
    },
    { additionalProperties: false },
  ),
  run: (node) => {
    const { fraction, headers, height, inSync } = node.network.sync();
    return { status: 'ok' as const, inSync, height, headers, progress: fraction, peers: node.network.peers().length };
  },
});

export const healthRoutes: readonly Route[] = [health];
