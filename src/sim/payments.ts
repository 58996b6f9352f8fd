import { bytesEqual } from '../core/base/bytes.ts';
import type { KeyCoin } from '../core/signing/single-key.ts';
import type { RunningNode } from '../node/create-node.ts';
import type { Purse } from './purse.ts';
import type { LedgerBlock } from './reference-ledger.ts';
import type { SimNode } from './sim-node.ts';
import type { SimRandom } from './sim-random.ts';
import type { Simulation } from './simulation.ts';

/** What is paid for a transaction: enough for any of ours at several times the least rate. */
const FEE_SAT = 2_000n;

/** Nothing is paid out of coins that are worth less. */
const VALUE_MIN_SAT = 100_000n;

/** Coins that are looked at for one payment. */
const TRIES = 12;

/** Coins that are remembered; the oldest are forgotten, and with them what they are worth. */
const COINS_MAX = 20_000;

const US_PER_MS = 1_000;

/** What is paid. */
export interface PaymentPlan {
  readonly count: number;
  /** Mean time between two payments. */
  readonly everyMs: number;
}

/** A coin and whose it is. */
interface OwnedCoin extends KeyCoin {
  readonly owner: Purse;
}

/**
 * The users: from time to time somebody pays somebody, through an honest node that is up and by what that node knows. Coins are those of the rewards of
 * honest miners and of former payments, waiting ones too; each transaction makes two of one.
 */
export class Payments {
  readonly #simulation: Simulation;
  readonly #random: SimRandom;
  readonly #plan: PaymentPlan;
  readonly #owners: ReadonlyMap<number, Purse>;
  #coins: OwnedCoin[] = [];
  #seen = 0;
  #begun = 0;

  constructor(simulation: Simulation, plan: PaymentPlan) {
    this.#simulation = simulation;
    this.#random = simulation.random.branch('payments');
    this.#plan = plan;
    this.#owners = new Map(simulation.honest.map(({ index }) => [index, simulation.purses[index] as Purse]));
    this.#wait();
  }

  /** Whether all payments were made. */
  get done(): boolean {
    return this.#begun >= this.#plan.count;
  }

  #wait(): void {
    const { queue } = this.#simulation;
    queue.after(this.#random.exponential(this.#plan.everyMs) * US_PER_MS, () => {
      if (this.done) return;
      this.#wait();
      this.#learn();
      const nodes = this.#simulation.running;
      if (nodes.length > 0 && this.#coins.length > 0)
        this.#pay(this.#random.pick(nodes)).catch((error: unknown) => this.#simulation.note(error));
    });
  }

  /** Takes up the rewards of blocks that came since. */
  #learn(): void {
    const { ledger } = this.#simulation;
    for (const block of ledger.since(this.#seen)) this.#learnRewards(block);
    this.#seen = ledger.size;
    if (this.#coins.length > COINS_MAX) this.#coins = this.#coins.slice(-COINS_MAX / 2);
  }

  #learnRewards({ made }: LedgerBlock): void {
    for (const { outPoint, coin } of made) {
      if (!coin.coinbase) continue;
      for (const owner of this.#owners.values()) {
        if (!bytesEqual(owner.script, coin.scriptPubKey)) continue;
        const vout = new DataView(outPoint.buffer).getUint32(32);
        const txid = outPoint.slice(0, 32) as unknown as KeyCoin['outPoint']['txid'];
        this.#coins.push({ owner, outPoint: { txid, vout }, value: coin.value });
      }
    }
  }

  async #pay(node: SimNode): Promise<void> {
    const { running } = node;
    if (running === undefined) return;
    const coin = await this.#findCoin(running);
    if (coin === undefined || node.running !== running) return;
    const payee = this.#random.pick([...this.#owners.values()]);
    const paid = BigInt(Math.floor(Number(coin.value) * this.#random.between(0.2, 0.8)));
    const outputs = [
      { value: paid, scriptPubKey: payee.script },
      { value: coin.value - paid - FEE_SAT, scriptPubKey: coin.owner.script },
    ];
    const tx = coin.owner.spend([coin], outputs);
    this.#begun++;
    const { measures } = this.#simulation;
    measures.transactionsSubmitted++;
    const { rejection } = await running.mempool.submit(tx);
    if (rejection !== undefined) {
      measures.transactionsRefused++;
      return;
    }
    this.#coins = this.#coins.filter((each) => each !== coin);
    const owners = [payee, coin.owner];
    for (const [vout, { value }] of outputs.entries())
      this.#coins.push({ owner: owners[vout] as Purse, outPoint: { txid: tx.txid, vout }, value });
  }

  /** A coin that a node would let us spend now. */
  async #findCoin({ chain, mempool }: RunningNode): Promise<OwnedCoin | undefined> {
    const { height } = chain.tip();
    const { coinbaseMaturity } = this.#simulation.params.consensus;
    for (let i = 0; i < TRIES; i++) {
      const coin = this.#random.pick(this.#coins);
      if (coin.value < VALUE_MIN_SAT || mempool.spenderOf(coin.outPoint) !== undefined) continue;
      const found = mempool.coin(coin.outPoint) ?? (await chain.coin(coin.outPoint));
      if (found !== undefined && (!found.coinbase || height + 1 - found.height >= coinbaseMaturity)) return coin;
    }
    return undefined;
  }
}
