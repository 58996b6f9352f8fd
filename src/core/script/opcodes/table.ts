/**
 * Which handler runs which operation. Codes that are not here are bad; pushes from the script's bytes never come here.
 *
 * @module
 */

import type { OpHandler } from '../machine.ts';
import { OP, type OpcodeName } from '../opcodes.ts';
import { opBinary, opEqual, opUnary, opWithin } from './arithmetic.ts';
import { pushConstant } from './constants.ts';
import { opBad, opElse, opEndIf, opIf, opNop, opReturn, opUpgradableNop, opVerify } from './control.ts';
import { opHash160, opHash256, opRipemd160, opSha1, opSha256 } from './hashes.ts';
import { opCheckLockTimeVerify, opCheckSequenceVerify } from './locktime.ts';
import { opCheckMultisig, opCheckSig, opCheckSigAdd, opCodeSeparator } from './signatures.ts';
import * as stack from './stack.ts';

const BY_NAME: Readonly<Partial<Record<OpcodeName, OpHandler>>> = {
  OP_1NEGATE: pushConstant,
  OP_1: pushConstant,
  OP_2: pushConstant,
  OP_3: pushConstant,
  OP_4: pushConstant,
  OP_5: pushConstant,
  OP_6: pushConstant,
  OP_7: pushConstant,
  OP_8: pushConstant,
  OP_9: pushConstant,
  OP_10: pushConstant,
  OP_11: pushConstant,
  OP_12: pushConstant,
  OP_13: pushConstant,
  OP_14: pushConstant,
  OP_15: pushConstant,
  OP_16: pushConstant,
  OP_NOP: opNop,
  OP_IF: opIf,
  OP_NOTIF: opIf,
  OP_ELSE: opElse,
  OP_ENDIF: opEndIf,
  OP_VERIFY: opVerify,
  OP_RETURN: opReturn,
  OP_TOALTSTACK: stack.opToAltStack,
  OP_FROMALTSTACK: stack.opFromAltStack,
  OP_2DROP: stack.op2Drop,
  OP_2DUP: stack.op2Dup,
  OP_3DUP: stack.op3Dup,
  OP_2OVER: stack.op2Over,
  OP_2ROT: stack.op2Rot,
  OP_2SWAP: stack.op2Swap,
  OP_IFDUP: stack.opIfDup,
  OP_DEPTH: stack.opDepth,
  OP_DROP: stack.opDrop,
  OP_DUP: stack.opDup,
  OP_NIP: stack.opNip,
  OP_OVER: stack.opOver,
  OP_PICK: stack.opPickOrRoll,
  OP_ROLL: stack.opPickOrRoll,
  OP_ROT: stack.opRot,
  OP_SWAP: stack.opSwap,
  OP_TUCK: stack.opTuck,
  OP_SIZE: stack.opSize,
  OP_EQUAL: opEqual,
  OP_EQUALVERIFY: opEqual,
  OP_1ADD: opUnary,
  OP_1SUB: opUnary,
  OP_NEGATE: opUnary,
  OP_ABS: opUnary,
  OP_NOT: opUnary,
  OP_0NOTEQUAL: opUnary,
  OP_ADD: opBinary,
  OP_SUB: opBinary,
  OP_BOOLAND: opBinary,
  OP_BOOLOR: opBinary,
  OP_NUMEQUAL: opBinary,
  OP_NUMEQUALVERIFY: opBinary,
  OP_NUMNOTEQUAL: opBinary,
  OP_LESSTHAN: opBinary,
  OP_GREATERTHAN: opBinary,
  OP_LESSTHANOREQUAL: opBinary,
  OP_GREATERTHANOREQUAL: opBinary,
  OP_MIN: opBinary,
  OP_MAX: opBinary,
  OP_WITHIN: opWithin,
  OP_RIPEMD160: opRipemd160,
  OP_SHA1: opSha1,
  OP_SHA256: opSha256,
  OP_HASH160: opHash160,
  OP_HASH256: opHash256,
  OP_CODESEPARATOR: opCodeSeparator,
  OP_CHECKSIG: opCheckSig,
  OP_CHECKSIGVERIFY: opCheckSig,
  OP_CHECKMULTISIG: opCheckMultisig,
  OP_CHECKMULTISIGVERIFY: opCheckMultisig,
  OP_NOP1: opUpgradableNop,
  OP_CHECKLOCKTIMEVERIFY: opCheckLockTimeVerify,
  OP_CHECKSEQUENCEVERIFY: opCheckSequenceVerify,
  OP_NOP4: opUpgradableNop,
  OP_NOP5: opUpgradableNop,
  OP_NOP6: opUpgradableNop,
  OP_NOP7: opUpgradableNop,
  OP_NOP8: opUpgradableNop,
  OP_NOP9: opUpgradableNop,
  OP_NOP10: opUpgradableNop,
  OP_CHECKSIGADD: opCheckSigAdd,
};

function byCode(): OpHandler[] {
  const handlers: OpHandler[] = new Array(256).fill(opBad);
  for (const [name, handler] of Object.entries(BY_NAME)) handlers[OP[name as OpcodeName]] = handler;
  return handlers;
}

/** Handler of each of the 256 codes. */
export const HANDLERS: readonly OpHandler[] = byCode();
