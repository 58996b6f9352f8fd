import type { Coin } from '../../../core/consensus/coin.ts';
import { type Txid, toDisplayHex } from '../../../core/primitives/ids.ts';
import type { OutPoint } from '../../../core/primitives/transaction.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import type { RpcMethod } from '../method.ts';
import { SCRIPT_PUB_KEY, scriptPubKeyJson } from '../render/script.ts';

/** The unspent output with the depth of its block, 0 while it waits; undefined where it is spent or never was. */
async function findCoin(node: NodePort, outPoint: OutPoint, mempool: boolean): Promise<{ coin: Coin; depth: number } | undefined> {
  if (mempool) {
    if (node.mempool.spenderOf(outPoint) !== undefined) return undefined;
    const waiting = node.mempool.coin(outPoint);
    if (waiting !== undefined) return { coin: waiting, depth: 0 };
  }
  const coin = await node.chain.coin(outPoint);
  return coin === undefined ? undefined : { coin, depth: node.chain.tip().height - coin.height + 1 };
}

export const gettxout: RpcMethod = {
  name: 'gettxout',
  category: 'Blockchain',
  description: 'An output that is not spent, or null.',
  params: [
    { name: 'txid', schema: Type.String(), required: true, description: 'The transaction.' },
    { name: 'n', schema: Type.Integer(), required: true, description: 'Which of its outputs, from 0.' },
    {
      name: 'include_mempool',
      schema: Type.Boolean(),
      fallback: 'true',
      description: 'Whether waiting transactions count: what they spend is gone, what they make is there.',
    },
  ],
  result: Type.Union([
    Type.Null(),
    Type.Object({
      bestblock: Type.String({ description: 'The tip.' }),
      confirmations: Type.Integer(),
      value: Type.Number({ description: 'Coins.' }),
      scriptPubKey: SCRIPT_PUB_KEY,
      coinbase: Type.Boolean(),
    }),
  ]),
  run: async (context, args) => {
    const { node } = context;
    const txid = args.hash<Txid>(0, 'txid');
    const vout = args.integer(1, { min: 0, max: 0xffffffff });
    const found = await findCoin(node, { txid, vout }, args.boolean(2, true));
    if (found === undefined) return null;
    return {
      bestblock: toDisplayHex(node.chain.tip().header.hash),
      confirmations: found.depth,
      value: coins(found.coin.value),
      scriptPubKey: scriptPubKeyJson(found.coin.scriptPubKey, context),
      coinbase: found.coin.coinbase,
    };
  },
};
