import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const echoipc: RpcMethod = {
  name: 'echoipc',
  category: 'Control',
  hidden: true,
  description: 'Answers its argument. Core has another process answer it where it runs as several; this node is one. For tests.',
  params: [{ name: 'arg', schema: Type.String(), required: true, description: 'What is answered.' }],
  result: Type.String({ description: 'The argument.' }),
  run: (_, args) => args.string(0),
};
