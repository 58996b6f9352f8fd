/**
 * What is asked of whom, and what peers are told: headers, blocks, transactions, addresses.
 *
 * Owns every decision about peers (`SyncMachine`: told what happened, it answers what to do) and its execution over ports (`Network`).
 * Does not own sockets and timers (`platform`), the bytes of messages (`wire`), nor what is valid (`chain`, `mempool`). Begin with
 * sync-machine.ts; each file beside it is one concern: handshake, header-sync, block-download, transaction-relay, address-gossip,
 * connections, liveness.
 *
 * @module
 */

export type { SyncAction } from './actions.ts';
export type { SyncOptions } from './context.ts';
export { PROTOCOL_VERSION } from './handshake.ts';
export type { DisconnectReason } from './misbehaviour.ts';
export { DISCONNECT_REASONS } from './misbehaviour.ts';
export { Network } from './network.ts';
export type { NetworkOptions, PeerEvent } from './network-options.ts';
export type { PeerId } from './peer.ts';
export type { NewConnection } from './sync-machine.ts';
export { SyncMachine } from './sync-machine.ts';
export type { SyncChain, SyncMempool } from './views.ts';
