import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FLAG, type FlagName, flagNames, MANDATORY_FLAGS, NO_FLAGS, parseFlags, STANDARD_FLAGS } from './flags.ts';

/** Core's order, which is the order of the bits. */
const CORE_ORDER: readonly FlagName[] = [
  'P2SH',
  'STRICTENC',
  'DERSIG',
  'LOW_S',
  'NULLDUMMY',
  'SIGPUSHONLY',
  'MINIMALDATA',
  'DISCOURAGE_UPGRADABLE_NOPS',
  'CLEANSTACK',
  'CHECKLOCKTIMEVERIFY',
  'CHECKSEQUENCEVERIFY',
  'WITNESS',
  'DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM',
  'MINIMALIF',
  'NULLFAIL',
  'WITNESS_PUBKEYTYPE',
  'CONST_SCRIPTCODE',
  'TAPROOT',
  'DISCOURAGE_UPGRADABLE_TAPROOT_VERSION',
  'DISCOURAGE_OP_SUCCESS',
  'DISCOURAGE_UPGRADABLE_PUBKEYTYPE',
];

describe('verification flags', () => {
  it("have Core's bits", () => {
    assert.equal(Object.keys(FLAG).length, CORE_ORDER.length);
    for (const [bit, name] of CORE_ORDER.entries()) assert.equal(FLAG[name], 2 ** bit, name);
  });

  it('are mandatory where consensus has them and standard but for SIGPUSHONLY', () => {
    assert.deepEqual(flagNames(MANDATORY_FLAGS), [
      'CHECKLOCKTIMEVERIFY',
      'CHECKSEQUENCEVERIFY',
      'DERSIG',
      'NULLDUMMY',
      'P2SH',
      'TAPROOT',
      'WITNESS',
    ]);
    assert.equal(STANDARD_FLAGS | FLAG.SIGPUSHONLY, 2 ** CORE_ORDER.length - 1);
    assert.equal(STANDARD_FLAGS & FLAG.SIGPUSHONLY, 0);
  });

  it('are read from their names and written in alphabetical order', () => {
    assert.equal(parseFlags('WITNESS,P2SH'), FLAG.P2SH | FLAG.WITNESS);
    assert.equal(parseFlags(''), NO_FLAGS);
    assert.equal(parseFlags('NONE'), NO_FLAGS);
    assert.deepEqual(flagNames(FLAG.WITNESS | FLAG.CLEANSTACK | FLAG.P2SH), ['CLEANSTACK', 'P2SH', 'WITNESS']);
  });

  it('are not read from a name that is none, nor from one of every object', () => {
    assert.equal(parseFlags('P2SH,WITNES'), undefined);
    assert.equal(parseFlags('toString'), undefined);
    assert.equal(parseFlags('P2SH,'), undefined);
  });
});
