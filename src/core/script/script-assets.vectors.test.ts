/**
 * The taproot assets of Bitcoin Core's script_assets_test, as a development dependency ships them: real signatures over 2,243 spends,
 * each valid, and 1,492 of them with a twin that is not. With every engine.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { hex } from '../../../test/support/core-script-text.ts';
import { engines } from '../../../test/support/secp256k1-engines.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import { ByteReader } from '../primitives/byte-reader.ts';
import { decodeTransaction, type TransactionFields, type TxOutput } from '../primitives/transaction.ts';
import { FLAG, MANDATORY_FLAGS, parseFlags } from './flags.ts';
import type { ScriptError } from './script-error.ts';
import { verifyScript } from './verify-script.ts';

const CASES = 2_243;
const CASES_WITH_FAILURE = 1_492;

interface InputData {
  readonly scriptSig: string;
  readonly witness: readonly string[];
}

interface Case {
  readonly tx: string;
  readonly prevouts: readonly string[];
  readonly index: number;
  readonly flags: string;
  readonly comment: string;
  readonly success: InputData;
  readonly failure?: InputData;
  /** True where no soft fork to come may change the result. */
  readonly final?: boolean;
}

function readCases(): Case[] {
  const root = dirname(createRequire(import.meta.url).resolve('bitcore-lib/package.json'));
  return JSON.parse(readFileSync(join(root, 'test/data/bitcoind/script_assets_test.json'), 'utf8')) as Case[];
}

function readOutput(text: string): TxOutput {
  const reader = new ByteReader(hex(text));
  const output = { value: reader.i64('value'), scriptPubKey: reader.varBytes({ what: 'script' }) };
  reader.end('output');
  return output;
}

/** The transaction with what the case puts into its input. Its ids play no part in scripts, so they are not computed again. */
function withInput(tx: TransactionFields, index: number, data: InputData): TransactionFields {
  const inputs = tx.inputs.map((input, i) =>
    i === index ? { ...input, scriptSig: hex(data.scriptSig), witness: data.witness.map(hex) } : input,
  );
  return { ...tx, inputs };
}

/** The sets of consensus flags that a block can be held to, one for each soft fork. */
function flagSets(): number[] {
  const sets: number[] = [];
  const members = [FLAG.P2SH, FLAG.DERSIG, FLAG.CHECKLOCKTIMEVERIFY, FLAG.CHECKSEQUENCEVERIFY, FLAG.WITNESS | FLAG.NULLDUMMY, FLAG.TAPROOT];
  let flags = 0;
  for (const member of members) {
    flags |= member;
    sets.push(flags);
  }
  assert.equal(flags, MANDATORY_FLAGS);
  return [0, ...sets];
}

const FLAG_SETS = flagSets();

/** Runs one case as Core does: valid under its flags and under fewer, or under any if it is final; its twin invalid under its flags and under more. */
function runCase(each: Case, engine: Secp256k1): void {
  const tx = decodeTransaction(hex(each.tx));
  const spentOutputs = each.prevouts.map(readOutput);
  const caseFlags = parseFlags(each.flags);
  assert.ok(caseFlags !== undefined);
  const run = (data: InputData, flags: number): ScriptError | undefined =>
    verifyScript({ tx: withInput(tx, each.index, data), inputIndex: each.index, spentOutputs, flags, secp256k1: engine });
  for (const flags of FLAG_SETS) {
    if (each.final === true || (caseFlags & flags) === flags) assert.equal(run(each.success, flags), undefined, each.comment);
    if (each.failure !== undefined && (caseFlags & flags) === caseFlags) {
      assert.notEqual(run(each.failure, flags), undefined, each.comment);
    }
  }
}

describe('core script_assets_test.json', () => {
  for (const engine of engines) {
    it(`accepts ${CASES} spends and refuses ${CASES_WITH_FAILURE} twins with ${engine.name}`, () => {
      const cases = readCases();
      assert.equal(cases.length, CASES);
      assert.equal(cases.filter((each) => each.failure !== undefined).length, CASES_WITH_FAILURE);
      for (const each of cases) runCase(each, engine);
    });
  }
});
