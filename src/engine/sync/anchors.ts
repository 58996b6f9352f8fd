import { type NetworkAddress, toNetworkAddress } from '../../core/wire/network-address.ts';
import type { Connections } from './connections.ts';
import type { SyncContext } from './context.ts';

/** Peers that are remembered over a restart. Core's MAX_BLOCK_RELAY_ONLY_ANCHORS. */
export const ANCHORS_MAX = 2;

/**
 * Peers that are called first after a restart: those that nobody could learn of by watching what is gossiped, the ones for blocks alone. Who
 * makes us restart so that we call its addresses finds us connected with these still.
 */
export class Anchors {
  readonly #context: SyncContext;
  readonly #connections: Connections;

  constructor(context: SyncContext, connections: Connections) {
    this.#context = context;
    this.#connections = connections;
  }

  /** Calls those that were remembered. */
  call(anchors: readonly NetworkAddress[]): void {
    if (!this.#connections.searches) return;
    for (const address of anchors.slice(0, ANCHORS_MAX)) {
      if (this.#connections.mayCall(address)) this.#connections.call(address, 'block-relay-only');
    }
  }

  /** Those to remember, while they are connected. */
  current(): readonly NetworkAddress[] {
    const addresses: NetworkAddress[] = [];
    for (const { connectionType, remote } of this.#context.ready()) {
      const address = connectionType === 'block-relay-only' ? toNetworkAddress(remote.host, remote.port) : undefined;
      if (address !== undefined && addresses.length < ANCHORS_MAX) addresses.push(address);
    }
    return addresses;
  }
}
