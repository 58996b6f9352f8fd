/**
 * Nodes on the subnet: DNS service discovery over multicast DNS (RFC 6762, RFC 6763), of quoin's own service type.
 *
 * Owns the messages, the announcing and answering, and the sockets. Does not own what becomes of a sighting, nor whether it is true: that is
 * `engine/sync/subnet-peers.ts`. Begin with dns-sd.ts.
 *
 * @module
 */

export { createDnsSd } from './dns-sd.ts';
export { createNodeMulticast } from './node-multicast.ts';
