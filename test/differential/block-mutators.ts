/**
 * What can be wrong, or just right, about a block: header, tree, coinbase, commitment, what its transactions are to one another, bytes.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import type { Block, HeaderFields } from '../../src/core/primitives/block.ts';
import { encodeBlock, encodeHeader, makeBlock, makeHeader } from '../../src/core/primitives/block.ts';
import { ByteWriter } from '../../src/core/primitives/byte-writer.ts';
import type { BlockHash, MerkleRoot, Txid } from '../../src/core/primitives/ids.ts';
import { zeroHash } from '../../src/core/primitives/ids.ts';
import type { Transaction, TransactionFields } from '../../src/core/primitives/transaction.ts';
import {
  encodeTransaction,
  encodeTransactionStripped,
  hasWitness,
  makeTransaction,
  NULL_VOUT,
} from '../../src/core/primitives/transaction.ts';
import { unknownHash } from '../support/chain-builder.ts';
import { OPEN_LOCK } from './locks.ts';
import type { BlockChanges, Scene } from './scene.ts';
import { bytesOf, changeCommitment, withCommitment, withOutput, withReward, withScript } from './scene.ts';
import { buildSpend } from './spending.ts';
import type { TransactionMutator } from './transaction-mutators.ts';
import { goodSpend, openSpend, TRANSACTION_MUTATORS } from './transaction-mutators.ts';

/** A block of a scene as bytes; undefined where the scene has not what it takes. */
export interface BlockMutator {
  readonly name: string;
  readonly weight: number;
  make(scene: Scene): Uint8Array | undefined;
}

const changed = (name: string, changes: (scene: Scene) => BlockChanges | undefined, weight = 2): BlockMutator => ({
  name,
  weight,
  make: (scene) => {
    const said = changes(scene);
    return said === undefined ? undefined : bytesOf(scene.build(said));
  },
});

const header = (name: string, fields: (scene: Scene) => Partial<HeaderFields>): BlockMutator =>
  changed(name, (scene) => ({ header: fields(scene) }));

const HEADERS: readonly BlockMutator[] = [
  header('version 0', () => ({ version: 0 })),
  header('version 1', () => ({ version: 1 })),
  header('version 2', () => ({ version: 2 })),
  header('version 3', () => ({ version: 3 })),
  header('the median time', ({ place }) => ({ timeSeconds: place.parent.medianTimeSeconds })),
  header('a second after the median time', ({ place }) => ({ timeSeconds: place.parent.medianTimeSeconds + 1 })),
  header('two hours ahead of the clock', ({ world }) => ({ timeSeconds: world.nowSeconds + 7_200 })),
  header('two hours and a second ahead of the clock', ({ world }) => ({ timeSeconds: world.nowSeconds + 7_201 })),
  header('the last time there is', () => ({ timeSeconds: 0xffffffff })),
  header('another Merkle root', ({ chance }) => ({ merkleRoot: chance.bytes(32) as Uint8Array as MerkleRoot })),
  header('an unknown parent', () => ({ prevBlockHash: unknownHash() })),
  header('no parent', () => ({ prevBlockHash: zeroHash<BlockHash>() })),
  header('bits a little harder', () => ({ bits: 0x207ffffe })),
  ...[0x207fffff + 1, 0x2100ffff, 0, 0x20ffffff, 0x1d00ffff, 0x04923456, 0xff123456, 0x03000000].map((bits) => withBits(bits)),
  { name: 'a hash over the target', weight: 2, make: (scene) => bytesOf(withoutWork(scene.build())) },
];

/** Bits that no hash can be found for, with any nonce. */
function withBits(bits: number): BlockMutator {
  const name = `bits ${bits.toString(16).padStart(8, '0')}`;
  return {
    name,
    weight: 1,
    make: (scene) => {
      const block = scene.build();
      return bytesOf(makeBlock(makeHeader({ ...block.header, bits }), block.transactions));
    },
  };
}

function withoutWork(block: Block): Block {
  for (let nonce = 0; ; nonce++) {
    const tried = makeHeader({ ...block.header, nonce });
    if ((tried.hash[31] as number) >= 0x80) return makeBlock(tried, block.transactions);
  }
}

/** Puts other transactions under a header whose root stays. */
const underSameHeader = (
  name: string,
  change: (transactions: readonly Transaction[], scene: Scene) => readonly Transaction[] | undefined,
): BlockMutator => ({
  name,
  weight: 3,
  make: (scene) => {
    const block = scene.build();
    const transactions = change(block.transactions, scene);
    return transactions === undefined ? undefined : bytesOf(makeBlock(block.header, transactions));
  },
});

/** CVE-2012-2459: repeating a tail whose length is a power of two leaves the root as it was, where the level it ends has an odd length. */
function repeatedTail(transactions: readonly Transaction[]): readonly Transaction[] | undefined {
  let length = 1;
  for (let nodes = transactions.length; nodes > 1; nodes /= 2, length *= 2) {
    if (nodes % 2 === 1) return [...transactions, ...transactions.slice(-length)];
  }
  return undefined;
}

const TREES: readonly BlockMutator[] = [
  underSameHeader('the last transactions twice, under the same root', repeatedTail),
  underSameHeader('the last transaction left out', (all) => all.slice(0, -1)),
  underSameHeader('the last transaction twice', (all) => [...all, all.at(-1) as Transaction]),
  underSameHeader('the transactions in another order', (all) => [all[0] as Transaction, ...all.slice(1).reverse()]),
  changed('the same transaction twice in a row', ({ transactions }) => ({ transactions: transactions.flatMap((tx) => [tx, tx]) })),
  changed('the transactions in another order, with their root', ({ transactions }) => ({ transactions: [...transactions].reverse() }), 4),
];

const script = (name: string, change: (bytes: Uint8Array, scene: Scene) => Uint8Array): BlockMutator =>
  changed(name, (scene) => ({ coinbase: (coinbase) => withScript(coinbase, (bytes) => change(bytes, scene)) }));

const padTo =
  (length: number) =>
  (bytes: Uint8Array): Uint8Array =>
    concatBytes(bytes.subarray(0, length), new Uint8Array(Math.max(0, length - bytes.length)));

/** The height as another number, or in another form. */
function heightScript(height: number, form: 'number' | 'four bytes' | 'a longer push'): Uint8Array {
  const bytes = Uint8Array.of(height & 0xff, (height >> 8) & 0xff, 0, 0);
  if (form === 'four bytes') return concatBytes(Uint8Array.of(4), bytes);
  if (form === 'a longer push') return concatBytes(Uint8Array.of(0x4c, 2), bytes.subarray(0, 2));
  return height < 128 ? Uint8Array.of(1, height) : concatBytes(Uint8Array.of(2), bytes.subarray(0, 2));
}

const reward = (name: string, value: (scene: Scene) => bigint): BlockMutator =>
  changed(name, (scene) => ({ coinbase: (coinbase) => withReward(coinbase, value(scene)) }), 3);

const COINBASES: readonly BlockMutator[] = [
  script('a coinbase script of 1 byte', (bytes) => bytes.subarray(0, 1)),
  script('a coinbase script of 2 bytes', padTo(2)),
  script('a coinbase script of 100 bytes', padTo(100)),
  script('a coinbase script of 101 bytes', padTo(101)),
  script('the height before', (_bytes, { height }) => concatBytes(heightScript(height - 1, 'number'), Uint8Array.of(0))),
  script('the height after', (_bytes, { height }) => concatBytes(heightScript(height + 1, 'number'), Uint8Array.of(0))),
  script('the height in four bytes', (_bytes, { height }) => heightScript(height, 'four bytes')),
  script('the height in a longer push', (_bytes, { height }) => heightScript(height, 'a longer push')),
  script('no height', (_bytes, { chance }) => chance.bytes(20)),
  reward('the whole reward', ({ subsidy, fees }) => subsidy + fees),
  reward('one more than the reward', ({ subsidy, fees }) => subsidy + fees + 1n),
  reward('nothing', () => 0n),
  reward('a negative reward', () => -1n),
  reward('all money', () => 2_100_000_000_000_000n),
  changed('a coinbase without outputs', () => ({ commitment: false, coinbase: (coinbase) => ({ ...coinbase, outputs: [] }) })),
  changed('a coinbase of two inputs', () => ({
    coinbase: (coinbase) => ({ ...coinbase, inputs: [...coinbase.inputs, ...coinbase.inputs] }),
  })),
  changed('a coinbase with a lock time', ({ height }) => ({
    coinbase: (coinbase) => ({ ...coinbase, lockTime: height, inputs: coinbase.inputs.map((input) => ({ ...input, sequence: 0 })) }),
  })),
  changed('two coinbases', (scene) => ({ transactions: [...scene.transactions, withScript1(scene.coinbase)], fees: 0n })),
  underHeaderOf('no coinbase', ([, ...others]) => (others.length === 0 ? undefined : others)),
  underHeaderOf('no coinbase, and a transaction of 64 bytes', (all, scene) => {
    const small = openSpend(scene.place, scene.world, {
      lockTime: 0,
      outputs: [{ value: 0n, scriptPubKey: Uint8Array.of(0x51, 0x61, 0x61, 0x61) }],
    });
    return small === undefined ? undefined : [small.tx, ...all.slice(1)];
  }),
  underHeaderOf('the coinbase behind another', ([first, second, ...others]) =>
    first === undefined || second === undefined ? undefined : [second, first, ...others],
  ),
  underHeaderOf('no transaction', () => []),
];

function withScript1(coinbase: TransactionFields): Transaction {
  return makeTransaction(withScript(coinbase, (bytes) => concatBytes(bytes, Uint8Array.of(1))));
}

/** Other transactions with their root in the header, mined again. */
function underHeaderOf(
  name: string,
  change: (all: readonly Transaction[], scene: Scene) => readonly Transaction[] | undefined,
): BlockMutator {
  return {
    name,
    weight: 2,
    make: (scene) => {
      const all = change(scene.build().transactions, scene);
      return all === undefined ? undefined : bytesOf(scene.withTransactions(all));
    },
  };
}

/** Only blocks with witnesses have something to commit to; a commitment may be there without. */
const committed = (name: string, change: (coinbase: TransactionFields, scene: Scene) => TransactionFields): BlockMutator =>
  changed(name, (scene) => ({ commitment: true, committed: (coinbase) => change(coinbase, scene) }));

function withReserved(coinbase: TransactionFields, witness: readonly Uint8Array[]): TransactionFields {
  return { ...coinbase, inputs: coinbase.inputs.map((input) => ({ ...input, witness })) };
}

const COMMITMENTS: readonly BlockMutator[] = [
  changed('a commitment, needed or not', () => ({ commitment: true })),
  changed('no commitment', () => ({ commitment: false }), 4),
  committed('a bit of the commitment', (coinbase, { chance }) =>
    changeCommitment(coinbase, (bytes) => concatBytes(bytes.subarray(0, 6), chance.bitFlipped(bytes.subarray(6)))),
  ),
  committed('a commitment that is longer', (coinbase) => changeCommitment(coinbase, (bytes) => concatBytes(bytes, Uint8Array.of(1, 2)))),
  committed('a commitment that is shorter', (coinbase) => changeCommitment(coinbase, (bytes) => bytes.subarray(0, -1))),
  committed('a reserved value of 31 bytes', (coinbase) => withReserved(coinbase, [new Uint8Array(31)])),
  committed('a reserved value of 33 bytes', (coinbase) => withReserved(coinbase, [new Uint8Array(33)])),
  committed('two reserved values', (coinbase) => withReserved(coinbase, [new Uint8Array(32), new Uint8Array(32)])),
  committed('no reserved value', (coinbase) => withReserved(coinbase, [])),
  committed('another reserved value', (coinbase) => withReserved(coinbase, [new Uint8Array(32).fill(1)])),
  changed('a commitment with a reserved value of its own', (scene) => ({
    commitment: false,
    committed: (coinbase) => withCommitment(coinbase, scene.transactions, scene.chance.bytes(32)),
  })),
  committed('a wrong commitment behind the right one', (coinbase, { chance }) => withOutput(coinbase, otherCommitment(chance.bytes(32)))),
  changed('a wrong commitment before the right one', ({ chance }) => ({
    commitment: true,
    coinbase: (coinbase) => withOutput(coinbase, otherCommitment(chance.bytes(32))),
  })),
  changed('a witness of the coinbase alone', ({ chance }) => ({
    commitment: false,
    committed: (coinbase) => withReserved(coinbase, [chance.bytes(32)]),
  })),
];

function otherCommitment(hash: Uint8Array): { value: bigint; scriptPubKey: Uint8Array } {
  return { value: 0n, scriptPubKey: concatBytes(Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed), hash) };
}

/** Transactions of one block that have to do with one another, or with the chain. */
const TOGETHER: readonly BlockMutator[] = [
  changed(
    'a coin spent by two',
    ({ place, world, transactions, spends }) => {
      const first = spends[0];
      const again =
        first === undefined
          ? undefined
          : buildSpend({ place, coins: first.coins, outputs: [{ value: 1n, scriptPubKey: OPEN_LOCK.script }] }, world);
      return again === undefined ? undefined : { transactions: [...transactions, again.tx], fees: 0n };
    },
    4,
  ),
  changed(
    'an output spent before it is made',
    (scene) => {
      const made = goodSpend(scene.place, scene.world, [{ value: 1_000n, scriptPubKey: OPEN_LOCK.script }]);
      const [coin] = made === undefined ? [] : scene.world.coinsOf(made.tx, scene.height);
      const spend = coin === undefined ? undefined : buildSpend({ place: scene.place, coins: [coin] }, scene.world);
      return made === undefined || spend === undefined ? undefined : { transactions: [spend.tx, made.tx], fees: 0n };
    },
    4,
  ),
  changed(
    'an output spent in its own block with a relative lock',
    (scene) => {
      const made = goodSpend(scene.place, scene.world, [{ value: 1_000n, scriptPubKey: OPEN_LOCK.script }]);
      const [coin] = made === undefined ? [] : scene.world.coinsOf(made.tx, scene.height);
      const sequences = [scene.chance.pick([0, 1, 0x400000, 0x400001])];
      const spend =
        coin === undefined ? undefined : buildSpend({ place: scene.place, coins: [coin], sequences, lockTime: 0, version: 2 }, scene.world);
      return made === undefined || spend === undefined ? undefined : { transactions: [made.tx, spend.tx], fees: 0n };
    },
    4,
  ),
  changed('the coinbase spent in its own block', (scene) => {
    const coinbase = scene.coinbaseFor([], { fees: 0n });
    const input = { prevout: { txid: coinbase.txid, vout: 0 }, scriptSig: new Uint8Array(), sequence: 0, witness: [] };
    const spend = makeTransaction({ version: 1, inputs: [input], outputs: [{ value: 1n, scriptPubKey: OPEN_LOCK.script }], lockTime: 0 });
    return { transactions: [spend], fees: 0n };
  }),
  changed(
    'a transaction of the block before',
    (scene) => {
      const again = scene.place.block?.transactions[1];
      return again === undefined ? undefined : { transactions: [...scene.transactions, again], fees: 0n };
    },
    3,
  ),
  {
    name: 'a coinbase of before, again',
    weight: 8,
    make: (scene) => {
      // Possible only where coinbases need not say their height: BIP-30 then asks whether its outputs are still there.
      const from = scene.world.at(scene.place, Math.max(1, scene.place.parent.height - scene.chance.below(110))).block;
      const coinbase = from?.transactions[0];
      return coinbase === undefined
        ? undefined
        : bytesOf(scene.withTransactions([withoutWitness(coinbase), ...scene.transactions.filter((tx) => !hasWitness(tx))]));
    },
  },
];

function withoutWitness(tx: Transaction): Transaction {
  return makeTransaction({ ...tx, inputs: tx.inputs.map((input) => ({ ...input, witness: [] })) });
}

/** Any flaw of a transaction, in a block with others. */
const fromTransaction = ({ name, make }: TransactionMutator): BlockMutator =>
  changed(`transaction: ${name}`, (scene) => {
    const spend = make(scene.place, scene.world);
    if (spend === undefined) return undefined;
    // What is beside it must not spend the same.
    const used = new Set(spend.coins.map((coin) => coin.outPoint));
    const others = scene.spends.filter(({ coins }) => coins.every(({ outPoint }) => !used.has(outPoint)));
    const made = new Set(scene.spends.flatMap(({ tx }) => tx.txid));
    const independent = others.filter(({ tx }) => tx.inputs.every(({ prevout }) => ![...made].some((txid) => sameId(txid, prevout.txid))));
    return { transactions: [...independent.map(({ tx }) => tx), spend.tx], fees: 0n };
  });

function sameId(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

const HEADER_BYTES = 80;

/** The bytes of a block of which something about a transaction's bytes is changed. */
const rawTransaction = (name: string, raw: (scene: Scene) => Uint8Array): BlockMutator => ({
  name,
  weight: 1,
  make: (scene) => {
    const block = scene.build({ transactions: [], fees: 0n });
    const bytes = concatBytes(
      encodeHeader(block.header),
      Uint8Array.of(2),
      encodeTransaction(block.transactions[0] as Transaction),
      raw(scene),
    );
    return bytes;
  },
});

const nullInput = (): Uint8Array => new ByteWriter(41).raw(zeroHash<Txid>()).u32(NULL_VOUT).compactSize(0).u32(0).finish();
const emptyOutput = (): Uint8Array => new ByteWriter(9).u64(0n).compactSize(0).finish();

const BYTES: readonly BlockMutator[] = [
  { name: 'a byte too many behind', weight: 1, make: (scene) => bytesOf(scene.build(), Uint8Array.of(0)) },
  { name: 'garbage behind', weight: 1, make: (scene) => bytesOf(scene.build(), scene.chance.bytes(50)) },
  { name: 'cut by a byte', weight: 1, make: (scene) => encodeBlock(scene.build()).subarray(0, -1) },
  { name: 'cut anywhere', weight: 3, make: (scene) => cut(encodeBlock(scene.build()), scene) },
  { name: 'a header alone', weight: 1, make: (scene) => encodeBlock(scene.build()).subarray(0, HEADER_BYTES) },
  { name: 'nothing but garbage', weight: 1, make: ({ chance }) => withoutSign(chance.bytes(chance.below(300))) },
  { name: 'a bit of the bytes', weight: 6, make: (scene) => withoutSign(scene.chance.bitFlipped(encodeBlock(scene.build()))) },
  { name: 'a count in a longer form', weight: 1, make: (scene) => recounted(scene, [0xfd, 1, 0]) },
  { name: 'a count of too many', weight: 1, make: (scene) => recounted(scene, [0xfe, 0xff, 0xff, 0xff, 0xff]) },
  { name: 'a count over all limits', weight: 1, make: (scene) => recounted(scene, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]) },
  rawTransaction('witnesses that are all empty', () =>
    concatBytes(Uint8Array.of(1, 0, 0, 0, 0, 1, 1), nullInput(), Uint8Array.of(1), emptyOutput(), Uint8Array.of(0), new Uint8Array(4)),
  ),
  rawTransaction('an unknown flag', () =>
    concatBytes(Uint8Array.of(1, 0, 0, 0, 0, 2, 1), nullInput(), Uint8Array.of(1), emptyOutput(), new Uint8Array(4)),
  ),
  rawTransaction('no inputs and no flag', () => new Uint8Array(10)),
  rawTransaction('no inputs and an output', () => concatBytes(Uint8Array.of(1, 0, 0, 0, 0, 1), emptyOutput(), new Uint8Array(4))),
];

/** The C++ node of these tests reads no header whose version is negative: a form of its own. */
function withoutSign(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === 3 ? byte & 0x7f : byte));
}

function cut(bytes: Uint8Array, { chance }: Scene): Uint8Array {
  return bytes.subarray(0, chance.below(bytes.length));
}

/** A block of its coinbase alone with another form of the number of its transactions. */
function recounted(scene: Scene, count: readonly number[]): Uint8Array {
  const block = scene.build({ transactions: [], fees: 0n, commitment: false });
  return concatBytes(encodeHeader(block.header), Uint8Array.from(count), encodeTransactionStripped(block.transactions[0] as Transaction));
}

/** All but those that need a block of the greatest size. */
export const BLOCK_MUTATORS: readonly BlockMutator[] = [
  ...HEADERS,
  ...TREES,
  ...COINBASES,
  ...COMMITMENTS,
  ...TOGETHER,
  ...TRANSACTION_MUTATORS.map(fromTransaction),
  ...BYTES,
];
