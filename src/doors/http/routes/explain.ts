import { fromHex } from '../../../core/base/bytes.ts';
import { type Block, decodeBlock } from '../../../core/primitives/block.ts';
import { DecodeError } from '../../../core/primitives/decode-error.ts';
import type { Transaction, TxOutput } from '../../../core/primitives/transaction.ts';
import { type Static, Type } from '../../schema.ts';
import { EXPLANATION, explanationView } from '../explain-view.ts';
import { TRANSACTION_BODY_SIZE_MAX } from '../limits.ts';
import { HttpProblem } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';
import { transactionOf } from './transactions.ts';

const BODY = Type.Object(
  {
    tx: Type.Optional(Type.String({ description: 'A transaction in hexadecimal.' })),
    block: Type.Optional(Type.String({ description: 'Or a block in hexadecimal.' })),
    prevouts: Type.Optional(
      Type.Array(
        Type.Object(
          { value: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'Base units.' }), script: Type.String() },
          { additionalProperties: false },
        ),
        { description: 'What each input of the transaction spends, in order: then neither chain nor mempool is asked.' },
      ),
    ),
  },
  { additionalProperties: false },
);

function blockOf(hex: string): Block {
  const bytes = fromHex(hex.trim());
  if (bytes === undefined) throw new HttpProblem('block-undecodable', { field: 'block', detail: 'The block is not hexadecimal.' });
  try {
    return decodeBlock(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new HttpProblem('block-undecodable', { field: 'block', detail: `The bytes are no block: ${error.message}.` });
  }
}

/** The outputs that a transaction is said to spend; undefined where nothing is said. */
function outputsOf(tx: Transaction, prevouts: Static<typeof BODY>['prevouts']): readonly TxOutput[] | undefined {
  if (prevouts === undefined) return undefined;
  if (prevouts.length !== tx.inputs.length) {
    const detail = `The transaction has ${tx.inputs.length} inputs, and ${prevouts.length} outputs are given.`;
    throw new HttpProblem('request-invalid', { field: 'prevouts', detail });
  }
  return prevouts.map(({ value, script }, index) => {
    const scriptPubKey = fromHex(script);
    if (scriptPubKey === undefined) {
      throw new HttpProblem('request-invalid', { field: `prevouts.${index}.script`, detail: 'The script is not hexadecimal.' });
    }
    return { value: BigInt(value), scriptPubKey };
  });
}

const post = defineRoute({
  id: 'explain',
  method: 'POST',
  path: '/api/v1/explain',
  tag: 'transactions',
  summary:
    'Says why a transaction or a block would be refused: the rule, where it is written, where it is broken, and how a script ran. Nothing is kept.',
  bodySizeMax: TRANSACTION_BODY_SIZE_MAX,
  body: BODY,
  result: EXPLANATION,
  run: async (node, { body }) => {
    const { block, prevouts, tx }: Static<typeof BODY> = body;
    if ((tx === undefined) === (block === undefined)) {
      throw new HttpProblem('request-invalid', { field: 'tx', detail: 'The body names one of tx and block.' });
    }
    if (block !== undefined) return explanationView(await node.explain.block(blockOf(block)));
    const decoded = transactionOf(tx ?? '', 'tx');
    return explanationView(await node.explain.transaction(decoded, outputsOf(decoded, prevouts)));
  },
});

export const explainRoutes: readonly Route[] = [post];
