/**
 * Every peer message that is understood, by its command. A new message is a file here and a line in the table and the union.
 *
 * @module
 */

import type { MessageCodec } from '../codec.ts';
import type { AddrMessage } from './addr.ts';
import { addrCodec } from './addr.ts';
import type { Addrv2Message } from './addrv2.ts';
import { addrv2Codec } from './addrv2.ts';
import type { BlockMessage } from './block.ts';
import { blockCodec } from './block.ts';
import type { BlocktxnMessage } from './blocktxn.ts';
import { blocktxnCodec } from './blocktxn.ts';
import type { CfcheckptMessage } from './cfcheckpt.ts';
import { cfcheckptCodec } from './cfcheckpt.ts';
import type { CfheadersMessage } from './cfheaders.ts';
import { cfheadersCodec } from './cfheaders.ts';
import type { CfilterMessage } from './cfilter.ts';
import { cfilterCodec } from './cfilter.ts';
import type { CmpctblockMessage } from './cmpctblock.ts';
import { cmpctblockCodec } from './cmpctblock.ts';
import type { FeefilterMessage } from './feefilter.ts';
import { feefilterCodec } from './feefilter.ts';
import type { FilteraddMessage } from './filteradd.ts';
import { filteraddCodec } from './filteradd.ts';
import type { FilterclearMessage } from './filterclear.ts';
import { filterclearCodec } from './filterclear.ts';
import type { FilterloadMessage } from './filterload.ts';
import { filterloadCodec } from './filterload.ts';
import type { GetaddrMessage } from './getaddr.ts';
import { getaddrCodec } from './getaddr.ts';
import type { GetblocksMessage } from './getblocks.ts';
import { getblocksCodec } from './getblocks.ts';
import type { GetblocktxnMessage } from './getblocktxn.ts';
import { getblocktxnCodec } from './getblocktxn.ts';
import type { GetcfcheckptMessage } from './getcfcheckpt.ts';
import { getcfcheckptCodec } from './getcfcheckpt.ts';
import type { GetcfheadersMessage } from './getcfheaders.ts';
import { getcfheadersCodec } from './getcfheaders.ts';
import type { GetcfiltersMessage } from './getcfilters.ts';
import { getcfiltersCodec } from './getcfilters.ts';
import type { GetdataMessage } from './getdata.ts';
import { getdataCodec } from './getdata.ts';
import type { GetheadersMessage } from './getheaders.ts';
import { getheadersCodec } from './getheaders.ts';
import type { HeadersMessage } from './headers.ts';
import { headersCodec } from './headers.ts';
import type { InvMessage } from './inv.ts';
import { invCodec } from './inv.ts';
import type { MempoolMessage } from './mempool.ts';
import { mempoolCodec } from './mempool.ts';
import type { MerkleblockMessage } from './merkleblock.ts';
import { merkleblockCodec } from './merkleblock.ts';
import type { NotfoundMessage } from './notfound.ts';
import { notfoundCodec } from './notfound.ts';
import type { PingMessage } from './ping.ts';
import { pingCodec } from './ping.ts';
import type { PongMessage } from './pong.ts';
import { pongCodec } from './pong.ts';
import type { Sendaddrv2Message } from './sendaddrv2.ts';
import { sendaddrv2Codec } from './sendaddrv2.ts';
import type { SendcmpctMessage } from './sendcmpct.ts';
import { sendcmpctCodec } from './sendcmpct.ts';
import type { SendheadersMessage } from './sendheaders.ts';
import { sendheadersCodec } from './sendheaders.ts';
import type { TxMessage } from './tx.ts';
import { txCodec } from './tx.ts';
import type { VerackMessage } from './verack.ts';
import { verackCodec } from './verack.ts';
import type { VersionMessage } from './version.ts';
import { versionCodec } from './version.ts';
import type { WtxidrelayMessage } from './wtxidrelay.ts';
import { wtxidrelayCodec } from './wtxidrelay.ts';

/** A peer message. */
export type Message =
  | AddrMessage
  | Addrv2Message
  | BlockMessage
  | BlocktxnMessage
  | CfcheckptMessage
  | CfheadersMessage
  | CfilterMessage
  | CmpctblockMessage
  | FeefilterMessage
  | FilteraddMessage
  | FilterclearMessage
  | FilterloadMessage
  | GetaddrMessage
  | GetblocksMessage
  | GetblocktxnMessage
  | GetcfcheckptMessage
  | GetcfheadersMessage
  | GetcfiltersMessage
  | GetdataMessage
  | GetheadersMessage
  | HeadersMessage
  | InvMessage
  | MempoolMessage
  | MerkleblockMessage
  | NotfoundMessage
  | PingMessage
  | PongMessage
  | Sendaddrv2Message
  | SendcmpctMessage
  | SendheadersMessage
  | TxMessage
  | VerackMessage
  | VersionMessage
  | WtxidrelayMessage;

/** Command of a message that is understood. */
export type MessageType = Message['type'];

/** The message of a command. */
export type MessageOf<T extends MessageType> = Extract<Message, { readonly type: T }>;

const TABLE: { readonly [T in MessageType]: MessageCodec<MessageOf<T>> } = {
  addr: addrCodec,
  addrv2: addrv2Codec,
  block: blockCodec,
  blocktxn: blocktxnCodec,
  cfcheckpt: cfcheckptCodec,
  cfheaders: cfheadersCodec,
  cfilter: cfilterCodec,
  cmpctblock: cmpctblockCodec,
  feefilter: feefilterCodec,
  filteradd: filteraddCodec,
  filterclear: filterclearCodec,
  filterload: filterloadCodec,
  getaddr: getaddrCodec,
  getblocks: getblocksCodec,
  getblocktxn: getblocktxnCodec,
  getcfcheckpt: getcfcheckptCodec,
  getcfheaders: getcfheadersCodec,
  getcfilters: getcfiltersCodec,
  getdata: getdataCodec,
  getheaders: getheadersCodec,
  headers: headersCodec,
  inv: invCodec,
  mempool: mempoolCodec,
  merkleblock: merkleblockCodec,
  notfound: notfoundCodec,
  ping: pingCodec,
  pong: pongCodec,
  sendaddrv2: sendaddrv2Codec,
  sendcmpct: sendcmpctCodec,
  sendheaders: sendheadersCodec,
  tx: txCodec,
  verack: verackCodec,
  version: versionCodec,
  wtxidrelay: wtxidrelayCodec,
};

/** Commands that are understood. */
export const MESSAGE_TYPES: readonly MessageType[] = Object.keys(TABLE) as MessageType[];

/** Whether a command is one that is understood. */
export function isMessageType(command: string): command is MessageType {
  return Object.hasOwn(TABLE, command);
}

/** Payload of a message. */
export function encodeMessage(message: Message): Uint8Array {
  return (TABLE[message.type] as MessageCodec<Message>).encode(message);
}

/**
 * The message of a command and its payload; undefined for a command that is not understood, which is ignored as BIP-14 wants it.
 *
 * @throws DecodeError
 */
export function decodeMessage(command: string, payload: Uint8Array): Message | undefined {
  return isMessageType(command) ? TABLE[command].decode(payload) : undefined;
}
