/**
 * A block in the making after some place: what the mutators change, and what they build from.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { blockSubsidy } from '../../src/core/consensus/subsidy.ts';
import { findWitnessCommitmentIndex, witnessCommitment, witnessCommitmentOutput } from '../../src/core/consensus/witness-commitment.ts';
import type { Block, HeaderFields } from '../../src/core/primitives/block.ts';
import { encodeBlock, makeBlock } from '../../src/core/primitives/block.ts';
import type { Transaction, TransactionFields, TxOutput } from '../../src/core/primitives/transaction.ts';
import { hasWitness, makeTransaction } from '../../src/core/primitives/transaction.ts';
import { transactionSigopsCost } from '../../src/core/script/sigops.ts';
import { buildCoinbase, mineHeader, rootOf } from '../support/chain-builder.ts';
import type { Chance } from './chance.ts';
import type { Spend } from './spending.ts';
import { randomSpends } from './spending.ts';
import type { Place, World } from './world.ts';

/** What differs from the block that the scene would build. */
export interface BlockChanges {
  /** Behind the coinbase. */
  readonly transactions?: readonly Transaction[];
  /** Of those transactions, what the coinbase may claim. */
  readonly fees?: bigint;
  /** Before a commitment is added to it. */
  readonly coinbase?: (coinbase: TransactionFields) => TransactionFields;
  /** After the commitment was added to it. */
  readonly committed?: (coinbase: TransactionFields) => TransactionFields;
  /** Whether it has a commitment; where there are witnesses it has one unless said otherwise. */
  readonly commitment?: boolean;
  readonly header?: Partial<HeaderFields>;
}

/** A block by chance after a place. */
export class Scene {
  readonly world: World;
  readonly place: Place;
  readonly spends: readonly Spend[];
  /** Time of the block. */
  readonly timeSeconds: number;
  readonly #coinbase: Transaction;

  constructor(world: World, place: Place, spendCount: number = world.chance.below(7)) {
    const { chance } = world;
    this.world = world;
    this.place = place;
    this.spends = randomSpends(place, world, spendCount);
    this.timeSeconds = chooseTime(world, place);
    const fees = chance.oneIn(4) ? 0n : this.fees;
    const coinbaseScript = world.makeLock(place).script;
    this.#coinbase = buildCoinbase({ parent: place.parent, params: world.params, fees, coinbaseScript, extra: chance.bytes(4) });
  }

  get chance(): Chance {
    return this.world.chance;
  }

  get height(): number {
    return this.place.parent.height + 1;
  }

  get fees(): bigint {
    return this.spends.reduce((sum, { fee }) => sum + fee, 0n);
  }

  get subsidy(): bigint {
    return blockSubsidy(this.height, this.world.params.consensus);
  }

  get transactions(): readonly Transaction[] {
    return this.spends.map(({ tx }) => tx);
  }

  /** The coinbase without a commitment. */
  get coinbase(): Transaction {
    return this.#coinbase;
  }

  /** The block, with changes, and with work. */
  build(changes: BlockChanges = {}): Block {
    const others = changes.transactions ?? this.transactions;
    return this.withTransactions([this.coinbaseFor(others, changes), ...others], changes.header);
  }

  /** A block of these very transactions, whatever they are. */
  withTransactions(list: readonly Transaction[], header: Partial<HeaderFields> = {}): Block {
    const { params } = this.world;
    const fields: HeaderFields = {
      version: this.chance.pick([4, 0x20000000, 0x3fffffff, 0x7fffffff]),
      prevBlockHash: this.place.parent.header.hash,
      merkleRoot: rootOf(list),
      timeSeconds: this.timeSeconds,
      bits: params.consensus.pow.bits,
      nonce: 0,
      ...header,
    };
    return makeBlock(mineHeader(fields, params.consensus), list);
  }

  /** The coinbase that goes with transactions. */
  coinbaseFor(others: readonly Transaction[], changes: BlockChanges): Transaction {
    const { fees, coinbase = same, committed = same } = changes;
    const claimed = fees === undefined ? this.#coinbase : withReward(this.#coinbase, this.subsidy + fees);
    const bare = makeTransaction(coinbase(claimed));
    if (!(changes.commitment ?? others.some(hasWitness))) return makeTransaction(committed(bare));
    return makeTransaction(committed(withCommitment(bare, others)));
  }

  /** What the block's signature operations cost, its coinbase included. */
  sigopsCost(block: Block): number {
    const flags = this.world.flagsAfter(this.place);
    const known = new Map(this.spends.map(({ tx, spent }) => [tx, spent] as const));
    return block.transactions.reduce((sum, tx) => sum + transactionSigopsCost(tx, known.get(tx) ?? [], flags), 0);
  }
}

const same = (fields: TransactionFields): TransactionFields => fields;

/** The first output pays something else. */
export function withReward(coinbase: TransactionFields, value: bigint): Transaction {
  const [first, ...rest] = coinbase.outputs as [TxOutput, ...TxOutput[]];
  return makeTransaction({ ...coinbase, outputs: [{ ...first, value }, ...rest] });
}

/** A coinbase with the commitment to the witnesses of the others, and the reserved value that goes into it. */
export function withCommitment(
  coinbase: TransactionFields,
  others: readonly Transaction[],
  reserved: Uint8Array = new Uint8Array(32),
): Transaction {
  const inputs = coinbase.inputs.map((input) => ({ ...input, witness: [reserved] }));
  const placed = makeTransaction({ ...coinbase, inputs });
  const output = witnessCommitmentOutput(witnessCommitment([placed, ...others], reserved));
  return makeTransaction({ ...placed, outputs: [...placed.outputs, output] });
}

/** The commitment's output changed. */
export function changeCommitment(coinbase: TransactionFields, change: (script: Uint8Array) => Uint8Array): TransactionFields {
  const at = findWitnessCommitmentIndex(makeTransaction(coinbase));
  const outputs = coinbase.outputs.map((output, i) => (i === at ? { ...output, scriptPubKey: change(output.scriptPubKey) } : output));
  return { ...coinbase, outputs };
}

/** More bytes at the end of the coinbase's script, whatever they are. */
export function withScript(coinbase: TransactionFields, change: (script: Uint8Array) => Uint8Array): TransactionFields {
  return { ...coinbase, inputs: coinbase.inputs.map((input) => ({ ...input, scriptSig: change(input.scriptSig) })) };
}

/** Another output at the end. */
export function withOutput(tx: TransactionFields, output: TxOutput): TransactionFields {
  return { ...tx, outputs: [...tx.outputs, output] };
}

/** A valid time, sometimes the first or the last that is. */
function chooseTime({ chance, nowSeconds }: World, { parent }: Place): number {
  const first = parent.medianTimeSeconds + 1;
  const last = nowSeconds + 7_200;
  const kind = chance.below(12);
  if (kind === 0) return first;
  if (kind === 1) return last;
  return Math.min(Math.max(parent.header.timeSeconds + chance.between(-300, 900), first), last);
}

/** Bytes of a block, with what is wrong about the bytes themselves. */
export function bytesOf(block: Block, ...behind: readonly Uint8Array[]): Uint8Array {
  return concatBytes(encodeBlock(block), ...behind);
}
