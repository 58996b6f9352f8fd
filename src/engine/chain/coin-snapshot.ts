/**
 * The file of `dumptxoutset`, byte for byte Core's: a head that says of which network and block the coins are and how many, then the coins,
 * those of one transaction together, each in the form of Core's coin database.
 *
 * @module
 */

import { bytesEqual, compareBytes } from '../../core/base/bytes.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { DraftFile } from '../ports/draft-file.ts';
import type { StoredCoin } from './past-coins.ts';
import { writeVarInt } from './var-int.ts';

/** Its first bytes. */
export const SNAPSHOT_MAGIC: Uint8Array = Uint8Array.of(0x75, 0x74, 0x78, 0x6f, 0xff);
/** Of the format; there is no other that anybody still reads. */
export const SNAPSHOT_VERSION = 2;
/** Bytes of the head. */
export const SNAPSHOT_HEAD_SIZE_BYTES: number = SNAPSHOT_MAGIC.length + 2 + 4 + 32 + 8;

/** Bytes that are gathered before they are written. */
const CHUNK_SIZE_BYTES = 1 << 18;

/** Up to this index, Core's short form of numbers sorts as they do. */
const SORTED_VOUT_MAX = 16_511;

/** What the head says. */
export interface SnapshotHead {
  readonly messageStart: Uint8Array;
  readonly baseBlock: BlockHash;
  readonly coinCount: number;
}

/** The head of the file, 51 bytes. */
export function encodeSnapshotHead({ messageStart, baseBlock, coinCount }: SnapshotHead): Uint8Array {
  return new ByteWriter(SNAPSHOT_HEAD_SIZE_BYTES)
    .raw(SNAPSHOT_MAGIC)
    .u16(SNAPSHOT_VERSION)
    .raw(messageStart)
    .raw(baseBlock)
    .u64(BigInt(coinCount))
    .finish();
}

/** Unspent outputs of one transaction. */
interface Group {
  readonly txid: Uint8Array;
  readonly coins: { readonly vout: number; readonly value: Uint8Array }[];
}

function shortForm(vout: number): Uint8Array {
  const writer = new ByteWriter(5);
  writeVarInt(writer, vout);
  return writer.finish();
}

/** Core goes by the keys of its database, in which the index stands in a short form that sorts otherwise from some number on. */
function inCoresOrder({ coins }: Group): Group['coins'] {
  if ((coins.at(-1)?.vout ?? 0) <= SORTED_VOUT_MAX) return coins;
  return coins
    .map((coin) => ({ coin, form: shortForm(coin.vout) }))
    .sort((a, b) => compareBytes(a.form, b.form))
    .map(({ coin }) => coin);
}

function writeGroup(writer: ByteWriter, group: Group): void {
  writer.raw(group.txid).compactSize(group.coins.length);
  for (const { vout, value } of inCoresOrder(group)) writer.compactSize(vout).raw(value);
}

/**
 * Writes coins into a file behind room for its head, and gives each of them on.
 *
 * @param entries - in the order of their keys
 */
export async function* writtenTo(file: Pick<DraftFile, 'append'>, entries: AsyncIterable<StoredCoin>): AsyncGenerator<StoredCoin> {
  let writer = new ByteWriter(CHUNK_SIZE_BYTES);
  writer.raw(new Uint8Array(SNAPSHOT_HEAD_SIZE_BYTES));
  let group: Group | undefined;
  for await (const entry of entries) {
    const [key, value] = entry;
    if (group === undefined || !bytesEqual(group.txid, key.subarray(0, 32))) {
      if (group !== undefined) writeGroup(writer, group);
      group = { txid: key.slice(0, 32), coins: [] };
    }
    group.coins.push({ vout: new DataView(key.buffer, key.byteOffset).getUint32(32, false), value });
    if (writer.length >= CHUNK_SIZE_BYTES) {
      await file.append(writer.finish());
      writer = new ByteWriter(CHUNK_SIZE_BYTES);
    }
    yield entry;
  }
  if (group !== undefined) writeGroup(writer, group);
  await file.append(writer.finish());
}
