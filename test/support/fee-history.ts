/**
 * A history of payments of many fee rates in which the same happens to two nodes at the same blocks: they wait, are mined sooner or later, replaced,
 * built on, or driven out by a block.
 *
 * @module
 */

import { toHex } from '../../src/core/base/bytes.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import type { OutPoint, Transaction } from '../../src/core/primitives/transaction.ts';
import { encodeTransaction, transactionWeightWu } from '../../src/core/primitives/transaction.ts';
import { from, output, pay, TRUE_OUTPUT } from './mempool-world.ts';
import { SeededRandom } from './seeded-random.ts';

/** What a node is asked here. */
interface Asked {
  // biome-ignore lint/suspicious/noExplicitAny: as in `PeerNode`.
  rpc(method: string, ...params: unknown[]): Promise<any>;
}

/** A waiting payment. */
interface Waiting {
  readonly tx: Transaction;
  readonly coin: OutPoint;
  readonly kind: PaymentKind;
  readonly parent: Waiting | undefined;
}

/** Payments of one kind: their fee rates, and how likely it is that a block takes one of them, in percent. */
interface PaymentKind {
  readonly rates: readonly [low: number, high: number];
  readonly minedPercent: number;
}

const KINDS: readonly PaymentKind[] = [
  { rates: [40_000, 90_000], minedPercent: 95 },
  { rates: [12_000, 20_000], minedPercent: 45 },
  { rates: [3_000, 5_000], minedPercent: 12 },
  { rates: [800, 1_500], minedPercent: 4 },
  { rates: [120, 300], minedPercent: 1 },
];

/** Descriptor of what everything is paid to. */
const TRUE_DESCRIPTOR = `raw(${toHex(TRUE_OUTPUT)})`;

const COIN_SAT = 2_000_000n;
const COINBASE_SAT = 5_000_000_000n;
const COINS_EACH = 1_500;

function hexOf(tx: Transaction): string {
  return toHex(encodeTransaction(tx));
}

/** The history, as far as it has come. */
export class FeeHistory {
  readonly #random: SeededRandom;
  #nodes: readonly [maker: Asked, follower: Asked];
  #coins: OutPoint[] = [];
  #waiting: Waiting[] = [];

  /** @param nodes - the first one makes the blocks */
  constructor(nodes: readonly [maker: Asked, follower: Asked], seed: number) {
    this.#nodes = nodes;
    this.#random = new SeededRandom(seed);
  }

  /** Goes on with the same nodes after a restart. */
  goOnWith(nodes: readonly [maker: Asked, follower: Asked]): void {
    this.#nodes = nodes;
  }

  /** Payments that wait. */
  get waitingTxids(): readonly string[] {
    return this.#waiting.map(({ tx }) => toDisplayHex(tx.txid));
  }

  /** Blocks and coins to begin with. */
  async begin(): Promise<void> {
    const hashes = (await this.#nodes[0].rpc('generatetodescriptor', 103, TRUE_DESCRIPTOR)) as string[];
    for (const hash of hashes) await this.#follow(hash);
    const fans: Transaction[] = [];
    for (const hash of hashes.slice(0, 2)) {
      const [coinbase] = ((await this.#nodes[0].rpc('getblock', hash, 1)) as { tx: string[] }).tx;
      const txid = Uint8Array.from(Buffer.from(coinbase as string, 'hex').reverse()) as OutPoint['txid'];
      const rest = output(COINBASE_SAT - COIN_SAT * BigInt(COINS_EACH) - 1_000_000n);
      const outputs = [...Array.from({ length: COINS_EACH }, () => output(COIN_SAT)), rest];
      fans.push(pay({ inputs: [{ txid, vout: 0 }], outputs }));
    }
    for (const fan of fans) {
      await this.#send(hexOf(fan));
      for (let vout = 0; vout < COINS_EACH; vout++) this.#coins.push(from(fan, vout));
    }
    await this.#mine(fans.map(({ txid }) => toDisplayHex(txid)));
  }

  /** So many blocks, before each of which some payments come. */
  async blocks(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      for (let left = 1 + this.#random.below(5); left > 0; left--) await this.#newPayment();
      if (this.#random.below(4) === 0) await this.#child();
      if (this.#random.below(5) === 0) await this.#replacement();
      await this.#mine([...this.#chosen(), ...(this.#random.below(12) === 0 ? this.#rival() : [])]);
    }
  }

  /** The last block is left for two others that hold one new payment, so that what it held waits again. */
  async reorganise(): Promise<void> {
    const [maker, follower] = this.#nodes;
    const tip = (await maker.rpc('getbestblockhash')) as string;
    for (const node of [maker, follower]) await node.rpc('invalidateblock', tip);
    await this.#newPayment();
    await this.#mine([toDisplayHex((this.#waiting.pop() as Waiting).tx.txid)]);
    await this.#mine([]);
    for (const node of [maker, follower]) await node.rpc('reconsiderblock', tip);
  }

  async #newPayment(): Promise<void> {
    const coin = this.#coins.pop();
    const kind = KINDS[this.#random.below(KINDS.length)] as PaymentKind;
    if (coin !== undefined) await this.#pay({ coin, kind, value: COIN_SAT, parent: undefined });
  }

  /** One more that spends what a waiting one pays. */
  async #child(): Promise<void> {
    const parents = new Set(this.#waiting.map(({ parent }) => parent));
    const parent = this.#waiting.find((each) => each.parent === undefined && !parents.has(each));
    if (parent === undefined) return;
    await this.#pay({ coin: from(parent.tx), kind: KINDS[0]!, value: parent.tx.outputs[0]!.value, parent });
  }

  /** The oldest cheap one that nothing builds on is replaced by one that pays well. */
  async #replacement(): Promise<void> {
    const parents = new Set(this.#waiting.map(({ parent }) => parent));
    const at = this.#waiting.findIndex((each) => each.kind.minedPercent < 10 && each.parent === undefined && !parents.has(each));
    if (at < 0) return;
    const [{ coin }] = this.#waiting.splice(at, 1) as [Waiting];
    await this.#pay({ coin, kind: KINDS[1]!, value: COIN_SAT, parent: undefined });
  }

  /** A payment that no node has seen and that spends what a waiting one does; that one leaves. */
  #rival(): readonly string[] {
    const parents = new Set(this.#waiting.map(({ parent }) => parent));
    const at = this.#waiting.findIndex((each) => each.kind.minedPercent < 10 && each.parent === undefined && !parents.has(each));
    if (at < 0) return [];
    const [{ coin }] = this.#waiting.splice(at, 1) as [Waiting];
    return [hexOf(pay({ inputs: [coin], outputs: [output(COIN_SAT - 500n)], lockTime: 1, sequence: 0 }))];
  }

  /** Those that the next block takes, none before what it needs. */
  #chosen(): readonly string[] {
    const mined = new Set<Waiting>();
    for (const each of this.#waiting) {
      const { kind, parent } = each;
      const isReady = parent === undefined || mined.has(parent) || !this.#waiting.includes(parent);
      if (isReady && this.#random.below(100) < kind.minedPercent) mined.add(each);
    }
    this.#waiting = this.#waiting.filter((each) => !mined.has(each));
    return Array.from(mined, ({ tx }) => toDisplayHex(tx.txid));
  }

  async #pay({ coin, kind, value, parent }: Pick<Waiting, 'coin' | 'kind' | 'parent'> & { readonly value: bigint }): Promise<void> {
    const [low, high] = kind.rates;
    const rate = BigInt(low + this.#random.below(high - low));
    const vsizeBytes = BigInt(Math.ceil(transactionWeightWu(pay({ inputs: [coin], outputs: [output(value)] })) / 4));
    const tx = pay({ inputs: [coin], outputs: [output(value - (rate * vsizeBytes + 999n) / 1_000n)] });
    await this.#send(hexOf(tx));
    this.#waiting.push({ tx, coin, kind, parent });
  }

  async #send(hex: string): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.rpc('sendrawtransaction', hex, 0)));
  }

  async #mine(transactions: readonly string[]): Promise<void> {
    const { hash } = (await this.#nodes[0].rpc('generateblock', TRUE_DESCRIPTOR, transactions)) as { hash: string };
    await this.#follow(hash);
  }

  async #follow(hash: string): Promise<void> {
    const [maker, follower] = this.#nodes;
    const refusal = (await follower.rpc('submitblock', await maker.rpc('getblock', hash, 0))) as string | null;
    if (refusal !== null) throw new Error(`block refused: ${refusal}`);
  }
}
