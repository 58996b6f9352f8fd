import { formatHostPort, formatIp } from '../../core/wire/ip-text.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { findFork } from '../chain/header-tree.ts';
import type { AddedNode, PeerInfo } from '../ports/network-service.ts';
import type { Link } from './link.ts';
import { isInbound, type Peer, wantsTransactions } from './peer.ts';

/** A peer in the words of `getpeerinfo`. `tip` is our own. */
export function peerInfo(
  peer: Peer,
  link: Link,
  now: { readonly ms: number; readonly tip: HeaderNode; readonly onSubnet: boolean },
): PeerInfo {
  const { version, headers, blocks, transactions, addresses, ping } = peer;
  const { bestKnown } = headers;
  return {
    id: peer.id,
    address: formatHostPort(peer.remote.host, peer.remote.port),
    boundAddress: formatHostPort(peer.local.host, peer.local.port),
    localAddress: localAddress(peer),
    inbound: peer.connectionType === 'inbound',
    connectionType: peer.connectionType,
    permissions: [...peer.permissions],
    throughOnion: peer.throughOnion,
    onSubnet: now.onSubnet,
    services: version?.services ?? 0n,
    protocolVersion: version?.protocolVersion ?? 0,
    userAgent: version?.userAgent ?? '',
    startingHeight: version?.startHeight ?? -1,
    relayTransactions: wantsTransactions(peer),
    relayAddresses: addresses.enabled,
    highBandwidthTo: peer.compact.chosen,
    highBandwidthFrom: peer.compact.wantsUnasked,
    lastInventorySequence: transactions.announcedSequence,
    inventoryToSend: transactions.toAnnounce.size,
    connectedTimeSeconds: peer.connectedTimeSeconds,
    lastSendTimeSeconds: link.lastSendTimeSeconds,
    lastReceiveTimeSeconds: link.lastReceiveTimeSeconds,
    lastTransactionTimeSeconds: transactions.lastTimeSeconds,
    lastBlockTimeSeconds: blocks.lastTimeSeconds,
    timeOffsetSeconds: peer.timeOffsetSeconds,
    bytesSent: link.bytesSent,
    bytesReceived: link.bytesReceived,
    bytesSentPerMessage: Object.fromEntries(link.bytesSentPerMessage),
    bytesReceivedPerMessage: Object.fromEntries(link.bytesReceivedPerMessage),
    pingTimeMs: ping.lastMs,
    pingTimeMsMin: ping.minMs,
    pingWaitMs: ping.nonce === undefined ? undefined : now.ms - ping.sentAtMs,
    syncedHeaders: bestKnown?.height ?? -1,
    presyncedHeaders: headers.pass === undefined || headers.pass.presync.redownloads ? -1 : headers.pass.presync.height,
    syncedBlocks: bestKnown === undefined ? -1 : findFork(now.tip, bestKnown).height,
    inFlight: [...blocks.inFlight.values()].map((node) => node.height),
    feeFilterSatPerKvb: transactions.feeFilterSatPerKvb,
    addressesProcessed: addresses.processed,
    addressesRateLimited: addresses.rateLimited,
    transport: link.stream.protocol,
    sessionId: link.stream.sessionId,
  };
}

/** How the peer sees us, as far as it said. */
function localAddress(peer: Peer): string | undefined {
  const seen = peer.version?.receiver;
  if (seen === undefined || seen.bytes.every((byte) => byte === 0)) return undefined;
  return formatHostPort(formatIp(seen.bytes), seen.port);
}

/** The connection with a node, whichever side called; undefined where there is none. */
export function connectionTo(peers: Iterable<Peer>, host: string, port: number): AddedNode['connection'] {
  for (const peer of peers) {
    const { remote, dialled, leaving } = peer;
    const matches = [remote, dialled].some((each) => each?.host === host && each.port === port);
    if (matches && !leaving) return { address: formatHostPort(remote.host, remote.port), inbound: isInbound(peer) };
  }
  return undefined;
}
