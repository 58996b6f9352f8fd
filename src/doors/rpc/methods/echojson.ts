import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { ECHO_PARAMETERS } from '../render/echo.ts';

export const echojson: RpcMethod = {
  name: 'echojson',
  category: 'Util',
  hidden: true,
  description: 'Answers its arguments. For tests of clients that read them as JSON.',
  params: ECHO_PARAMETERS,
  result: Type.Array(Type.Any()),
  run: (_, args) => args.all(),
};
