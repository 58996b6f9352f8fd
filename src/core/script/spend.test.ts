/**
 * Witness programs and what surrounds them, each rule at its limit and one past it. The rest is proven by Core's vectors.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hex, scriptOfText } from '../../../test/support/core-script-text.ts';
import { concatBytes } from '../base/bytes.ts';
import { hash160, sha256 } from '../crypto/sha256.ts';
import { FLAG, MANDATORY_FLAGS, STANDARD_FLAGS } from './flags.ts';
import { OP } from './opcodes.ts';
import { anchorScript, p2shScript, p2trScript, p2wpkhScript, p2wshScript, witnessProgramScript } from './output-template.ts';
import type { ScriptError } from './script-error.ts';
import { encodePush } from './script-writer.ts';
import type { SignatureChecker } from './signature-checker.ts';
import { type SpendContext, verifySpend } from './spend.ts';
import type { TraceStep } from './trace.ts';

const NOTHING = new Uint8Array(0);
const KEY = new Uint8Array(32).fill(2);

/** Finds every signature good and every lock time met. */
const yes: SignatureChecker = {
  checkEcdsa: () => true,
  checkSchnorr: () => undefined,
  checkLockTime: () => true,
  checkSequence: () => true,
};

/** An engine for which every output key commits to every leaf. */
const commitsToAll = { checkTweak: () => true };

function spend(context: Partial<SpendContext> & Pick<SpendContext, 'scriptPubKey'>): ScriptError | undefined {
  return verifySpend({ scriptSig: NOTHING, witness: [], flags: MANDATORY_FLAGS, checker: yes, secp256k1: commitsToAll, ...context });
}

/** Spends a P2WSH output of the script. */
function spendScriptHash(script: Uint8Array, items: readonly Uint8Array[] = [], flags: number = MANDATORY_FLAGS): ScriptError | undefined {
  return spend({ scriptPubKey: p2wshScript(sha256(script)), witness: [...items, script], flags });
}

/** Spends a leaf of a taproot output. */
function spendLeaf(
  script: Uint8Array,
  items: readonly Uint8Array[] = [],
  options: { flags?: number; version?: number } = {},
): ScriptError | undefined {
  const controlBlock = concatBytes(Uint8Array.of(options.version ?? 0xc0), KEY);
  return spend({ scriptPubKey: p2trScript(KEY), witness: [...items, script, controlBlock], flags: options.flags ?? MANDATORY_FLAGS });
}

describe('an input without witness program', () => {
  it('must leave true, and exactly that with CLEANSTACK', () => {
    const scriptPubKey = scriptOfText('1');
    assert.equal(spend({ scriptPubKey }), undefined);
    assert.equal(spend({ scriptPubKey: scriptOfText('0') }), 'EVAL_FALSE');
    assert.equal(spend({ scriptPubKey: NOTHING }), 'EVAL_FALSE');
    assert.equal(spend({ scriptPubKey, scriptSig: scriptOfText('1') }), undefined);
    assert.equal(spend({ scriptPubKey, scriptSig: scriptOfText('1'), flags: STANDARD_FLAGS }), 'CLEANSTACK');
  });

  it('may not carry a witness', () => {
    const scriptPubKey = scriptOfText('1');
    assert.equal(spend({ scriptPubKey, witness: [NOTHING] }), 'WITNESS_UNEXPECTED');
    assert.equal(spend({ scriptPubKey, witness: [NOTHING], flags: FLAG.P2SH }), undefined);
  });

  it('runs what a P2SH output is the hash of, and only pushes before', () => {
    const redeem = scriptOfText('2 EQUAL');
    const scriptPubKey = p2shScript(hash160(redeem));
    assert.equal(spend({ scriptPubKey, scriptSig: concatBytes(scriptOfText('2'), encodePush(redeem)) }), undefined);
    assert.equal(spend({ scriptPubKey, scriptSig: concatBytes(scriptOfText('3'), encodePush(redeem)) }), 'EVAL_FALSE');
    assert.equal(spend({ scriptPubKey, scriptSig: concatBytes(scriptOfText('3'), encodePush(redeem)), flags: 0 }), undefined);
    assert.equal(spend({ scriptPubKey, scriptSig: concatBytes(scriptOfText('2 NOP'), encodePush(redeem)) }), 'SIG_PUSHONLY');
  });

  it('stops the caller who asks for flags without what they need', () => {
    assert.throws(() => spend({ scriptPubKey: NOTHING, flags: FLAG.WITNESS }), /WITNESS needs P2SH/);
    assert.throws(() => spend({ scriptPubKey: NOTHING, flags: FLAG.CLEANSTACK | FLAG.P2SH }), /CLEANSTACK needs WITNESS/);
  });
});

describe('a version 0 witness program', () => {
  it('has 20 or 32 bytes', () => {
    for (const size of [2, 19, 21, 31, 33, 40]) {
      assert.equal(spend({ scriptPubKey: witnessProgramScript(0, new Uint8Array(size).fill(1)) }), 'WITNESS_PROGRAM_WRONG_LENGTH');
    }
  });

  it('that counts as false is refused by its output script alone', () => {
    assert.equal(spend({ scriptPubKey: p2wpkhScript(new Uint8Array(20)), witness: [KEY, KEY] }), 'EVAL_FALSE');
  });

  it('wants an empty input script', () => {
    const script = scriptOfText('1');
    const scriptPubKey = p2wshScript(sha256(script));
    assert.equal(spend({ scriptPubKey, witness: [script] }), undefined);
    assert.equal(spend({ scriptPubKey, witness: [script], scriptSig: scriptOfText('1') }), 'WITNESS_MALLEATED');
  });

  it('within P2SH wants the program alone in the input script', () => {
    const script = scriptOfText('1');
    const program = p2wshScript(sha256(script));
    const scriptPubKey = p2shScript(hash160(program));
    assert.equal(spend({ scriptPubKey, scriptSig: encodePush(program), witness: [script] }), undefined);
    const padded = concatBytes(scriptOfText('1'), encodePush(program));
    assert.equal(spend({ scriptPubKey, scriptSig: padded, witness: [script] }), 'WITNESS_MALLEATED_P2SH');
  });

  it('of a script wants that script, and exactly one true element at the end', () => {
    const scriptPubKey = p2wshScript(sha256(scriptOfText('1')));
    assert.equal(spend({ scriptPubKey }), 'WITNESS_PROGRAM_WITNESS_EMPTY');
    assert.equal(spend({ scriptPubKey, witness: [scriptOfText('2')] }), 'WITNESS_PROGRAM_MISMATCH');
    assert.equal(spendScriptHash(scriptOfText('1 1')), 'CLEANSTACK');
    assert.equal(spendScriptHash(scriptOfText('0')), 'EVAL_FALSE');
    assert.equal(spendScriptHash(NOTHING), 'CLEANSTACK');
  });

  it('takes items of 520 bytes and not of 521, and a script of 10,000 and not of 10,001', () => {
    const script = scriptOfText('SIZE NIP');
    assert.equal(spendScriptHash(script, [new Uint8Array(520)]), undefined);
    assert.equal(spendScriptHash(script, [new Uint8Array(521)]), 'PUSH_SIZE');
    const long = (size: number) => concatBytes(scriptOfText('DROP 1'), new Uint8Array(size - 2).fill(OP.OP_0));
    assert.equal(spendScriptHash(long(10_000), [NOTHING]), 'STACK_SIZE');
    assert.equal(spendScriptHash(long(10_001), [NOTHING]), 'SCRIPT_SIZE');
  });

  it('of a key wants two items', () => {
    const key = concatBytes(Uint8Array.of(2), KEY);
    const scriptPubKey = p2wpkhScript(hash160(key));
    const signature = hex('300602010102010101');
    assert.equal(spend({ scriptPubKey, witness: [signature, key] }), undefined);
    assert.equal(spend({ scriptPubKey, witness: [key] }), 'WITNESS_PROGRAM_MISMATCH');
    assert.equal(spend({ scriptPubKey, witness: [NOTHING, signature, key] }), 'WITNESS_PROGRAM_MISMATCH');
    assert.equal(spend({ scriptPubKey, witness: [signature, KEY] }), 'EQUALVERIFY');
  });
});

describe('a taproot output', () => {
  it('is spent by one signature, of 64 or 65 bytes by its checker, an annex aside', () => {
    const scriptPubKey = p2trScript(KEY);
    const seen: (number | undefined)[] = [];
    const checkSchnorr: SignatureChecker['checkSchnorr'] = (signature, _key, { annexHash, tapleafHash }) => {
      assert.equal(tapleafHash, undefined);
      seen.push(signature.length, annexHash?.length);
      return undefined;
    };
    const checker = { ...yes, checkSchnorr };
    assert.equal(spend({ scriptPubKey, checker }), 'WITNESS_PROGRAM_WITNESS_EMPTY');
    assert.equal(spend({ scriptPubKey, checker, witness: [new Uint8Array(64)] }), undefined);
    assert.equal(spend({ scriptPubKey, checker, witness: [new Uint8Array(65), Uint8Array.of(0x50, 1)] }), undefined);
    // Alone, it is no annex but a signature.
    assert.equal(spend({ scriptPubKey, checker, witness: [Uint8Array.of(0x50)] }), undefined);
    assert.deepEqual(seen, [64, undefined, 65, 32, 1, undefined]);
  });

  it('within P2SH has no rules, and is discouraged', () => {
    const program = p2trScript(KEY);
    const nested = { scriptPubKey: p2shScript(hash160(program)), scriptSig: encodePush(program) };
    assert.equal(spend(nested), undefined);
    assert.equal(spend({ ...nested, flags: STANDARD_FLAGS }), 'DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM');
  });

  it('takes control blocks of 33 bytes and up to 128 nodes more, and no others', () => {
    const withControl = (size: number) => {
      const controlBlock = new Uint8Array(size);
      controlBlock[0] = 0xc0;
      return spend({ scriptPubKey: p2trScript(KEY), witness: [scriptOfText('1'), controlBlock] });
    };
    for (const size of [33, 65, 33 + 32 * 128]) assert.equal(withControl(size), undefined, String(size));
    for (const size of [1, 32, 34, 64, 33 + 32 * 128 + 1, 33 + 32 * 129])
      assert.equal(withControl(size), 'TAPROOT_WRONG_CONTROL_SIZE', String(size));
    assert.equal(spend({ scriptPubKey: p2trScript(KEY), witness: [scriptOfText('1'), NOTHING] }), 'TAPROOT_WRONG_CONTROL_SIZE');
  });

  it('must commit to the leaf', () => {
    const witness = [scriptOfText('1'), concatBytes(Uint8Array.of(0xc0), KEY)];
    assert.equal(spend({ scriptPubKey: p2trScript(KEY), witness, secp256k1: { checkTweak: () => false } }), 'WITNESS_PROGRAM_MISMATCH');
  });

  it('is anyone to spend by a leaf of an unknown version, and discouraged', () => {
    const version = 0xc2;
    assert.equal(spendLeaf(scriptOfText('RETURN'), [], { version }), undefined);
    assert.equal(spendLeaf(scriptOfText('RETURN'), [], { version, flags: STANDARD_FLAGS }), 'DISCOURAGE_UPGRADABLE_TAPROOT_VERSION');
    // The lowest bit is the parity of the output key.
    assert.equal(spendLeaf(scriptOfText('RETURN'), [], { version: 0xc1 }), 'OP_RETURN');
  });

  it('is spent by any OP_SUCCESS, unless the script is malformed before it, and discouraged', () => {
    const success = Uint8Array.of(OP.OP_RETURN, OP.OP_CAT, 0x4c);
    assert.equal(spendLeaf(success, [new Uint8Array(521)]), undefined);
    assert.equal(spendLeaf(success, [], { flags: STANDARD_FLAGS }), 'DISCOURAGE_OP_SUCCESS');
    assert.equal(spendLeaf(Uint8Array.of(2, OP.OP_CAT), []), 'BAD_OPCODE');
  });

  it('begins a tapscript with 1,000 elements and not with 1,001', () => {
    const items = (count: number) => Array.from({ length: count }, () => NOTHING);
    assert.equal(spendLeaf(scriptOfText('DEPTH'), items(1_000)), 'STACK_SIZE');
    assert.equal(spendLeaf(scriptOfText('NOP'), items(1_000)), 'CLEANSTACK');
    assert.equal(spendLeaf(scriptOfText('NOP'), items(1_001)), 'STACK_SIZE');
    assert.equal(spendLeaf(scriptOfText('DROP 1'), [new Uint8Array(521)]), 'PUSH_SIZE');
  });

  it('checks as many signatures as the weight of its witness pays for', () => {
    // Witness: 1 for its count, 65 and 33 for the items, 1 and the script, 34 for the control block; 50 on top. Four signatures want 200.
    const script = (nops: number) =>
      concatBytes(
        scriptOfText('2DUP CHECKSIGVERIFY 2DUP CHECKSIGVERIFY 2DUP CHECKSIGVERIFY CHECKSIG'),
        new Uint8Array(nops).fill(OP.OP_NOP),
      );
    const items = [new Uint8Array(64), KEY];
    assert.equal(1 + 65 + 33 + 1 + script(9).length + 34 + 50, 200);
    assert.equal(spendLeaf(script(9), items), undefined);
    assert.equal(spendLeaf(script(8), items), 'TAPSCRIPT_VALIDATION_WEIGHT');
  });
});

describe('witness programs without rules', () => {
  it('are anyone to spend, and discouraged', () => {
    for (const [version, size] of [
      [1, 31],
      [1, 33],
      [2, 32],
      [16, 2],
      [16, 40],
    ] as const) {
      const scriptPubKey = witnessProgramScript(version, new Uint8Array(size).fill(1));
      assert.equal(spend({ scriptPubKey }), undefined);
      assert.equal(spend({ scriptPubKey, flags: STANDARD_FLAGS }), 'DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM');
    }
  });

  it('are pay-to-anchor, which is never discouraged but within P2SH', () => {
    const program = anchorScript();
    assert.equal(spend({ scriptPubKey: program, flags: STANDARD_FLAGS }), undefined);
    const nested = { scriptPubKey: p2shScript(hash160(program)), scriptSig: encodePush(program) };
    assert.equal(spend({ ...nested, flags: STANDARD_FLAGS }), 'DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM');
  });
});

describe('any spend', () => {
  const item = fc.uint8Array({ maxLength: 80 });
  const script = fc.oneof(
    item,
    fc.array(fc.integer({ min: 0x4f, max: 0xba }), { maxLength: 60 }).map((codes) => Uint8Array.from(codes)),
  );
  /** The output with the witness that fits it. */
  const output = fc.tuple(script, fc.array(item, { maxLength: 5 }), fc.integer({ min: 0, max: 3 })).map(([inner, items, kind]) => {
    if (kind === 0) return { scriptPubKey: inner, witness: [] };
    if (kind === 1) return { scriptPubKey: p2wshScript(sha256(inner)), witness: [...items, inner] };
    if (kind === 2) return { scriptPubKey: p2trScript(KEY), witness: [...items, inner, concatBytes(Uint8Array.of(0xc0), KEY)] };
    return { scriptPubKey: inner, witness: items };
  });

  it('is judged without throwing, and the same with a trace', () => {
    fc.assert(
      fc.property(output, fc.oneof(fc.constant(NOTHING), script), fc.integer({ min: 0, max: 2 ** 21 - 1 }), (parts, scriptSig, extra) => {
        const flags = extra | FLAG.P2SH | FLAG.WITNESS;
        const steps: TraceStep[] = [];
        const result = spend({ ...parts, scriptSig, flags });
        assert.equal(spend({ ...parts, scriptSig, flags, trace: (step) => steps.push(step) }), result);
        const failed = steps.filter((step) => step.error !== undefined);
        assert.ok(failed.length <= 1);
        if (failed.length === 1) assert.equal(failed[0]!.error, result);
      }),
      { numRuns: 500 },
    );
  });

  it('names in its trace the script that each step is of', () => {
    const inner = scriptOfText('2 EQUAL');
    const program = p2wshScript(sha256(inner));
    const roles: string[] = [];
    const result = spend({
      scriptPubKey: p2shScript(hash160(program)),
      scriptSig: encodePush(program),
      witness: [Uint8Array.of(2), inner],
      trace: ({ role }) => roles.push(role),
    });
    assert.equal(result, undefined);
    assert.deepEqual(roles, [
      'scriptSig',
      'scriptPubKey',
      'scriptPubKey',
      'scriptPubKey',
      'redeemScript',
      'redeemScript',
      'witnessScript',
      'witnessScript',
    ]);
  });
});

describe('an output to the hash of a key, which is spent without a machine', () => {
  const key = concatBytes(Uint8Array.of(2), KEY);
  const uncompressed = concatBytes(Uint8Array.of(4), KEY, KEY);
  const strictDer = hex('300602010102010101');
  const highS = hex(`302602010102210080${'00'.repeat(31)}01`);
  const signatures = [NOTHING, strictDer, highS, hex('300602010102010105'), hex('30'), new Uint8Array(520), new Uint8Array(521)];
  const keys = [key, uncompressed, NOTHING, new Uint8Array(520), new Uint8Array(521)];

  /** Says what was asked last, and answers as it is told. */
  const answering = (good: boolean, asked: unknown[]): SignatureChecker => ({
    ...yes,
    checkEcdsa: (...question) => {
      asked.push(question);
      return good;
    },
  });

  it('gives the same answer for the same question as the script that it stands for, under every set of flags', () => {
    const errors = new Set<ScriptError | undefined>();
    const flagSets = [FLAG.P2SH | FLAG.WITNESS, MANDATORY_FLAGS, STANDARD_FLAGS];
    const needed = FLAG.P2SH | FLAG.WITNESS;
    for (const flag of Object.values(FLAG)) flagSets.push(needed | flag, (STANDARD_FLAGS & ~flag) | needed);
    for (const flags of flagSets) {
      for (const good of [true, false]) {
        for (const signature of signatures) {
          for (const publicKey of keys) {
            for (const hashed of [publicKey, KEY]) {
              const scriptPubKey = p2wpkhScript(hash160(hashed));
              const question = { scriptPubKey, witness: [signature, publicKey], flags };
              const [direct, traced]: [unknown[], unknown[]] = [[], []];
              const error = spend({ ...question, checker: answering(good, direct) });
              assert.equal(error, spend({ ...question, checker: answering(good, traced), trace: () => {} }));
              assert.deepEqual(direct, traced);
              errors.add(error);
            }
          }
        }
      }
    }
    const expected = ['EQUALVERIFY', 'EVAL_FALSE', 'PUBKEYTYPE', 'PUSH_SIZE', 'SIG_DER', 'SIG_HASHTYPE', 'SIG_HIGH_S', 'SIG_NULLFAIL'];
    assert.deepEqual([...errors].map(String).sort(), [...expected, 'WITNESS_PUBKEYTYPE', 'undefined']);
  });
});
