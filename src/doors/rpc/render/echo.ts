import { Type } from '../../schema.ts';
import type { RpcParameter } from '../method.ts';

/** Ten arguments of any kind, `arg0` to `arg9`, as Core's `echo` has. */
export const ECHO_PARAMETERS: readonly RpcParameter[] = Array.from({ length: 10 }, (_, index) => ({
  name: `arg${index}`,
  schema: Type.Any(),
  description: 'Anything.',
}));
