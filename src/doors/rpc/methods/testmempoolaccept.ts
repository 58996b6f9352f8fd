import { toDisplayHex } from '../../../core/primitives/ids.ts';
import type { Satoshis, Transaction } from '../../../core/primitives/transaction.ts';
import { PACKAGE_COUNT_MAX } from '../../../engine/policy/check-package.ts';
import type { MempoolService, PackageOutcome, TransactionOutcome } from '../../../engine/ports/mempool-service.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import { type Arguments, parseTransaction } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import { feeRateLimit, MAX_FEE_RATE_PARAMETER } from '../fee-rate-limit.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';
import { rejectionText } from '../render/rejection.ts';

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
  if (texts.length < 1 || texts.length > PACKAGE_COUNT_MAX) {
    throw new RpcError('INVALID_PARAMETER', `Array must contain between 1 and ${PACKAGE_COUNT_MAX} transactions.`);
  }
  return texts.map((text) => parseTransaction(text, `TX decode failed: ${text} Make sure the tx has at least one input.`));
}

/** Several are looked at together; one may replace what waits. */
async function testAll(mempool: MempoolService, transactions: readonly Transaction[]): Promise<PackageOutcome> {
  const [only, ...others] = transactions as [Transaction, ...Transaction[]];
  if (others.length > 0) return mempool.testPackage(transactions);
  return { error: undefined, outcomes: [await mempool.test(only)] };
}

function paysTooMuch({ fee = 0n, rejection, vsizeBytes }: TransactionOutcome, feeRateMax: Satoshis | undefined): boolean {
  return rejection === undefined && feeRateMax !== undefined && fee > (feeRateMax * BigInt(vsizeBytes)) / 1000n;
}

function outcomeJson(tx: Transaction, outcome: TransactionOutcome, feeRateMax: Satoshis | undefined) {
  const { fee = 0n, modifiedFee = fee, rejection } = outcome;
  if (rejection !== undefined) {
    if (rejection.kind === 'missing-inputs') return { allowed: false, 'reject-reason': 'missing-inputs' };
    return { allowed: false, 'reject-reason': rejection.reason, 'reject-details': rejectionText(rejection, tx) };
  }
  const vsize = BigInt(outcome.vsizeBytes);
  if (paysTooMuch(outcome, feeRateMax)) return { allowed: false, 'reject-reason': 'max-fee-exceeded' };
  const fees = {
    base: coins(fee),
    'effective-feerate': coins((modifiedFee * 1000n) / vsize),
    'effective-includes': [toDisplayHex(tx.wtxid)],
  };
  return { allowed: true, vsize: outcome.vsizeBytes, fees };
}

export const testmempoolaccept: RpcMethod = {
  name: 'testmempoolaccept',
  category: 'Rawtransactions',
  description:
    'Says whether transactions would be accepted, each given those before it. Of several, none may replace what waits, and where one is refused, others may not be looked at to their end. Nothing is kept.',
  params: [
    {
      name: 'rawtxs',
      schema: Type.Array(Type.String()),
      required: true,
      description: `1 to ${PACKAGE_COUNT_MAX} transactions in hexadecimal.`,
    },
    MAX_FEE_RATE_PARAMETER,
  ],
  result: Type.Array(RESULT),
  run: async ({ node }, args) => {
    const feeRateMax = feeRateLimit(args, node.params.consensus.maxMoney);
    const transactions = transactionsOf(args);
    const { error, outcomes } = await testAll(node.mempool, transactions);
    const results: JsonOutput[] = [];
    // What depends on one that pays too much would not be handed in either.
    let isOver = false;
    for (const [place, tx] of transactions.entries()) {
      const ids = { txid: toDisplayHex(tx.txid), wtxid: toDisplayHex(tx.wtxid), 'package-error': error };
      const outcome: TransactionOutcome | undefined = isOver ? undefined : outcomes[place];
      isOver ||= outcome !== undefined && paysTooMuch(outcome, feeRateMax);
      results.push(outcome === undefined ? ids : { ...ids, ...outcomeJson(tx, outcome, feeRateMax) });
    }
    return results;
  },
};
