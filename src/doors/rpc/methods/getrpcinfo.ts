import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const getrpcinfo: RpcMethod = {
  name: 'getrpcinfo',
  category: 'Control',
  description: 'The calls that are being answered, this one included, and where the log is.',
  params: [],
  result: Type.Object({
    active_commands: Type.Array(Type.Object({ method: Type.String(), duration: Type.Integer({ description: 'Microseconds.' }) })),
    logpath: Type.String({ description: 'Empty where there is no such file.' }),
  }),
  run: ({ activeCommands, node }) => ({
    active_commands: activeCommands().map(({ method, startedMs }) => ({
      method,
      duration: Math.round((node.clock.monotonicMs() - startedMs) * 1000),
    })),
    logpath: node.log.path ?? '',
  }),
};
