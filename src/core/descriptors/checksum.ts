/**
 * The checksum of descriptors (BIP-380).
 *
 * @module
 */

/** The characters of descriptors in three groups, so that likely mistypings change the checksum most (BIP-380). */
const INPUT_CHARACTERS = "0123456789()[],'/*abcdefgh@:$%{}" + 'IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~' + 'ijklmnopqrstuvwxyzABCDEFGH`#"\\ ';

const CHECKSUM_CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
/** Characters of a checksum. */
export const CHECKSUM_LENGTH = 8;

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

/** Whether a text has only the characters that descriptors are written in. */
export function hasDescriptorCharacters(text: string): boolean {
  for (let i = 0; i < text.length; i++) if ((POSITIONS[text.charCodeAt(i)] ?? -1) < 0) return false;
  return true;
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
