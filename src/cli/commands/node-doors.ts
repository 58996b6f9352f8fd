/**
 * The doors of a node: its HTTP port, and who may log in there.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import { type HttpDoorOptions, type HttpServer, openHttpServer } from '../../doors/http/server.ts';
import type { RestHandler } from '../../doors/rest/handler.ts';
import type { RpcHandler } from '../../doors/rpc/handler.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import type { Connection, Listener, SocketAddress } from '../../engine/ports/transport.ts';
import { toNodeError } from '../../platform/store/system-error.ts';
import { formatSocketAddress } from '../options/values.ts';

/** Bytes of chance in a cookie and in a token. */
const SECRET_SIZE_BYTES = 32;

/** Name that a cookie logs in with; Core's. */
const COOKIE_USER = '__cookie__';

/** What is to be opened, and for whom. */
export interface DoorPlan {
  /** Where HTTP is served; undefined for nowhere. */
  readonly http: SocketAddress | undefined;
  /** Where peers over WebSocket are served alone; nowhere unless given. They are at the HTTP port too. */
  readonly p2pWs?: SocketAddress | undefined;
  readonly login: { readonly user: string; readonly password: string } | undefined;
  /** The file with a login that is made at each start; undefined for none. */
  readonly cookie: { readonly path: string; readonly mode: number } | undefined;
  readonly rpcauth?: readonly string[];
  readonly rules?: Pick<HttpDoorOptions, 'alsoListen' | 'allowsAddress' | 'allowsUser' | 'coreRest' | 'rpcRequestsMax' | 'keepAliveMs'>;
}

/** What doors need before there is a node. */
export interface DoorParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly secp256k1: Parameters<typeof chooseSecp256k1>[0];
  /** What the node is doing until it is open. */
  readonly doing: () => string;
}

/** What is open. */
export interface Doors {
  /** `http://host:port`; undefined where no HTTP is served. */
  readonly url: string | undefined;
  /** The documentation with a login for the page, for whoever started the node. */
  readonly link: string | undefined;
  /** `ws://host:port/p2p` of the port for such peers alone; undefined where there is none. */
  readonly p2pWs?: string | undefined;
  /** From now on there is a node to ask. */
  serve(node: NodePort): void;
  /** Loads what the first request would wait for. */
  warm(): void;
  close(): Promise<void>;
}

/** JSON-RPC whose methods are loaded when they are first wanted: they take a third of the time that a node may take to start. */
function lazyRpc(node: NodePort, curve: Secp256k1): { readonly handle: RpcHandler; readonly warm: () => void } {
  let loaded: Promise<RpcHandler> | undefined;
  const load = (): Promise<RpcHandler> => {
    loaded ??= import('../../doors/rpc/handler.ts').then(({ createRpcHandler }) => createRpcHandler(node, { curve }));
    return loaded;
  };
  return { handle: async (call) => (await load())(call), warm: () => void load() };
}

/** Core's REST, loaded with the first request for it. */
function lazyRest(node: NodePort, curve: Secp256k1): RestHandler {
  let loaded: Promise<RestHandler> | undefined;
  return async (call) => {
    loaded ??= import('../../doors/rest/handler.ts').then(({ createRestHandler }) => createRestHandler(node, { curve }));
    return (await loaded)(call);
  };
}

/** Peers over WebSocket; what they need is loaded with the first of them. */
const lazyUpgrade: NonNullable<HttpDoorOptions['peerUpgrade']> = (request, socket, head, accept) => {
  import('../../platform/net/web-socket.ts').then(
    ({ upgradeToWebSocket }) => upgradeToWebSocket(request, socket, head, accept),
    (error: unknown) => socket.destroy(error instanceof Error ? error : undefined),
  );
};

/** The port for peers over WebSocket alone. Until there is a node they are turned away. */
async function openPeerDoor(address: SocketAddress, node: () => NodePort | undefined): Promise<Listener> {
  const { listenWebSocket } = await import('../../platform/net/web-socket-listener.ts');
  return listenWebSocket(address, (connection: Connection) => {
    const { network } = node() ?? {};
    if (network === undefined) connection.close('not-ready');
    else network.accept(connection);
  });
}

/** A new cookie, its owner's alone from its first byte on unless told otherwise. */
async function writeCookie({ path, mode }: NonNullable<DoorPlan['cookie']>): Promise<string> {
  const cookie = `${COOKIE_USER}:${randomBytes(SECRET_SIZE_BYTES).toString('hex')}`;
  const draft = `${path}.new`;
  try {
    await rm(draft, { force: true });
    await writeFile(draft, cookie, { mode, flag: 'wx' });
    // What the process forbids its new files may have been taken away.
    if (mode !== 0o600) await chmod(draft, mode);
    await rename(draft, path);
    return cookie;
  } catch (error) {
    throw toNodeError(error, path);
  }
}

/** Where no HTTP is served. */
const NO_DOORS: Doors = { url: undefined, link: undefined, serve: () => undefined, warm: () => undefined, close: async () => undefined };

/**
 * Opens what the plan says; until `serve`, every call is told that the node is not ready.
 *
 * @throws NodeError `port-in-use`, `listen-failed`; `option-invalid` for a broken rpcauth line
 */
export async function openDoors(plan: DoorPlan, parts: DoorParts): Promise<Doors> {
  const http = await openHttpDoor(plan, parts);
  if (plan.p2pWs === undefined) return http;
  let node: NodePort | undefined;
  let peers: Listener;
  try {
    peers = await openPeerDoor(plan.p2pWs, () => node);
  } catch (error) {
    await http.close();
    throw error;
  }
  return {
    ...http,
    p2pWs: `ws://${formatSocketAddress(peers.address)}/p2p`,
    serve: (served) => {
      node = served;
      http.serve(served);
    },
    close: async () => void (await Promise.all([http.close(), peers.close()])),
  };
}

/** The HTTP port, where there is to be one. */
async function openHttpDoor(plan: DoorPlan, parts: DoorParts): Promise<Doors> {
  const { http, login, rules, cookie: cookieFile, rpcauth = [] } = plan;
  const { clock, log, doing } = parts;
  if (http === undefined) return NO_DOORS;
  const token = randomBytes(SECRET_SIZE_BYTES).toString('hex');
  const cookie = cookieFile === undefined ? {} : { cookie: await writeCookie(cookieFile) };
  const user = login === undefined ? {} : { user: { name: login.user, password: login.password } };
  const dropCookie = async (): Promise<void> => {
    if (cookieFile !== undefined) await rm(cookieFile.path, { force: true });
  };
  let server: HttpServer;
  try {
    const warmUp: HttpDoorOptions['warmUp'] = async (call) => (await import('../../doors/rpc/warm-up.ts')).createWarmUpHandler(doing)(call);
    const auth = { ...cookie, ...user, rpcauth, token };
    server = await openHttpServer({ ...{ clock, log, warmUp, auth }, listen: http, peerUpgrade: lazyUpgrade, ...rules });
  } catch (error) {
    await dropCookie();
    throw error;
  }
  let rpc: ReturnType<typeof lazyRpc> | undefined;
  return {
    url: server.url,
    link: `${server.url}/docs#token=${token}`,
    serve(node: NodePort): void {
      const curve = chooseSecp256k1(parts.secp256k1);
      rpc = lazyRpc(node, curve);
      server.serve(node, rpc.handle, lazyRest(node, curve));
    },
    warm: () => rpc?.warm(),
    async close(): Promise<void> {
      await server.close();
      await dropCookie();
    },
  };
}
