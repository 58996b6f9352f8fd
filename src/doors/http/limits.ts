/**
 * What one caller, and all of them together, may ask of the server. Over a limit the answer is 413, 429 or 503, never a crash.
 *
 * @module
 */

/** Bytes of a JSON-RPC body. Core's `MAX_SIZE`: a block in hexadecimal fits. */
export const RPC_BODY_SIZE_MAX = 32 * 1024 * 1024;

/** Bytes of a body with a transaction, in hexadecimal twice the largest one. */
export const TRANSACTION_BODY_SIZE_MAX = 8 * 1024 * 1024;

/** Bytes of any other body. */
export const BODY_SIZE_MAX = 1024 * 1024;

/** Bytes of all bodies that are being read or answered. A body counts as long as it may be. */
export const BODIES_SIZE_MAX = 256 * 1024 * 1024;

/** JSON-RPC requests that are being answered at once: Core's 16 threads and its queue of 64. */
export const RPC_REQUESTS_MAX = 80;

/** Other requests that are being answered at once. */
export const REST_REQUESTS_MAX = 64;

/** Nesting of JSON in a body of the REST interface, where two levels are ever needed. */
export const JSON_DEPTH_MAX = 16;

/** Bytes of a request's line and headers, as Core's. */
export const HEADERS_SIZE_MAX = 8192;

/** Connections at once; a further one is closed. */
export const CONNECTIONS_MAX = 256;

/** A client has so long to send its headers, and its whole request. */
export const HEADERS_TIMEOUT_MS = 10_000;
export const REQUEST_TIMEOUT_MS = 120_000;

/** Both are looked at this often. Node's own 30 seconds would let a client take three times as long for its headers. */
export const TIMEOUTS_CHECK_INTERVAL_MS = 1_000;

/** A connection without a request is closed after this long. Core's `-rpcservertimeout`. */
export const KEEP_ALIVE_TIMEOUT_MS = 30_000;

/** An answer to a wrong login waits this long, as Core's. */
export const WRONG_LOGIN_DELAY_MS = 250;

/** Answers to wrong logins that wait at once; further ones are refused without a look. */
export const WRONG_LOGINS_MAX = 16;

/** When the server stops, answers under way have so long to end. */
export const CLOSE_GRACE_MS = 2_000;

/** Streams of events at once. */
export const EVENT_STREAMS_MAX = 32;

/** Time between two signs of life of a stream of events; who takes nothing for two of them is cut off. */
export const EVENT_BEAT_MS = 15_000;

/** Peers over WebSocket at once, which leaves connections to all others. */
export const WEB_SOCKET_PEERS_MAX = 128;
