/**
 * Output descriptors of scripts whose keys are not known to us, as `desc` shows them (BIP-380, 381, 383, 385, 386).
 *
 * @module
 */

import { toHex } from '../../../core/base/bytes.ts';
import type { Secp256k1 } from '../../../core/crypto/secp256k1.ts';
import type { OutputTemplate } from '../../../core/script/index.ts';

/** The characters of descriptors in three groups, so that likely mistypings change the checksum most (BIP-380). */
const INPUT_CHARACTERS = "0123456789()[],'/*abcdefgh@:$%{}" + 'IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~' + 'ijklmnopqrstuvwxyzABCDEFGH`#"\\ ';

const CHECKSUM_CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const CHECKSUM_LENGTH = 8;

/** Generator of the code, its 40 bits in two halves: 32-bit operations do not reach that far, and bigints are slow. */
const GENERATOR: readonly (readonly [high: number, low: number])[] = [
  [0xf5, 0xdee51989],
  [0xa9, 0xfdca3312],
  [0x1b, 0xab10e32d],
  [0x37, 0x06b1677a],
  [0x64, 0x4d626ffd],
];

/** What each value of the five highest bits adds to the state. Blocks show thousands of descriptors, so it is made once. */
const FEEDBACK_HIGH = Int32Array.from({ length: 32 }, (_, top) => feedback(top, 0));
const FEEDBACK_LOW = Int32Array.from({ length: 32 }, (_, top) => feedback(top, 1));

function feedback(top: number, half: 0 | 1): number {
  return GENERATOR.reduce((sum, row, bit) => (((top >>> bit) & 1) === 0 ? sum : sum ^ row[half]), 0);
}

/** Place of each ASCII character among those of descriptors, -1 for none. */
const POSITIONS = Int8Array.from({ length: 128 }, (_, code) => INPUT_CHARACTERS.indexOf(String.fromCharCode(code)));

/** State of the code: 40 bits, 8 above and 32 below. */
class Checksum {
  #high = 0;
  #low = 1;

  add(value: number): void {
    const top = this.#high >>> 3;
    const high = ((this.#high & 7) << 5) | (this.#low >>> 27);
    this.#high = high ^ (FEEDBACK_HIGH[top] as number);
    this.#low = (this.#low << 5) ^ value ^ (FEEDBACK_LOW[top] as number);
  }

  text(): string {
    for (let i = 0; i < CHECKSUM_LENGTH; i++) this.add(0);
    const low = (this.#low ^ 1) >>> 0;
    let text = '';
    // The top character and two bits of the next come from the upper half.
    text += CHECKSUM_CHARACTERS[this.#high >>> 3];
    text += CHECKSUM_CHARACTERS[((this.#high & 7) << 2) | (low >>> 30)];
    for (let shift = 25; shift >= 0; shift -= 5) text += CHECKSUM_CHARACTERS[(low >>> shift) & 31];
    return text;
  }
}

/** The eight characters that follow a descriptor after `#`. Its characters are those of BIP-380. */
export function descriptorChecksum(descriptor: string): string {
  const checksum = new Checksum();
  let group = 0;
  let groups = 0;
  for (let i = 0; i < descriptor.length; i++) {
    const position = POSITIONS[descriptor.charCodeAt(i)] as number;
    checksum.add(position & 31);
    group = group * 3 + (position >> 5);
    if (++groups === 3) {
      checksum.add(group);
      group = 0;
      groups = 0;
    }
  }
  if (groups > 0) checksum.add(group);
  return checksum.text();
}

/** A descriptor with its checksum. */
export function withChecksum(descriptor: string): string {
  return `${descriptor}#${descriptorChecksum(descriptor)}`;
}

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
