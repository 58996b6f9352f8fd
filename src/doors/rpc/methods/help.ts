import { Type } from '../../schema.ts';
import { helpIndex, methodHelp } from '../help.ts';
import type { RpcMethod } from '../method.ts';

export const help: RpcMethod = {
  name: 'help',
  category: 'Control',
  description: 'Lists all methods, or explains one.',
  params: [{ name: 'command', schema: Type.String(), fallback: 'all', description: 'The method to explain.' }],
  result: Type.String({ description: 'The text.' }),
  run: ({ methods }, args) => {
    if (!args.has(0) || args.string(0) === '') return helpIndex(methods.values());
    const method = methods.get(args.string(0));
    return method === undefined ? `help: unknown command: ${args.string(0)}` : methodHelp(method);
  },
};
