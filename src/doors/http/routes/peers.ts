import { isIPv6 } from 'node:net';
import { formatHostPort } from '../../../core/wire/ip-text.ts';
import { CONNECTION_TYPES, type PeerInfo } from '../../../engine/ports/network-service.ts';
import { type Static, Type } from '../../schema.ts';
import { HttpProblem } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';

const PEER = Type.Object(
  {
    id: Type.Integer(),
    address: Type.String({ description: 'Host and port.' }),
    inbound: Type.Boolean(),
    type: Type.Enum([...CONNECTION_TYPES]),
    onSubnet: Type.Boolean({ description: 'It was found on the subnet, whoever called.' }),
    userAgent: Type.String(),
    protocolVersion: Type.Integer(),
    transport: Type.Enum(['v1', 'v2', 'detecting'], { description: 'v1 in the clear, v2 encrypted, detecting until it is known.' }),
    services: Type.String({ description: '64 bits in hexadecimal.' }),
    startingHeight: Type.Integer(),
    syncedHeaders: Type.Integer({ description: 'Height of the last header in common, -1 for none.' }),
    syncedBlocks: Type.Integer(),
    connectedSince: Type.Integer({ description: 'Seconds since 1970.' }),
    bytesSent: Type.Integer(),
    bytesReceived: Type.Integer(),
    pingMs: Type.Union([Type.Number(), Type.Null()]),
  },
  { additionalProperties: false },
);

function peerView(peer: PeerInfo): Static<typeof PEER> {
  return {
    id: peer.id,
    address: peer.address,
    inbound: peer.inbound,
    type: peer.connectionType,
    onSubnet: peer.onSubnet,
    userAgent: peer.userAgent,
    protocolVersion: peer.protocolVersion,
    transport: peer.transport,
    services: peer.services.toString(16).padStart(16, '0'),
    startingHeight: peer.startingHeight,
    syncedHeaders: peer.syncedHeaders,
    syncedBlocks: peer.syncedBlocks,
    connectedSince: peer.connectedTimeSeconds,
    bytesSent: peer.bytesSent,
    bytesReceived: peer.bytesReceived,
    pingMs: peer.pingTimeMs ?? null,
  };
}

const list = defineRoute({
  id: 'listPeers',
  method: 'GET',
  path: '/api/v1/peers',
  tag: 'peers',
  summary: 'The connected peers.',
  result: Type.Array(PEER),
  run: (node) => node.network.peers().map(peerView),
});

const subnet = defineRoute({
  id: 'listSubnetNodes',
  method: 'GET',
  path: '/api/v1/peers/subnet',
  tag: 'peers',
  summary: 'The nodes on the subnet, connected or not.',
  result: Type.Array(
    Type.Object(
      {
        address: Type.String({ description: 'Host and port.' }),
        proved: Type.Boolean({ description: 'It has answered by a handshake and a pong, and since then whenever it was asked.' }),
        latencyMs: Type.Union([Type.Number(), Type.Null()], { description: 'How long its last pong took.' }),
        connected: Type.Boolean(),
      },
      { additionalProperties: false },
    ),
  ),
  run: (node) =>
    node.network.subnetNodes().map(({ address: { host, port }, proved, latencyMs, connected }) => {
      return { address: formatHostPort(host, port), proved, latencyMs: latencyMs ?? null, connected };
    }),
});

const ADDRESS_PATTERN = '^(\\[[0-9a-fA-F:.]+\\]|[^\\s:\\[\\]/@]+)(:[0-9]{1,5})?$';

const PORT_MAX = 65_535;

function parseAddress(text: string, portDefault: number): { host: string; port: number } {
  const match = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  const [, ipv6, name] = match ?? [];
  const port = match?.[3] === undefined ? portDefault : Number(match[3]);
  const host = ipv6 ?? name;
  if (host === undefined || (ipv6 !== undefined && !isIPv6(ipv6)) || port < 1 || port > PORT_MAX) {
    throw new HttpProblem('request-invalid', { field: 'address', detail: 'The address must be host, host:port or [IPv6]:port.' });
  }
  return { host, port };
}

const add = defineRoute({
  id: 'addPeer',
  method: 'POST',
  path: '/api/v1/peers',
  tag: 'peers',
  access: 'login',
  status: 202,
  summary: 'Keeps a connection to a peer, tries one once, or ends the keeping.',
  body: Type.Object(
    {
      address: Type.String({
        pattern: ADDRESS_PATTERN,
        maxLength: 300,
        description: "Host and port; the network's own port unless given.",
      }),
      command: Type.Optional(Type.Enum(['add', 'onetry', 'remove'], { description: '`add` unless given.' })),
    },
    { additionalProperties: false },
  ),
  result: Type.Object({ address: Type.String() }, { additionalProperties: false }),
  run: (node, { body }) => {
    const { host, port } = parseAddress(body.address, node.params.ports.p2p);
    const command = body.command ?? 'add';
    if (!node.network.addNode({ host, port }, command)) throw new HttpProblem(command === 'add' ? 'peer-known' : 'peer-not-found');
    return { address: `${isIPv6(host) ? `[${host}]` : host}:${port}` };
  },
});

const remove = defineRoute({
  id: 'disconnectPeer',
  method: 'DELETE',
  path: '/api/v1/peers/:id',
  tag: 'peers',
  access: 'login',
  summary: 'Ends the connection to a peer.',
  params: Type.Object({ id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'As the list shows it.' }) }),
  result: Type.Object({ id: Type.Integer() }, { additionalProperties: false }),
  run: (node, { params }) => {
    if (!node.network.disconnect({ id: params.id })) throw new HttpProblem('peer-not-found');
    return { id: params.id };
  },
});

export const peerRoutes: readonly Route[] = [list, subnet, add, remove];
