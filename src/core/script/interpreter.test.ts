/**
 * The limits of the interpreter, each at the limit and one past it, and what it must survive. What operations do is proven by Core's
 * vectors.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { scriptOfText } from '../../../test/support/core-script-text.ts';
import { concatBytes } from '../base/bytes.ts';
import { FLAG } from './flags.ts';
import { evalScript } from './interpreter.ts';
import { createMachine, type TapscriptState } from './machine.ts';
import { OP } from './opcodes.ts';
import type { ScriptError } from './script-error.ts';
import { encodeScriptNumber } from './script-number.ts';
import { encodePush } from './script-writer.ts';
import type { ScriptVersion, SignatureChecker } from './signature-checker.ts';
import type { TraceStep } from './trace.ts';

/** Finds every signature good and every lock time met. */
const yes: SignatureChecker = {
  checkEcdsa: () => true,
  checkSchnorr: () => undefined,
  checkLockTime: () => true,
  checkSequence: () => true,
};

interface Run {
  readonly version?: ScriptVersion;
  readonly flags?: number;
  readonly stack?: Uint8Array[];
  readonly weight?: number;
  readonly checker?: SignatureChecker;
  readonly onStep?: (step: TraceStep) => void;
}

function tapscriptState(weight: number): TapscriptState {
  return { annexHash: undefined, tapleafHash: new Uint8Array(32), codeSeparatorPosition: 0xffffffff, validationWeightLeft: weight };
}

function run(
  script: Uint8Array,
  { version = 'base', flags = 0, stack = [], weight = 0, checker = yes, onStep }: Run = {},
): ScriptError | undefined {
  const tapscript = version === 'tapscript' ? tapscriptState(weight) : undefined;
  const machine = createMachine({ script, stack, flags, version, checker, tapscript });
  return evalScript(machine, onStep && { role: 'scriptPubKey', hook: onStep });
}

const hashOf = (name: string, bytes: Uint8Array): Buffer => createHash(name).update(bytes).digest();

/** So many times the same operation. */
function ops(opcode: number, count: number): Uint8Array {
  return new Uint8Array(count).fill(opcode);
}

describe('limits of a script', () => {
  it('pushes 520 bytes and not 521, not even where nothing is executed', () => {
    assert.equal(run(encodePush(new Uint8Array(520))), undefined);
    assert.equal(run(encodePush(new Uint8Array(521))), 'PUSH_SIZE');
    const skipped = concatBytes(scriptOfText('0 IF'), encodePush(new Uint8Array(521)), scriptOfText('ENDIF'));
    assert.equal(run(skipped), 'PUSH_SIZE');
    assert.equal(run(encodePush(new Uint8Array(521)), { version: 'tapscript' }), 'PUSH_SIZE');
  });

  it('runs 201 operations and not 202; pushes are not counted; tapscript has no such limit', () => {
    assert.equal(run(ops(OP.OP_NOP, 201)), undefined);
    assert.equal(run(ops(OP.OP_NOP, 202)), 'OP_COUNT');
    assert.equal(run(ops(OP.OP_NOP, 202), { version: 'witnessV0' }), 'OP_COUNT');
    assert.equal(run(ops(OP.OP_NOP, 202), { version: 'tapscript' }), undefined);
    assert.equal(run(concatBytes(ops(OP.OP_1, 300), ops(OP.OP_NOP, 201))), undefined);
    assert.equal(run(concatBytes(scriptOfText('0 IF'), ops(OP.OP_NOP, 200), scriptOfText('ENDIF'))), 'OP_COUNT');
  });

  it('counts the keys of a multisignature as operations', () => {
    const multisig = (nops: number) => concatBytes(ops(OP.OP_NOP, nops), scriptOfText('0 0 1 1 2 CHECKMULTISIG'));
    assert.equal(run(multisig(198)), undefined);
    assert.equal(run(multisig(199)), 'OP_COUNT');
  });

  it('may have 10,000 bytes and not 10,001, but in tapscript', () => {
    const script = (size: number) =>
      concatBytes(...Array.from({ length: Math.floor(size / 521) }, () => encodePush(new Uint8Array(518))), ops(OP.OP_1, size % 521));
    assert.equal(script(10_000).length, 10_000);
    assert.equal(run(script(10_000)), undefined);
    assert.equal(run(script(10_001)), 'SCRIPT_SIZE');
    assert.equal(run(script(10_001), { version: 'witnessV0' }), 'SCRIPT_SIZE');
    assert.equal(run(script(10_001), { version: 'tapscript' }), undefined);
  });

  it('holds 1,000 elements on both stacks together and not 1,001', () => {
    assert.equal(run(ops(OP.OP_1, 1_000)), undefined);
    assert.equal(run(ops(OP.OP_1, 1_001)), 'STACK_SIZE');
    const both = (count: number) => concatBytes(ops(OP.OP_1, 100), ops(OP.OP_TOALTSTACK, 100), ops(OP.OP_1, count));
    assert.equal(run(both(900)), undefined);
    assert.equal(run(both(901)), 'STACK_SIZE');
    assert.equal(run(ops(OP.OP_1, 1_001), { version: 'tapscript' }), 'STACK_SIZE');
  });

  it('takes 20 keys and not 21, and no more signatures than keys', () => {
    const keys = (count: number) =>
      concatBytes(ops(OP.OP_0, 2), ops(OP.OP_1, count), encodePush(encodeScriptNumber(count)), ops(OP.OP_CHECKMULTISIG, 1));
    assert.equal(run(keys(20)), undefined);
    assert.equal(run(keys(21)), 'PUBKEY_COUNT');
    assert.equal(run(scriptOfText('0 0 0 2 1 1 2 CHECKMULTISIG')), undefined);
    assert.equal(run(scriptOfText('0 0 0 0 3 1 1 2 CHECKMULTISIG')), 'SIG_COUNT');
    assert.equal(run(scriptOfText('0 -1 1 1 CHECKMULTISIG')), 'SIG_COUNT');
    assert.equal(run(scriptOfText('0 -1 CHECKMULTISIG')), 'PUBKEY_COUNT');
  });

  it('calculates with four bytes and not with five, whatever the result', () => {
    assert.equal(run(scriptOfText('2147483647 1ADD')), undefined);
    assert.equal(run(scriptOfText('2147483648 1ADD')), 'SCRIPTNUM');
    assert.equal(run(scriptOfText('2147483647 1ADD 1ADD')), 'SCRIPTNUM');
    assert.equal(run(scriptOfText('2147483647 1ADD 2147483648 EQUALVERIFY')), undefined);
  });

  it('reads lock times of five bytes and not of six', () => {
    const flags = FLAG.CHECKLOCKTIMEVERIFY | FLAG.CHECKSEQUENCEVERIFY;
    for (const name of ['CHECKLOCKTIMEVERIFY', 'CHECKSEQUENCEVERIFY']) {
      assert.equal(run(scriptOfText(`0x05 0xffffffff7f ${name}`), { flags }), undefined, name);
      assert.equal(run(scriptOfText(`0x06 0xffffffff7f00 ${name}`), { flags }), 'SCRIPTNUM', name);
      assert.equal(run(scriptOfText(`-1 ${name}`), { flags }), 'NEGATIVE_LOCKTIME', name);
      assert.equal(run(scriptOfText(name), { flags }), 'INVALID_STACK_OPERATION', name);
      assert.equal(run(scriptOfText(name)), undefined, name);
    }
  });

  it('spends 50 of the budget for each signature given in tapscript, and none for an empty one', () => {
    const script = scriptOfText('CHECKSIG');
    const stack = () => [new Uint8Array(64), new Uint8Array(32)];
    assert.equal(run(script, { version: 'tapscript', stack: stack(), weight: 50 }), undefined);
    assert.equal(run(script, { version: 'tapscript', stack: stack(), weight: 49 }), 'TAPSCRIPT_VALIDATION_WEIGHT');
    assert.equal(run(script, { version: 'tapscript', stack: [new Uint8Array(0), new Uint8Array(32)], weight: 0 }), undefined);
    // A key of an unknown kind is always good, and charged.
    assert.equal(
      run(script, { version: 'tapscript', stack: [new Uint8Array(1), new Uint8Array(33)], weight: 49 }),
      'TAPSCRIPT_VALIDATION_WEIGHT',
    );
  });
});

describe('order of what fails', () => {
  it('finds a disabled operation where nothing is executed, but not OP_RETURN', () => {
    assert.equal(run(scriptOfText('0 IF CAT ENDIF')), 'DISABLED_OPCODE');
    assert.equal(run(scriptOfText('0 IF RETURN ENDIF')), undefined);
    assert.equal(run(scriptOfText('0 IF VERIF ENDIF')), 'BAD_OPCODE');
    assert.equal(run(scriptOfText('0 IF VER ENDIF')), undefined);
  });

  it('charges the budget before it looks at the key, and refuses an empty key even with an empty signature', () => {
    const empty = new Uint8Array(0);
    const script = scriptOfText('CHECKSIG');
    assert.equal(run(script, { version: 'tapscript', stack: [new Uint8Array(64), empty], weight: 0 }), 'TAPSCRIPT_VALIDATION_WEIGHT');
    assert.equal(run(script, { version: 'tapscript', stack: [empty, empty], weight: 0 }), 'TAPSCRIPT_EMPTY_PUBKEY');
    const flags = FLAG.DISCOURAGE_UPGRADABLE_PUBKEYTYPE;
    assert.equal(run(script, { version: 'tapscript', stack: [empty, new Uint8Array(33)], flags }), 'DISCOURAGE_UPGRADABLE_PUBKEYTYPE');
  });

  it('has OP_CHECKSIGADD in tapscript only and OP_CHECKMULTISIG everywhere else only', () => {
    const stack = () => [new Uint8Array(64), encodeScriptNumber(7), new Uint8Array(32)];
    const result = stack();
    assert.equal(run(scriptOfText('CHECKSIGADD'), { version: 'tapscript', stack: result, weight: 50 }), undefined);
    assert.deepEqual(result, [encodeScriptNumber(8)]);
    assert.equal(run(scriptOfText('CHECKSIGADD'), { stack: stack() }), 'BAD_OPCODE');
    assert.equal(run(scriptOfText('0 0 0 CHECKMULTISIG'), { version: 'tapscript' }), 'TAPSCRIPT_CHECKMULTISIG');
  });

  it('refuses OP_CODESEPARATOR by CONST_SCRIPTCODE in scripts without witness, executed or not', () => {
    const flags = FLAG.CONST_SCRIPTCODE;
    assert.equal(run(scriptOfText('CODESEPARATOR'), { flags }), 'OP_CODESEPARATOR');
    assert.equal(run(scriptOfText('0 IF CODESEPARATOR ENDIF'), { flags }), 'OP_CODESEPARATOR');
    assert.equal(run(scriptOfText('CODESEPARATOR'), { flags, version: 'witnessV0' }), undefined);
  });
});

describe('what a signature commits to of its script', () => {
  /** Remembers the script codes it is asked about. */
  function recorder(): { checker: SignatureChecker; seen: Uint8Array[] } {
    const seen: Uint8Array[] = [];
    const checkEcdsa: SignatureChecker['checkEcdsa'] = (_signature, _key, scriptCode) => {
      seen.push(scriptCode);
      return true;
    };
    return { seen, checker: { ...yes, checkEcdsa } };
  }

  it('is the script from the last OP_CODESEPARATOR that was executed', () => {
    const { checker, seen } = recorder();
    assert.equal(run(scriptOfText('1 1 CHECKSIGVERIFY 0 IF CODESEPARATOR ENDIF CODESEPARATOR 1 1 CHECKSIG'), { checker }), undefined);
    assert.equal(seen.length, 2);
    assert.equal(seen[0]!.length, 11);
    assert.deepEqual(seen[1], scriptOfText('1 1 CHECKSIG'));
  });

  it('is without the signature in scripts without witness, and whole in others', () => {
    const script = scriptOfText('0x02 0xaabb DUP DROP 1 CHECKSIG');
    const { checker, seen } = recorder();
    assert.equal(run(script, { checker }), undefined);
    assert.deepEqual(seen.pop(), scriptOfText('DUP DROP 1 CHECKSIG'));
    assert.equal(run(script, { checker, version: 'witnessV0' }), undefined);
    assert.equal(seen.pop(), script);
    assert.equal(run(script, { checker, flags: FLAG.CONST_SCRIPTCODE }), 'SIG_FINDANDDELETE');
  });

  it('is counted in operations for tapscript', () => {
    const positions: number[] = [];
    const checkSchnorr: SignatureChecker['checkSchnorr'] = (_signature, _key, { codeSeparatorPosition }) => {
      positions.push(codeSeparatorPosition);
      return undefined;
    };
    const stack = [new Uint8Array(64), new Uint8Array(32)];
    const script = scriptOfText('2DUP CHECKSIGVERIFY 0x02 0xaabb DROP CODESEPARATOR CHECKSIG');
    assert.equal(run(script, { version: 'tapscript', stack, weight: 100, checker: { ...yes, checkSchnorr } }), undefined);
    assert.deepEqual(positions, [0xffffffff, 4]);
  });
});

describe('conditions', () => {
  it('nest, and OP_ELSE turns the innermost only', () => {
    const result = (text: string): string => {
      const stack: Uint8Array[] = [];
      return run(scriptOfText(text), { stack }) ?? stack.map((element) => element[0] ?? 0).join();
    };
    assert.equal(result('1 IF 0 IF 2 ELSE 3 ENDIF ELSE 4 ENDIF'), '3');
    assert.equal(result('0 IF 1 IF 2 ELSE 3 ENDIF ELSE 4 ENDIF'), '4');
    assert.equal(result('1 IF 2 ELSE 3 ELSE 4 ENDIF'), '2,4');
    assert.equal(result('0 IF 2 ELSE 3 ELSE 4 ENDIF'), '3');
    assert.equal(result('0 NOTIF 2 ENDIF'), '2');
    assert.equal(result('1 IF'), 'UNBALANCED_CONDITIONAL');
    assert.equal(result('ELSE'), 'UNBALANCED_CONDITIONAL');
    assert.equal(result('1 IF ENDIF ENDIF'), 'UNBALANCED_CONDITIONAL');
  });

  it('take only nothing or one where the rules ask for it', () => {
    const condition = (bytes: Uint8Array, options: Run) => run(scriptOfText('IF ENDIF'), { ...options, stack: [bytes] });
    for (const bytes of [Uint8Array.of(2), Uint8Array.of(1, 0), Uint8Array.of(0)]) {
      assert.equal(condition(bytes, { flags: FLAG.MINIMALIF }), undefined);
      assert.equal(condition(bytes, { version: 'witnessV0' }), undefined);
      assert.equal(condition(bytes, { version: 'witnessV0', flags: FLAG.MINIMALIF }), 'MINIMALIF');
      assert.equal(condition(bytes, { version: 'tapscript' }), 'TAPSCRIPT_MINIMALIF');
    }
    for (const bytes of [new Uint8Array(0), Uint8Array.of(1)]) {
      assert.equal(condition(bytes, { version: 'witnessV0', flags: FLAG.MINIMALIF }), undefined);
      assert.equal(condition(bytes, { version: 'tapscript' }), undefined);
    }
  });
});

describe('the trace', () => {
  it('tells each operation with the stack before and after it, and why the last one failed', () => {
    const steps: TraceStep[] = [];
    assert.equal(run(scriptOfText('2 0 IF DUP ENDIF 0x01 0x07 EQUALVERIFY'), { onStep: (step) => steps.push(step) }), 'EQUALVERIFY');
    assert.deepEqual(
      steps.map(({ offset, position, opcode, executed, stackBefore, stack, error }) => [
        offset,
        position,
        opcode,
        executed,
        stackBefore.length,
        stack.length,
        error,
      ]),
      [
        [0, 0, OP.OP_2, true, 0, 1, undefined],
        [1, 1, OP.OP_0, true, 1, 2, undefined],
        [2, 2, OP.OP_IF, true, 2, 1, undefined],
        [3, 3, OP.OP_DUP, false, 1, 1, undefined],
        [4, 4, OP.OP_ENDIF, false, 1, 1, undefined],
        [5, 5, 1, true, 1, 2, undefined],
        [7, 6, OP.OP_EQUALVERIFY, true, 2, 1, 'EQUALVERIFY'],
      ],
    );
    assert.deepEqual(steps[5]!.data, Uint8Array.of(7));
    assert.equal(steps[6]!.role, 'scriptPubKey');
  });
});

describe('random scripts', () => {
  /** Bytes that are operations more often than not. */
  const script = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .array(fc.oneof(fc.integer({ min: 0x4f, max: 0xba }), fc.constantFrom(0x00, 0x51, 0x52, 0x63, 0x67, 0x68, 0x76)), { maxLength: 400 })
      .map((codes) => Uint8Array.from(codes)),
  );
  const version = fc.constantFrom<ScriptVersion>('base', 'witnessV0', 'tapscript');
  const stack = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });

  it('never make the interpreter throw or its stacks grow over the limit, and give the same with a trace', () => {
    fc.assert(
      fc.property(script, version, stack, fc.integer({ min: 0, max: 2 ** 21 - 1 }), (bytes, kind, elements, flags) => {
        const options = { version: kind, flags, weight: 500 };
        const first = [...elements];
        const second = [...elements];
        const result = run(bytes, { ...options, stack: first });
        const onStep = (step: TraceStep): void => {
          const size = step.stack.length + step.altStack.length;
          assert.ok(size <= 1_000 || step.error === 'STACK_SIZE');
        };
        assert.equal(run(bytes, { ...options, stack: second, onStep }), result);
        assert.deepEqual(first, second);
        for (const element of first) assert.ok(element.length <= 520);
      }),
      { numRuns: 500 },
    );
  });
});

describe('hashes of long elements', () => {
  const HASHES = { OP_RIPEMD160: 'ripemd160', OP_SHA1: 'sha1', OP_SHA256: 'sha256' } as const;

  it('are each its own, asked for once and again, by every operation, about the size from which they are remembered', () => {
    for (const size of [256, 257, 520]) {
      const elements = [1, 2].map((byte) => new Uint8Array(size).fill(byte));
      for (let round = 0; round < 2; round++) {
        const stack = [...elements];
        const each = Object.keys(HASHES).map((name) => scriptOfText(`2DUP ${name.slice(3)} SWAP ${name.slice(3)} 2SWAP`));
        const twice = concatBytes(...each, scriptOfText('2DUP HASH160 SWAP HASH256 2SWAP'), ...each);
        assert.equal(run(twice, { version: 'tapscript', stack }), undefined);
        const node = (name: string, element: Uint8Array): string => hashOf(name, element).toString('hex');
        const [a, b] = elements as [Uint8Array, Uint8Array];
        const pairs = Object.values(HASHES).flatMap((name) => [node(name, b), node(name, a)]);
        const others = [hashOf('ripemd160', hashOf('sha256', b)), hashOf('sha256', hashOf('sha256', a))].map((hash) =>
          hash.toString('hex'),
        );
        const [hex, bare] = [
          stack.map((each) => Buffer.from(each).toString('hex')),
          elements.map((each) => Buffer.from(each).toString('hex')),
        ];
        assert.deepEqual(hex, [...pairs, ...others, ...pairs, ...bare]);
      }
    }
  });

  it('are worked out once, so that the same digest lies on the stack', () => {
    const stack = [new Uint8Array(520)];
    assert.equal(run(scriptOfText('DUP SHA256 SWAP SHA256'), { version: 'tapscript', stack }), undefined);
    assert.equal(stack[0], stack[1]);
  });
});
