import { FEE_HORIZONS, type FeeRangeCounts, type HorizonEstimate } from '../../../engine/ports/fee-service.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import type { Arguments } from '../arguments.ts';
import { CONF_TARGET, confirmTargetOf, feesOf } from '../confirm-target.ts';
import { RpcError } from '../errors.ts';
import { JsonNumber } from '../json-number.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';
import { floatJson } from '../network-hash-rate.ts';

const THRESHOLD_DEFAULT = 0.95;

const RANGE = {
  startrange: Type.Number({ description: 'Where it begins, in base units per 1,000 virtual bytes.' }),
  endrange: Type.Number({ description: 'Where it ends.' }),
  withintarget: Type.Number({ description: 'Transactions in it that were confirmed in time. All counts fade with each block.' }),
  totalconfirmed: Type.Number({ description: 'Those that were confirmed at all.' }),
  inmempool: Type.Number({ description: 'Those that wait now, for as many blocks or longer.' }),
  leftmempool: Type.Number({ description: 'Those that were not confirmed in time and left.' }),
};

const HORIZON = Type.Object({
  feerate: Type.Optional(Type.Number({ description: 'Coins per 1,000 virtual bytes. Left out where there are errors.' })),
  decay: Type.Number({ description: 'What is left of a count with each block.' }),
  scale: Type.Integer({ description: 'Blocks that are counted as one.' }),
  pass: Type.Optional(Type.Object(RANGE, { description: 'The lowest range of fee rates that meets the threshold.' })),
  fail: Type.Optional(Type.Object(RANGE, { description: 'The highest range below it that does not.' })),
  errors: Type.Optional(Type.Array(Type.String(), { description: 'Why there is no rate.' })),
});

/** A part of all transactions, 0 to 1. */
function thresholdOf(args: Arguments, index: number): number {
  if (!args.has(index)) return THRESHOLD_DEFAULT;
  const value = args.value(index);
  const threshold = Number(value instanceof JsonNumber ? value.text : value);
  if (threshold >= 0 && threshold <= 1) return threshold;
  throw new RpcError('INVALID_PARAMETER', 'Invalid threshold');
}

/** Rounded to hundredths, in C++'s digits. */
function countJson(count: number): JsonNumber {
  return floatJson(Math.round(count * 100) / 100);
}

function rangeJson({ startRate, endRate, ...counts }: FeeRangeCounts): JsonOutput {
  return {
    startrange: floatJson(Math.round(startRate)),
    endrange: floatJson(Math.round(endRate)),
    withintarget: countJson(counts.withinTarget),
    totalconfirmed: countJson(counts.totalConfirmed),
    inmempool: countJson(counts.inMempool),
    leftmempool: countJson(counts.leftMempool),
  };
}

function horizonJson({ feeRateSatPerKvb, decay, scaleBlocks: scale, pass, fail }: HorizonEstimate): JsonOutput {
  const failed = rangeJson(fail);
  if (feeRateSatPerKvb === 0n) {
    return { decay, scale, fail: failed, errors: ['Insufficient data or no feerate found which meets threshold'] };
  }
  const allPassed = fail.startRate === -1;
  return { feerate: coins(feeRateSatPerKvb), decay, scale, pass: rangeJson(pass), ...(allPassed ? {} : { fail: failed }) };
}

export const estimaterawfee: RpcMethod = {
  name: 'estimaterawfee',
  category: 'Util',
  hidden: true,
  description: 'What estimatesmartfee goes by: for each horizon that looks so far, the rate for one threshold and what was counted for it.',
  params: [
    CONF_TARGET,
    {
      name: 'threshold',
      schema: Type.Number(),
      fallback: String(THRESHOLD_DEFAULT),
      description: 'The part of the transactions in a range of fee rates that must have been confirmed in time, 0 to 1.',
    },
  ],
  result: Type.Object({ short: Type.Optional(HORIZON), medium: Type.Optional(HORIZON), long: Type.Optional(HORIZON) }),
  run: async ({ node }, args) => {
    const fees = feesOf({ node });
    const target = confirmTargetOf(fees, args, 0);
    const threshold = thresholdOf(args, 1);
    await node.mempool.settled();
    const answers: Record<string, JsonOutput> = {};
    for (const horizon of FEE_HORIZONS) {
      const estimate = fees.estimateOn(horizon, target, threshold);
      if (estimate !== undefined) answers[horizon] = horizonJson(estimate);
    }
    return answers;
  },
};
