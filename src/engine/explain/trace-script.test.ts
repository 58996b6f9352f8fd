import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testSecp256k1 } from '../../../test/support/test-chain.ts';
import { concatBytes } from '../../core/base/bytes.ts';
import { sha256 } from '../../core/crypto/sha256.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { MANDATORY_FLAGS } from '../../core/script/flags.ts';
import type { ScriptTrace } from '../ports/explanation.ts';
import { ELEMENT_BYTES_SHOWN_MAX, STACK_ELEMENTS_SHOWN_MAX, STEPS_SHOWN_MAX, traceScript } from './trace-script.ts';

const OP_1 = 0x51;
const OP_DUP = 0x76;
const OP_RETURN = 0x6a;
const OP_NOP = 0x61;

function traceOf(script: Uint8Array, items: readonly Uint8Array[] = []): ScriptTrace | undefined {
  const prevout = { txid: new Uint8Array(32).fill(7) as unknown as Transaction['txid'], vout: 0 };
  const inputs = [{ prevout, scriptSig: new Uint8Array(), sequence: 0, witness: [...items, script] }];
  const tx = makeTransaction({ version: 2, inputs, outputs: [{ value: 1n, scriptPubKey: script }], lockTime: 0 });
  const scriptPubKey = concatBytes(Uint8Array.of(0, 32), sha256(script));
  return traceScript({ tx, inputIndex: 0, spentOutputs: [{ value: 1n, scriptPubKey }], flags: MANDATORY_FLAGS, secp256k1: testSecp256k1 });
}

/** Bytes that all views of a trace show together. */
function bytesShown({ steps, end }: ScriptTrace): number {
  const stacks = [...steps.flatMap(({ stack, altStack }) => [stack, altStack]), ...(end === undefined ? [] : [end])];
  return stacks.flatMap(({ top }) => top).reduce((sum, { bytes }) => sum + bytes.length, 0);
}

describe('the trace of a script', () => {
  it('is nothing where the script holds', () => {
    assert.equal(traceOf(Uint8Array.of(OP_1)), undefined);
  });

  it('keeps the last operations, and says how many there were', () => {
    // Two operations push the program, the rest is the script: one more than is shown.
    const nops = STEPS_SHOWN_MAX - 2;
    const script = concatBytes(new Uint8Array(nops).fill(OP_NOP), Uint8Array.of(OP_RETURN));
    const trace = traceOf(script)!;
    assert.deepEqual([trace.stepCount, trace.steps.length], [STEPS_SHOWN_MAX + 1, STEPS_SHOWN_MAX]);
    assert.deepEqual([trace.steps[0]?.opcode, trace.steps[0]?.role], ['PUSH', 'scriptPubKey']);
    assert.deepEqual([trace.steps.at(-1)?.opcode, trace.steps.at(-1)?.position], ['OP_RETURN', nops]);
    assert.equal(traceOf(script.subarray(1))!.steps.length, STEPS_SHOWN_MAX);
  });

  it('stays bounded with the largest stack of the largest elements', () => {
    const item = new Uint8Array(520).fill(5);
    const script = concatBytes(new Uint8Array(201).fill(OP_DUP));
    const trace = traceOf(script, new Array<Uint8Array>(900).fill(item))!;
    assert.deepEqual([trace.error, trace.steps.length], ['STACK_SIZE', 103]);
    const last = trace.steps.at(-1)!;
    assert.deepEqual([last.stack.count, last.stack.top.length, last.stack.top[0]?.bytes.length], [1_000, STACK_ELEMENTS_SHOWN_MAX, 520]);
    const { top } = trace.steps.at(-2)!.stack;
    assert.deepEqual([top[0]?.sizeBytes, top[0]?.bytes.length], [520, ELEMENT_BYTES_SHOWN_MAX]);
    const most = STEPS_SHOWN_MAX * 2 * STACK_ELEMENTS_SHOWN_MAX * ELEMENT_BYTES_SHOWN_MAX + 3 * STACK_ELEMENTS_SHOWN_MAX * 520;
    assert.ok(bytesShown(trace) <= most && most < 1_100_000);
  });

  it('shows copies: it keeps nothing of the transaction alive', () => {
    const item = new Uint8Array(4_096).subarray(0, 4);
    const trace = traceOf(Uint8Array.of(OP_RETURN), [item])!;
    assert.equal(trace.end?.top[0]?.bytes.buffer.byteLength, 4);
  });
});
