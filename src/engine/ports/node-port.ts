/**
 * The node as the doors see it: JSON-RPC, HTTP and the command line ask through this and know nothing of what stands behind.
 *
 * What may be asked of each part stands in a file of its own, `*-service.ts`; `explain` in explanation.ts. Throughout them, what can be
 * refused answers with a `Rejection`, what is unknown is `undefined`, hashes are in wire order and amounts in base units.
 *
 * @module
 */

import type { NetworkParams } from '../../core/params/types.ts';
import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import type { ChainService } from './chain-service.ts';
import type { Clock } from './clock.ts';
import type { ExplainService } from './explanation.ts';
import type { FeeService } from './fee-service.ts';
import type { IndexService } from './index-service.ts';
import type { Log } from './log.ts';
import type { MempoolService } from './mempool-service.ts';
import type { MiningService } from './mining-service.ts';
import type { NetworkService } from './network-service.ts';
import type { Reorganisation } from './reorganisation.ts';
import type { WalletService } from './wallet-service.ts';

/** What happened in the node, in order. */
export type NodeEvent =
  | { readonly kind: 'block-connected'; readonly hash: BlockHash; readonly height: number }
  | { readonly kind: 'block-disconnected'; readonly hash: BlockHash; readonly height: number }
  | { readonly kind: 'tip-changed'; readonly hash: BlockHash; readonly height: number; readonly reorgDepth: number }
  /** After the `tip-changed` of a switch of branches, as soon as the mempool fits the new branch. */
  | ({ readonly kind: 'reorg' } & Reorganisation)
  | { readonly kind: 'transaction-added'; readonly txid: Txid }
  | { readonly kind: 'transaction-removed'; readonly txid: Txid; readonly reason: string }
  | { readonly kind: 'peer-connected'; readonly id: number }
  | { readonly kind: 'peer-disconnected'; readonly id: number; readonly why: string };

/** The node. */
export interface NodePort {
  readonly params: NetworkParams;
  /** Of the package. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly startedAtSeconds: number;
  /** Undefined for a node in memory. */
  readonly dataDir: string | undefined;
  readonly chain: ChainService;
  readonly mempool: MempoolService;
  /** Undefined for a node that takes blocks alone: it sees no transaction wait. */
  readonly fees: FeeService | undefined;
  readonly explain: ExplainService;
  readonly network: NetworkService;
  readonly mining: MiningService;
  readonly indexes: IndexService;
  /** Undefined where none was made, as on `main`. */
  readonly wallet: WalletService | undefined;
  /** Core's `setmocktime`: fixes the wall clock; undefined sets it free. */
  setMockTime(timeSeconds: number | undefined): void;
  /** Core's `mockscheduler`: what is to be done later is done so much earlier. */
  mockScheduler(deltaSeconds: number): void;
  /** Begins to stop in order and returns at once. */
  requestStop(): void;
  /** @returns a function that ends it */
  subscribe(listener: (event: NodeEvent) => void): () => void;
}
