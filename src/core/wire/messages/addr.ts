import type { ByteReader } from '../../primitives/byte-reader.ts';
import type { ByteWriter } from '../../primitives/byte-writer.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import type { GossipAddress } from '../network-address.ts';
import { readLegacyAddress, writeLegacyAddress } from '../network-address.ts';

/** Most addresses in one `addr` or `addrv2`. Core's MAX_ADDR_TO_SEND; more is a breach. */
export const ADDRESSES_PER_MESSAGE_MAX = 1_000;

/** Bytes of an entry. */
const ENTRY_SIZE_BYTES = 30;

/** Addresses of nodes, of IPv4 and IPv6 only. */
export interface AddrMessage {
  readonly type: 'addr';
  readonly addresses: readonly GossipAddress[];
}

function write(writer: ByteWriter, message: AddrMessage): void {
  writer.compactSize(message.addresses.length);
  for (const { timeSeconds, services, address } of message.addresses) {
    writer.u32(timeSeconds).u64(services);
    writeLegacyAddress(writer, address);
  }
}

function read(reader: ByteReader): AddrMessage {
  const count = reader.compactSize({ what: 'addresses', max: ADDRESSES_PER_MESSAGE_MAX, itemSizeMin: ENTRY_SIZE_BYTES });
  const addresses: GossipAddress[] = [];
  for (let i = 0; i < count; i++) {
    const timeSeconds = reader.u32('address time');
    const services = reader.u64('address services');
    addresses.push({ timeSeconds, services, address: readLegacyAddress(reader) });
  }
  return { type: 'addr', addresses };
}

/** `addr`. */
export const addrCodec: MessageCodec<AddrMessage> = codec('addr', write, read);
