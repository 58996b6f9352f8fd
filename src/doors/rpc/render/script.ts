/**
 * Scripts as JSON-RPC shows them. Core's `ScriptToUniv`.
 *
 * @module
 */

import { addressOfScript } from '../../../core/address/index.ts';
import { classifyOutput, scriptToAsm } from '../../../core/script/index.ts';
import { Type } from '../../schema.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcContext } from '../method.ts';
import { inferDescriptor, withChecksum } from './descriptor.ts';
import { hexOf } from './numbers.ts';

/** What showing a script depends on. */
export type ScriptContext = Pick<RpcContext, 'node' | 'curve'>;

export const SCRIPT_PUB_KEY = Type.Object({
  asm: Type.String({ description: 'The operations as text.' }),
  desc: Type.String({ description: 'A descriptor, with its checksum.' }),
  hex: Type.String(),
  address: Type.Optional(Type.String({ description: 'Where the script has one.' })),
  type: Type.String({ description: 'The kind, such as pubkeyhash.' }),
});

/** An output script. */
export function scriptPubKeyJson(script: Uint8Array, context: ScriptContext): { readonly [name: string]: JsonOutput } {
  const template = classifyOutput(script);
  const address = addressOfScript(script, context.node.params);
  return {
    asm: scriptToAsm(script),
    desc: withChecksum(inferDescriptor(script, { template, address }, context.curve)),
    hex: hexOf(script),
    address,
    type: template.type,
  };
}

/** An input script: signatures show their hash type in words. */
export function scriptSigAsm(script: Uint8Array): string {
  return scriptToAsm(script, true);
}
