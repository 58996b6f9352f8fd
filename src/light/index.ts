/**
 * The light client: headers, filters and the few blocks that matter, checked by itself.
 *
 * Owns putting it together and its life. Does not own decisions (`engine/light`). Begin with light-client.ts, which takes every port as an
 * argument; node.ts hands in Node's, browser.ts a browser's.
 *
 * @module
 */

export type { FilterCheckpoint } from '../core/params/types.ts';
export { HeaderFileError } from '../engine/light/header-import.ts';
export type { LightEvent, LightPayment, LightProgress } from '../engine/light/light-event.ts';
export type { LightBalance, LightCoin } from '../engine/light/light-ledger.ts';
export { checkSendable } from '../engine/light/sending.ts';
export { GAP_DEFAULT, WATCHED_SCRIPTS_MAX } from '../engine/light/watch-list.ts';
export type { Clock, Timer } from '../engine/ports/clock.ts';
export type { HeaderStore } from '../engine/ports/header-store.ts';
export type { Log } from '../engine/ports/log.ts';
export { NodeError, type NodeErrorCode } from '../engine/ports/node-error.ts';
export type { Random } from '../engine/ports/random.ts';
export type { RowStore } from '../engine/ports/row-store.ts';
export type { Transport } from '../engine/ports/transport.ts';
export { DISCONNECT_REASONS, type DisconnectReason } from '../engine/sync/misbehaviour.ts';
export { type HeaderFile, LightClient, type LightClientOptions, type LightStores } from './light-client.ts';
export { openLightClient, type SystemLightClient, type SystemLightOptions } from './node.ts';
