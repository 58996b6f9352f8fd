import type { Rejection } from '../../../core/consensus/rejection.ts';
import { toDisplayHex } from '../../../core/primitives/ids.ts';
import type { Satoshis, Transaction } from '../../../core/primitives/transaction.ts';
import { isUnspendable } from '../../../core/script/index.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { parseTransaction } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import { feeRateLimit, MAX_FEE_RATE_PARAMETER } from '../fee-rate-limit.ts';
import type { RpcMethod } from '../method.ts';
import { rejectionText } from '../render/rejection.ts';

async function outputsOnChain(node: NodePort, tx: Transaction): Promise<boolean> {
  for (let vout = 0; vout < tx.outputs.length; vout++) {
    if ((await node.chain.coin({ txid: tx.txid, vout })) !== undefined) return true;
  }
  return false;
}

function checkBurned(tx: Transaction, burnMax: Satoshis): void {
  for (const { scriptPubKey, value } of tx.outputs) {
    if (value > burnMax && isUnspendable(scriptPubKey)) {
      throw new RpcError('VERIFY_ERROR', 'Unspendable output exceeds maximum configured by user (maxburnamount)');
    }
  }
}

function refusal(rejection: Rejection, tx: Transaction): RpcError {
  if (rejection.reason === 'max-fee-exceeded') {
    return new RpcError('VERIFY_ERROR', 'Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)');
  }
  if (rejection.kind === 'missing-inputs') return new RpcError('VERIFY_ERROR', 'bad-txns-inputs-missingorspent');
  return new RpcError('VERIFY_REJECTED', rejectionText(rejection, tx));
}

export const sendrawtransaction: RpcMethod = {
  name: 'sendrawtransaction',
  category: 'Rawtransactions',
  description:
    'Hands a transaction to this node, which keeps it and offers it to all peers. One that waits already is answered with its id.',
  params: [
    { name: 'hexstring', schema: Type.String(), required: true, description: 'The transaction in hexadecimal.' },
    MAX_FEE_RATE_PARAMETER,
    {
      name: 'maxburnamount',
      schema: Type.Union([Type.Number(), Type.String()]),
      fallback: '"0.00"',
      description: 'Refuses a transaction with an output of more coins than this that no one can ever spend.',
    },
  ],
  result: Type.String({ description: 'The txid.' }),
  run: async ({ node }, args) => {
    const max = node.params.consensus.maxMoney;
    const burnMax = args.amount(2, { max, fallback: 0n });
    const tx = parseTransaction(args.string(0), 'TX decode failed. Make sure the tx has at least one input.');
    checkBurned(tx, burnMax);
    const feeRateMax = feeRateLimit(args, max);
    const txid = toDisplayHex(tx.txid);
    if (node.mempool.get(tx.txid) !== undefined) return txid;
    const { rejection } = await node.mempool.submit(tx, feeRateMax === undefined ? {} : { feeRateMaxSatPerKvb: feeRateMax });
    if (rejection === undefined) return txid;
    // What is on the chain has spent its inputs, so it was refused. Core looks first, but all that are taken would pay for that.
    if (await outputsOnChain(node, tx)) {
      throw new RpcError('VERIFY_ALREADY_IN_UTXO_SET', 'Transaction outputs already in utxo set');
    }
    throw refusal(rejection, tx);
  },
};
