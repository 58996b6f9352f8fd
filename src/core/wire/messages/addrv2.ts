import type { ByteReader } from '../../primitives/byte-reader.ts';
import type { ByteWriter } from '../../primitives/byte-writer.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import type { GossipAddress } from '../network-address.ts';
import { readAddress, readWideCompactSize, writeAddress, writeWideCompactSize } from '../network-address.ts';
import { ADDRESSES_PER_MESSAGE_MAX } from './addr.ts';

/** Bytes of the shortest entry: time, services, network, an empty address and port. */
const ENTRY_SIZE_BYTES_MIN = 9;

/** Addresses of nodes on any network (BIP-155). At most `ADDRESSES_PER_MESSAGE_MAX`. */
export interface Addrv2Message {
  readonly type: 'addrv2';
  /** Those of networks that we do not know are there too, as `unknown`. */
  readonly addresses: readonly GossipAddress[];
}

function write(writer: ByteWriter, message: Addrv2Message): void {
  writer.compactSize(message.addresses.length);
  for (const { timeSeconds, services, address } of message.addresses) {
    writer.u32(timeSeconds);
    writeWideCompactSize(writer, services);
    writeAddress(writer, address);
  }
}

function read(reader: ByteReader): Addrv2Message {
  const count = reader.compactSize({ what: 'addresses', max: ADDRESSES_PER_MESSAGE_MAX, itemSizeMin: ENTRY_SIZE_BYTES_MIN });
  const addresses: GossipAddress[] = [];
  for (let i = 0; i < count; i++) {
    const timeSeconds = reader.u32('address time');
    const services = readWideCompactSize(reader, 'address services');
    addresses.push({ timeSeconds, services, address: readAddress(reader) });
  }
  return { type: 'addrv2', addresses };
}

/** `addrv2`. */
export const addrv2Codec: MessageCodec<Addrv2Message> = codec('addrv2', write, read);
