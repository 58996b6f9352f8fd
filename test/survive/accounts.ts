/**
 * Where all the money of a network is: every coin ever mined went to the wallet of one of its nodes, so together they must have all of it,
 * and each payment that is in the chain must be in the books of who made it and of who got it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { balanceOf } from '../support/cluster.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';

/** A payment that a wallet said it made. */
export interface Payment {
  readonly txid: string;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

/** What the books say. */
export interface Books {
  readonly height: number;
  /** Base units that exist. */
  readonly total: bigint;
  /** Of the payments, those that are in the chain, and those that were lost with a process before anybody else had them. */
  readonly confirmed: number;
  readonly lost: number;
}

interface HistoryEntry {
  readonly txid: string;
  readonly amount: number;
  readonly fee?: number;
  readonly confirmations: number;
}

const PAGE = 500;
const COIN = 100_000_000;

async function historyOf(node: QuoinProcess): Promise<Map<string, HistoryEntry>> {
  const found = new Map<string, HistoryEntry>();
  for (let skip = 0; ; skip += PAGE) {
    const page = (await node.get(`/api/v1/wallet/history?limit=${PAGE}&skip=${skip}`)) as HistoryEntry[];
    for (const entry of page) found.set(entry.txid, entry);
    if (page.length < PAGE) return found;
  }
}

/** Ids of all transactions of the chain, coinbases left out. */
async function chainOf(node: QuoinProcess, height: number): Promise<Set<string>> {
  const found = new Set<string>();
  for (let at = 1; at <= height; at++) {
    const { tx } = (await node.rpc('getblock', await node.rpc('getblockhash', at))) as { tx: string[] };
    for (const txid of tx.slice(1)) found.add(txid);
  }
  return found;
}

/**
 * Goes through all of it. All nodes have the same tip, and nothing waits.
 *
 * @param reward - base units that each block brings into the world
 * @throws AssertionError where a coin is missing, or too many, or a payment of the chain is not in the books
 */
export async function checkBooks(nodes: readonly QuoinProcess[], payments: readonly Payment[], reward: bigint): Promise<Books> {
  const { height, total_amount: coins } = (await nodes[0]!.rpc('gettxoutsetinfo', 'none')) as { height: number; total_amount: number };
  const total = BigInt(Math.round(coins * COIN));
  assert.equal(total, reward * BigInt(height), 'all coins together are the rewards of all blocks');
  const balances = await Promise.all(nodes.map(balanceOf));
  const owned = balances.reduce((sum, { confirmed, immature }) => sum + confirmed + immature, 0n);
  assert.equal(owned, total, 'the wallets together own all coins');
  const inChain = await chainOf(nodes[0]!, height);
  const histories = await Promise.all(nodes.map(historyOf));
  let confirmed = 0;
  for (const { amount, from, to, txid } of payments) {
    if (!inChain.has(txid)) continue;
    confirmed++;
    const paid = histories[from]!.get(txid);
    const got = histories[to]!.get(txid);
    assert.ok(paid !== undefined && paid.confirmations > 0, `payment ${txid} is confirmed in the books of ${from}, who made it`);
    assert.ok(got !== undefined && got.confirmations > 0, `payment ${txid} is confirmed in the books of ${to}, who got it`);
    assert.equal(got.amount, amount, `payment ${txid} brought what was paid`);
    assert.equal(paid.amount, -amount - (paid.fee ?? 0), `payment ${txid} cost what was paid, and its fee`);
  }
  return { height, total, confirmed, lost: payments.length - confirmed };
}
