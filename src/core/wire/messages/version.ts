import { printableAscii, utf8ToBytes } from '../../base/bytes.ts';
import type { ByteReader } from '../../primitives/byte-reader.ts';
import type { ByteWriter } from '../../primitives/byte-writer.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import type { NetworkAddress } from '../network-address.ts';
import { readLegacyAddress, writeLegacyAddress } from '../network-address.ts';

/** Longest user agent. Core's MAX_SUBVERSION_LENGTH; a longer one is a breach. */
export const USER_AGENT_BYTES_MAX = 256;

/** Who speaks: the first message in either direction. */
export interface VersionMessage {
  readonly type: 'version';
  readonly protocolVersion: number;
  readonly services: bigint;
  /** The sender's clock, seconds since 1970. Signed 64 bits on the wire; kept only as far as a number is exact. */
  readonly timeSeconds: number;
  /** Where the sender sees the receiver. */
  readonly receiver: NetworkAddress;
  /** Tells a connection to oneself. */
  readonly nonce: bigint;
  /** Printable ASCII; other bytes are shown as dots. */
  readonly userAgent: string;
  readonly startHeight: number;
  /** Whether the sender wants transactions announced (BIP-37). */
  readonly relay: boolean;
}

const NO_ADDRESS: NetworkAddress = { network: 'ipv6', bytes: new Uint8Array(16), port: 0 };

function write(writer: ByteWriter, message: VersionMessage): void {
  writer.u32(message.protocolVersion).u64(message.services).u64(BigInt(message.timeSeconds));
  // What services the receiver has is not for the sender to say: 0, as Core's.
  writer.u64(0n);
  writeLegacyAddress(writer, message.receiver);
  // The sender's own address has said nothing true since 2016.
  writer.u64(message.services);
  writeLegacyAddress(writer, NO_ADDRESS);
  writer.u64(message.nonce).varBytes(utf8ToBytes(message.userAgent)).u32(message.startHeight);
  writer.u8(message.relay ? 1 : 0);
}

/** Fields after the receiver's address are missing in old versions. */
function read(reader: ByteReader): VersionMessage {
  const protocolVersion = reader.i32('protocol version');
  const services = reader.u64('services');
  const timeSeconds = Number(reader.i64('version time'));
  reader.u64('receiver services');
  const receiver = readLegacyAddress(reader);
  const long = reader.remaining > 0;
  if (long) {
    reader.u64('sender services');
    readLegacyAddress(reader);
  }
  const nonce = long ? reader.u64('version nonce') : 0n;
  const userAgent = reader.remaining > 0 ? printableAscii(reader.varBytes({ what: 'user agent', max: USER_AGENT_BYTES_MAX })) : '';
  const startHeight = reader.remaining > 0 ? reader.i32('start height') : 0;
  const relay = reader.remaining > 0 ? reader.u8('relay') !== 0 : true;
  return { type: 'version', protocolVersion, services, timeSeconds, receiver, nonce, userAgent, startHeight, relay };
}

/** `version`. */
export const versionCodec: MessageCodec<VersionMessage> = codec('version', write, read);
