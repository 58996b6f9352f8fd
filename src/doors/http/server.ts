/**
 * The one HTTP port: JSON-RPC on Node's bare server, everything else through Fastify.
 *
 * Fastify, its schemas and the page with the documentation take longer to load than a node may take to start, so they are loaded
 * with the first request that wants them.
 *
 * @module
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { AssertionError } from '../../core/base/assert.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import type { Connection } from '../../engine/ports/transport.ts';
import type { RestApp } from './app.ts';
import { Authenticator, type HttpCredentials } from './auth.ts';
import { announcedSize } from './body.ts';
import { Capacity } from './capacity.ts';
import { answerCoreRest, type CoreRestHandler, isCoreRestPath, refuseCoreRest } from './core-rest.ts';
import { EventLog } from './event-log.ts';
import { isEventStream, streamEvents } from './event-stream.ts';
import { reorgView } from './event-view.ts';
import { Guard } from './guard.ts';
import { answerJsonRpc, isJsonRpcPath, type JsonRpcHandler, type JsonRpcRules } from './json-rpc.ts';
import {
  BODIES_SIZE_MAX,
  CLOSE_GRACE_MS,
  CONNECTIONS_MAX,
  EVENT_STREAMS_MAX,
  HEADERS_SIZE_MAX,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  REST_REQUESTS_MAX,
  RPC_REQUESTS_MAX,
  TIMEOUTS_CHECK_INTERVAL_MS,
  TRANSACTION_BODY_SIZE_MAX,
  WEB_SOCKET_PEERS_MAX,
} from './limits.ts';
import { isAborted, type ProblemCode, problemDocument, problemHeaders } from './problem.ts';
import { TurnEnd } from './turn-end.ts';
import { answerWithoutUpgrade, isPeerRequest, type PeerUpgrade, refuseUpgrade } from './upgrade.ts';

/** Where a server listens; port 0 takes any that is free. */
interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What a server is opened with before there is a node. */
export interface HttpDoorOptions extends JsonRpcRules {
  readonly clock: Clock;
  readonly log: Log;
  /** Answers JSON-RPC until a node is there. */
  readonly warmUp: JsonRpcHandler;
  readonly auth: HttpCredentials;
  readonly listen: ListenAddress;
  /** Where else it listens. */
  readonly alsoListen?: readonly ListenAddress[];
  /** Whether an address may ask at all; every one may unless given. Core's `-rpcallowip`. */
  readonly allowsAddress?: (address: string) => boolean;
  /** JSON-RPC requests that are answered or wait at once; `RPC_REQUESTS_MAX` unless given. */
  readonly rpcRequestsMax?: number;
  /** Whether there is Core's REST, once there is a node; there is unless this is false. Core's `-rest`. */
  readonly coreRest?: boolean;
  /** A connection without a request is closed after so long; `KEEP_ALIVE_TIMEOUT_MS` unless given. */
  readonly keepAliveMs?: number;
  /** Names besides `localhost` and the host above by which browsers may call the server. */
  readonly hostNames?: readonly string[];
  /** Makes peers of those who want a WebSocket at `/p2p`; without it there is none. */
  readonly peerUpgrade?: PeerUpgrade;
}

/** What a server of a running node is made with. */
export interface HttpServerOptions extends Omit<HttpDoorOptions, 'clock' | 'log' | 'warmUp'> {
  readonly node: NodePort;
  /** Answers JSON-RPC; `createRpcHandler` of the rpc room makes one. */
  readonly rpc: JsonRpcHandler;
  /** Answers Core's REST; `createRestHandler` of the rest room makes one. Without it there is nothing below `/rest/`. */
  readonly rest?: CoreRestHandler;
}

/** A server that listens. */
export interface HttpServer {
  readonly host: string;
  /** The real one. */
  readonly port: number;
  /** `http://host:port`, IPv6 in brackets. */
  readonly url: string;
  /** From now on there is a node. */
  serve(node: NodePort, rpc: JsonRpcHandler, rest?: CoreRestHandler): void;
  /** Takes no more requests, interrupts long work, and lets answers under way end for a moment. */
  close(): Promise<void>;
}

function sendProblem(response: ServerResponse, code: ProblemCode): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const document = problemDocument(code);
  response.writeHead(document.status, { ...problemHeaders(code), connection: 'close' }).end(JSON.stringify(document));
}

class RunningServer implements HttpServer {
  readonly #options: HttpDoorOptions;
  readonly #auth: Authenticator;
  readonly #guard: Guard;
  readonly #stopping = new AbortController();
  readonly #rpcRequests: Capacity;
  readonly #restRequests = new Capacity(REST_REQUESTS_MAX);
  readonly #bodies = new Capacity(BODIES_SIZE_MAX);
  readonly #turnEnd: TurnEnd;
  readonly #events = new EventLog();
  readonly #eventStreams = new Capacity(EVENT_STREAMS_MAX);
  readonly #webSocketPeers = new Capacity(WEB_SOCKET_PEERS_MAX);
  readonly #peers = new Set<Connection>();
  /** One for each address, the main one first. */
  readonly #servers: readonly (readonly [Server, ListenAddress])[];
  #node: NodePort | undefined;
  #rpc: JsonRpcHandler;
  #coreRest: CoreRestHandler | undefined;
  #rest: Promise<RestApp> | undefined;
  #closed: Promise<void> | undefined;
  #unsubscribe: () => void = () => undefined;
  #port = 0;

  constructor(options: HttpDoorOptions) {
    const { listen, alsoListen = [], hostNames = [] } = options;
    this.#options = options;
    this.#rpc = options.warmUp;
    this.#turnEnd = new TurnEnd(options.clock);
    this.#auth = new Authenticator(options.auth, options.clock);
    this.#rpcRequests = new Capacity(options.rpcRequestsMax ?? RPC_REQUESTS_MAX);
    this.#guard = new Guard([listen.host, ...alsoListen.map(({ host }) => host), ...hostNames]);
    this.#servers = [listen, ...alsoListen].map((address) => [this.#createServer(), address]);
  }

  #createServer(): Server {
    const limits = {
      maxHeaderSize: HEADERS_SIZE_MAX,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: this.#options.keepAliveMs ?? KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUTS_CHECK_INTERVAL_MS,
    };
    const server = createServer(limits, (request, response) => void this.#onRequest(request, response));
    server.maxConnections = CONNECTIONS_MAX;
    server.on('upgrade', (request, socket, head) => this.#onUpgrade(server, request, socket, head));
    return server;
  }

  get host(): string {
    return this.#options.listen.host;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://${isIPv6(this.host) ? `[${this.host}]` : this.host}:${this.#port}`;
  }

  /** @throws NodeError `port-in-use` or `listen-failed` */
  async listen(): Promise<void> {
    for (const [server, address] of this.#servers) await this.#listenAt(server, address);
    const [main] = this.#servers.map(([server]) => server.address() as AddressInfo);
    this.#port = main?.port ?? 0;
  }

  async #listenAt(server: Server, { host, port }: ListenAddress): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port }, resolve);
      });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE') {
        const problem = `Something else listens on ${host}:${port}; give another address with --http, or --http ${host}:0 for any free port.`;
        throw new NodeError('port-in-use', problem, { cause: error });
      }
      const problem = `HTTP cannot listen on ${host}:${port}: ${message}; give an address of this machine with --http.`;
      throw new NodeError('listen-failed', problem, { cause: error });
    }
  }

  serve(node: NodePort, rpc: JsonRpcHandler, rest?: CoreRestHandler): void {
    this.#node = node;
    this.#rpc = rpc;
    this.#coreRest = rest;
    this.#unsubscribe = node.subscribe((event) => {
      if (event.kind === 'reorg') this.#events.add(event.kind, reorgView(event, node.clock.nowSeconds()));
    });
  }

  /** A request for another protocol. `/p2p` carries no login and is for pages of other sites too: who sent it does not matter. */
  #onUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { peerUpgrade } = this.#options;
    if (peerUpgrade === undefined || !isPeerRequest(request)) {
      answerWithoutUpgrade(server, request, socket, head);
      return;
    }
    // What goes wrong with the connection is nobody's business before it is one.
    socket.on('error', () => undefined);
    const node = this.#node;
    const refusal = this.#peerRefusal(request);
    if (refusal !== undefined || node === undefined || !this.#webSocketPeers.take(1)) {
      refuseUpgrade(socket, refusal ?? 'busy');
      return;
    }
    let peer: Connection | undefined;
    socket.once('close', () => {
      this.#webSocketPeers.release(1);
      if (peer !== undefined) this.#peers.delete(peer);
    });
    peerUpgrade(request, socket, head, (connection) => {
      peer = connection;
      this.#peers.add(connection);
      node.network.accept(connection);
      if (this.#closed !== undefined) connection.close('stopping');
    });
  }

  /** Why a peer over WebSocket is turned away before it is one. */
  #peerRefusal({ headers: { host }, socket }: IncomingMessage): ProblemCode | 'forbidden' | undefined {
    if (this.#options.allowsAddress?.(socket.remoteAddress ?? '') === false) return 'forbidden';
    if (this.#node === undefined || this.#closed !== undefined) return 'not-ready';
    return this.#guard.refusal(host === undefined ? {} : { host });
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (this.#closed !== undefined) response.setHeader('connection', 'close');
      await this.#dispatch(request, response);
    } catch (error) {
      if (isAborted(error)) return;
      sendProblem(response, 'internal-error');
      // A bug of ours goes on to stop the process.
      if (error instanceof AssertionError) throw error;
      const { log } = this.#options;
      log.error('http-failed', { path: request.url, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }

  async #dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#options.allowsAddress?.(request.socket.remoteAddress ?? '') === false) {
      response.writeHead(403, { connection: 'close' }).end();
      return;
    }
    const refusal = this.#guard.refusal(request.headers);
    if (refusal !== undefined) {
      sendProblem(response, refusal);
      return;
    }
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (isJsonRpcPath(path) && !(path === '/' && reads)) {
      const shared = { requests: this.#rpcRequests, bodies: this.#bodies, auth: this.#auth, signal: this.#stopping.signal };
      return answerJsonRpc(request, response, { handler: this.#rpc, rules: this.#options, turnEnd: this.#turnEnd, ...shared });
    }
    if (this.#options.coreRest === false && isCoreRestPath(path)) return refuseCoreRest(response);
    const rest = this.#coreRest;
    if (rest !== undefined && isCoreRestPath(path)) {
      const shared = { requests: this.#restRequests, bodies: this.#bodies, auth: this.#auth, signal: this.#stopping.signal };
      return answerCoreRest(request, response, { handler: rest, ...shared });
    }
    if (isEventStream(path, request.method)) return this.#streamEvents(request, response);
    return this.#dispatchRest(request, response);
  }

  /** Streams have places of their own: they last. */
  async #streamEvents(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#node === undefined) return sendProblem(response, 'not-ready');
    const { clock } = this.#options;
    const shared = { events: this.#events, auth: this.#auth, streams: this.#eventStreams, clock, signal: this.#stopping.signal };
    const refusal = await streamEvents(request, response, shared);
    if (refusal !== undefined) sendProblem(response, refusal);
  }

  /** Hands a request to Fastify, as long as not too many are there. Their places are free again when the answer is through. */
  async #dispatchRest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const node = this.#node;
    if (node === undefined) return sendProblem(response, 'not-ready');
    const size = Math.min(announcedSize(request, TRANSACTION_BODY_SIZE_MAX), TRANSACTION_BODY_SIZE_MAX);
    if (!this.#restRequests.take(1)) return sendProblem(response, 'busy');
    if (!this.#bodies.take(size)) {
      this.#restRequests.release(1);
      return sendProblem(response, 'busy');
    }
    response.once('close', () => {
      this.#restRequests.release(1);
      this.#bodies.release(size);
    });
    const app = await this.#restApp(node);
    app.handle(request, response);
  }

  #restApp(node: NodePort): Promise<RestApp> {
    this.#rest ??= import('./app.ts').then(({ createRestApp }) => createRestApp({ node, auth: this.#auth }));
    return this.#rest;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#stopping.abort();
    this.#unsubscribe();
    for (const peer of this.#peers) peer.close('stopping');
    const { clock } = this.#options;
    const closed = Promise.all(this.#servers.map(([server]) => new Promise<void>((resolve) => void server.close(() => resolve()))));
    for (const [server] of this.#servers) server.closeIdleConnections();
    const timer = clock.after(CLOSE_GRACE_MS, () => {
      for (const [server] of this.#servers) server.closeAllConnections();
    });
    await closed;
    clock.cancel(timer);
    await (await this.#rest)?.close();
  }
}

/**
 * Opens the port.
 *
 * @throws NodeError `port-in-use`, `listen-failed`; `option-invalid` for a broken rpcauth line
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { node, rpc, rest } = options;
  const server = await openHttpServer({ ...options, clock: node.clock, log: node.log, warmUp: rpc });
  server.serve(node, rpc, rest);
  return server;
}

/**
 * Opens the port while the node itself is still opening: JSON-RPC is answered by `warmUp`, all else refused, until there is something to serve.
 *
 * @throws NodeError as `createHttpServer`
 */
export async function openHttpServer(options: HttpDoorOptions): Promise<HttpServer> {
  const server = new RunningServer(options);
  try {
    await server.listen();
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}
