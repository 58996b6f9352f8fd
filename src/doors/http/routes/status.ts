import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { defineRoute, type Route } from '../route.ts';
import { chainWorkHex } from '../views.ts';

const STATUS = Type.Object(
  {
    network: Type.String(),
    version: Type.String({ description: 'Of the node.' }),
    height: Type.Integer(),
    headers: Type.Integer({ description: 'Height of the valid header with the most work.' }),
    bestBlockHash: Type.String(),
    chainWork: Type.String(),
    inSync: Type.Boolean({ description: 'No connected peer has shown a header chain of more work than the tip.' }),
    progress: Type.Number({ description: 'From 0 to 1.' }),
    blocksPerSecond: Type.Number(),
    secondsLeft: Type.Union([Type.Number(), Type.Null()], { description: 'Until it is in sync; null while that cannot be told.' }),
    peers: Type.Integer(),
    peersOnSubnet: Type.Integer({ description: 'Those of them that were found on the subnet.' }),
    mempool: Type.Object({ count: Type.Integer(), vsize: Type.Integer() }, { additionalProperties: false }),
    uptime: Type.Integer({ description: 'Seconds.' }),
    p2p: Type.Union([Type.String(), Type.Null()], { description: 'Where peers are accepted.' }),
  },
  { additionalProperties: false },
);

const status = defineRoute({
  id: 'status',
  method: 'GET',
  path: '/api/v1/status',
  tag: 'chain',
  summary: 'The state of the node at a glance.',
  result: STATUS,
  run: (node) => {
    const tip = node.chain.tip();
    const sync = node.network.sync();
    const peers = node.network.peers();
    const { count, vsizeBytes } = node.mempool.info();
    return {
      network: node.params.name,
      version: node.version,
      height: tip.height,
      headers: node.chain.bestHeader().height,
      bestBlockHash: toDisplayHex(tip.header.hash),
      chainWork: chainWorkHex(tip),
      inSync: sync.inSync,
      progress: sync.fraction,
      blocksPerSecond: sync.blocksPerSecond,
      secondsLeft: sync.secondsLeft ?? null,
      peers: peers.length,
      peersOnSubnet: peers.filter(({ onSubnet }) => onSubnet).length,
      mempool: { count, vsize: vsizeBytes },
      uptime: node.clock.nowSeconds() - node.startedAtSeconds,
      p2p: node.network.listenAddress() ?? null,
    };
  },
});

export const statusRoutes: readonly Route[] = [status];
