import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { transactionWeightWu } from '../../../core/primitives/transaction.ts';
import type { OrphanInfo } from '../../../engine/ports/network-service.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';
import { transactionHex } from '../render/transaction.ts';

const ORPHAN = {
  txid: Type.String(),
  wtxid: Type.String(),
  bytes: Type.Integer(),
  vsize: Type.Integer(),
  weight: Type.Integer(),
  from: Type.Array(Type.Integer(), { description: 'Ids of the peers that sent it.' }),
};

function orphanJson({ tx, peer }: OrphanInfo, withHex: boolean): JsonOutput {
  const weight = transactionWeightWu(tx);
  return {
    txid: toDisplayHex(tx.txid),
    wtxid: toDisplayHex(tx.wtxid),
    bytes: tx.sizeBytes,
    vsize: Math.ceil(weight / 4),
    weight,
    from: [peer],
    hex: withHex ? transactionHex(tx) : undefined,
  };
}

export const getorphantxs: RpcMethod = {
  name: 'getorphantxs',
  category: 'Blockchain',
  hidden: true,
  description: 'The transactions that came before their parents and wait for them.',
  params: [
    { name: 'verbosity', schema: Type.Any(), fallback: '0', description: '0: their ids; 1: what is known of each; 2: their bytes too.' },
  ],
  result: Type.Union([
    Type.Array(Type.String()),
    Type.Array(Type.Object({ ...ORPHAN, hex: Type.Optional(Type.String({ description: 'With verbosity 2.' })) })),
  ]),
  run: ({ node }, args) => {
    if (typeof args.value(0) === 'boolean') throw new RpcError('TYPE_ERROR', 'Verbosity was boolean but only integer allowed');
    const verbosity = args.verbosity(0, 0);
    if (verbosity < 0 || verbosity > 2) throw new RpcError('INVALID_PARAMETER', `Invalid verbosity value ${verbosity}`);
    const orphans = node.network.orphans();
    return verbosity === 0 ? orphans.map(({ tx }) => toDisplayHex(tx.txid)) : orphans.map((each) => orphanJson(each, verbosity === 2));
  },
};
