/**
 * A block's undo record, byte for byte as Core writes it into rev files (`CBlockUndo`): for each transaction but the coinbase the coins
 * that it spent, in the order of its inputs.
 *
 * @module
 */

import type { Coin } from '../../core/consensus/coin.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { readCoinCode, readCompressedOutput, writeCoinCode, writeCompressedOutput } from './coin-codec.ts';
import { readSmallVarInt } from './var-int.ts';

/** Bytes of the shortest coin in a record: a code, an amount and the size of an empty script. */
const COIN_SIZE_MIN = 3;

/** Core once wrote the transaction's version here; a zero still stands for it. */
const VERSION_DUMMY = 0;

/** The undo record of what a block spent. */
export function encodeUndo(spentCoins: readonly (readonly Coin[])[]): Uint8Array {
  const writer = new ByteWriter(spentCoins.length === 0 ? 1 : 4096);
  writer.compactSize(spentCoins.length);
  for (const coins of spentCoins) {
    writer.compactSize(coins.length);
    for (const coin of coins) {
      writeCoinCode(writer, coin);
      if (coin.height > 0) writer.u8(VERSION_DUMMY);
      writeCompressedOutput(writer, coin);
    }
  }
  return writer.finish();
}

function readCoin(reader: ByteReader): Coin {
  const { height, coinbase } = readCoinCode(reader);
  if (height > 0) readSmallVarInt(reader, { what: 'undo version', max: 0xffffffff });
  const { value, scriptPubKey } = readCompressedOutput(reader);
  return { value, scriptPubKey, height, coinbase };
}

/** Reads an undo record. @throws DecodeError */
export function decodeUndo(bytes: Uint8Array): Coin[][] {
  const reader = new ByteReader(bytes);
  const count = reader.compactSize({ what: 'undo transaction count', itemSizeMin: 1 });
  const spentCoins: Coin[][] = [];
  for (let i = 0; i < count; i++) {
    const coinCount = reader.compactSize({ what: 'undo coin count', itemSizeMin: COIN_SIZE_MIN });
    const coins: Coin[] = [];
    for (let j = 0; j < coinCount; j++) coins.push(readCoin(reader));
    spentCoins.push(coins);
  }
  reader.end('undo record');
  return spentCoins;
}
