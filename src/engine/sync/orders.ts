import type { BlockHash } from '../../core/primitives/ids.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { type Subnet, subnetContains } from '../../core/wire/subnet.ts';
import type { OpenedConnectionType } from '../ports/network-service.ts';
import type { SocketAddress } from '../ports/transport.ts';
import type { SyncAction } from './actions.ts';
import type { BlockDownload } from './block-download.ts';
import type { Connections } from './connections.ts';
import type { SyncContext } from './context.ts';
import type { PeerId } from './peer.ts';

/** What became of an order. */
export interface Ordered {
  readonly done: boolean;
  readonly actions: readonly SyncAction[];
}

/** What users order about peers. As with everything that happens, each call hands over the actions that follow from it. */
export class Orders {
  readonly #context: SyncContext;
  readonly #connections: Connections;
  readonly #blocks: BlockDownload;

  constructor(context: SyncContext, connections: Connections, blocks: BlockDownload) {
    this.#context = context;
    this.#connections = connections;
    this.#blocks = blocks;
  }

  /** To stay connected with a node, to be so no longer, or to call it once. */
  addNode(address: SocketAddress, command: 'add' | 'remove' | 'onetry', encrypted?: boolean): Ordered {
    let done = true;
    if (command === 'add') done = this.#connections.add(address, encrypted);
    else if (command === 'remove') done = this.#connections.remove(address);
    else this.#connections.callOnce(address, encrypted);
    return { done, actions: this.#context.takeActions() };
  }

  /** A connection for one purpose. @returns done: there are not as many of them as may be */
  openConnection(address: SocketAddress, type: OpenedConnectionType, encrypted?: boolean): Ordered {
    const done = this.#connections.open(address, type, encrypted);
    return { done, actions: this.#context.takeActions() };
  }

  /** Nodes to stay connected with. */
  addedNodes(): readonly SocketAddress[] {
    return this.#connections.added();
  }

  /** Lets connections begin, or ends them all and lets none begin. */
  setActive(active: boolean): readonly SyncAction[] {
    this.#connections.setActive(active);
    if (!active) for (const peer of this.#context.peers.values()) this.#context.disconnect(peer, 'network-off');
    return this.#context.takeActions();
  }

  /** Bans addresses: their connections end, whoever called. @returns done: there was room for another ban */
  ban(subnet: Subnet, untilSeconds: number): Ordered {
    const done = this.#context.bans.add(subnet, untilSeconds);
    for (const peer of done ? this.#context.peers.values() : []) {
      const address = toNetworkAddress(peer.remote.host, peer.remote.port);
      if (address !== undefined && subnetContains(subnet, address)) this.#context.disconnect(peer, 'banned');
    }
    return { done, actions: this.#saveBans() };
  }

  /** Lifts a ban, or all of them. @returns done: there was such a ban */
  unban(subnet: Subnet | 'all'): Ordered {
    let done = true;
    if (subnet === 'all') this.#context.bans.clear();
    else done = this.#context.bans.remove(subnet);
    return { done, actions: this.#saveBans() };
  }

  /** A block of one peer. */
  fetchBlock(id: number, hash: BlockHash): { readonly problem: string | undefined; readonly actions: readonly SyncAction[] } {
    const node = this.#context.chain.tree.get(hash);
    const problem = node === undefined ? 'Block header missing' : this.#blocks.fetch(this.#context.peers.get(id as PeerId), node);
    return { problem, actions: this.#context.takeActions() };
  }

  #saveBans(): readonly SyncAction[] {
    this.#context.emit({ kind: 'save-bans', bans: this.#context.bans.all() });
    return this.#context.takeActions();
  }
}
