import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { encodeTransaction } from '../../../core/primitives/transaction.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import type { WalletEntry, WalletService } from '../../../engine/ports/wallet-service.ts';
import { type Static, Type } from '../../schema.ts';
import { scriptOf } from '../address.ts';
import { TRANSACTION_BODY_SIZE_MAX } from '../limits.ts';
import { HttpProblem } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';
import { hexOf, unitsOf } from '../views.ts';
import { transactionOf } from './transactions.ts';

const HISTORY_DEFAULT = 100;
const HISTORY_MAX = 1_000;

/** Base units per virtual byte; a fee rate may have three decimals, since the node counts per 1,000 virtual bytes. */
const FEE_RATE = { minimum: 0.001, maximum: 1_000_000, description: 'Base units per virtual byte.' };

function walletOf(node: NodePort): WalletService {
  if (node.wallet === undefined) throw new HttpProblem('wallet-missing');
  return node.wallet;
}

const TOTAL = { description: 'Base units.' };

const wallet = defineRoute({
  id: 'wallet',
  method: 'GET',
  path: '/api/v1/wallet',
  tag: 'wallet',
  access: 'login',
  summary: 'The next unused address, and what the wallet holds.',
  result: Type.Object(
    {
      address: Type.String({ description: 'The next unused one.' }),
      balance: Type.Object(
        { confirmed: Type.String(TOTAL), unconfirmed: Type.String(TOTAL), immature: Type.String(TOTAL) },
        { additionalProperties: false },
      ),
    },
    { additionalProperties: false },
  ),
  run: (node) => {
    const { confirmed, immature, unconfirmed } = walletOf(node).balance();
    const balance = { confirmed: String(confirmed), unconfirmed: String(unconfirmed), immature: String(immature) };
    return { address: walletOf(node).address(), balance };
  },
});

const ENTRY = Type.Object(
  {
    txid: Type.String(),
    amount: Type.Integer({ description: 'What the wallet gained, in base units; negative where it paid, the fee included.' }),
    fee: Type.Optional(Type.Integer({ description: 'Where the wallet paid it.' })),
    confirmations: Type.Integer(),
    block: Type.Optional(Type.Object({ hash: Type.String(), height: Type.Integer() }, { additionalProperties: false })),
    conflicted: Type.Boolean({ description: 'A confirmed transaction spends the same; this one will not confirm on this branch.' }),
    coinbase: Type.Boolean(),
    time: Type.Integer({ description: 'Seconds since 1970.' }),
  },
  { additionalProperties: false },
);

function entryView(entry: WalletEntry, tipHeight: number): Static<typeof ENTRY> {
  const { block, fee } = entry;
  return {
    txid: toDisplayHex(entry.txid),
    amount: unitsOf(entry.amount),
    ...(fee === undefined ? {} : { fee: unitsOf(fee) }),
    confirmations: block === undefined ? 0 : tipHeight - block.height + 1,
    ...(block === undefined ? {} : { block: { hash: toDisplayHex(block.hash), height: block.height } }),
    conflicted: entry.conflicted,
    coinbase: entry.coinbase,
    time: entry.timeSeconds,
  };
}

const history = defineRoute({
  id: 'walletHistory',
  method: 'GET',
  path: '/api/v1/wallet/history',
  tag: 'wallet',
  access: 'login',
  summary: "The wallet's transactions, the newest first.",
  query: Type.Object(
    {
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: HISTORY_MAX, description: `${HISTORY_DEFAULT} unless given.` })),
      skip: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: '0 unless given.' })),
    },
    { additionalProperties: false },
  ),
  result: Type.Array(ENTRY),
  run: (node, { query }) => {
    const tipHeight = node.chain.tip().height;
    const entries = walletOf(node).history({ limit: query.limit ?? HISTORY_DEFAULT, skip: query.skip ?? 0 });
    return entries.map((entry) => entryView(entry, tipHeight));
  },
});

const address = defineRoute({
  id: 'newAddress',
  method: 'POST',
  path: '/api/v1/wallet/address',
  tag: 'wallet',
  access: 'login',
  summary: 'A new address.',
  body: Type.Union([
    Type.Object(
      { kind: Type.Optional(Type.Enum(['wpkh', 'tr'], { description: 'wpkh (BIP-84) unless given, or tr (BIP-86).' })) },
      { additionalProperties: false },
    ),
    Type.Null(),
  ]),
  result: Type.Object({ address: Type.String() }, { additionalProperties: false }),
  run: async (node, { body }) => ({ address: await walletOf(node).newAddress(body?.kind ?? 'wpkh') }),
});

const send = defineRoute({
  id: 'walletSend',
  method: 'POST',
  path: '/api/v1/wallet/send',
  tag: 'wallet',
  access: 'login',
  summary: 'Pays.',
  body: Type.Object(
    {
      address: Type.String(),
      amount: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Base units.' }),
      feeRate: Type.Optional(Type.Number(FEE_RATE)),
    },
    { additionalProperties: false },
  ),
  result: Type.Object({ txid: Type.String(), fee: Type.Integer({ description: 'Base units.' }) }, { additionalProperties: false }),
  run: async (node, { body }) => {
    const service = walletOf(node);
    const script = scriptOf(body.address, node);
    const amount = BigInt(body.amount);
    if (amount > node.params.consensus.maxMoney) throw new HttpProblem('amount-out-of-range', { field: 'amount' });
    const rate = body.feeRate === undefined ? {} : { feeRateSatPerKvb: BigInt(Math.round(body.feeRate * 1_000)) };
    const outcome = await service.send({ script, amount, ...rate });
    if (!('rejection' in outcome)) return { txid: toDisplayHex(outcome.txid), fee: unitsOf(outcome.fee) };
    const { reason } = outcome.rejection;
    throw new HttpProblem('payment-refused', { reason, detail: `The payment was refused: ${reason}.` });
  },
});

const sign = defineRoute({
  id: 'walletSign',
  method: 'POST',
  path: '/api/v1/wallet/sign',
  tag: 'wallet',
  access: 'login',
  summary: 'Signs the inputs of a transaction that the wallet has keys for.',
  bodySizeMax: TRANSACTION_BODY_SIZE_MAX,
  body: Type.Object({ hex: Type.String({ description: 'The transaction in hexadecimal.' }) }, { additionalProperties: false }),
  result: Type.Object(
    { hex: Type.String(), complete: Type.Boolean({ description: 'Whether every input is signed.' }) },
    { additionalProperties: false },
  ),
  run: async (node, { body }) => {
    const { complete, tx } = await walletOf(node).sign(transactionOf(body.hex));
    return { hex: hexOf(encodeTransaction(tx)), complete };
  },
});

export const walletRoutes: readonly Route[] = [wallet, history, address, send, sign];
