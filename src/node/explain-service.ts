import type { ConsensusParams } from '../core/params/types.ts';
import type { Chain } from '../engine/chain/chain.ts';
import { ExclusiveQueue } from '../engine/chain/exclusive-queue.ts';
import { explainBlock } from '../engine/explain/explain-block.ts';
import type { ScriptEngines } from '../engine/explain/explain-transaction.ts';
import { explainTransaction, explainWithOutputs } from '../engine/explain/explain-transaction.ts';
import type { Mempool } from '../engine/mempool/mempool.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { ExplainService } from '../engine/ports/explanation.ts';

/** Verdicts against this node's chain and mempool. One is worked out at a time: they may be long, and nobody's sync waits for them. */
export function createExplainService(
  world: ScriptEngines & { readonly chain: Chain; readonly mempool: Mempool; readonly clock: Clock },
): ExplainService {
  const queue = new ExclusiveQueue();
  const params: ConsensusParams = world.chain.params.consensus;
  return {
    transaction: (tx, spentOutputs) =>
      queue.run(async () => {
        const verdict =
          spentOutputs === undefined
            ? await explainTransaction(tx, world)
            : await explainWithOutputs(tx, spentOutputs, { ...world, params });
        return { kind: 'transaction', txid: tx.txid, verdict };
      }),
    block: (block) => queue.run(async () => ({ kind: 'block', hash: block.header.hash, verdict: await explainBlock(block, world) })),
  };
}
