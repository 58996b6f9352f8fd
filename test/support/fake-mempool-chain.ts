/**
 * A chain for tests of the waiting transactions: coins in a map, blocks that are believed without proof. What it says of itself is what the test made it.
 *
 * @module
 */

import type { Coin } from '../../src/core/consensus/coin.ts';
import { medianTime } from '../../src/core/consensus/median-time.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { makeBlock, makeHeader } from '../../src/core/primitives/block.ts';
import type { BlockHash, HashKey, MerkleRoot, Txid } from '../../src/core/primitives/ids.ts';
import { zeroHash } from '../../src/core/primitives/ids.ts';
import type { OutPoint, Transaction } from '../../src/core/primitives/transaction.ts';
import { isCoinbase, makeTransaction, NULL_VOUT, outPointKey } from '../../src/core/primitives/transaction.ts';
import type { ChainMove, ChainPoint, MempoolChain } from '../../src/engine/mempool/chain-view.ts';

interface Row {
  readonly block: Block;
  /** Coins that the block spent, to be put back. */
  readonly spent: readonly (readonly [HashKey, Coin])[];
}

/** The time of the block at height 0; each block comes ten minutes after the one before. */
const START_SECONDS = 1_700_000_000;
const SPACING_SECONDS = 600;

/** A chain of believed blocks. Begins with `height` + 1 empty ones. */
export class FakeMempoolChain implements MempoolChain {
  readonly #rows: Row[] = [];
  readonly #coins = new Map<HashKey, Coin>();
  readonly #listeners = new Set<(move: ChainMove) => void>();
  /** Set to hold back `coinsOf` until it resolves. */
  gate: Promise<void> | undefined;
  #made = 0;

  constructor(height = 200) {
    for (let i = 0; i <= height; i++) this.connect([]);
  }

  tip(): ChainPoint {
    const height = this.#rows.length - 1;
    return { hash: this.#rows[height]!.block.header.hash, height, medianTimeSeconds: this.medianTimeAt(height) };
  }

  medianTimeAt(height: number): number {
    return medianTime(this.#rows.slice(Math.max(0, height - 10), height + 1).map((row) => row.block.header.timeSeconds));
  }

  async coinsOf(outPoints: readonly OutPoint[]): Promise<readonly (Coin | undefined)[]> {
    await this.gate;
    return outPoints.map((outPoint) => this.#coins.get(outPointKey(outPoint)));
  }

  subscribe(listener: (move: ChainMove) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A coin out of nothing. */
  addCoin(scriptPubKey: Uint8Array, value: bigint, options: { readonly height?: number; readonly coinbase?: boolean } = {}): OutPoint {
    const txid = new Uint8Array(32) as Txid;
    new DataView(txid.buffer).setUint32(0, ++this.#made);
    txid[31] = 0xcc;
    const outPoint = { txid, vout: 0 };
    this.#coins.set(outPointKey(outPoint), { value, scriptPubKey, height: options.height ?? 1, coinbase: options.coinbase ?? false });
    return outPoint;
  }

  #emit(move: ChainMove): void {
    for (const listener of this.#listeners) listener(move);
  }

  /** Connects a block with these transactions behind a coinbase of its own. */
  connect(transactions: readonly Transaction[]): Block {
    const height = this.#rows.length;
    const scriptSig = Uint8Array.of(4, height & 0xff, height >> 8, this.#made++ & 0xff, this.#made >> 8);
    const coinbase = makeTransaction({
      version: 2,
      inputs: [{ prevout: { txid: zeroHash(), vout: NULL_VOUT }, scriptSig, sequence: 0xffffffff, witness: [] }],
      outputs: [{ value: 5_000_000_000n, scriptPubKey: Uint8Array.of(0x51) }],
      lockTime: 0,
    });
    const header = makeHeader({
      version: 4,
      prevBlockHash: this.#rows.at(-1)?.block.header.hash ?? zeroHash<BlockHash>(),
      merkleRoot: coinbase.txid as Uint8Array as MerkleRoot,
      timeSeconds: START_SECONDS + SPACING_SECONDS * height,
      bits: 0x207fffff,
      nonce: 0,
    });
    return this.connectBlock(makeBlock(header, [coinbase, ...transactions]));
  }

  /** Connects a block that is there already, for instance one that was disconnected. */
  connectBlock(block: Block): Block {
    const height = this.#rows.length;
    const spent: [HashKey, Coin][] = [];
    for (const tx of block.transactions) {
      for (const { prevout } of isCoinbase(tx) ? [] : tx.inputs) {
        const key = outPointKey(prevout);
        const coin = this.#coins.get(key);
        if (coin === undefined) throw new Error('a test confirmed a transaction without its coins');
        spent.push([key, coin]);
        this.#coins.delete(key);
      }
      tx.outputs.forEach(({ value, scriptPubKey }, vout) => {
        this.#coins.set(outPointKey({ txid: tx.txid, vout }), { value, scriptPubKey, height, coinbase: isCoinbase(tx) });
      });
    }
    this.#rows.push({ block, spent });
    this.#emit({ kind: 'connected', block, height });
    this.settle();
    return block;
  }

  /** Takes the tip off. The switch goes on until `settle` is called or a block is connected. */
  disconnect(scriptFlags?: number): Block {
    const { block, spent } = this.#rows.pop()!;
    for (const tx of block.transactions) {
      tx.outputs.forEach((_, vout) => {
        this.#coins.delete(outPointKey({ txid: tx.txid, vout }));
      });
    }
    for (const [key, coin] of spent) this.#coins.set(key, coin);
    this.#emit({ kind: 'disconnected', block, height: this.#rows.length, scriptFlags });
    return block;
  }

  /** The chain rests on its tip. */
  settle(): void {
    this.#emit({ kind: 'settled' });
  }
}
