/**
 * Transactions that must not be passed on.
 *
 * Whether one is refused shows in what others hear: an honest payment that comes after it is announced, it is not, and nobody can have it.
 *
 * @module
 */

import { bytesEqual } from '../../core/base/bytes.ts';
import { encodeDer, parseLaxDer } from '../../core/crypto/der.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { zeroHash } from '../../core/primitives/ids.ts';
import type { Transaction, TxInput } from '../../core/primitives/transaction.ts';
import { makeTransaction, NULL_VOUT } from '../../core/primitives/transaction.ts';
import type { KeyCoin } from '../../core/signing/single-key.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { Attack } from '../attack.ts';
import { sight, Unclear } from '../attack.ts';
import { OP_TRUE } from '../build-block.ts';
import type { Link } from '../link.ts';
import type { Scene } from '../scene.ts';

/** Announcements wait for a turn that comes by chance: five seconds on average. */
const HEARING_MS_MAX = 90_000;

/** Of what an honest payment pays. */
export const FEE = 10_000n;

/** Whether a transaction was announced on a connection. */
export function isAnnounced(link: Link, { txid, wtxid }: Transaction): boolean {
  return link.of('inv').some(({ items }) => items.some(({ hash }) => bytesEqual(hash, wtxid) || bytesEqual(hash, txid)));
}

/** Waits until a transaction is announced on a connection. */
export async function hears(link: Link, tx: Transaction, limitMs: number = HEARING_MS_MAX): Promise<boolean> {
  return (await link.waitFor(() => (isAnnounced(link, tx) ? true : undefined), limitMs)) === true;
}

/** Asks for a transaction. @returns whether it comes */
export async function isServed(link: Link, { wtxid }: Transaction): Promise<boolean> {
  const before = link.of('tx').length;
  link.send({ type: 'getdata', items: [{ kind: INVENTORY.wtx, hash: wtxid }] });
  await link.settled();
  return link.of('tx').length > before;
}

/** A payment of a coin to its owner. */
export function payment({ purse }: Scene, { value, ...coin }: KeyCoin, fee = FEE): Transaction {
  return purse.spend([{ ...coin, value }], [purse.output(value - fee)]);
}

/** One row. */
interface BadTransaction extends Pick<Attack, 'name' | 'rows' | 'cves' | 'what'> {
  /** What is sent, in order; the last must not be passed on. */
  make(scene: Scene, coin: KeyCoin): readonly Transaction[] | Promise<readonly Transaction[]>;
}

function badTransaction({ make, ...about }: BadTransaction): Attack {
  return {
    ...{ ...about, expected: 'R', needs: 'blocks', bound: 'an honest payment that comes then is passed on, this is not' },
    play: async (scene) => {
      const [spent, control] = (await scene.fund(2)) as [KeyCoin, KeyCoin];
      const sent = await make(scene, spent);
      const [attacker, sender, watcher] = [await scene.meetQuiet(), await scene.meetQuiet('honest'), await scene.meetQuiet('honest')];
      const honest = payment(scene, control);
      scene.begin();
      for (const tx of sent) attacker.send({ type: 'tx', tx });
      await attacker.settled();
      sender.send({ type: 'tx', tx: honest });
      if (!(await hears(watcher, honest))) throw new Unclear('the target does not pass on an honest payment');
      const bad = sent.at(-1) as Transaction;
      if (isAnnounced(watcher, bad)) return sight('it is passed on');
      if (await isServed(watcher, bad)) return sight('it can be had from the target');
      return sight('it is not passed on, the honest one is', 'R', attacker.over === undefined ? undefined : 'D');
    },
  };
}

const MAX_INT64 = 2n ** 63n - 1n;
const NOTHING_SPENT: KeyCoin = { outPoint: { txid: zeroHash<Txid>(), vout: NULL_VOUT }, value: 1_000n };

/** Order of the curve: s and its negative are both signatures. */
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

function bytesOf(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * (31 - i))) & 255n));
}

/** A payment with its first signature made again; the id stays. */
function resigned(tx: Transaction, change: (signature: Uint8Array) => Uint8Array): Transaction {
  const [input, ...rest] = tx.inputs as [TxInput];
  const [signature, key] = input.witness as [Uint8Array, Uint8Array];
  return makeTransaction({ ...tx, inputs: [{ ...input, witness: [change(signature), key] }, ...rest] });
}

/** The other s of the same signature. */
function highS(signature: Uint8Array): Uint8Array {
  const compact = parseLaxDer(signature.subarray(0, -1)) as Uint8Array;
  const s = compact.subarray(32).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return Uint8Array.of(...encodeDer(Uint8Array.of(...compact.subarray(0, 32), ...bytesOf(CURVE_ORDER - s))), 1);
}

const ROWS: readonly BadTransaction[] = [
  {
    ...{ name: 'tx-spends-input-twice', rows: ['C1', 'S2'], cves: ['CVE-2018-17144'] },
    what: 'sends a transaction that names one coin twice',
    make: ({ purse }, coin) => [purse.spend([coin, coin], [purse.output(coin.value * 2n - FEE)])],
  },
  {
    ...{ name: 'tx-double-spend', rows: ['S3', 'T10', 'T4'] },
    what: 'sends a second payment of a coin, which pays no more than the first',
    make: (scene, coin) => [
      payment(scene, coin),
      scene.purse.spend([coin], [{ value: coin.value - FEE, scriptPubKey: scene.purse.script }], { lockTime: 1 }),
    ],
  },
  {
    ...{ name: 'tx-coinbase', rows: ['S4'] },
    what: 'sends a coinbase as a transaction',
    make: (scene) => [scene.build().transactions[0] as Transaction],
  },
  {
    ...{ name: 'tx-coinbase-input', rows: ['S4'] },
    what: 'sends a payment that has the input of a coinbase in it',
    make: ({ purse }, coin) => [purse.spend([coin, NOTHING_SPENT], [purse.output(coin.value * 2n)])],
  },
  {
    ...{ name: 'tx-negative-output', rows: ['S5'] },
    what: 'sends a payment with a negative output, which makes room for a larger one',
    make: ({ purse }, coin) => [purse.spend([coin], [purse.output(-1_000n), purse.output(coin.value - FEE)])],
  },
  {
    ...{ name: 'tx-output-overflow', rows: ['C2'], cves: ['CVE-2010-5139'] },
    what: 'sends a payment whose outputs run over 64 bits and sum up to a little',
    make: ({ purse }, coin) => [
      purse.spend(
        [coin],
        [MAX_INT64, MAX_INT64, 2n].map((value) => purse.output(value)),
      ),
    ],
  },
  {
    ...{ name: 'tx-makes-coins', rows: ['C2'] },
    what: 'sends a payment that pays more than it spends',
    make: ({ purse }, coin) => [purse.spend([coin], [purse.output(coin.value + 1n)])],
  },
  {
    ...{ name: 'tx-unsigned-outputs', rows: ['S1'] },
    what: 'sends a payment whose outputs were changed under its signature',
    make: (scene, coin) => [makeTransaction({ ...payment(scene, coin), outputs: [{ value: coin.value - FEE, scriptPubKey: OP_TRUE }] })],
  },
  {
    ...{ name: 'tx-64-bytes', rows: ['C4'], cves: ['CVE-2017-12842'] },
    what: 'sends a payment of 64 bytes without its witness, which could pass for an inner node of a Merkle tree',
    make: ({ purse }, coin) => [purse.spend([coin], [{ value: 0n, scriptPubKey: Uint8Array.of(0x6a, 2, 1, 2) }])],
  },
  {
    ...{ name: 'tx-high-s', rows: ['T8'] },
    what: 'sends a payment with the high twin of its signature',
    make: (scene, coin) => [resigned(payment(scene, coin), highS)],
  },
  {
    ...{ name: 'tx-not-der', rows: ['T8'] },
    what: 'sends a payment whose signature is no DER: a byte stands behind it',
    make: (scene, coin) => [resigned(payment(scene, coin), (signature) => Uint8Array.of(...signature.subarray(0, -1), 0, 1))],
  },
  {
    ...{ name: 'tx-not-final', rows: ['T11'] },
    what: 'sends a payment that waits for a height a hundred blocks away',
    make: ({ chain, purse }, coin) => [
      purse.spend([coin], [purse.output(coin.value - FEE)], { lockTime: chain.tip.height + 100, sequence: 0 }),
    ],
  },
  {
    ...{ name: 'tx-dust', rows: ['T7'] },
    what: 'sends a payment with an output of one base unit',
    make: ({ purse }, coin) => [purse.spend([coin], [purse.output(coin.value - FEE), purse.output(1n)])],
  },
  {
    ...{ name: 'tx-immature-spend', rows: ['C11'] },
    what: 'sends a payment with the reward of the last block',
    make: async (scene) => {
      const [{ transactions }] = (await scene.mine(1)) as [Block];
      const [coinbase] = transactions as [Transaction];
      return [payment(scene, { outPoint: { txid: coinbase.txid, vout: 0 }, value: coinbase.outputs[0]?.value ?? 0n })];
    },
  },
];

/** Single transactions. */
export const TRANSACTION_ATTACKS: readonly Attack[] = ROWS.map(badTransaction);
