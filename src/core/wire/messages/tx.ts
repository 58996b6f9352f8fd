import { ByteReader } from '../../primitives/byte-reader.ts';
import type { Transaction } from '../../primitives/transaction.ts';
import { encodeTransaction, encodeTransactionStripped, readTransaction } from '../../primitives/transaction.ts';
import type { MessageCodec } from '../codec.ts';

/** A transaction. */
export interface TxMessage {
  readonly type: 'tx';
  readonly tx: Transaction;
  /** Send it without its witnesses, as one is answered who asks by txid and without the witness flag. */
  readonly stripped?: boolean;
}

/** `tx`. */
export const txCodec: MessageCodec<TxMessage> = {
  type: 'tx',
  encode: (message: TxMessage): Uint8Array => (message.stripped ? encodeTransactionStripped(message.tx) : encodeTransaction(message.tx)),
  decode: (payload: Uint8Array): TxMessage => ({ type: 'tx', tx: readTransaction(new ByteReader(payload)) }),
};
