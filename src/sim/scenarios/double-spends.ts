import type { TxOutput } from '../../core/primitives/transaction.ts';
import { matureRewards, type SpendableCoin } from '../chain-view.ts';
import { outPointBytes } from '../reference-ledger.ts';
import { type Scenario, type Step, scenario } from '../scenario.ts';
import type { Simulation } from '../simulation.ts';
import { agree, check, heal, mine, range, split, wait } from '../steps.ts';

const BLOCK_MS = 10_000;
const FEE_SAT = 2_000n;

/** An outpoint of each of two transactions that spend the same. */
interface Pair {
  readonly rivals: readonly [Uint8Array, Uint8Array];
}

/** Gives one half a payment and the other half its rival, at the same moment. */
async function spendTwice(simulation: Simulation, coin: SpendableCoin, half: number): Promise<Pair> {
  const { random, nodes, purses } = simulation;
  const pay = async (from: number, to: number): Promise<Uint8Array> => {
    const node = simulation.node(from + random.below(to - from));
    const output: TxOutput = { value: coin.value - FEE_SAT, scriptPubKey: random.pick(purses).script };
    const change: TxOutput = { value: FEE_SAT / 2n, scriptPubKey: simulation.purses[node.index]?.script ?? output.scriptPubKey };
    const tx = coin.owner.spend([coin], [output, change]);
    // Where the rival was there first it is refused, as it should be.
    await node.running?.mempool.submit(tx);
    return outPointBytes({ txid: tx.txid, vout: 0 });
  };
  return { rivals: await Promise.all([pay(0, half), pay(half, nodes.length)]) };
}

function spendAll(pairs: Pair[], coins: SpendableCoin[], count: number, half: number): Step {
  return {
    name: `${count} coins are spent twice`,
    run: async (simulation) => {
      for (const coin of coins.splice(0, count)) {
        pairs.push(await simulation.drive(spendTwice(simulation, coin, half)));
        await simulation.advance(BLOCK_MS / 4);
      }
    },
  };
}

/** One of two is not two. */
export const doubleSpends: Scenario = scenario({
  name: 'double-spends',
  about:
    'Coin after coin is spent twice, the one way in one half of the network and another way in the other, whole or split. Exactly one counts in the end.',
  parameters: {
    nodes: { value: 12, min: 4, max: 200, about: 'full nodes' },
    coins: {
      value: 100,
      min: 1,
      max: 5_000,
      about: 'coins that are spent twice while the network is whole, and half as many while it is split',
    },
  },
  play: ({ nodes, coins }) => {
    const half = nodes >> 1;
    const pairs: Pair[] = [];
    const splitCoins = Math.ceil(coins / 2);
    const spendable: SpendableCoin[] = [];
    return {
      setup: { nodes, blockIntervalMs: BLOCK_MS },
      steps: [
        mine(coins + splitCoins + 20),
        check('there are coins enough', (simulation) => {
          // Below any switch of branches that chance may bring.
          spendable.push(...matureRewards(simulation, simulation.best(), 6));
          return spendable.length >= coins + splitCoins ? undefined : `there are ${spendable.length}`;
        }),
        spendAll(pairs, spendable, coins, half),
        split([range(0, half), range(half, nodes)]),
        spendAll(pairs, spendable, splitCoins, half),
        heal(),
        agree(30 * 60_000),
        mine(10),
        wait(BLOCK_MS),
        agree(10 * 60_000),
        check('exactly one of each pair is confirmed', (simulation) => {
          const { ledger, figures } = simulation;
          const best = simulation.best();
          const counts = pairs.map(({ rivals }) => rivals.filter((outPoint) => ledger.coinAt(best, outPoint) !== undefined).length);
          figures.set('coins spent twice', pairs.length);
          figures.set(
            'confirmed for the first half',
            pairs.filter(({ rivals: [first] }) => ledger.coinAt(best, first) !== undefined).length,
          );
          const wrong = counts.filter((count) => count !== 1).length;
          return wrong === 0 ? undefined : `of ${wrong} of ${pairs.length} coins not one spending is confirmed, but none or both`;
        }),
      ],
    };
  },
});
