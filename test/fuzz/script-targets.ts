/**
 * Scripts: read, counted, shown, told apart, and run with every rule.
 *
 * @module
 */

import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { makeTransaction } from '../../src/core/primitives/transaction.ts';
import { MANDATORY_FLAGS, STANDARD_FLAGS } from '../../src/core/script/flags.ts';
import { classifyOutput, isUnspendable, witnessProgramOf } from '../../src/core/script/output-template.ts';
import { scriptToAsm } from '../../src/core/script/script-asm.ts';
import { nextOp, openScript } from '../../src/core/script/script-reader.ts';
import { countSigops } from '../../src/core/script/sigops.ts';
import { verifyScript } from '../../src/core/script/verify-script.ts';
import { hash, tx } from '../support/message-examples.ts';
import { expect, type FuzzTargets, refusesNothing } from './fuzz-target.ts';

const secp256k1 = chooseSecp256k1('auto');

const SAMPLES: readonly Uint8Array[] = [
  Uint8Array.of(0x76, 0xa9, 20, ...new Uint8Array(20), 0x88, 0xac),
  Uint8Array.of(0xa9, 20, ...new Uint8Array(20), 0x87),
  Uint8Array.of(0, 20, ...new Uint8Array(20)),
  Uint8Array.of(0x51, 32, ...hash(2)),
  Uint8Array.of(0x51, 33, 2, ...hash(3), 33, 3, ...hash(4), 0x52, 0xae),
  Uint8Array.of(0x4c, 2, 1, 2, 0x4d, 1, 0, 9, 0x4e, 1, 0, 0, 0, 7, 0x75, 0x75, 0x75, 0x51),
  Uint8Array.of(0x63, 0x51, 0x67, 0x00, 0x68, 0x93, 0x95, 0x6b, 0x6c, 0x7b, 0x7e, 0xab, 0xba, 0xb1, 0xb2),
  new Uint8Array(300).fill(0x76),
];

/** A script in the first half of some bytes, and what spends it in the second. */
function halves(bytes: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const at = (bytes[0] ?? 0) % (bytes.length + 1);
  return [bytes.slice(at), bytes.slice(0, at)];
}

/** By what is done with a script. */
export const SCRIPT_TARGETS: FuzzTargets = {
  'script reader': {
    samples: SAMPLES,
    read: (script) => {
      const cursor = openScript(script);
      let operations = 0;
      while (nextOp(cursor)) operations++;
      expect(operations <= script.length && cursor.offset <= script.length, 'each operation takes a byte');
      expect(countSigops(script, true) <= countSigops(script, false) || script.includes(0xae) || script.includes(0xaf), 'counts agree');
      scriptToAsm(script, { decodeSighash: true });
      classifyOutput(script);
      isUnspendable(script);
      witnessProgramOf(script);
    },
    refuses: refusesNothing,
  },
  'script run': {
    samples: SAMPLES,
    read: (bytes) => {
      const [scriptPubKey, rest] = halves(bytes);
      for (const flags of [0, MANDATORY_FLAGS, STANDARD_FLAGS]) {
        for (const [scriptSig, witness] of [
          [rest, []],
          [new Uint8Array(0), [rest, scriptPubKey]],
        ] as const) {
          const spending = makeTransaction({ ...tx, inputs: [{ ...tx.inputs[0]!, scriptSig, witness }] });
          verifyScript({ tx: spending, inputIndex: 0, spentOutputs: [{ value: 1n, scriptPubKey }], flags, secp256k1 });
        }
      }
    },
    refuses: refusesNothing,
    cost: 4,
  },
};
