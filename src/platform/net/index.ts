/**
 * Other machines, by Node's sockets, and the files that remember them.
 *
 * Owns bytes in and out, and where addresses are kept. Does not own what is sent, to whom, and when: that is `engine/sync`. Begin with
 * tcp-transport.ts.
 *
 * @module
 */

export { createAnchorFile } from './anchor-file.ts';
export { createBanFile } from './ban-file.ts';
export { createPeerFile } from './peer-file.ts';
export { createProxyTransport } from './proxy-transport.ts';
export { systemResolver } from './system-resolver.ts';
export { tcpTransport } from './tcp-transport.ts';
export { upgradeToWebSocket } from './web-socket.ts';
export { listenWebSocket } from './web-socket-listener.ts';
