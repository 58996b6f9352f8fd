/**
 * Coins as bytes, in the form of Core's coin database: height and coinbase in one number, then amount and script in their short forms.
 *
 * @module
 */

import type { Coin } from '../../core/consensus/coin.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import type { OutPoint, TxOutput } from '../../core/primitives/transaction.ts';
import { COIN_KEY_SIZE_BYTES } from '../ports/coin-store.ts';
import { compressAmount, decompressAmount, readCompressedScript, writeCompressedScript } from './script-compression.ts';
import { readSmallVarInt, readVarInt, writeVarInt } from './var-int.ts';

/** Height and coinbase as one number must fit 32 bits, as in Core. */
const CODE_MAX = 0xffffffff;

/** Twice the height, plus one for a coinbase's output. */
export function writeCoinCode(writer: ByteWriter, { height, coinbase }: Coin): void {
  writeVarInt(writer, height * 2 + (coinbase ? 1 : 0));
}

/** The other way. @throws DecodeError */
export function readCoinCode(reader: ByteReader): { readonly height: number; readonly coinbase: boolean } {
  const code = readSmallVarInt(reader, { what: 'coin height', max: CODE_MAX });
  return { height: Math.floor(code / 2), coinbase: code % 2 === 1 };
}

/** An output in its short form. */
export function writeCompressedOutput(writer: ByteWriter, { value, scriptPubKey }: TxOutput): void {
  writeVarInt(writer, compressAmount(value));
  writeCompressedScript(writer, scriptPubKey);
}

/** The other way; its script is a new array. @throws DecodeError */
export function readCompressedOutput(reader: ByteReader): TxOutput {
  const value = decompressAmount(readVarInt(reader, 'coin value'));
  return { value, scriptPubKey: readCompressedScript(reader) };
}

/** The packed coin, a new array. */
export function encodeCoin(coin: Coin): Uint8Array {
  const writer = new ByteWriter();
  writeCoinCode(writer, coin);
  writeCompressedOutput(writer, coin);
  return writer.finish();
}

/** A coin of its packed form. @throws DecodeError */
export function decodeCoin(bytes: Uint8Array): Coin {
  const reader = new ByteReader(bytes);
  const { height, coinbase } = readCoinCode(reader);
  const { value, scriptPubKey } = readCompressedOutput(reader);
  reader.end('coin');
  return { value, scriptPubKey, height, coinbase };
}

/** Key of a coin in a `CoinStore`. */
export function coinKey({ txid, vout }: OutPoint): Uint8Array {
  const key = new Uint8Array(COIN_KEY_SIZE_BYTES);
  writeCoinKey(key, txid, vout);
  return key;
}

/** Writes a coin's key over 36 bytes. */
export function writeCoinKey(key: Uint8Array, txid: Uint8Array, vout: number): void {
  key.set(txid);
  key[32] = vout >>> 24;
  key[33] = vout >>> 16;
  key[34] = vout >>> 8;
  key[35] = vout;
}
