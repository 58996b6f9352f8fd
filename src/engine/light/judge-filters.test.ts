import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hash160, sha256 } from '../../core/crypto/sha256.ts';
import { BasicFilterBuilder, basicFilter } from '../../core/filters/basic-filter.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { Block } from '../../core/primitives/block.ts';
import { makeBlock } from '../../core/primitives/block.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { makeTransaction, type TxInput } from '../../core/primitives/transaction.ts';
import { p2pkhScript, p2shScript, p2wpkhScript, p2wshScript } from '../../core/script/output-template.ts';
import { judgeFilters } from './judge-filters.ts';
import { spentScriptOf } from './spent-script.ts';

const NONE = new Uint8Array();
const KEY = Uint8Array.of(2, ...new Uint8Array(32).fill(7));
const SIGNATURE = Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1, 1);
const SCHNORR = new Uint8Array(64).fill(9);
const REDEEM = Uint8Array.of(0x51, 0x52, 0x93);
const OUT = Uint8Array.of(0x51, 0x01, 0x02);

const push = (bytes: Uint8Array): Uint8Array => Uint8Array.of(bytes.length, ...bytes);
const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

type Shown = Pick<TxInput, 'scriptSig' | 'witness'>;

/** Inputs by what they spend, and the script of that where they show it. */
const INPUTS: readonly (readonly [what: string, shown: Shown, script: Uint8Array | undefined])[] = [
  ['P2PKH', { scriptSig: join(push(SIGNATURE), push(KEY)), witness: [] }, p2pkhScript(hash160(KEY))],
  ['P2SH', { scriptSig: join(push(SIGNATURE), push(REDEEM)), witness: [] }, p2shScript(hash160(REDEEM))],
  [
    'P2WPKH in P2SH',
    { scriptSig: push(p2wpkhScript(hash160(KEY))), witness: [SIGNATURE, KEY] },
    p2shScript(hash160(p2wpkhScript(hash160(KEY)))),
  ],
  ['P2WPKH', { scriptSig: NONE, witness: [SIGNATURE, KEY] }, p2wpkhScript(hash160(KEY))],
  ['P2WSH', { scriptSig: NONE, witness: [SIGNATURE, REDEEM] }, p2wshScript(sha256(REDEEM))],
  ['P2WSH of one item', { scriptSig: NONE, witness: [REDEEM] }, p2wshScript(sha256(REDEEM))],
  ['P2TR by its key', { scriptSig: NONE, witness: [SCHNORR] }, undefined],
  ['P2TR by a script', { scriptSig: NONE, witness: [SCHNORR, REDEEM, Uint8Array.of(0xc0, ...new Uint8Array(32))] }, undefined],
  ['P2TR with an annex', { scriptSig: NONE, witness: [SCHNORR, Uint8Array.of(0x50, 1)] }, undefined],
  ['a bare key', { scriptSig: push(SIGNATURE), witness: [] }, undefined],
  ['bare multisig', { scriptSig: join(Uint8Array.of(0), push(SIGNATURE), push(SIGNATURE)), witness: [] }, undefined],
  ['anything without a signature', { scriptSig: NONE, witness: [] }, undefined],
  ['an operation in the script signature', { scriptSig: Uint8Array.of(0x51, 0x76), witness: [] }, undefined],
  ['a push that is not whole', { scriptSig: Uint8Array.of(0x4b, 1), witness: [] }, undefined],
];

/** A block with a coinbase and a transaction that spends coins of other blocks. */
function blockOf(inputs: readonly Shown[]): Block {
  const txid = new Uint8Array(32).fill(5) as unknown as Txid;
  const spender = makeTransaction({
    version: 2,
    inputs: inputs.map((shown, vout) => ({ ...shown, prevout: { txid, vout }, sequence: 0 })),
    outputs: [
      { value: 1n, scriptPubKey: OUT },
      { value: 0n, scriptPubKey: Uint8Array.of(0x6a, 1, 1) },
      { value: 0n, scriptPubKey: NONE },
    ],
    lockTime: 0,
  });
  return makeBlock(regtest.genesis.header, [regtest.genesis.transactions[0]!, spender]);
}

/** A filter of these scripts and no others. */
function filterOf(block: Block, scripts: readonly Uint8Array[]): Uint8Array {
  const builder = new BasicFilterBuilder(block.header.hash);
  for (const script of scripts) builder.addSpent(script);
  return builder.finish();
}

const [COINBASE] = regtest.genesis.transactions[0]!.outputs.map(({ scriptPubKey }) => scriptPubKey);
const OTHER = Uint8Array.of(0x54, 0x54);

describe('the script that an input spends', () => {
  for (const [what, shown, script] of INPUTS) {
    it(`${script === undefined ? 'is not known' : 'is known'} of ${what}`, () => assert.deepEqual(spentScriptOf(shown), script));
  }
});

describe('judging filters', () => {
  const spent = p2wpkhScript(hash160(KEY));
  const plain = blockOf([{ scriptSig: NONE, witness: [SIGNATURE, KEY] }]);
  const right = basicFilter(plain, [spent]);
  const taproot = blockOf([{ scriptSig: NONE, witness: [SCHNORR] }]);

  it('refutes one that lacks an output, and one that cannot be read, whatever it stands against', () => {
    assert.deepEqual(judgeFilters(plain, [filterOf(plain, [OUT, spent])]), ['refuted']);
    assert.deepEqual(judgeFilters(plain, [right, filterOf(plain, [COINBASE!, spent])]), ['open', 'refuted']);
    assert.deepEqual(judgeFilters(plain, [NONE, right.subarray(0, right.length - 2), Uint8Array.of(0xfe, 0, 0, 0, 0x10)]), [
      'refuted',
      'refuted',
      'refuted',
    ]);
  });

  it('refutes one with more scripts than a block can give it: as many are open, one more is not', () => {
    assert.deepEqual(judgeFilters(taproot, [filterOf(taproot, [COINBASE!, OUT, OTHER])]), ['open']);
    assert.deepEqual(judgeFilters(taproot, [filterOf(taproot, [COINBASE!, OUT, OTHER, spent])]), ['refuted']);
  });

  it('refutes one that lacks a spent script which the input shows, but only in favour of one that has it', () => {
    const without = filterOf(plain, [COINBASE!, OUT]);
    assert.deepEqual(judgeFilters(plain, [without, right]), ['refuted', 'open']);
    const dressedUp = filterOf(plain, [COINBASE!, OUT, OTHER]);
    assert.deepEqual(judgeFilters(plain, [dressedUp]), ['open']);
    assert.deepEqual(judgeFilters(plain, [without, dressedUp]), ['open', 'open']);
  });

  it('refutes it also where another input shows nothing of what it spends', () => {
    const mixed = blockOf([
      { scriptSig: NONE, witness: [SIGNATURE, KEY] },
      { scriptSig: NONE, witness: [SCHNORR] },
    ]);
    const [whole, lacking] = [filterOf(mixed, [COINBASE!, OUT, spent, OTHER]), filterOf(mixed, [COINBASE!, OUT, OTHER])];
    assert.deepEqual(judgeFilters(mixed, [whole, lacking]), ['open', 'refuted']);
  });

  it('refutes one with a foreign script, for which inputs of the same script leave room, where the right one is there', () => {
    const twice = blockOf([
      { scriptSig: NONE, witness: [SIGNATURE, KEY] },
      { scriptSig: NONE, witness: [SIGNATURE, KEY] },
    ]);
    const more = filterOf(twice, [COINBASE!, OUT, spent, OTHER]);
    assert.deepEqual(judgeFilters(twice, [more]), ['open']);
    assert.deepEqual(judgeFilters(twice, [more, filterOf(twice, [COINBASE!, OUT, spent])]), ['refuted', 'open']);
  });

  it('leaves open what a taproot input spends', () => {
    const filters = [filterOf(taproot, [COINBASE!, OUT]), filterOf(taproot, [COINBASE!, OUT, OTHER]), filterOf(taproot, [OUT])];
    assert.deepEqual(judgeFilters(taproot, filters), ['open', 'open', 'refuted']);
  });

  it('knows the script of a coin that the block itself makes, also of taproot', () => {
    const made = makeTransaction({ ...plain.transactions[1]!, outputs: [{ value: 1n, scriptPubKey: OTHER }] });
    const spender = makeTransaction({
      ...made,
      inputs: [{ ...made.inputs[0]!, prevout: { txid: made.txid, vout: 0 }, witness: [SCHNORR] }],
      outputs: [{ value: 1n, scriptPubKey: Uint8Array.of(0x6a) }],
    });
    const block = makeBlock(plain.header, [plain.transactions[0]!, made, spender]);
    const filters = [basicFilter(block, [spent, OTHER]), filterOf(block, [COINBASE!, OTHER, spent, OUT])];
    assert.deepEqual(judgeFilters(block, filters), ['open', 'refuted']);
  });
});
