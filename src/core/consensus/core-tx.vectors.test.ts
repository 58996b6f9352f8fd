/**
 * Bitcoin Core's tx_valid.json (121 transactions) and tx_invalid.json (93): the rules of the transaction alone, and its scripts under
 * all flags but those a row names, or under exactly those. With every engine.
 */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hex, scriptOfText } from '../../../test/support/core-script-text.ts';
import { engines } from '../../../test/support/secp256k1-engines.ts';
import { describeVectors, readVectorJson } from '../../../test/support/vectors.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import { regtest } from '../params/regtest.ts';
import { fromDisplayHex, type Txid } from '../primitives/ids.ts';
import { decodeTransaction, outPointKey, type Transaction, type TxOutput } from '../primitives/transaction.ts';
import { FLAG, type FlagName, parseFlags } from '../script/flags.ts';
import { type InputScriptError, verifyTransactionScripts } from '../script/verify-script.ts';
import { checkTransaction } from './check-transaction.ts';

const VALID_ROWS = 121;
const INVALID_ROWS = 93;
/** Rows whose transaction breaks a rule without its scripts being run. */
const BAD_TX_ROWS = 9;

const ALL_FLAGS = Object.values(FLAG).reduce((all, flag) => all | flag, 0);
const FLAG_NAMES = Object.keys(FLAG) as FlagName[];

interface Row {
  readonly title: string;
  readonly tx: Transaction;
  readonly spentOutputs: readonly TxOutput[];
  /** `undefined`: the transaction alone is bad. */
  readonly flags: number | undefined;
}

type RawRow = [[string, number, string, number?][], string, string];

function readRows(path: string): Row[] {
  const rows = readVectorJson<(RawRow | [string])[]>(path).filter((row): row is RawRow => row.length > 1);
  return rows.map(([previous, raw, flagNames]) => {
    const outputs = new Map<string, TxOutput>();
    for (const [txid, vout, script, value = 0] of previous) {
      const outPoint = { txid: fromDisplayHex<Txid>(txid)!, vout: vout >>> 0 };
      outputs.set(outPointKey(outPoint), { value: BigInt(value), scriptPubKey: scriptOfText(script) });
    }
    const tx = decodeTransaction(hex(raw));
    const spentOutputs = tx.inputs.map(({ prevout }) => outputs.get(outPointKey(prevout)));
    const flags = flagNames === 'BADTX' ? undefined : parseFlags(flagNames);
    assert.equal(flags === undefined, flagNames === 'BADTX', `unknown flag in ${flagNames}`);
    if (flags !== undefined) assert.ok(!spentOutputs.includes(undefined), `a spent output is missing: ${raw}`);
    return { title: raw, tx, spentOutputs: spentOutputs as TxOutput[], flags };
  });
}

/** The flags with what they need: WITNESS needs P2SH, CLEANSTACK both. */
function filled(flags: number): number {
  if ((flags & FLAG.CLEANSTACK) !== 0) flags |= FLAG.WITNESS;
  if ((flags & FLAG.WITNESS) !== 0) flags |= FLAG.P2SH;
  return flags;
}

/** The flags without those whose needs are not met. */
function trimmed(flags: number): number {
  if ((flags & FLAG.P2SH) === 0) flags &= ~FLAG.WITNESS;
  if ((flags & FLAG.WITNESS) === 0) flags &= ~FLAG.CLEANSTACK;
  return flags;
}

/** For each flag that is set: all the others. */
function withoutEach(flags: number): number[] {
  return FLAG_NAMES.filter((name) => (flags & FLAG[name]) !== 0).map((name) => trimmed(flags & ~FLAG[name]));
}

function run(row: Row, flags: number, engine: Secp256k1): InputScriptError | undefined {
  return verifyTransactionScripts(row.tx, row.spentOutputs, flags, engine);
}

describeVectors('core tx_valid.json', () => {
  for (const engine of engines) {
    it(`accepts each of ${VALID_ROWS} rows, with fewer flags too and never with more, with ${engine.name}`, () => {
      const rows = readRows('core/tx_valid.json');
      assert.equal(rows.length, VALID_ROWS);
      for (const row of rows) {
        assert.equal(checkTransaction(row.tx, regtest.consensus), undefined, row.title);
        const excluded = row.flags!;
        assert.equal(filled(ALL_FLAGS & ~excluded), ALL_FLAGS & ~excluded, `flags without what they need: ${row.title}`);
        assert.equal(run(row, ALL_FLAGS & ~excluded, engine), undefined, row.title);
        for (const name of FLAG_NAMES) assert.equal(run(row, trimmed(ALL_FLAGS & ~(excluded | FLAG[name])), engine), undefined, row.title);
        for (const fewer of withoutEach(excluded)) assert.notEqual(run(row, ALL_FLAGS & ~fewer, engine), undefined, row.title);
      }
    });
  }
});

describeVectors('core tx_invalid.json', () => {
  it(`refuses ${BAD_TX_ROWS} rows without looking at scripts`, () => {
    const rows = readRows('core/tx_invalid.json').filter((row) => row.flags === undefined);
    assert.equal(rows.length, BAD_TX_ROWS);
    for (const { tx, title } of rows) assert.notEqual(checkTransaction(tx, regtest.consensus), undefined, title);
  });

  for (const engine of engines) {
    it(`refuses each of the other rows, with more flags too and never with fewer, with ${engine.name}`, () => {
      const rows = readRows('core/tx_invalid.json').filter((row) => row.flags !== undefined);
      assert.equal(rows.length, INVALID_ROWS - BAD_TX_ROWS);
      for (const row of rows) {
        const flags = row.flags!;
        assert.equal(checkTransaction(row.tx, regtest.consensus), undefined, row.title);
        assert.notEqual(run(row, flags, engine), undefined, row.title);
        for (const name of FLAG_NAMES) assert.notEqual(run(row, filled(flags | FLAG[name]), engine), undefined, row.title);
        for (const fewer of withoutEach(flags)) assert.equal(run(row, fewer, engine), undefined, row.title);
      }
    });
  }
});
