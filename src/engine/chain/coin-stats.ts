import { bytesEqual } from '../../core/base/bytes.ts';
import { MuHash3072 } from '../../core/crypto/muhash.ts';
import { createSha256, sha256 } from '../../core/crypto/sha256.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { writeTxOutput } from '../../core/primitives/transaction.ts';
import type { CoinSetHash, CoinSetStats } from '../ports/chain-service.ts';
import { decodeCoin } from './coin-codec.ts';

/** What a coin counts besides its script: a size that no format has, so that it means the same in all. Core's `GetBogoSize`. */
const BOGO_OVERHEAD = 32 + 4 + 4 + 8 + 2;

/** Bytes of a serialised coin besides its script, with room for the script's length. */
const HASHED_OVERHEAD_MAX = 36 + 4 + 8 + 9;

type Counted = Omit<CoinSetStats, 'height' | 'bestBlock'>;

/**
 * Counts coins and, if asked, hashes outpoint, height and coinbase, and output of each as Core does: `hash_serialized_3` is SHA-256d over
 * all of them, sorted by transaction and index; `muhash` is a `MuHash3072` of the set. Goes through millions of coins one by one and keeps none.
 *
 * @param entries - in the order of their keys
 * @param pause - called now and then, so that others have their turn
 */
export async function countCoins(
  entries: AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>,
  kind: CoinSetHash | 'none',
  pause: () => Promise<void>,
): Promise<Counted> {
  const hasher = kind === 'none' ? undefined : HASHERS[kind]();
  const pauseEvery = kind === 'muhash' ? PAUSE_EVERY_MUHASH : PAUSE_EVERY;
  let lastTxid: Uint8Array = new Uint8Array(0);
  let txouts = 0;
  let transactions = 0;
  let bogosize = 0;
  let totalAmount = 0n;
  let diskSizeBytes = 0;
  for await (const [key, value] of entries) {
    const coin = decodeCoin(value);
    const txid = key.subarray(0, 32);
    if (!bytesEqual(txid, lastTxid)) {
      transactions++;
      lastTxid = txid.slice();
    }
    txouts++;
    bogosize += BOGO_OVERHEAD + coin.scriptPubKey.length;
    totalAmount += coin.value;
    diskSizeBytes += key.length + value.length;
    if (hasher !== undefined) {
      const writer = new ByteWriter(HASHED_OVERHEAD_MAX + coin.scriptPubKey.length);
      writer.raw(txid).u32(new DataView(key.buffer, key.byteOffset).getUint32(32, false));
      writer.u32(coin.height * 2 + (coin.coinbase ? 1 : 0));
      writeTxOutput(writer, coin);
      hasher.add(writer.finish());
    }
    if (txouts % pauseEvery === 0) await pause();
  }
  const hash = hasher?.digest();
  const hashSerialized = kind === 'hash_serialized_3' ? hash : undefined;
  return { txouts, transactions, bogosize, totalAmount, diskSizeBytes, hashSerialized, muhash: kind === 'muhash' ? hash : undefined };
}

/** Takes the coins as bytes, one after another. */
interface CoinHasher {
  add(coin: Uint8Array): void;
  digest(): Uint8Array;
}

const HASHERS: Readonly<Record<CoinSetHash, () => CoinHasher>> = {
  hash_serialized_3: () => {
    const hash = createSha256();
    return { add: (coin) => hash.update(coin), digest: () => sha256(hash.digest()) };
  },
  muhash: () => {
    const set = new MuHash3072();
    return { add: (coin) => set.insert(coin), digest: () => set.digest() };
  },
};

/** Coins between two pauses: a few milliseconds' worth. */
const PAUSE_EVERY = 2_000;

/** The same where each coin is a multiplication of 3072 bits. */
const PAUSE_EVERY_MUHASH = 128;
