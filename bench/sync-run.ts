/**
 * Nodes that download a chain from one that has it.
 *
 * @module
 */

import { eventually } from '../test/support/eventually.ts';
import type { DenseBlocks } from './kept-blocks.ts';
import type { Side, Spent } from './sides.ts';
import { spentBy, startOurs, startTheirs, submitAll } from './sides.ts';

/** Far above what any of these takes on a busy machine. */
const DEADLINE_MS = 600_000;

/** A node that has the chain: the C++ node where it is installed, so that serving costs the same whoever asks. */
export async function startServer({ base, dense }: DenseBlocks): Promise<Side> {
  const server = (await startTheirs()) ?? (await startOurs('the server'));
  await submitAll(server, base);
  await submitAll(server, dense);
  return server;
}

/** Connects a node with the server and waits until it has so many blocks. @returns what that took it, with the height it then had */
export function syncFrom(client: Side, server: Side, height: number): Promise<Spent<number>> {
  return spentBy(client, async () => {
    await client.rpc('addnode', server.p2p, 'onetry');
    const reached = async (): Promise<number | undefined> => {
      const has: number = await client.rpc('getblockcount');
      return has >= height ? has : undefined;
    };
    return eventually(`${client.name} has ${height} blocks`, reached, DEADLINE_MS);
  });
}
