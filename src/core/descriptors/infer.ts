/**
 * Output descriptors of scripts whose keys are not known to us, as `desc` shows them (BIP-380, 381, 383, 385, 386).
 *
 * @module
 */

import { toHex } from '../base/bytes.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import type { OutputTemplate } from '../script/output-template.ts';

/** Whether a key begins as one that descriptors may name: compressed or not, but not hybrid. */
function isPlainKey(key: Uint8Array): boolean {
  return key[0] === 2 || key[0] === 3 || key[0] === 4;
}

/** `multi(...)` of a bare multisignature script, or undefined for any other. */
export function multisigDescriptor(template: OutputTemplate): string | undefined {
  if (template.type !== 'multisig' || !template.publicKeys.every(isPlainKey)) return undefined;
  return `multi(${[template.required, ...template.publicKeys.map(toHex)].join(',')})`;
}

/** The descriptor of an output script without its checksum. Core's `InferDescriptor` where no key or script is known. */
export function inferDescriptor(
  script: Uint8Array,
  facts: { readonly template: OutputTemplate; readonly address: string | undefined },
  curve: Pick<Secp256k1, 'isXOnlyPublicKey'>,
): string {
  const { address, template } = facts;
  if (template.type === 'pubkey' && isPlainKey(template.publicKey)) return `pk(${toHex(template.publicKey)})`;
  if (template.type === 'witness_v1_taproot' && curve.isXOnlyPublicKey(template.outputKey)) return `rawtr(${toHex(template.outputKey)})`;
  if (address !== undefined) return `addr(${address})`;
  return multisigDescriptor(template) ?? `raw(${toHex(script)})`;
}
