/**
 * Text forms of output scripts and of private keys: Base58Check, bech32 and bech32m.
 *
 * Owns the texts and the templates behind them. Does not own keys or wallets, nor what a script does (script). Begin with
 * address.ts.
 *
 * @module
 */

export type { AddressError, AddressKind, AddressPrefixes, AddressScript } from './address.ts';
export {
  addressOfScript,
  isAddressError,
  pubkeyHashScript,
  scriptHashScript,
  scriptOfAddress,
  witnessProgramScript,
} from './address.ts';
export { decodeBase58, decodeBase58Check, encodeBase58, encodeBase58Check } from './base58.ts';
export type { Bech32Encoding, Bech32Error, Bech32Text } from './bech32.ts';
export { BECH32_LENGTH_MAX, bytesToValues, decodeBech32, encodeBech32, valuesToBytes } from './bech32.ts';
export type { WifKey } from './wif.ts';
export { decodeWif, encodeWif } from './wif.ts';
