/**
 * A running node's answers as the commands use them. More fields may be there.
 *
 * @module
 */

import type { NodeClient } from './node-client.ts';

/** `GET /api/v1/status`. */
export interface StatusFacts {
  readonly network: string;
  readonly height: number;
  readonly headers: number;
  readonly bestBlockHash: string;
  readonly inSync: boolean;
  /** 0 to 1. */
  readonly progress: number;
  readonly blocksPerSecond: number;
  /** Null while it cannot be told. */
  readonly secondsLeft: number | null;
  readonly peers: number;
  /** Undefined where the node does not tell. */
  readonly peersOnSubnet?: number;
  readonly mempool: { readonly count: number; readonly vsize: number };
}

/** `GET /api/v1/mining`. */
export interface MiningFacts {
  readonly running: boolean;
  readonly workers: number;
  readonly hashRate: number;
  readonly blocksFound: number;
}

/** Both of one moment. */
export interface NodeFacts {
  readonly status: StatusFacts;
  readonly mining: MiningFacts;
}

/** Asks a node what it does. */
export async function readFacts(node: NodeClient): Promise<NodeFacts> {
  const [status, mining] = await Promise.all([node.get('status'), node.get('mining')]);
  return { status: status as StatusFacts, mining: mining as MiningFacts };
}
