import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

/** Memory that the system is kept from writing out: this node asks for none, its secrets lie in the heap of JavaScript. */
const NO_LOCKED_MEMORY = { used: 0, free: 0, total: 0, locked: 0, chunks_used: 0, chunks_free: 0 } as const;

export const getmemoryinfo: RpcMethod = {
  name: 'getmemoryinfo',
  category: 'Control',
  description: 'Memory that is locked, so that it is never written to a disk. This node locks none.',
  params: [{ name: 'mode', schema: Type.String(), fallback: '"stats"', description: 'What is told: "stats".' }],
  result: Type.Object({
    locked: Type.Object({
      used: Type.Integer({ description: 'Bytes, as the next three.' }),
      free: Type.Integer(),
      total: Type.Integer(),
      locked: Type.Integer(),
      chunks_used: Type.Integer(),
      chunks_free: Type.Integer(),
    }),
  }),
  run: (_, args) => {
    const mode = args.has(0) ? args.string(0) : 'stats';
    if (mode === 'stats') return { locked: NO_LOCKED_MEMORY };
    // As a bitcoind whose C library has no such report.
    if (mode === 'mallocinfo') throw new RpcError('INVALID_PARAMETER', 'mallocinfo mode not available');
    throw new RpcError('INVALID_PARAMETER', `unknown mode ${mode}`);
  },
};
