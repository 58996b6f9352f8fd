/**
 * What must hold at every moment of every run, whatever the network and the liars do to the honest nodes.
 *
 * - `valid-blocks`: no node has an invalid block on its active chain, nor one at another height than it has.
 * - `coins`: a node's coins are those of the reference at its tip; samples while it runs, all of them whenever it has stopped.
 * - `supply`: its coins are worth what was paid out up to its tip, no more and no less.
 * - `bounded`: what a node keeps for others stays within its limits: waiting transactions, orphans, peers, addresses, timers, bytes to send.
 * - `alive`: no node stops by itself or says that something is wrong with it, unless the scenario expects it.
 * - `agreement`: is asked for by scenarios, after a split has healed (steps.ts).
 *
 * @module
 */

import { decodeCoin } from '../engine/chain/coin-codec.ts';
import type { RunningNode } from '../node/create-node.ts';
import { CoinSum } from './coin-sum.ts';
import type { LedgerBlock, ReferenceLedger } from './reference-ledger.ts';
import type { SimNode } from './sim-node.ts';
import type { SimRandom } from './sim-random.ts';

/** Names of the invariants. */
export type InvariantName = 'valid-blocks' | 'coins' | 'supply' | 'bounded' | 'alive' | 'agreement' | 'scenario';

/** Ends the run. */
export type Break = (invariant: InvariantName, why: string, node?: SimNode) => never;

/** Limits on what one node keeps. Those of the nodes themselves, and room for what is on its way. */
export const GROWTH_LIMITS = {
  orphansPerPeer: 100,
  /** Places of both tables of an address book. */
  addresses: 81_920,
  timers: 64,
  /** Bytes that wait for one peer: the queue, and the largest message on top of it. */
  queuedBytesPerPeer: 5_000_024,
  /** Ends of branches that a node knows of, beyond those of stored blocks: liars can make valid headers, slowly. */
  tips: 256,
} as const;

/** Coins that are looked at in one sample. */
const SAMPLE_COINS = 4;

/** How often the most frequent of some numbers is there. */
function mostOf(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** What the checks work with. */
export interface InvariantParts {
  readonly ledger: ReferenceLedger;
  readonly random: SimRandom;
  readonly rewardPerBlock: bigint;
  readonly peersMax: number;
  readonly fail: Break;
}

/** The checks, and how often each was made. */
export class Invariants {
  readonly counts: Record<InvariantName, number> = {
    'valid-blocks': 0,
    coins: 0,
    supply: 0,
    bounded: 0,
    alive: 0,
    agreement: 0,
    scenario: 0,
  };
  readonly #parts: InvariantParts;

  constructor(parts: InvariantParts) {
    this.#parts = parts;
  }

  /** A block has come to a node's active chain. @returns the reference's */
  blockConnected(node: SimNode, hash: LedgerBlock['hash'], height: number): LedgerBlock {
    const { ledger, fail } = this.#parts;
    this.counts['valid-blocks']++;
    const block = ledger.block(hash);
    if (block === undefined) return fail('valid-blocks', 'it connected a block that nobody stored', node);
    if (block.flaw !== undefined) return fail('valid-blocks', `it connected an invalid block: ${block.flaw}`, node);
    if (block.height !== height) return fail('valid-blocks', `it has a block at height ${height} that is at ${block.height}`, node);
    return block;
  }

  /** Looks at some coins of a running node: of one block that changed them, whether they are there as the reference has them. */
  async sampleCoins(node: SimNode, tipOf: (node: SimNode) => LedgerBlock | undefined): Promise<void> {
    const { ledger, random, fail } = this.#parts;
    const tip = tipOf(node);
    const { running } = node;
    if (tip === undefined || running === undefined || tip.height === 0) return;
    let block = tip;
    for (let back = random.below(Math.min(tip.height, 50)); back > 0; back--) block = block.parent as LedgerBlock;
    const changes = [...block.made, ...block.spent];
    for (let i = 0; i < Math.min(SAMPLE_COINS, changes.length); i++) {
      const { outPoint } = random.pick(changes);
      const expected = ledger.coinAt(tip, outPoint);
      const txid = outPoint.slice(0, 32) as Uint8Array as Parameters<RunningNode['chain']['coin']>[0]['txid'];
      const found = await running.chain.coin({ txid, vout: new DataView(outPoint.buffer).getUint32(outPoint.byteOffset + 32) });
      if (tipOf(node) !== tip || node.running !== running) return;
      this.counts.coins++;
      if (found?.value === expected?.value && found?.height === expected?.height) continue;
      const words = (coin: typeof found): string => (coin === undefined ? 'none' : `${coin.value} of height ${coin.height}`);
      fail('coins', `at height ${tip.height} it has ${words(found)} where the reference has ${words(expected)}`, node);
    }
  }

  /** Looks at everything that a node has on its disk, once it has stopped and written it. */
  async storedCoins(node: SimNode): Promise<LedgerBlock> {
    const { ledger, rewardPerBlock, fail } = this.#parts;
    const hash = await node.disk.coins.tip();
    const block = hash === undefined ? ledger.genesis : ledger.block(hash);
    if (block === undefined || block.flaw !== undefined)
      return fail('coins', `its coins are those of ${block?.flaw ?? 'an unknown block'}`, node);
    const sum = new CoinSum();
    for await (const [outPoint, bytes] of node.disk.coins.entries()) sum.add(outPoint, decodeCoin(bytes));
    this.counts.coins++;
    this.counts.supply++;
    if (!sum.equals(block.coins)) {
      fail(
        'coins',
        `at height ${block.height} it stored ${sum.count} coins worth ${sum.total}, not ${block.coins.count} worth ${block.coins.total}`,
        node,
      );
    }
    const due = BigInt(block.height) * rewardPerBlock - block.burnt;
    if (sum.total !== due) fail('supply', `its coins are worth ${sum.total}, but ${due} were paid out up to height ${block.height}`, node);
    return block;
  }

  /** Looks at what a running node keeps. */
  growth(node: SimNode, queuedBytes: number): void {
    const { running } = node;
    if (running === undefined) return;
    this.counts.bounded++;
    const { network, mempool, chain } = running;
    const { usageBytes, maxUsageBytes } = mempool.info();
    let addresses = 0;
    for (const counts of network.addressCounts().values()) addresses += counts.new + counts.tried;
    const limits: readonly (readonly [what: string, is: number, max: number])[] = [
      ['bytes of waiting transactions', usageBytes, maxUsageBytes],
      ['orphans of one peer', mostOf(network.orphans().map(({ peer }) => peer)), GROWTH_LIMITS.orphansPerPeer],
      ['peers', network.peers().length, this.#parts.peersMax],
      ['addresses', addresses, GROWTH_LIMITS.addresses],
      ['timers', node.timers, GROWTH_LIMITS.timers],
      ['bytes for one peer', queuedBytes, GROWTH_LIMITS.queuedBytesPerPeer],
      ['branches', chain.tips().length, GROWTH_LIMITS.tips + this.#parts.ledger.size],
    ];
    for (const [what, is, max] of limits) if (is > max) this.#parts.fail('bounded', `it has ${is} ${what}, at most ${max} may be`, node);
  }
}
