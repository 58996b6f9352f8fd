import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { OP_TRUE, outputOf, spend } from '../../../test/support/chain-builder.ts';
import { MemoryChain } from '../../../test/support/memory-chain.ts';
import { quickRegtest } from '../../../test/support/test-chain.ts';
import { concatBytes } from '../../core/base/bytes.ts';
import { hash160, sha256, taggedHash } from '../../core/crypto/sha256.ts';
import { regtest } from '../../core/params/regtest.ts';
import { decodeBlock } from '../../core/primitives/block.ts';
import { compactSizeLength } from '../../core/primitives/byte-writer.ts';
import type { Transaction, TxInput, TxOutput } from '../../core/primitives/transaction.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { createInlineVerifier } from '../chain/inline-verifier.ts';
import type { Refused, ScriptTrace, Verdict } from '../ports/explanation.ts';
import { explainAlone, explainTransaction, explainWithOutputs } from './explain-transaction.ts';

let world: MemoryChain;
let engines: { verifier: ReturnType<typeof createInlineVerifier>; secp256k1: MemoryChain['secp256k1'] };

before(async () => {
  world = await MemoryChain.open(quickRegtest);
  engines = { verifier: createInlineVerifier(world), secp256k1: world.secp256k1 };
  await world.mine(6);
});

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.of(...values);
const push = (data: Uint8Array): Uint8Array => concatBytes(bytes(data.length), data);
const PAID: TxOutput = { value: 90_000n, scriptPubKey: concatBytes(bytes(0, 20), new Uint8Array(20)) };

/** A transaction with one input that brings these, and its output. */
function spending(scriptSig: Uint8Array, witness: readonly Uint8Array[] = []): Transaction {
  const prevout = { txid: new Uint8Array(32).fill(7) as unknown as Transaction['txid'], vout: 1 };
  return makeTransaction({ version: 2, inputs: [{ prevout, scriptSig, sequence: 0xffffffff, witness }], outputs: [PAID], lockTime: 0 });
}

function refused(verdict: Verdict): Refused {
  assert.equal(verdict.accepted, false);
  return verdict as Refused;
}

/** The trace of a transaction that spends the script and fails. */
async function traceOf(
  scriptPubKey: Uint8Array,
  scriptSig: Uint8Array,
  witness?: readonly Uint8Array[],
): Promise<ScriptTrace & Pick<Refused, 'validInBlock'>> {
  const verdict = refused(
    await explainWithOutputs(spending(scriptSig, witness), [{ value: 100_000n, scriptPubKey }], { ...engines, params: regtest.consensus }),
  );
  assert.ok(verdict.script !== undefined, verdict.reason);
  assert.equal(verdict.rule, 'A script fails.');
  assert.equal(verdict.source, 'CheckInputScripts, VerifyScript');
  assert.equal(verdict.reason, `mempool-script-verify-flag-failed (${verdict.script.text})`);
  assert.equal(verdict.position.input, 0);
  assert.equal(verdict.position.prevout?.vout, 1);
  return { ...verdict.script, validInBlock: verdict.validInBlock };
}

/** The coinbase of a block. */
async function coinbaseAt(height: number): Promise<Transaction> {
  const node = world.chain.active.at(height)!;
  return decodeBlock(await world.chain.readBlock(node)).transactions[0]!;
}

const now = (tx: Transaction): Promise<Verdict> => explainTransaction(tx, { ...engines, chain: world.chain, mempool: world.mempool });

describe('a transaction alone', () => {
  it('is refused with the rule, its source and the output', () => {
    const outputs = [PAID, { ...PAID, value: -1n }];
    const verdict = refused(explainAlone(makeTransaction({ ...spending(bytes()), outputs }), regtest.consensus));
    assert.deepEqual(
      [verdict.kind, verdict.reason, verdict.rule, verdict.source, verdict.blame],
      ['consensus', 'bad-txns-vout-negative', "An output's value is negative.", 'CheckTransaction, CVE-2010-5139', 'maker'],
    );
    assert.equal(verdict.position.output, 1);
    assert.equal(verdict.position.input, undefined);
    assert.deepEqual(verdict.detail, { index: 1, value: -1n });
  });

  it('is refused with the input where that is wrong', () => {
    const [input] = spending(bytes()).inputs as [TxInput];
    const verdict = refused(explainAlone(makeTransaction({ ...spending(bytes()), inputs: [input, input] }), regtest.consensus));
    assert.deepEqual([verdict.reason, verdict.position.input, verdict.position.prevout], ['bad-txns-inputs-duplicate', 1, input.prevout]);
    assert.match(verdict.source, /CVE-2018-17144/);
  });

  it('is refused by policy without anybody being to blame', () => {
    const verdict = refused(explainAlone(makeTransaction({ ...spending(bytes()), version: 4 }), regtest.consensus));
    assert.deepEqual([verdict.kind, verdict.reason, verdict.blame], ['policy', 'version', 'nobody']);
  });

  it('is accepted with what was looked at', () => {
    const verdict = explainAlone(spending(bytes()), regtest.consensus);
    assert.ok(verdict.accepted);
    assert.deepEqual(verdict.checked, ['alone']);
    assert.match(verdict.unchecked ?? '', /need the coins/);
  });
});

describe('a transaction against chain and mempool', () => {
  it('lacks inputs', async () => {
    const verdict = refused(await now(spending(bytes())));
    assert.deepEqual(
      [verdict.kind, verdict.reason, verdict.position.input, verdict.blame],
      ['missing-inputs', 'bad-txns-inputs-missingorspent', 0, 'nobody'],
    );
  });

  it('spends a coinbase too early', async () => {
    const tx = spend({ inputs: [outputOf(await coinbaseAt(6))], outputs: [PAID] });
    const verdict = refused(await now(tx));
    assert.deepEqual([verdict.kind, verdict.reason, verdict.detail.depth], ['premature', 'bad-txns-premature-spend-of-coinbase', 1]);
  });

  it('spends a script of no known shape', async () => {
    const verdict = refused(await now(spend({ inputs: [outputOf(await coinbaseAt(1))], outputs: [PAID] })));
    assert.deepEqual([verdict.kind, verdict.reason, verdict.position.input], ['policy', 'bad-txns-nonstandard-inputs', 0]);
    assert.match(verdict.source, /BIP-54/);
  });

  it('fails its script, with coins of the chain', async () => {
    const program = sha256(bytes(0x51));
    await world.mine(1, concatBytes(bytes(0, 32), program));
    const coinbase = await coinbaseAt(world.tip.height);
    await world.mine(2);
    const input: TxInput = {
      prevout: { txid: coinbase.txid, vout: 0 },
      ...{ scriptSig: bytes(), sequence: 0xffffffff, witness: [bytes(0x52)] },
    };
    const tx = makeTransaction({ version: 2, inputs: [input], outputs: [PAID], lockTime: 0 });
    const verdict = refused(await now(tx));
    assert.deepEqual(
      [verdict.script?.error, verdict.script?.value, verdict.validInBlock],
      ['WITNESS_PROGRAM_MISMATCH', 5_000_000_000n, false],
    );
    const good = makeTransaction({ ...tx, inputs: [{ ...input, witness: [bytes(0x51)] }] });
    assert.deepEqual(await now(good), { accepted: true, checked: ['alone', 'context', 'coins', 'scripts'], unchecked: undefined });
    assert.equal(world.mempool.size, 0);
  });
});

describe('the trace of a script that fails', () => {
  const key = bytes(2, ...new Uint8Array(32).fill(1));

  it('ends at the operation of a legacy script, with the stacks before it', async () => {
    const script = concatBytes(bytes(0x76, 0xa9), push(new Uint8Array(20).fill(9)), bytes(0x88, 0xac));
    const trace = await traceOf(script, concatBytes(bytes(0x51), push(key)));
    assert.deepEqual(
      trace.steps.map(({ role, offset, opcode }) => `${role} ${offset} ${opcode}`),
      [
        'scriptSig 0 1',
        'scriptSig 1 PUSH',
        'scriptPubKey 0 OP_DUP',
        'scriptPubKey 1 OP_HASH160',
        'scriptPubKey 2 PUSH',
        'scriptPubKey 23 OP_EQUALVERIFY',
      ],
    );
    const last = trace.steps.at(-1)!;
    assert.deepEqual([trace.error, last.error, trace.stepCount], ['EQUALVERIFY', 'EQUALVERIFY', 6]);
    assert.deepEqual(
      last.stack.top.map((element) => element.bytes),
      [bytes(1), key, hash160(key), new Uint8Array(20).fill(9)],
    );
    assert.deepEqual([last.stack.count, trace.end?.count, trace.validInBlock], [4, 3, false]);
  });

  it('goes through the redeem script of P2SH', async () => {
    const redeem = bytes(0x63, 0x51, 0x67, 0x6a, 0x68);
    const trace = await traceOf(concatBytes(bytes(0xa9), push(hash160(redeem)), bytes(0x87)), concatBytes(bytes(0), push(redeem)));
    assert.deepEqual(
      trace.steps.filter(({ role }) => role === 'redeemScript').map(({ opcode, executed }) => [opcode, executed]),
      [
        ['OP_IF', true],
        ['1', false],
        ['OP_ELSE', false],
        ['OP_RETURN', true],
      ],
    );
    assert.equal(trace.error, 'OP_RETURN');
  });

  it('goes through a witness script', async () => {
    const script = bytes(0x51, 0x93, 0x69);
    const trace = await traceOf(concatBytes(bytes(0, 32), sha256(script)), bytes(), [bytes(0x81), script]);
    assert.deepEqual(
      trace.steps.map(({ role, opcode }) => `${role} ${opcode}`),
      ['scriptPubKey 0', 'scriptPubKey PUSH', 'witnessScript 1', 'witnessScript OP_ADD', 'witnessScript OP_VERIFY'],
    );
    assert.deepEqual([trace.error, trace.steps.at(-1)?.stack.top], ['VERIFY', [{ sizeBytes: 0, bytes: bytes() }]]);
  });

  it('goes through a tapscript', async () => {
    const { output, control } = leaf(bytes(0x52, 0x6b, 0xae));
    const trace = await traceOf(output, bytes(), [bytes(0x52, 0x6b, 0xae), control]);
    const last = trace.steps.at(-1)!;
    assert.deepEqual([last.role, last.opcode, last.error], ['tapscript', 'OP_CHECKMULTISIG', 'TAPSCRIPT_CHECKMULTISIG']);
    assert.deepEqual(last.altStack, { count: 1, top: [{ sizeBytes: 1, bytes: bytes(2) }] });
    assert.equal(trace.validInBlock, false);
  });

  it('says where only policy refuses', async () => {
    const script = bytes(0xb9, 0x51);
    const trace = await traceOf(concatBytes(bytes(0, 32), sha256(script)), bytes(), [script]);
    assert.deepEqual([trace.error, trace.validInBlock], ['DISCOURAGE_UPGRADABLE_NOPS', true]);
    assert.ok(trace.flags.includes('DISCOURAGE_UPGRADABLE_NOPS'));
  });

  it('has no operation where none ran', async () => {
    const trace = await traceOf(concatBytes(bytes(0, 32), sha256(bytes(0x51))), bytes(), [bytes(0x52)]);
    assert.deepEqual([trace.error, trace.steps.length, trace.stepCount], ['WITNESS_PROGRAM_MISMATCH', 2, 2]);
  });

  /** A taproot output with one leaf under a key that nobody has. */
  function leaf(script: Uint8Array): { readonly output: Uint8Array; readonly control: Uint8Array } {
    const internal = world.secp256k1.publicKeyOf(new Uint8Array(32).fill(3))!.subarray(1);
    assert.equal(compactSizeLength(script.length), 1);
    const leafHash = taggedHash('TapLeaf', concatBytes(bytes(0xc0, script.length), script));
    const { key: tweaked, parity } = world.secp256k1.tweakXOnly(internal, taggedHash('TapTweak', concatBytes(internal, leafHash)))!;
    return { output: concatBytes(bytes(0x51, 32), tweaked), control: concatBytes(bytes(0xc0 | Number(parity)), internal) };
  }
});

describe('given outputs', () => {
  const params = regtest.consensus;

  it('count as there: amounts and shapes are held against them', async () => {
    const tx = spending(bytes());
    const poor = refused(await explainWithOutputs(tx, [{ value: 80_000n, scriptPubKey: OP_TRUE }], { ...engines, params }));
    assert.deepEqual([poor.reason, poor.detail], ['bad-txns-in-belowout', { valueIn: 80_000n, valueOut: 90_000n }]);
    const odd = refused(await explainWithOutputs(tx, [{ value: 90_000n, scriptPubKey: OP_TRUE }], { ...engines, params }));
    assert.equal(odd.reason, 'bad-txns-nonstandard-inputs');
    const script = bytes(0x51);
    const good = await explainWithOutputs(
      spending(bytes(), [script]),
      [{ value: 90_000n, scriptPubKey: concatBytes(bytes(0, 32), sha256(script)) }],
      { ...engines, params },
    );
    assert.deepEqual([good.accepted, good.accepted && good.checked], [true, ['alone', 'coins', 'scripts']]);
  });
});
