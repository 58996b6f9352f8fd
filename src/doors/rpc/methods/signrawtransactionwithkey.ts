import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { makeTransaction, outPointKey, type TxInput, type TxOutput } from '../../../core/primitives/transaction.ts';
import { scriptErrorText } from '../../../core/script/index.ts';
import { type InputProblem, inputSigner, KeyRing } from '../../../core/signing/index.ts';
import { Type } from '../../schema.ts';
import { formatCoins } from '../amount.ts';
import { parseTransaction } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';
import { hexOf } from '../render/numbers.ts';
import { transactionHex } from '../render/transaction.ts';
import { addListedOutputs, eachInput, findOutputs, parseHashType, parsePrivateKey } from '../signing-arguments.ts';

/** Core's words where it has others for an input that cannot be signed than for a script that fails. */
const PROBLEM_WORDS: Partial<Record<InputProblem, string>> = {
  'unknown-output': 'Input not found or already spent',
  INVALID_STACK_OPERATION: 'Unable to sign input, invalid stack size (possibly missing key)',
  SIG_NULLFAIL: 'CHECK(MULTI)SIG failing with non-zero signature (possibly need more signatures)',
};

function wordsOf(problem: InputProblem): string {
  return PROBLEM_WORDS[problem] ?? (problem === 'unknown-output' ? problem : scriptErrorText(problem));
}

function problemJson({ prevout, scriptSig, sequence, witness }: TxInput, problem: InputProblem): JsonOutput {
  return {
    txid: toDisplayHex(prevout.txid),
    vout: prevout.vout,
    witness: witness.map(hexOf),
    scriptSig: hexOf(scriptSig),
    sequence,
    error: wordsOf(problem),
  };
}

/** Digits of a script that Core's text of an output has. */
const SCRIPT_DIGITS_SHOWN = 30;

/** An output as Core's `CTxOut::ToString`. */
function outputText({ scriptPubKey, value }: TxOutput): string {
  return `CTxOut(nValue=${formatCoins(value)}, scriptPubKey=${hexOf(scriptPubKey).slice(0, SCRIPT_DIGITS_SHOWN)})`;
}

const PREVIOUS_OUTPUT = Type.Object({
  txid: Type.String(),
  vout: Type.Integer(),
  scriptPubKey: Type.String({ description: 'In hexadecimal, as the scripts below.' }),
  redeemScript: Type.Optional(Type.String({ description: 'What a P2SH output has the hash of.' })),
  witnessScript: Type.Optional(Type.String({ description: 'What a P2WSH or P2SH-P2WSH output has the hash of.' })),
  amount: Type.Optional(Type.Number({ description: 'Coins; segwit needs it.' })),
});

export const signrawtransactionwithkey: RpcMethod = {
  name: 'signrawtransactionwithkey',
  category: 'Rawtransactions',
  description: 'Signs the inputs of a transaction with private keys, as far as they suffice. What is signed already stays.',
  params: [
    { name: 'hexstring', schema: Type.String(), required: true, description: 'The transaction in hexadecimal.' },
    { name: 'privkeys', schema: Type.Array(Type.String()), required: true, description: 'The private keys, in Base58.' },
    {
      name: 'prevtxs',
      schema: Type.Array(PREVIOUS_OUTPUT),
      description: 'Outputs that it spends and that the node may not know, and the scripts behind their hashes.',
    },
    {
      name: 'sighashtype',
      schema: Type.String(),
      fallback: '"DEFAULT" for taproot, "ALL" otherwise',
      description: 'What signatures commit to: DEFAULT, ALL, NONE or SINGLE, each of the last three also with |ANYONECANPAY.',
    },
  ],
  result: Type.Object({
    hex: Type.String({ description: 'The transaction with its signatures.' }),
    complete: Type.Boolean({ description: 'Whether every input is signed.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          txid: Type.String(),
          vout: Type.Integer(),
          witness: Type.Array(Type.String()),
          scriptSig: Type.String(),
          sequence: Type.Integer(),
          error: Type.String({ description: 'Why the input is not signed.' }),
        }),
      ),
    ),
  }),
  run: async (context, args) => {
    const tx = parseTransaction(args.string(0), 'TX decode failed. Make sure the tx has at least one input.');
    const { curve } = context;
    const { maxMoney } = context.node.params.consensus;
    const keys = new KeyRing();
    for (const text of args.strings(1)) keys.addKey(parsePrivateKey(text, context), curve);
    const known = await findOutputs(context, tx.inputs);
    addListedOutputs(args.value(2), known, keys, maxMoney);
    const spentOutputs = tx.inputs.map(({ prevout }) => known.get(outPointKey(prevout)));
    const sign = inputSigner({ tx, spentOutputs, keys, hashType: parseHashType(args, 3), secp256k1: curve });
    const signed = await eachInput(context, tx.inputs, (index) => {
      const result = sign(index);
      const spent = spentOutputs[index];
      // A signature of segwit commits to the amount, so one without it would be worth nothing.
      if (spent?.value === maxMoney && result.input.witness.length > 0) {
        throw new RpcError('TYPE_ERROR', `Missing amount for ${outputText(spent)}`);
      }
      return result;
    });
    const errors = signed.flatMap(({ input, problem }) => (problem === undefined ? [] : [problemJson(input, problem)]));
    return {
      hex: transactionHex(makeTransaction({ ...tx, inputs: signed.map(({ input }) => input) })),
      complete: errors.length === 0,
      errors: errors.length === 0 ? undefined : errors,
    };
  },
};
