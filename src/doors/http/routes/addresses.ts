import { bytesEqual } from '../../../core/base/bytes.ts';
import { fromDisplayHex, type Txid, toDisplayHex } from '../../../core/primitives/ids.ts';
import { type OutPoint, outPointKey, type Satoshis } from '../../../core/primitives/transaction.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { scriptOf } from '../address.ts';
import { needIndex } from '../need-index.ts';
import { defineRoute, type Route } from '../route.ts';
import { unitsOf } from '../views.ts';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;

/** Outputs that are looked up at once. */
const LOOKUPS_AT_ONCE = 500;

const PARAMS = Type.Object({ address: Type.String({ maxLength: 128 }) });

const LIMIT = Type.Optional(
  Type.Integer({ minimum: 1, maximum: LIMIT_MAX, description: `How many at most; ${LIMIT_DEFAULT} unless given.` }),
);

const HEIGHT = { description: 'Height of the last block that the answer knows.' };

/** The script of an address, once everything that is asked about it can be answered. */
async function indexedScript(node: NodePort, address: string): Promise<Uint8Array> {
  const script = scriptOf(address, node);
  needIndex(node, 'script', 'Addresses cannot be looked up:');
  await node.indexes.ready('script');
  return script;
}

function indexedHeight(node: NodePort): number {
  return node.indexes.states().find(({ name }) => name === 'script')?.height ?? 0;
}

/** What waits for a script: what its outputs pay and what its inputs take, and in how many transactions. */
interface Waiting {
  received: Satoshis;
  spent: Satoshis;
  transactions: number;
}

/**
 * Looks at all waiting transactions, in many turns. Each is looked at as it is then: one that comes meanwhile may be missed, as it would
 * have been a moment before.
 */
async function waitingFor(node: NodePort, script: Uint8Array): Promise<Waiting> {
  const { clock, indexes, mempool } = node;
  const sum: Waiting = { received: 0n, spent: 0n, transactions: 0 };
  const items = [...mempool.items()];
  const spenders = new Map<string, number>();
  const touching = new Set<number>();
  let outPoints: OutPoint[] = [];
  const lookUp = async (): Promise<void> => {
    const asked = outPoints;
    outPoints = [];
    for (const { outPoint, value } of await indexes.scriptCoinsAmong(script, asked)) {
      sum.spent += value;
      touching.add(spenders.get(outPointKey(outPoint)) ?? -1);
    }
    await clock.yield();
  };
  for (const [index, { tx }] of items.entries()) {
    for (const output of tx.outputs) {
      if (!bytesEqual(output.scriptPubKey, script)) continue;
      sum.received += output.value;
      touching.add(index);
    }
    for (const { prevout } of tx.inputs) {
      const parent = mempool.coin(prevout);
      if (parent === undefined) {
        spenders.set(outPointKey(prevout), index);
        outPoints.push(prevout);
      } else if (bytesEqual(parent.scriptPubKey, script)) {
        sum.spent += parent.value;
        touching.add(index);
      }
    }
    if (outPoints.length >= LOOKUPS_AT_ONCE) await lookUp();
  }
  await lookUp();
  sum.transactions = touching.size;
  return sum;
}

const address = defineRoute({
  id: 'getAddress',
  method: 'GET',
  path: '/api/v1/address/:address',
  tag: 'addresses',
  summary: 'What an address has, and in how many transactions it is. Needs the index "script".',
  params: PARAMS,
  result: Type.Object(
    {
      address: Type.String(),
      balance: Type.Object(
        {
          confirmed: Type.String({
            description: 'Base units of its unspent outputs in the chain, rewards that must still mature among them.',
          }),
          unconfirmed: Type.String({ description: 'What the waiting transactions will change of it; may be negative.' }),
        },
        { additionalProperties: false },
      ),
      transactionCount: Type.Integer({ description: 'Transactions in the chain that pay or spend it.' }),
      unconfirmedTransactionCount: Type.Integer(),
      utxoCount: Type.Integer({ description: 'Unspent outputs in the chain.' }),
      height: Type.Integer(HEIGHT),
    },
    { additionalProperties: false },
  ),
  run: async (node, { params }) => {
    const script = await indexedScript(node, params.address);
    const height = indexedHeight(node);
    const totals = await node.indexes.scriptTotals(script);
    const waiting = await waitingFor(node, script);
    return {
      address: params.address,
      balance: { confirmed: totals.balance.toString(), unconfirmed: (waiting.received - waiting.spent).toString() },
      transactionCount: totals.transactionCount,
      unconfirmedTransactionCount: waiting.transactions,
      utxoCount: totals.coinCount,
      height,
    };
  },
});

const OUT_POINT_PATTERN = '^[0-9a-fA-F]{64}:[0-9]{1,9}$';

function parseOutPoint(text: string): OutPoint {
  return { txid: fromDisplayHex<Txid>(text.slice(0, 64)) as Txid, vout: Number(text.slice(65)) };
}

function outPointText({ txid, vout }: OutPoint): string {
  return `${toDisplayHex(txid)}:${vout}`;
}

const utxos = defineRoute({
  id: 'getAddressUtxos',
  method: 'GET',
  path: '/api/v1/address/:address/utxos',
  tag: 'addresses',
  summary: 'Unspent outputs of an address in the chain, in no order of time. Needs the index "script".',
  params: PARAMS,
  query: Type.Object(
    {
      limit: LIMIT,
      after: Type.Optional(Type.String({ pattern: OUT_POINT_PATTERN, description: 'Where the last answer ended: its `next`.' })),
    },
    { additionalProperties: false },
  ),
  result: Type.Object(
    {
      utxos: Type.Array(
        Type.Object(
          {
            txid: Type.String(),
            index: Type.Integer({ description: 'Which output of that transaction.' }),
            value: Type.Integer({ description: 'Base units.' }),
            height: Type.Integer(),
            coinbase: Type.Boolean(),
            spentBy: Type.Optional(Type.String({ description: 'The waiting transaction that spends it.' })),
          },
          { additionalProperties: false },
        ),
      ),
      next: Type.Optional(Type.String({ description: '`after` of the next page, where there may be one.' })),
      height: Type.Integer(HEIGHT),
    },
    { additionalProperties: false },
  ),
  run: async (node, { params, query }) => {
    const script = await indexedScript(node, params.address);
    const limit = query.limit ?? LIMIT_DEFAULT;
    const after = query.after === undefined ? undefined : parseOutPoint(query.after);
    const coins = await node.indexes.scriptCoins(script, { limit, after });
    const last = coins.length === limit ? coins.at(-1) : undefined;
    return {
      utxos: coins.map(({ coinbase, height, outPoint, value }) => {
        const spender = node.mempool.spenderOf(outPoint);
        const spentBy = spender === undefined ? {} : { spentBy: toDisplayHex(spender) };
        return { txid: toDisplayHex(outPoint.txid), index: outPoint.vout, value: unitsOf(value), height, coinbase, ...spentBy };
      }),
      ...(last === undefined ? {} : { next: outPointText(last.outPoint) }),
      height: indexedHeight(node),
    };
  },
});

const PLACE_PATTERN = '^[0-9]{1,9}:[0-9]{1,9}$';

const txs = defineRoute({
  id: 'getAddressTransactions',
  method: 'GET',
  path: '/api/v1/address/:address/txs',
  tag: 'addresses',
  summary: 'Transactions in the chain that pay or spend an address, the newest first. Needs the index "script".',
  params: PARAMS,
  query: Type.Object(
    {
      limit: LIMIT,
      after: Type.Optional(Type.String({ pattern: PLACE_PATTERN, description: 'Where the last answer ended: its `next`.' })),
    },
    { additionalProperties: false },
  ),
  result: Type.Object(
    {
      transactions: Type.Array(
        Type.Object(
          {
            txid: Type.String(),
            height: Type.Integer(),
            position: Type.Integer({ description: 'Its place in the block.' }),
            received: Type.String({ description: 'Base units that its outputs pay the address.' }),
            spent: Type.String({ description: 'Base units that its inputs take from it.' }),
          },
          { additionalProperties: false },
        ),
      ),
      next: Type.Optional(Type.String({ description: '`after` of the next page, where there may be one.' })),
      height: Type.Integer(HEIGHT),
    },
    { additionalProperties: false },
  ),
  run: async (node, { params, query }) => {
    const script = await indexedScript(node, params.address);
    const limit = query.limit ?? LIMIT_DEFAULT;
    const [height, position] = query.after?.split(':').map(Number) ?? [];
    const before = height === undefined || position === undefined ? undefined : { height, position };
    const events = await node.indexes.scriptHistory(script, { limit, before });
    const last = events.length === limit ? events.at(-1) : undefined;
    return {
      transactions: events.map(({ txid, received, spent, ...place }) => {
        return { txid: toDisplayHex(txid), ...place, received: received.toString(), spent: spent.toString() };
      }),
      ...(last === undefined ? {} : { next: `${last.height}:${last.position}` }),
      height: indexedHeight(node),
    };
  },
});

export const addressRoutes: readonly Route[] = [address, utxos, txs];
