import { isAddressError, scriptOfAddress } from '../../core/address/index.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import { HttpProblem } from './problem.ts';

/** The script of an address in a request's member `address`. */
export function scriptOf(address: string, node: NodePort): Uint8Array {
  const result = scriptOfAddress(address, node.params);
  if (isAddressError(result)) throw new HttpProblem('address-invalid', { field: 'address', detail: result.problem });
  return result.script;
}
