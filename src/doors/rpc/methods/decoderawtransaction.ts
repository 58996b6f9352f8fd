import { fromHex } from '../../../core/base/bytes.ts';
import { ByteReader } from '../../../core/primitives/byte-reader.ts';
import { DecodeError } from '../../../core/primitives/decode-error.ts';
import { decodeTransaction, makeTransaction, type Transaction, type TxOutput } from '../../../core/primitives/transaction.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { TRANSACTION_PROPERTIES, transactionJson } from '../render/transaction.ts';

/** Bytes of the smallest output: its value and the length of an empty script. */
const OUTPUT_SIZE_MIN = 9;

/** A transaction without inputs in the form from before witnesses. Its count of inputs, 0, is what tells of witnesses in the newer form. */
function decodeWithoutInputs(bytes: Uint8Array): Transaction {
  const reader = new ByteReader(bytes);
  const version = reader.u32('transaction version');
  reader.take(1, 'input count');
  const count = reader.compactSize({ what: 'output count', itemSizeMin: OUTPUT_SIZE_MIN });
  const outputs: TxOutput[] = [];
  for (let i = 0; i < count; i++) {
    outputs.push({ value: reader.i64('output value'), scriptPubKey: reader.varBytes({ what: 'output script' }) });
  }
  const lockTime = reader.u32('lock time');
  reader.end('transaction');
  return makeTransaction({ version, inputs: [], outputs, lockTime });
}

/** Where the byte stands that is the count of inputs in the old form and announces witnesses in the new one. */
const INPUT_COUNT_OFFSET = 4;

function decodeOldForm(bytes: Uint8Array): Transaction {
  return bytes[INPUT_COUNT_OFFSET] === 0 ? decodeWithoutInputs(bytes) : decodeTransaction(bytes);
}

/** Reads the first of the forms that the bytes have. Core's `DecodeHexTx`. */
function decodeAs(hex: string, forms: readonly ((bytes: Uint8Array) => Transaction)[]): Transaction {
  const bytes = fromHex(hex);
  for (const decode of bytes === undefined ? [] : forms) {
    try {
      return decode(bytes as Uint8Array);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }
  throw new RpcError('DESERIALIZATION_ERROR', 'TX decode failed');
}

export const decoderawtransaction: RpcMethod = {
  name: 'decoderawtransaction',
  category: 'Rawtransactions',
  description: 'Takes a transaction apart. Nothing is checked but that it decodes.',
  params: [
    { name: 'hexstring', schema: Type.String(), required: true, description: 'The transaction in hexadecimal.' },
    {
      name: 'iswitness',
      schema: Type.Boolean(),
      fallback: 'either',
      description: 'Whether the bytes have the form with witnesses; only a transaction without inputs needs to be told.',
    },
  ],
  result: Type.Object(TRANSACTION_PROPERTIES),
  run: (context, args) => {
    const forms = args.has(1) ? [args.boolean(1, true) ? decodeTransaction : decodeOldForm] : [decodeTransaction, decodeOldForm];
    return transactionJson(decodeAs(args.string(0), forms), context);
  },
};
