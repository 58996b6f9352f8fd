import type { NodePort } from '../../../engine/ports/node-port.ts';
import { type Static, Type } from '../../schema.ts';
import { scriptOf } from '../address.ts';
import { defineRoute, type Route } from '../route.ts';

const WORKERS_MAX = 1_024;

const MINING = Type.Object(
  {
    running: Type.Boolean(),
    workers: Type.Integer(),
    hashRate: Type.Number({ description: 'Hashes a second.' }),
    blocksFound: Type.Integer({ description: 'Since the node was started.' }),
    address: Type.Union([Type.String(), Type.Null()], { description: 'Where the reward goes.' }),
  },
  { additionalProperties: false },
);

function miningView(node: NodePort): Static<typeof MINING> {
  const { address, blocksFound, hashRate, running, workers } = node.mining.state();
  return { running, workers, hashRate, blocksFound, address: address ?? null };
}

const state = defineRoute({
  id: 'mining',
  method: 'GET',
  path: '/api/v1/mining',
  tag: 'mining',
  summary: 'Whether the node mines, and how fast.',
  result: MINING,
  run: miningView,
});

const start = defineRoute({
  id: 'startMining',
  method: 'POST',
  path: '/api/v1/mining/start',
  tag: 'mining',
  access: 'login',
  summary: 'Begins to mine.',
  body: Type.Union([
    Type.Object(
      {
        workers: Type.Optional(Type.Integer({ minimum: 1, maximum: WORKERS_MAX, description: 'As many as cores unless given.' })),
        address: Type.Optional(Type.String({ description: "Where the reward goes; the wallet's unless given." })),
      },
      { additionalProperties: false },
    ),
    Type.Null(),
  ]),
  result: MINING,
  run: async (node, { body }) => {
    const { address, workers } = body ?? {};
    await node.mining.start({
      ...(workers === undefined ? {} : { workers }),
      ...(address === undefined ? {} : { script: scriptOf(address, node) }),
    });
    return miningView(node);
  },
});

const stop = defineRoute({
  id: 'stopMining',
  method: 'POST',
  path: '/api/v1/mining/stop',
  tag: 'mining',
  access: 'login',
  summary: 'Stops mining.',
  result: MINING,
  run: async (node) => {
    await node.mining.stop();
    return miningView(node);
  },
});

export const miningRoutes: readonly Route[] = [state, start, stop];
