/**
 * What a run knows of the chain that both nodes are given: every block that neither refused, and the coins after each.
 *
 * @module
 */

import { scriptFlagsAt } from '../../src/core/consensus/script-flags.ts';
import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import type { OutPoint, Transaction } from '../../src/core/primitives/transaction.ts';
import { outPointKey } from '../../src/core/primitives/transaction.ts';
import type { OutputType } from '../../src/core/script/output-template.ts';
import { classifyOutput, isUnspendable } from '../../src/core/script/output-template.ts';
import type { BuildParent } from '../support/chain-builder.ts';
import { genesisParent } from '../support/chain-builder.ts';
import type { Chance } from './chance.ts';
import type { Lock, LockSource } from './locks.ts';
import { chooseLock, FLEXIBLE_LOCK, OPEN_LOCK } from './locks.ts';
import type { TestKeys } from './signing.ts';
import { makeKeys } from './signing.ts';

/** An unspent output whose lock is known. */
export interface LockedCoin {
  readonly outPoint: OutPoint;
  readonly value: bigint;
  readonly lock: Lock;
  readonly height: number;
  readonly coinbase: boolean;
}

/** A block, and what the chain is after it. */
export interface Place {
  readonly parent: BuildParent;
  readonly hash: string;
  readonly before: Place | undefined;
  readonly block: Block | undefined;
  readonly coins: readonly LockedCoin[];
  /** Times of the last eleven blocks, this one's last. */
  readonly times: readonly number[];
}

/** Blocks over which the median time is taken. */
const MEDIAN_BLOCKS = 11;

function medianOf(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] as number;
}

/** Forms of outputs that both nodes relay. */
const STANDARD_OUTPUTS: ReadonlySet<OutputType> = new Set([
  'pubkeyhash',
  'scripthash',
  'witness_v0_keyhash',
  'witness_v0_scripthash',
  'witness_v1_taproot',
]);

/** Blocks behind the tip whose places are kept. */
const PLACES_KEPT = 400;

/** The blocks of a run. */
export class World {
  readonly params: NetworkParams;
  readonly chance: Chance;
  readonly secp256k1: Secp256k1;
  readonly keys: readonly TestKeys[];
  /** The clock of both nodes. */
  nowSeconds: number;
  /** Whether transactions are mostly made as wallets make them, so that mempools take them. */
  standard = false;
  /** The best block, as both nodes say. */
  tip: Place;
  readonly #places = new Map<string, Place>();
  readonly #locks = new Map<string, Lock>();

  constructor(options: {
    readonly params: NetworkParams;
    readonly chance: Chance;
    readonly secp256k1: Secp256k1;
    readonly nowSeconds: number;
  }) {
    this.params = options.params;
    this.chance = options.chance;
    this.secp256k1 = options.secp256k1;
    this.nowSeconds = options.nowSeconds;
    this.keys = makeKeys(options.secp256k1, 5);
    const parent = genesisParent(options.params);
    const hash = toDisplayHex(parent.header.hash);
    this.tip = { parent, hash, before: undefined, block: undefined, coins: [], times: [parent.header.timeSeconds] };
    this.#places.set(hash, this.tip);
    for (const lock of [OPEN_LOCK, FLEXIBLE_LOCK]) this.#remember(lock);
  }

  /** The place of a block that was taken, if it was made here. */
  place(hash: string): Place | undefined {
    return this.#places.get(hash);
  }

  /** The block so many before the tip. */
  back(depth: number): Place {
    let place = this.tip;
    for (let i = 0; i < depth && place.before !== undefined; i++) place = place.before;
    return place;
  }

  /** The place of the branch at a height. */
  at(place: Place, height: number): Place {
    let found = place;
    while (found.parent.height > height && found.before !== undefined) found = found.before;
    return found;
  }

  /** Any place that is not far from the tip. */
  anyPlace(): Place {
    const recent = [...this.#places.values()].slice(-30);
    return this.chance.pick(recent);
  }

  /** A lock by chance, which is found again by its script. */
  makeLock(place: Place): Lock {
    const { chance, keys, secp256k1 } = this;
    const source: LockSource = {
      chance,
      keys,
      secp256k1,
      height: place.parent.height + 1,
      medianTimeSeconds: place.parent.medianTimeSeconds,
    };
    const kind = chance.below(12);
    if (this.standard) {
      for (;;) {
        const lock = chooseLock(source);
        if (STANDARD_OUTPUTS.has(classifyOutput(lock.script).type)) return this.#remember(lock);
      }
    }
    return this.#remember(kind < 2 ? OPEN_LOCK : kind === 2 ? FLEXIBLE_LOCK : chooseLock(source));
  }

  /** The lock of a script: the first that was made, should two have the same. */
  #remember(lock: Lock): Lock {
    const key = Buffer.from(lock.script).toString('latin1');
    const known = this.#locks.get(key);
    if (known === undefined) this.#locks.set(key, lock);
    return known ?? lock;
  }

  /** The coins that a transaction makes at a height. */
  coinsOf(tx: Transaction, height: number, coinbase = false): LockedCoin[] {
    return tx.outputs.flatMap(({ value, scriptPubKey }, vout) => {
      const lock = this.#locks.get(Buffer.from(scriptPubKey).toString('latin1'));
      if (lock === undefined || isUnspendable(scriptPubKey)) return [];
      return [{ outPoint: { txid: tx.txid, vout }, value, lock, height, coinbase }];
    });
  }

  /** Remembers a block that neither node refused. */
  add(block: Block): Place | undefined {
    const before = this.#places.get(toDisplayHex(block.header.prevBlockHash));
    const hash = toDisplayHex(block.header.hash);
    const known = this.#places.get(hash);
    if (before === undefined || known !== undefined) return known;
    const height = before.parent.height + 1;
    const times = [...before.times, block.header.timeSeconds].slice(-MEDIAN_BLOCKS);
    const spent = new Set(block.transactions.slice(1).flatMap(({ inputs }) => inputs.map(({ prevout }) => outPointKey(prevout))));
    const made = block.transactions.flatMap((tx, i) => this.coinsOf(tx, height, i === 0));
    const coins = [...before.coins, ...made].filter(({ outPoint }) => !spent.has(outPointKey(outPoint)));
    const place: Place = {
      parent: { header: block.header, height, medianTimeSeconds: medianOf(times) },
      hash,
      before,
      block,
      coins,
      times,
    };
    this.#places.set(hash, place);
    if (this.#places.size > PLACES_KEPT) for (const old of [...this.#places.keys()].slice(1, 50)) this.#places.delete(old);
    return place;
  }

  /** Flags that scripts of the next block are held to. */
  flagsAfter(place: Place): number {
    return scriptFlagsAt(place.parent.height + 1, this.params.consensus);
  }

  /** Whether blocks after this one may have witnesses. */
  hasSegwit(place: Place): boolean {
    return place.parent.height + 1 >= this.params.consensus.heights.segwit;
  }
}
