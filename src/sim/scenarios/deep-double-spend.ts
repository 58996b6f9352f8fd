import type { Transaction } from '../../core/primitives/transaction.ts';
import { corruptedBy } from '../byzantine/corrupt-transport.ts';
import { LonelyMiner } from '../byzantine/mine-alone.ts';
import { matureRewards } from '../chain-view.ts';
import { outPointBytes } from '../reference-ledger.ts';
import { type Scenario, type Step, scenario } from '../scenario.ts';
import type { Simulation } from '../simulation.ts';
import { agree, check, mine, range } from '../steps.ts';

const BLOCK_MS = 60_000;
const FEE_SAT = 2_000n;

/** So many standard errors may lie between the formula and the run. */
const ERRORS = 4;

/** What becomes of the attacks of a run. */
interface Tally {
  tried: number;
  won: number;
  /** Switches of branches that a node told of, with the payment among the conflicted. */
  told: number;
}

/**
 * The chance that a payment with so many confirmations is undone, by Rosenfeld ("Analysis of hashrate-based double spending", 2012), without a block mined in
 * advance and for an attacker that gives up when it is so many blocks behind.
 *
 * @param q - its part of the work, above 0 and below 1
 */
export function doubleSpendChance(q: number, confirmations: number, giveUp: number): number {
  const p = 1 - q;
  const ratio = p / q;
  /** From so many behind: the gambler's ruin between one ahead and too far behind. */
  const fromBehind = (behind: number): number => {
    if (behind < 0) return 1;
    if (behind >= giveUp) return 0;
    const [up, room] = [behind + 1, giveUp - behind];
    if (Math.abs(ratio - 1) < 1e-9) return room / (up + room);
    // Powers of what is below one, whichever has more work: others are soon too large.
    if (ratio < 1) return (1 - ratio ** room) / (1 - ratio ** (up + room));
    return (ratio ** -up - ratio ** -(up + room)) / (1 - ratio ** -(up + room));
  };
  let chance = 0;
  let sum = 0;
  let term = p ** confirmations;
  // The attacker finds m blocks while the others find their k: a negative binomial.
  for (let m = 0; m <= confirmations; m++) {
    chance += term * fromBehind(confirmations - m);
    sum += term;
    term *= ((confirmations + m) / (m + 1)) * q;
  }
  return chance + (1 - sum);
}

/** One attack: the shop is paid, and the coin goes another way on a branch that nobody sees. */
async function attack(
  simulation: Simulation,
  miner: LonelyMiner,
  plan: { readonly confirmations: number; readonly giveUp: number },
): Promise<boolean> {
  const attacker = simulation.nodes.at(-1);
  // Both branches begin at one block.
  const isLevel = (): boolean => simulation.agree() && attacker !== undefined && simulation.tipOf(attacker) === simulation.best();
  if (!(await simulation.until(isLevel, 100 * BLOCK_MS))) return simulation.fail('scenario', 'the attacker does not keep up');
  const fork = simulation.best();
  const coin = matureRewards(simulation, fork, plan.giveUp + plan.confirmations)[0];
  if (coin === undefined || attacker === undefined) return simulation.fail('scenario', 'there is no coin to spend twice');
  const shop = simulation.purses[0]?.script ?? coin.owner.script;
  const payTo = (script: Uint8Array): Transaction => coin.owner.spend([coin], [{ value: coin.value - FEE_SAT, scriptPubKey: script }]);
  const paid = payTo(shop);
  const stolen = payTo(coin.owner === simulation.purses[0] ? (simulation.purses[1]?.script ?? shop) : coin.owner.script);
  miner.leave();
  await simulation.drive(Promise.all(simulation.running.map(({ running }) => running?.mempool.submit(paid))));
  await simulation.drive(Promise.all([attacker.running?.mempool.submit(stolen)]));
  const lead = (): number => (simulation.tipOf(attacker)?.height ?? 0) - simulation.best().height;
  // The shop looks at its own node.
  const isConfirmed = (): boolean => (simulation.tipOf(simulation.node(0))?.height ?? 0) >= fork.height + plan.confirmations;
  const isOver = (): boolean => isConfirmed() && (lead() > 0 || lead() <= -plan.giveUp);
  const limitMs = 10_000 * (plan.confirmations + plan.giveUp) * BLOCK_MS;
  if (!(await simulation.until(isOver, limitMs))) return simulation.fail('scenario', 'the race has no end');
  miner.comeBack();
  await mine(1).run(simulation);
  await agree(60 * 60_000).run(simulation);
  const best = simulation.best();
  const has = ({ txid }: Transaction): boolean => simulation.ledger.coinAt(best, outPointBytes({ txid, vout: 0 })) !== undefined;
  if (has(paid) && has(stolen)) return simulation.fail('scenario', 'both payments of one coin are confirmed');
  return has(stolen);
}

function attacks(
  tally: Tally,
  miner: LonelyMiner,
  plan: { readonly trials: number; readonly confirmations: number; readonly giveUp: number },
): Step {
  return {
    name: `${plan.trials} attacks on ${plan.confirmations} confirmations`,
    run: async (simulation) => {
      simulation.nodes[0]?.running?.subscribe((event) => {
        if (event.kind === 'reorg' && event.depth >= plan.confirmations && event.transactions.conflicted.count > 0) tally.told++;
      });
      for (; tally.tried < plan.trials; tally.tried++) if (await attack(simulation, miner, plan)) tally.won++;
    },
  };
}

/** Confirmations cost an attacker work, not certainty. */
export const deepDoubleSpend: Scenario = scenario({
  name: 'deep-double-spend',
  about:
    'A miner pays a shop, waits for its confirmations and meanwhile mines another branch where it did not. Measured: how often that succeeds, beside the known formula; nodes tell of the switch, its depth and the payment that it undid.',
  parameters: {
    nodes: { value: 5, min: 3, max: 100, about: 'full nodes, the attacker among them' },
    share: { value: 51, min: 1, max: 90, about: "of the work that is the attacker's, percent" },
    confirmations: { value: 6, min: 1, max: 100, about: 'that the shop waits for' },
    trials: { value: 40, min: 1, max: 10_000, about: 'attacks' },
    giveUp: { value: 10, min: 1, max: 1_000, about: 'blocks behind at which the attacker ends an attack' },
  },
  play: ({ nodes, share, confirmations, trials, giveUp }) => {
    const attacker = nodes - 1;
    const miner = new LonelyMiner();
    const tally: Tally = { tried: 0, won: 0, told: 0 };
    return {
      setup: {
        ...{ nodes, blockIntervalMs: BLOCK_MS },
        links: range(0, nodes).flatMap((from) => range(0, from).map((to) => [from, to] as const)),
        hashRates: range(0, nodes).map((index) => (index === attacker ? share : (100 - share) / attacker)),
        byzantine: new Map([[attacker, corruptedBy(miner.behaviour)]]),
      },
      steps: [
        mine(20 + confirmations + giveUp),
        agree(60 * 60_000),
        attacks(tally, miner, { trials, confirmations, giveUp }),
        check('attacks succeed as often as the formula says, and nodes tell of each', ({ figures }) => {
          const expected = doubleSpendChance(share / 100, confirmations, giveUp);
          const tolerance = Math.max(1 / trials, ERRORS * Math.sqrt((expected * (1 - expected)) / trials));
          figures.set('part of the attacks that succeeded', tally.won / trials);
          figures.set('part that the formula gives', expected);
          figures.set('tolerance', tolerance);
          if (tally.told !== tally.won) return `${tally.won} attacks succeeded and ${tally.told} switches undid a payment`;
          return Math.abs(tally.won / trials - expected) <= tolerance ? undefined : `${tally.won} of ${trials} succeeded`;
        }),
      ],
    };
  },
});
