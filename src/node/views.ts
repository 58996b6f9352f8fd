/**
 * The chain as each room of the engine sees it. The rooms name what they need; here it is taken from the one chain.
 *
 * @module
 */

import { assert } from '../core/base/assert.ts';
import { headerContext } from '../engine/chain/accept-header.ts';
import type { Chain } from '../engine/chain/chain.ts';
import type { MempoolChain } from '../engine/mempool/chain-view.ts';
import type { MiningChain } from '../engine/mining/chain-view.ts';

/** What the mempool asks of the chain. */
export function mempoolChain(chain: Chain): MempoolChain {
  return {
    tip: () => chain.tip,
    medianTimeAt: (height) => chain.active.at(height)?.medianTimeSeconds ?? 0,
    coinsOf: (outPoints) => chain.coinsOf(outPoints),
    subscribe: (listener) =>
      chain.subscribe((event) => {
        if (event.kind === 'block-connected') listener({ kind: 'connected', block: event.block, height: event.node.height });
        else if (event.kind === 'block-disconnected') {
          const { block, node, scriptFlags } = event;
          listener({ kind: 'disconnected', block, height: node.height, scriptFlags });
        } else if (event.kind === 'tip-changed') listener({ kind: 'settled' });
      }),
  };
}

/** What miners ask of the chain. */
export function miningChain(chain: Chain): MiningChain {
  return {
    tip: () => {
      const { tip } = chain;
      return { ...headerContext(tip, 0), hash: tip.hash, height: tip.height };
    },
    blockAt: (height) => {
      const node = chain.active.at(height);
      assert(node !== undefined, 'every height up to the tip has a block');
      const { hash, medianTimeSeconds } = node;
      return { hash, medianTimeSeconds, version: node.header.version };
    },
    submit: async (block) => (await chain.acceptBlock(block)).rejection,
    onTip: (listener) =>
      chain.subscribe((event) => {
        if (event.kind === 'tip-changed') listener();
      }),
  };
}
