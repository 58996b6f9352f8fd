import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { ECHO_PARAMETERS } from '../render/echo.ts';

export const echo: RpcMethod = {
  name: 'echo',
  category: 'Util',
  hidden: true,
  description: 'Answers its arguments. For tests.',
  params: ECHO_PARAMETERS,
  result: Type.Array(Type.Any()),
  run: (_, args) => args.all(),
};
