/**
 * A tree of valid blocks by chance: branches of all lengths, transactions that spend each other within a block, outputs of a few scripts.
 *
 * @module
 */

import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import type { Txid } from '../../src/core/primitives/ids.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import type { Random } from '../../src/engine/ports/random.ts';
import type { BuildParent, SpendInput } from './chain-builder.ts';
import { buildBlock, childOf, genesisParent, OP_RETURN, outputOf, spend } from './chain-builder.ts';

/** Scripts that anyone can spend with nothing, and one that nobody can. */
const SCRIPTS: readonly Uint8Array[] = [0x51, 0x52, 0x53, 0x54].map((opcode) => Uint8Array.of(opcode));

/** A place where a block may be built, with the coins of its branch. */
interface Place {
  readonly parent: BuildParent;
  readonly coins: readonly SpendInput[];
}

/** Grows by a block at a time. The network's coinbases must be mature after one block. */
export class RandomTree {
  readonly scripts: readonly Uint8Array[] = [...SCRIPTS, OP_RETURN];
  /** Of every block so far. */
  readonly txids: Txid[] = [];
  readonly #params: NetworkParams;
  readonly #random: Random;
  readonly #places: Place[];
  #made = 0;

  constructor(params: NetworkParams, random: Random) {
    this.#params = params;
    this.#random = random;
    this.#places = [{ parent: genesisParent(params), coins: [] }];
  }

  /** A block on one of the last places: mostly on the last one, so that branches grow. */
  next(): Block {
    const back = this.#random.below(3) === 0 ? this.#random.below(Math.min(6, this.#places.length)) : 0;
    const { parent, coins } = this.#places.at(-1 - back) as Place;
    const left = [...coins];
    const transactions: Transaction[] = [];
    for (let count = this.#random.below(4); count > 0 && left.length > 0; count--) {
      const tx = this.#spendSome(left);
      transactions.push(tx);
      left.push(...this.#coinsOf(tx));
    }
    const extra = Uint8Array.of(++this.#made & 255, this.#made >> 8);
    const block = buildBlock({ parent, params: this.#params, transactions, coinbaseScript: this.#script(), extra });
    this.#places.push({ parent: childOf(parent, block), coins: [...left, ...this.#coinsOf(block.transactions[0] as Transaction)] });
    for (const { txid } of block.transactions) this.txids.push(txid);
    return block;
  }

  #script(): Uint8Array {
    return SCRIPTS[this.#random.below(SCRIPTS.length)] as Uint8Array;
  }

  #coinsOf(tx: Transaction): SpendInput[] {
    return tx.outputs.flatMap(({ scriptPubKey }, vout) => (scriptPubKey[0] === 0x6a ? [] : [outputOf(tx, vout)]));
  }

  /** Takes one to three coins out of the list and makes one to three outputs of them. */
  #spendSome(coins: SpendInput[]): Transaction {
    const inputs: SpendInput[] = [];
    for (let count = 1 + this.#random.below(3); count > 0 && coins.length > 0; count--) {
      inputs.push(...coins.splice(this.#random.below(coins.length), 1));
    }
    const total = inputs.reduce((sum, { value }) => sum + value, 0n);
    const outputCount = 1 + this.#random.below(3);
    const outputs = Array.from({ length: outputCount }, () => ({ value: total / BigInt(outputCount), scriptPubKey: this.#script() }));
    if (this.#random.below(4) === 0) outputs.push({ value: 0n, scriptPubKey: OP_RETURN });
    return spend({ inputs, outputs });
  }
}
