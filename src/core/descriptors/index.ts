/**
 * Output descriptors (BIP-380 to 387 and 389): what a wallet watches, as text.
 *
 * Owns reading them, their checksum, the scripts that they stand for, the descriptor of a script, and the trees of keys in them
 * (BIP-32). Does not own addresses (address) or what is done with the scripts. Miniscript (BIP-379) and `musig` (BIP-390) are not read.
 * Begin with descriptor.ts, then parse.ts.
 *
 * @module
 */

export { descriptorChecksum, withChecksum } from './checksum.ts';
export { Descriptor, type DescriptorScript, parseDescriptor } from './descriptor.ts';
export { DescriptorError } from './descriptor-error.ts';
export {
  DEPTH_MAX,
  decodeExtendedKey,
  ExtendedKey,
  ExtendedPublicKey,
  encodeExtendedKey,
  HARDENED,
  type KeyCurve,
  type KeyPlace,
} from './extended-key.ts';
export { inferDescriptor, multisigDescriptor } from './infer.ts';
export { DESCRIPTOR_LENGTH_MAX } from './parse.ts';
export { type DescriptorNetwork, MULTIPATH_MAX, type ParseContext } from './parse-key.ts';
