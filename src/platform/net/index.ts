/**
 * Other machines, by Node's sockets, and the file that remembers them.
 *
 * Owns bytes in and out, and where addresses are kept. Does not own what is sent, to whom, and when: that is `engine/sync`. Begin with
 * tcp-transport.ts.
 *
 * @module
 */

export { createPeerFile } from './peer-file.ts';
export { tcpTransport } from './tcp-transport.ts';
