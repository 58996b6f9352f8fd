/**
 * Several nodes as processes that a test joins and parts, and what they must agree on.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import type { QuoinOptions, QuoinProcess } from './quoin-process.ts';
import { QUOIN_COMMAND, startQuoin, temporaryFolder } from './quoin-process.ts';

/** A place on loopback where nobody listens. A node told to connect to it alone calls nobody that it hears of, so that a test decides. */
const NOBODY = '127.0.0.1:1';

/** A network file of the command's own making: its first block mined, difficulty as said, everything else as on `quoin`. */
export function makeNetworkFile(difficultyBits: number): string {
  const path = join(temporaryFolder('network'), `bits-${difficultyBits}.json`);
  const args = ['network', 'create', '--difficulty-bits', String(difficultyBits), '--reward', '25', '-o', path];
  execFileSync(process.execPath, [QUOIN_COMMAND, ...args], { stdio: 'pipe' });
  return path;
}

/** A node that is connected with those that `joinNodes` connects it with, and no others. */
export function startApart(options: QuoinOptions): Promise<QuoinProcess> {
  return startQuoin({ ...options, args: ['--connect', NOBODY, ...(options.args ?? [])] });
}

/** Connects one node to another and waits until both have shaken hands. */
export async function joinNodes(from: QuoinProcess, to: QuoinProcess): Promise<void> {
  await from.rpc('addnode', to.p2p, 'onetry');
  await eventually(`${from.p2p} is connected to ${to.p2p}`, async () => {
    const peer = (await peersOf(from)).find(({ addr }) => addr === to.p2p);
    return peer !== undefined && peer.version > 0;
  });
}

/** Ends the connection that `joinNodes` made and waits until both know. */
export async function partNodes(from: QuoinProcess, to: QuoinProcess): Promise<void> {
  const count = (await peersOf(to)).length;
  await from.rpc('disconnectnode', to.p2p);
  await eventually(`${from.p2p} has left ${to.p2p}`, async () => {
    return (await peersOf(from)).every(({ addr }) => addr !== to.p2p) && (await peersOf(to)).length === count - 1;
  });
}

async function peersOf(node: QuoinProcess): Promise<{ addr: string; version: number }[]> {
  return (await node.rpc('getpeerinfo')) as { addr: string; version: number }[];
}

/** Mines to the node's own wallet, or to an address. */
export async function mine(node: QuoinProcess, count: number, address?: string): Promise<string[]> {
  return (await node.rpc('generatetoaddress', count, address ?? (await addressOf(node)))) as string[];
}

/** The next unused address of a node's wallet. */
export async function addressOf(node: QuoinProcess): Promise<string> {
  return ((await node.get('/api/v1/wallet')) as { address: string }).address;
}

/** What a wallet owns, in base units. */
export interface Balance {
  readonly confirmed: bigint;
  readonly unconfirmed: bigint;
  readonly immature: bigint;
}

/** What a node's wallet owns. */
export async function balanceOf(node: QuoinProcess): Promise<Balance> {
  const { balance } = (await node.get('/api/v1/wallet')) as { balance: Record<keyof Balance, string> };
  return { confirmed: BigInt(balance.confirmed), unconfirmed: BigInt(balance.unconfirmed), immature: BigInt(balance.immature) };
}

/** Pays from a node's wallet; the transaction's id. */
export async function pay(node: QuoinProcess, address: string, amount: number): Promise<string> {
  return ((await node.post('/api/v1/wallet/send', { address, amount })) as { txid: string }).txid;
}

/** Waits until all nodes have one tip, and sees that they have the same coins. @returns tip and hash of the coins */
export async function agree(
  nodes: readonly Pick<QuoinProcess, 'rpc'>[],
  deadlineMs?: number,
  hash: 'hash_serialized_3' | 'muhash' = 'hash_serialized_3',
): Promise<{ readonly tip: string; readonly coins: string }> {
  const tip = await eventually(
    'all nodes have the same tip',
    async () => {
      const tips = await Promise.all(nodes.map((node) => node.rpc('getbestblockhash') as Promise<string>));
      return new Set(tips).size === 1 ? tips[0] : undefined;
    },
    deadlineMs,
  );
  const infos = await Promise.all(nodes.map((node) => node.rpc('gettxoutsetinfo', hash)));
  for (const info of infos) assert.equal(info.bestblock, tip);
  const coins = new Set(infos.map((info) => info[hash] as string));
  assert.equal(coins.size, 1, `one tip, but different coins: ${[...coins].join(', ')}`);
  return { tip, coins: [...coins].join() };
}
