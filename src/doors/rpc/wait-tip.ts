/**
 * Waits for the tip of the chain, for the methods that do.
 *
 * @module
 */

import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { BlockSummary } from '../../engine/ports/chain-service.ts';
import { Type } from '../schema.ts';
import type { Arguments } from './arguments.ts';
import { RpcError } from './errors.ts';
import type { JsonOutput } from './json-write.ts';
import type { RpcContext, RpcParameter } from './method.ts';

/** How often it is looked whether the node stops: well within the time that it gives answers under way. */
const STOP_LOOK_MS = 250;

/** What all of them answer. */
export const TIP = Type.Object({ hash: Type.String(), height: Type.Integer() }, { description: 'The tip when it ended.' });

/** Their parameter. */
export const TIMEOUT: RpcParameter = {
  name: 'timeout',
  schema: Type.Integer(),
  fallback: '0',
  description: 'Milliseconds after which it ends anyway; 0: never.',
};

/** The time-out that was given. */
export function timeoutOf(args: Arguments, index: number): number {
  const timeoutMs = args.has(index) ? args.integer(index) : 0;
  if (timeoutMs < 0) throw new RpcError('MISC_ERROR', 'Negative timeout');
  return timeoutMs;
}

/** Waits until the tip is as wanted, the time is over or the node stops, and tells the tip. */
export async function waitForTip(
  { node, signal }: RpcContext,
  timeoutMs: number,
  isWanted: (tip: BlockSummary) => boolean,
): Promise<JsonOutput> {
  const { chain, clock } = node;
  const endMs = timeoutMs === 0 ? Number.POSITIVE_INFINITY : clock.monotonicMs() + timeoutMs;
  let wake: () => void = () => {};
  const unsubscribe = node.subscribe((event) => {
    if (event.kind === 'tip-changed') wake();
  });
  try {
    for (;;) {
      const tip = chain.tip();
      const leftMs = endMs - clock.monotonicMs();
      if (isWanted(tip) || leftMs <= 0 || signal.aborted) return { hash: toDisplayHex(tip.header.hash), height: tip.height };
      await new Promise<void>((resolve) => {
        const timer = clock.after(Math.min(leftMs, STOP_LOOK_MS), resolve);
        wake = () => {
          clock.cancel(timer);
          resolve();
        };
      });
    }
  } finally {
    unsubscribe();
  }
}
