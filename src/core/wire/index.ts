/**
 * The bytes that peers exchange.
 *
 * Owns messages, their limits, both transports, and the text of addresses. Does not own when a message is sent or what follows from one: that is
 * `engine/sync`. Begin with messages/table.ts, where every message stands, and message-stream.ts.
 *
 * @module
 */

export type { FrameStep } from './frame.ts';
export { encodeFrame, FRAME_HEADER_SIZE_BYTES, FrameParser, PAYLOAD_SIZE_BYTES_MAX } from './frame.ts';
export type { InventoryItem } from './inventory.ts';
export { INVENTORY, INVENTORY_MAX } from './inventory.ts';
export { formatHostPort, formatIp, parseHostPort, parseIp } from './ip-text.ts';
export { LOCATOR_MAX } from './locator.ts';
export type { MessageStream, StreamOutput } from './message-stream.ts';
export { PlainStream } from './message-stream.ts';
export { ADDRESSES_PER_MESSAGE_MAX } from './messages/addr.ts';
export { HEADERS_PER_MESSAGE_MAX } from './messages/headers.ts';
export type { Message, MessageOf, MessageType } from './messages/table.ts';
export { decodeMessage, encodeMessage, isMessageType, MESSAGE_TYPES } from './messages/table.ts';
export { USER_AGENT_BYTES_MAX } from './messages/version.ts';
export type { GossipAddress, NetworkAddress, NetworkKind } from './network-address.ts';
export { toNetworkAddress } from './network-address.ts';
export { offers, SERVICES, serviceNames } from './services.ts';
export type { EncryptedStreamOptions } from './v2/encrypted-stream.ts';
export { EncryptedStream } from './v2/encrypted-stream.ts';
