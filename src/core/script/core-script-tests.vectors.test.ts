/**
 * Bitcoin Core's script_tests.json: 1,233 rows of an input script, an output script, flags and the result, with every engine.
 */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hex, scriptOfText } from '../../../test/support/core-script-text.ts';
import { engines } from '../../../test/support/secp256k1-engines.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { describeVectors, readVectorJson } from '../../../test/support/vectors.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import type { Txid } from '../primitives/ids.ts';
import { makeTransaction, NULL_VOUT, type Transaction, type TxOutput } from '../primitives/transaction.ts';
import { FLAG, parseFlags } from './flags.ts';
import { p2trScript } from './output-template.ts';
import type { ScriptError } from './script-error.ts';
import { TAPSCRIPT_LEAF_VERSION, tapleafHash, taprootOutputKey } from './taproot.ts';
import { verifyScript } from './verify-script.ts';

const ROWS = 1_233;
const ROWS_WITH_WITNESS = 113;
const SEQUENCE_FINAL = 0xffffffff;

/** BIP-341's point that nobody knows the key of, which rows with taproot placeholders use. */
const NUMS_KEY = hex('50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0');

interface Row {
  readonly title: string;
  readonly scriptSig: Uint8Array;
  readonly scriptPubKey: Uint8Array;
  readonly witness: readonly Uint8Array[];
  readonly value: bigint;
  readonly flags: number;
  /** `OK` or a `ScriptError`. */
  readonly expected: string;
}

/** The spent transaction's output and the spending transaction, as Core's test builds them. */
function spend(row: Row): { spent: TxOutput; tx: Transaction } {
  const spent = { value: row.value, scriptPubKey: row.scriptPubKey };
  const credit = makeTransaction({
    version: 1,
    inputs: [
      {
        prevout: { txid: new Uint8Array(32) as Txid, vout: NULL_VOUT },
        scriptSig: Uint8Array.of(0, 0),
        sequence: SEQUENCE_FINAL,
        witness: [],
      },
    ],
    outputs: [spent],
    lockTime: 0,
  });
  const tx = makeTransaction({
    version: 1,
    inputs: [{ prevout: { txid: credit.txid, vout: 0 }, scriptSig: row.scriptSig, sequence: SEQUENCE_FINAL, witness: row.witness }],
    outputs: [{ value: row.value, scriptPubKey: new Uint8Array(0) }],
    lockTime: 0,
  });
  return { spent, tx };
}

/** The witness of a row, its taproot placeholders filled in, and the output key they belong to. */
function witnessOf(items: readonly string[], engine: Secp256k1): { witness: Uint8Array[]; outputKey: Uint8Array | undefined } {
  const written = items.find((item) => item.startsWith('#SCRIPT#'));
  if (written === undefined) return { witness: items.map(hex), outputKey: undefined };
  const script = scriptOfText(written.slice('#SCRIPT#'.length));
  const output = taprootOutputKey(engine, NUMS_KEY, tapleafHash(TAPSCRIPT_LEAF_VERSION, script));
  assert.ok(output !== undefined);
  const control = Uint8Array.of(TAPSCRIPT_LEAF_VERSION | output.parity, ...NUMS_KEY);
  const fill = (item: string) => (item === '#CONTROLBLOCK#' ? control : item === written ? script : hex(item));
  return { witness: items.map(fill), outputKey: output.key };
}

function readRows(engine: Secp256k1): Row[] {
  const rows: Row[] = [];
  for (const raw of readVectorJson<unknown[][]>('core/script_tests.json')) {
    if (raw.length === 1) continue;
    const parts = [...raw];
    const [amount, ...items] = Array.isArray(parts[0]) ? [...(parts.shift() as (string | number)[])].reverse() : [0];
    const { witness, outputKey } = witnessOf((items as string[]).reverse(), engine);
    const [scriptSig, scriptPubKey, flagNames, expected] = parts as string[];
    let flags = parseFlags(flagNames!);
    assert.ok(flags !== undefined, `unknown flag in ${flagNames}`);
    if ((flags & FLAG.CLEANSTACK) !== 0) flags |= FLAG.P2SH | FLAG.WITNESS;
    const taproot = scriptPubKey === '0x51 0x20 #TAPROOTOUTPUT#';
    assert.equal(taproot, outputKey !== undefined);
    rows.push({
      title: JSON.stringify(raw),
      scriptSig: scriptOfText(scriptSig!),
      scriptPubKey: outputKey === undefined ? scriptOfText(scriptPubKey!) : p2trScript(outputKey),
      witness,
      value: BigInt(Math.round(Number(amount) * 1e8)),
      flags,
      // The data's name for it is shorter than Core's own.
      expected: expected === 'NULLFAIL' ? 'SIG_NULLFAIL' : expected!,
    });
  }
  return rows;
}

function run(row: Row, flags: number, engine: Secp256k1): ScriptError | undefined {
  const { spent, tx } = spend(row);
  return verifyScript({ tx, inputIndex: 0, spentOutputs: [spent], flags, secp256k1: engine });
}

/** Whether the flags are a set that may be asked for. */
function isPossible(flags: number): boolean {
  if ((flags & FLAG.WITNESS) !== 0 && (flags & FLAG.P2SH) === 0) return false;
  return (flags & FLAG.CLEANSTACK) === 0 || (flags & FLAG.WITNESS) !== 0;
}

describeVectors('core script_tests.json', () => {
  for (const engine of engines) {
    it(`gives the result of each of ${ROWS} rows with ${engine.name}`, () => {
      const rows = readRows(engine);
      assert.equal(rows.length, ROWS);
      assert.equal(rows.filter((row) => row.witness.length > 0).length, ROWS_WITH_WITNESS);
      for (const row of rows) assert.equal(run(row, row.flags, engine) ?? 'OK', row.expected, row.title);
    });
  }

  it('keeps valid rows valid with fewer flags and invalid rows invalid with more', () => {
    const engine = engines[0]!;
    const random = new SeededRandom(1);
    let tried = 0;
    for (const row of readRows(engine)) {
      for (let i = 0; i < 8; i++) {
        const chance = random.below(2 ** 21);
        const valid = row.expected === 'OK';
        const flags = valid ? row.flags & ~chance : row.flags | chance;
        if (!isPossible(flags)) continue;
        tried++;
        assert.equal(run(row, flags, engine) === undefined, valid, `${row.title} with flags ${flags.toString(16)}`);
      }
    }
    assert.ok(tried > 4 * ROWS, `${tried} combinations were possible`);
  });
});
