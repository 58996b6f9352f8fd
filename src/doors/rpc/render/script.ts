/**
 * Scripts as JSON-RPC shows them. Core's `ScriptToUniv`.
 *
 * @module
 */

import { addressOfScript } from '../../../core/address/index.ts';
import { bytesEqual } from '../../../core/base/bytes.ts';
import { inferDescriptor, withChecksum } from '../../../core/descriptors/index.ts';
import { classifyOutput, scriptToAsm } from '../../../core/script/index.ts';
import { Type } from '../../schema.ts';
import { JsonEncoded } from '../json-number.ts';
import { type JsonOutput, writeJson } from '../json-write.ts';
import type { RpcContext } from '../method.ts';
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
    asm: scriptToAsm(script, { hexOf }),
    desc: withChecksum(inferDescriptor(script, { template, address }, context.curve)),
    hex: hexOf(script),
    address,
    type: template.type,
  };
}

/** An output script that was shown. */
interface ShownScript {
  readonly script: Uint8Array;
  readonly json: JsonEncoded;
}

/**
 * Output scripts that were shown, each by a number of its bytes; of two with one number the later one. Many outputs have the same, and
 * finding its kind, address and descriptor is most of the work.
 */
type ShownScripts = Map<number, ShownScript>;

const SHOWN_SCRIPTS = new WeakMap<ScriptContext['node'], ShownScripts>();

/** Beyond so many they are forgotten, and longer ones never kept: half a megabyte at most. */
const SHOWN_SCRIPTS_MAX = 1_000;
const SHOWN_SCRIPT_BYTES_MAX = 34;

function shownScriptsOf(node: ScriptContext['node']): ShownScripts {
  const known = SHOWN_SCRIPTS.get(node);
  if (known !== undefined) return known;
  const shown: ShownScripts = new Map();
  SHOWN_SCRIPTS.set(node, shown);
  return shown;
}

/** Finds a script's place sooner than a text of it would. */
function numberOf(script: Uint8Array): number {
  let number = script.length;
  for (let i = 0; i < script.length; i++) number = Math.imul(number ^ (script[i] as number), 0x01000193);
  return number;
}

function encoded(script: Uint8Array, context: ScriptContext): JsonEncoded {
  return new JsonEncoded(Buffer.from(writeJson(scriptPubKeyJson(script, context))));
}

/** An output script, written. */
export function scriptPubKeyEncoded(script: Uint8Array, context: ScriptContext): JsonEncoded {
  if (script.length > SHOWN_SCRIPT_BYTES_MAX) return encoded(script, context);
  const shown = shownScriptsOf(context.node);
  const number = numberOf(script);
  const known = shown.get(number);
  if (known !== undefined && bytesEqual(known.script, script)) return known.json;
  const json = encoded(script, context);
  if (shown.size >= SHOWN_SCRIPTS_MAX) shown.clear();
  // The script is a view of its block, which must not stay for it.
  shown.set(number, { script: script.slice(), json });
  return json;
}

const INPUT_ASM = { decodeSighash: true, hexOf };

/** An input script: signatures show their hash type in words. */
export function scriptSigAsm(script: Uint8Array): string {
  return script.length === 0 ? '' : scriptToAsm(script, INPUT_ASM);
}
