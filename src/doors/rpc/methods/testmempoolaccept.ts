import { hashKey, toDisplayHex } from '../../../core/primitives/ids.ts';
import { outPointKey, type Satoshis, type Transaction } from '../../../core/primitives/transaction.ts';
import type { TransactionOutcome } from '../../../engine/ports/mempool-service.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import { type Arguments, parseTransaction } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import { feeRateLimit, MAX_FEE_RATE_PARAMETER } from '../fee-rate-limit.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';
import { rejectionText } from '../render/rejection.ts';

/** Core's `MAX_PACKAGE_COUNT`. */
const TRANSACTIONS_MAX = 25;

const RESULT = Type.Object({
  txid: Type.String(),
  wtxid: Type.String(),
  'package-error': Type.Optional(Type.String({ description: 'Why the transactions cannot be looked at together.' })),
  allowed: Type.Optional(Type.Boolean({ description: 'Whether it would be accepted.' })),
  vsize: Type.Optional(Type.Integer()),
  fees: Type.Optional(
    Type.Object({
      base: Type.Number({ description: 'Coins.' }),
      'effective-feerate': Type.Number({ description: 'Coins per 1,000 virtual bytes.' }),
      'effective-includes': Type.Array(Type.String()),
    }),
  ),
  'reject-reason': Type.Optional(Type.String()),
  'reject-details': Type.Optional(Type.String()),
});

function transactionsOf(args: Arguments): readonly Transaction[] {
  const texts = args.strings(0);
  if (texts.length < 1 || texts.length > TRANSACTIONS_MAX) {
    throw new RpcError('INVALID_PARAMETER', `Array must contain between 1 and ${TRANSACTIONS_MAX} transactions.`);
  }
  return texts.map((text) => parseTransaction(text, `TX decode failed: ${text} Make sure the tx has at least one input.`));
}

/** What no transactions that are tested together may have. Core's `IsWellFormedPackage`. */
function packageError(transactions: readonly Transaction[]): string | undefined {
  const spent = new Set<string>();
  const later = new Set(transactions.map(({ txid }) => hashKey(txid)));
  if (later.size < transactions.length) return 'package-contains-duplicates';
  for (const { inputs, txid } of transactions) {
    if (inputs.some(({ prevout }) => later.has(hashKey(prevout.txid)))) return 'package-not-sorted';
    later.delete(hashKey(txid));
  }
  for (const { inputs } of transactions) {
    const keys = new Set(inputs.map((input) => outPointKey(input.prevout) as string));
    for (const key of keys) {
      if (spent.has(key)) return 'conflict-in-package';
      spent.add(key);
    }
  }
  return undefined;
}

function outcomeJson(tx: Transaction, outcome: TransactionOutcome, feeRateMax: Satoshis | undefined): JsonOutput {
  const ids = { txid: toDisplayHex(tx.txid), wtxid: toDisplayHex(tx.wtxid) };
  const { fee = 0n, modifiedFee = fee, rejection } = outcome;
  if (rejection !== undefined) {
    if (rejection.kind === 'missing-inputs') return { ...ids, allowed: false, 'reject-reason': 'missing-inputs' };
    return { ...ids, allowed: false, 'reject-reason': rejection.reason, 'reject-details': rejectionText(rejection, tx) };
  }
  const vsize = BigInt(outcome.vsizeBytes);
  if (feeRateMax !== undefined && fee > (feeRateMax * vsize) / 1000n) {
    return { ...ids, allowed: false, 'reject-reason': 'max-fee-exceeded' };
  }
  const fees = {
    base: coins(fee),
    'effective-feerate': coins((modifiedFee * 1000n) / vsize),
    'effective-includes': [ids.wtxid],
  };
  return { ...ids, allowed: true, vsize: outcome.vsizeBytes, fees };
}

export const testmempoolaccept: RpcMethod = {
  name: 'testmempoolaccept',
  category: 'Rawtransactions',
  description:
    'Says whether transactions would be accepted, each by itself: what one of them makes is not there yet for the next. Nothing is kept.',
  params: [
    {
      name: 'rawtxs',
      schema: Type.Array(Type.String()),
      required: true,
      description: `1 to ${TRANSACTIONS_MAX} transactions in hexadecimal.`,
    },
    MAX_FEE_RATE_PARAMETER,
  ],
  result: Type.Array(RESULT),
  run: async ({ node }, args) => {
    const feeRateMax = feeRateLimit(args, node.params.consensus.maxMoney);
    const transactions = transactionsOf(args);
    const problem = packageError(transactions);
    if (problem !== undefined) {
      return transactions.map((tx) => ({ txid: toDisplayHex(tx.txid), wtxid: toDisplayHex(tx.wtxid), 'package-error': problem }));
    }
    const results: JsonOutput[] = [];
    for (const tx of transactions) results.push(outcomeJson(tx, await node.mempool.test(tx), feeRateMax));
    return results;
  },
};
