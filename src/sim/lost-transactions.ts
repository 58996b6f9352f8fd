import { type Block, decodeBlock } from '../core/primitives/block.ts';
import type { Transaction } from '../core/primitives/transaction.ts';
import { chainAbove } from './chain-view.ts';
import { type LedgerBlock, outPointBytes } from './reference-ledger.ts';
import type { Step } from './scenario.ts';
import type { Simulation } from './simulation.ts';

/** A block, from whichever honest node has it. */
async function blockOf(simulation: Simulation, { hash }: LedgerBlock): Promise<Block | undefined> {
  for (const { running } of simulation.running) {
    const bytes = await running?.chain.blockBytes(hash);
    if (bytes !== undefined) return decodeBlock(bytes);
  }
  return undefined;
}

/** Valid blocks that are not on the chain of a tip. */
function leftBehind({ ledger }: Simulation, best: LedgerBlock): readonly LedgerBlock[] {
  const chain = new Set(chainAbove(best, -1));
  return ledger.since(1).filter((block) => block.flaw === undefined && !chain.has(block));
}

/** Whether every node has the transaction waiting, or none can have: it spends what is not there any more. */
function isExplained(simulation: Simulation, best: LedgerBlock, { txid, inputs }: Transaction): boolean {
  const nodes = simulation.running;
  if (nodes.every(({ running }) => running?.mempool.get(txid) !== undefined)) return true;
  return inputs.some(({ prevout }) => {
    if (simulation.ledger.coinAt(best, outPointBytes(prevout)) === undefined) {
      return nodes.every(({ running }) => running?.mempool.coin(prevout) === undefined);
    }
    // It is there, but another that waits has taken it.
    return nodes.every(({ running }) => running?.mempool.spenderOf(prevout) !== undefined);
  });
}

/** Every transaction of a block that was left behind is confirmed on the best chain, waits again, or conflicts with what is there. */
export function nothingIsLost(): Step {
  return {
    name: 'what was left behind is not lost',
    run: async (simulation) => {
      const best = simulation.best();
      const confirmed = new Set<string>();
      for (const block of chainAbove(best, 0)) {
        for (const { txid } of (await simulation.drive(blockOf(simulation, block)))?.transactions ?? []) confirmed.add(txid.join());
      }
      let seen = 0;
      for (const block of leftBehind(simulation, best)) {
        const transactions = (await simulation.drive(blockOf(simulation, block)))?.transactions.slice(1) ?? [];
        for (const tx of transactions) {
          seen++;
          if (confirmed.has(tx.txid.join()) || isExplained(simulation, best, tx)) continue;
          simulation.fail(
            'scenario',
            `a transaction of block ${block.height} that was left is neither confirmed nor waiting nor in conflict`,
          );
        }
      }
      simulation.figures.set('transactions of blocks that were left', seen);
      simulation.invariants.counts.scenario += seen;
    },
  };
}
