import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

/** Longest that the answer may be held back. */
const WAIT_MS_MAX = 60_000;

export const stop: RpcMethod = {
  name: 'stop',
  category: 'Control',
  description: 'Stops the node in order.',
  params: [{ name: 'wait', schema: Type.Integer(), hidden: true, fallback: '0', description: 'Milliseconds to hold the answer back.' }],
  result: Type.String({ description: 'Says that it stops.' }),
  run: async ({ node }, args) => {
    const waitMs = args.has(0) ? args.integer(0, { min: 0, max: WAIT_MS_MAX }) : 0;
    node.requestStop();
    if (waitMs > 0) await new Promise<void>((resolve) => void node.clock.after(waitMs, resolve));
    return 'quoin stopping';
  },
};
