import { toHex } from '../../../core/base/bytes.ts';
import type { PeerInfo } from '../../../engine/ports/network-service.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';
import { networkOf } from '../render/network-of.ts';
import { servicesHex, servicesNames } from '../render/services.ts';

const COUNTS = Type.Record(Type.String(), Type.Integer());

const PEER = Type.Object({
  id: Type.Integer(),
  addr: Type.String({ description: 'Host and port of the peer.' }),
  addrbind: Type.Optional(Type.String({ description: 'Our end of the connection.' })),
  addrlocal: Type.Optional(Type.String({ description: 'Our address as the peer sees it.' })),
  network: Type.String({ description: 'ipv4, ipv6, onion, i2p or not_publicly_routable.' }),
  services: Type.String(),
  servicesnames: Type.Array(Type.String()),
  relaytxes: Type.Boolean({ description: 'Whether the peer wants transactions.' }),
  last_inv_sequence: Type.Integer({ description: 'Where the sequence of the mempool stood when transactions were last announced to it.' }),
  inv_to_send: Type.Integer({ description: 'Transactions that wait to be announced to it.' }),
  lastsend: Type.Integer({ description: 'Seconds since 1970, 0 for never; so are the times below.' }),
  lastrecv: Type.Integer(),
  last_transaction: Type.Integer(),
  last_block: Type.Integer(),
  bytessent: Type.Integer(),
  bytesrecv: Type.Integer(),
  conntime: Type.Integer(),
  timeoffset: Type.Integer({ description: 'Seconds that its clock is ahead.' }),
  pingtime: Type.Optional(Type.Number({ description: 'Seconds.' })),
  minping: Type.Optional(Type.Number()),
  pingwait: Type.Optional(Type.Number()),
  version: Type.Integer(),
  subver: Type.String(),
  inbound: Type.Boolean(),
  bip152_hb_to: Type.Boolean({ description: 'We told it to send new blocks unasked as compact ones (BIP-152).' }),
  bip152_hb_from: Type.Boolean({ description: 'It told us to.' }),
  startingheight: Type.Integer(),
  presynced_headers: Type.Integer(),
  synced_headers: Type.Integer({ description: 'Height of the last header in common, -1 for none.' }),
  synced_blocks: Type.Integer(),
  inflight: Type.Array(Type.Integer(), { description: 'Heights of the blocks that were asked of it.' }),
  addr_relay_enabled: Type.Boolean(),
  addr_processed: Type.Integer(),
  addr_rate_limited: Type.Integer(),
  permissions: Type.Array(Type.String()),
  minfeefilter: Type.Number({ description: 'Coins per 1,000 virtual bytes.' }),
  bytessent_per_msg: COUNTS,
  bytesrecv_per_msg: COUNTS,
  connection_type: Type.String(),
  transport_protocol_type: Type.String({ description: 'v1 in the clear, v2 encrypted, detecting until it is known.' }),
  session_id: Type.String({ description: 'The same at both ends of an encrypted connection, else empty.' }),
});

function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 1000) / 1_000_000;
}

function trafficJson(peer: PeerInfo): Record<string, JsonOutput> {
  return {
    lastsend: peer.lastSendTimeSeconds,
    lastrecv: peer.lastReceiveTimeSeconds,
    last_transaction: peer.lastTransactionTimeSeconds,
    last_block: peer.lastBlockTimeSeconds,
    bytessent: peer.bytesSent,
    bytesrecv: peer.bytesReceived,
    conntime: peer.connectedTimeSeconds,
    timeoffset: peer.timeOffsetSeconds,
    pingtime: secondsOf(peer.pingTimeMs),
    minping: secondsOf(peer.pingTimeMsMin),
    pingwait: secondsOf(peer.pingWaitMs),
  };
}

/** Counts in order of their names, as Core's. */
function byName(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function peerJson(peer: PeerInfo): JsonOutput {
  return {
    id: peer.id,
    addr: peer.address,
    addrbind: peer.boundAddress,
    addrlocal: peer.localAddress,
    network: peer.throughOnion ? 'onion' : networkOf(peer.address),
    services: servicesHex(peer.services),
    servicesnames: servicesNames(peer.services),
    relaytxes: peer.relayTransactions,
    last_inv_sequence: peer.lastInventorySequence,
    inv_to_send: peer.inventoryToSend,
    ...trafficJson(peer),
    version: peer.protocolVersion,
    subver: peer.userAgent,
    inbound: peer.inbound,
    bip152_hb_to: peer.highBandwidthTo,
    bip152_hb_from: peer.highBandwidthFrom,
    startingheight: peer.startingHeight,
    presynced_headers: peer.presyncedHeaders,
    synced_headers: peer.syncedHeaders,
    synced_blocks: peer.syncedBlocks,
    inflight: peer.inFlight,
    addr_relay_enabled: peer.relayAddresses,
    addr_processed: peer.addressesProcessed,
    addr_rate_limited: peer.addressesRateLimited,
    permissions: peer.permissions,
    minfeefilter: coins(peer.feeFilterSatPerKvb),
    bytessent_per_msg: byName(peer.bytesSentPerMessage),
    bytesrecv_per_msg: byName(peer.bytesReceivedPerMessage),
    connection_type: peer.connectionType,
    transport_protocol_type: peer.transport,
    session_id: peer.sessionId === undefined ? '' : toHex(peer.sessionId),
  };
}

export const getpeerinfo: RpcMethod = {
  name: 'getpeerinfo',
  category: 'Network',
  description: 'Everything about each connected peer.',
  params: [],
  result: Type.Array(PEER),
  run: ({ node }) => node.network.peers().map(peerJson),
};
