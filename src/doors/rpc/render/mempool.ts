/**
 * Waiting transactions as `getmempoolentry` and `getrawmempool` show them. Core's `entryToJSON`.
 *
 * @module
 */

import { hashKey, type Txid, toDisplayHex } from '../../../core/primitives/ids.ts';
import type { MempoolItem, MempoolService } from '../../../engine/ports/mempool-service.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import type { Arguments } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcParameter } from '../method.ts';

/** Inputs with a higher sequence do not ask to be replaceable (BIP-125). */
const REPLACEABLE_SEQUENCE_MAX = 0xfffffffd;

export const MEMPOOL_ENTRY = Type.Object({
  vsize: Type.Integer(),
  weight: Type.Integer(),
  time: Type.Integer({ description: 'When it came in, seconds since 1970.' }),
  height: Type.Integer({ description: 'Height of the tip when it came in.' }),
  descendantcount: Type.Integer({ description: 'Waiting descendants, itself included.' }),
  descendantsize: Type.Integer(),
  ancestorcount: Type.Integer({ description: 'Waiting ancestors, itself included.' }),
  ancestorsize: Type.Integer(),
  wtxid: Type.String(),
  fees: Type.Object({
    base: Type.Number({ description: 'Coins.' }),
    modified: Type.Number({ description: 'With what prioritisetransaction added, which the next two count too.' }),
    ancestor: Type.Number(),
    descendant: Type.Number(),
  }),
  depends: Type.Array(Type.String(), { description: 'Waiting parents.' }),
  spentby: Type.Array(Type.String(), { description: 'Waiting children.' }),
  'bip125-replaceable': Type.Boolean({ description: 'Whether it or an ancestor says so by its sequence numbers.' }),
  unbroadcast: Type.Boolean({ description: 'Always false: a transaction is offered to every peer as soon as it is accepted.' }),
});

/** Whether a waiting transaction or one of its waiting ancestors signals BIP-125. */
function isReplaceable(item: MempoolItem, mempool: MempoolService): boolean {
  const seen = new Set<string>();
  const pending: MempoolItem[] = [item];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.tx.inputs.some((input) => input.sequence <= REPLACEABLE_SEQUENCE_MAX)) return true;
    for (const txid of next.depends) {
      const parent = seen.has(hashKey(txid)) ? undefined : mempool.get(txid);
      seen.add(hashKey(txid));
      if (parent !== undefined) pending.push(parent);
    }
  }
  return false;
}

/** One waiting transaction. */
export function mempoolEntryJson(item: MempoolItem, mempool: MempoolService): JsonOutput {
  return {
    vsize: item.vsizeBytes,
    weight: item.weightWu,
    time: item.timeSeconds,
    height: item.height,
    descendantcount: item.descendantCount,
    descendantsize: item.descendantVsizeBytes,
    ancestorcount: item.ancestorCount,
    ancestorsize: item.ancestorVsizeBytes,
    wtxid: toDisplayHex(item.tx.wtxid),
    fees: {
      base: coins(item.fee),
      modified: coins(item.modifiedFee),
      ancestor: coins(item.ancestorFees),
      descendant: coins(item.descendantFees),
    },
    depends: item.depends.map(toDisplayHex),
    spentby: item.spentBy.map(toDisplayHex),
    'bip125-replaceable': isReplaceable(item, mempool),
    unbroadcast: false,
  };
}

export const RELATIVES_PARAMETERS: readonly RpcParameter[] = [
  { name: 'txid', schema: Type.String(), required: true, description: 'The waiting transaction.' },
  { name: 'verbose', schema: Type.Boolean(), fallback: 'false', description: 'Whether everything about each is shown.' },
];

export const RELATIVES_RESULT = [Type.Array(Type.String()), Type.Record(Type.String(), MEMPOOL_ENTRY)];

/** What a waiting transaction needs or what needs it, without itself: ids, or everything about each. */
export function relativesJson(mempool: MempoolService, args: Arguments, direction: 'ancestors' | 'descendants'): JsonOutput {
  const verbose = args.boolean(1, false);
  const txid = args.hash<Txid>(0, 'parameter 1');
  const relatives = mempool.relatives(txid, direction);
  if (relatives === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Transaction not in mempool');
  const others = relatives.filter(({ tx }) => hashKey(tx.txid) !== hashKey(txid));
  if (!verbose) return others.map(({ tx }) => toDisplayHex(tx.txid));
  return Object.fromEntries(others.map((item) => [toDisplayHex(item.tx.txid), mempoolEntryJson(item, mempool)]));
}
