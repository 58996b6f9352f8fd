/**
 * Reads the file of `dumptxoutset`, coin by coin, and refuses what no such file has, in Core's words.
 *
 * @module
 */

import { bytesEqual, concatBytes } from '../../core/base/bytes.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import { readCoinCode, readCompressedOutput } from './coin-codec.ts';
import { SNAPSHOT_HEAD_SIZE_BYTES, SNAPSHOT_MAGIC, SNAPSHOT_VERSION, type SnapshotHead } from './coin-snapshot.ts';

/** A script of more bytes cannot be spent, so no coin has one. Core's `MAX_SCRIPT_SIZE`. */
const SCRIPT_SIZE_MAX = 10_000;

/** More bytes than one coin takes, with a transaction's id and count before it. */
const RECORD_SIZE_MAX = SCRIPT_SIZE_MAX + 100;

/** A file that is no snapshot, or not one that can be used here. The message is Core's. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  /** `head`: it is no such file at all, or one of another network or version. */
  readonly what: 'head' | 'coins';

  constructor(what: SnapshotError['what'], message: string) {
    super(message);
    this.what = what;
  }
}

/** A coin of the file. */
export interface SnapshotCoin {
  readonly outPoint: OutPoint;
  readonly coin: Coin;
}

/** Bytes of a file that come in pieces, with at least one record in memory while there is one. */
class Pieces {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #ended = false;
  reader = new ByteReader(new Uint8Array(0));

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** Sees to it that so many bytes can be read, if there are so many. */
  async have(sizeBytes: number): Promise<void> {
    while (!this.#ended && this.reader.remaining < sizeBytes) {
      const next = await this.#pieces.next();
      if (next.done === true) this.#ended = true;
      else this.reader = new ByteReader(concatBytes(this.reader.take(this.reader.remaining, 'rest'), next.value));
    }
  }

  async end(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/** What a network's coins are told from those of others by. */
export type SnapshotNetwork = Pick<NetworkParams, 'name' | 'messageStart'>;

/** A file of coins that is being read, from its head on. */
export class SnapshotReader {
  readonly #pieces: Pieces;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = new Pieces(source);
  }

  /**
   * The head. To be read first, once.
   *
   * @param network - whose coins are wanted
   * @param others - networks that are known by name, for the refusal
   * @throws SnapshotError
   */
  async head(network: SnapshotNetwork, others: readonly SnapshotNetwork[]): Promise<SnapshotHead> {
    await this.#pieces.have(SNAPSHOT_HEAD_SIZE_BYTES);
    const { reader } = this.#pieces;
    const take = (count: number): Uint8Array => {
      if (reader.remaining < count) throw refusedHead('AutoFile::read: end of file');
      return reader.copy(count, 'snapshot head');
    };
    if (!bytesEqual(take(SNAPSHOT_MAGIC.length), SNAPSHOT_MAGIC)) throw refusedHead(NO_SNAPSHOT);
    const version = new ByteReader(take(2)).u16('version');
    if (version !== SNAPSHOT_VERSION) throw refusedHead(`Version of snapshot ${version} does not match any of the supported versions.`);
    const messageStart = take(4);
    if (!bytesEqual(messageStart, network.messageStart)) {
      const other = others.find((each) => bytesEqual(each.messageStart, messageStart));
      throw refusedHead(other === undefined ? UNKNOWN_NETWORK : otherNetwork(other.name, network.name));
    }
    const baseBlock = take(32) as Uint8Array as BlockHash;
    // Core counts to 2^64: what a number does not hold exactly is more than any file has.
    const coinCount = Number(new ByteReader(take(8)).u64('coin count'));
    return { messageStart, baseBlock, coinCount };
  }

  /**
   * Every coin behind the head, to the end of the file.
   *
   * @throws SnapshotError where there are more or fewer than the head says, or one of them cannot be of the base's chain
   */
  async *coins(
    { coinCount }: SnapshotHead,
    limits: { readonly heightMax: number; readonly maxMoney: bigint },
  ): AsyncGenerator<SnapshotCoin> {
    const pieces = this.#pieces;
    let done = 0;
    while (done < coinCount) {
      await pieces.have(RECORD_SIZE_MAX);
      const txid = read(done, () => pieces.reader.copy(32, 'transaction id')) as OutPoint['txid'];
      const count = read(done, () => pieces.reader.compactSize({ what: 'coins of a transaction' }));
      if (count > coinCount - done) throw refusedCoins('Mismatch in coins count in snapshot metadata and actual snapshot data');
      for (let i = 0; i < count; i++) {
        await pieces.have(RECORD_SIZE_MAX);
        const { vout, coin } = read(done, () => readCoin(pieces.reader));
        if (coin.height > limits.heightMax) throw refusedCoins(`Bad snapshot data after deserializing ${done} coins`);
        if (coin.value > limits.maxMoney) throw refusedCoins(`Bad snapshot data after deserializing ${done} coins - bad tx out value`);
        done++;
        yield { outPoint: { txid, vout }, coin };
      }
    }
    await pieces.have(1);
    if (pieces.reader.remaining > 0) throw refusedCoins(`Bad snapshot - coins left over after deserializing ${done} coins`);
  }

  /** Lets go of the file. */
  end(): Promise<void> {
    return this.#pieces.end();
  }
}

function readCoin(reader: ByteReader): { readonly vout: number; readonly coin: Coin } {
  const vout = reader.compactSize({ what: 'output index' });
  const { height, coinbase } = readCoinCode(reader);
  const { value, scriptPubKey } = readCompressedOutput(reader);
  if (scriptPubKey.length > SCRIPT_SIZE_MAX) throw new DecodeError('script', reader.offset, 'is longer than any that can be spent');
  return { vout, coin: { value, scriptPubKey, height, coinbase } };
}

function read<T>(done: number, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw refusedCoins(`Bad snapshot format or truncated snapshot after deserializing ${done} coins`);
  }
}

const NO_SNAPSHOT =
  'Invalid UTXO set snapshot magic bytes. Please check if this is indeed a snapshot file or if you are using an outdated snapshot format.';
const UNKNOWN_NETWORK =
  'This snapshot has been created for an unrecognized network. This could be a custom signet, a new testnet or possibly caused by data corruption.';

function otherNetwork(theirs: string, ours: string): string {
  return `The network of the snapshot (${theirs}) does not match the network of this node (${ours}).`;
}

/** The end of the message is that of the C++ library's exception, which Core shows. */
function refusedHead(why: string): SnapshotError {
  return new SnapshotError('head', `Unable to parse metadata: ${why}: iostream error`);
}

function refusedCoins(why: string): SnapshotError {
  return new SnapshotError('coins', `Population failed: ${why}`);
}
