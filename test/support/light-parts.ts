/**
 * What the parts of a light client's decision stand on, by themselves: a context on a fake clock, and peers whose handshake is done.
 *
 * @module
 */

import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import { SERVICES } from '../../src/core/wire/services.ts';
import { BlockIndex } from '../../src/engine/chain/block-index.ts';
import { LightChain } from '../../src/engine/light/light-chain.ts';
import { type LightAction, LightContext } from '../../src/engine/light/light-context.ts';
import type { SocketAddress } from '../../src/engine/ports/transport.ts';
import { createPeer, type Peer, type PeerId } from '../../src/engine/sync/peer.ts';
import { FakeClock } from './fake-clock.ts';
import { silentLog } from './mempool-world.ts';
import { SeededRandom } from './seeded-random.ts';
import { versionMessage } from './sync-world.ts';

/** A context with nobody in it. */
export class LightParts {
  readonly clock: FakeClock;
  readonly chain: LightChain;
  readonly context: LightContext;
  #lastId = 0;

  constructor(params: NetworkParams = regtest) {
    this.clock = new FakeClock(params.genesis.header.timeSeconds + 100_000);
    this.chain = new LightChain({ params, index: new BlockIndex(params.genesis.header), clock: this.clock });
    const options = { params, clock: this.clock, random: new SeededRandom(3), log: silentLog, userAgent: '/test/', encrypted: false };
    this.context = new LightContext(options, this.chain);
  }

  /** A peer that is ready and offers filters. */
  peer(host: string, { relay = true }: { readonly relay?: boolean } = {}): Peer {
    const address: SocketAddress = { host, port: 7333 };
    const peer = createPeer({
      ...{ id: ++this.#lastId as PeerId, remote: address, local: address, dialled: address, connectionType: 'outbound-full-relay' },
      ...{ permissions: new Set(), throughOnion: false, connectedAtMs: 0, connectedTimeSeconds: 0, nonce: 1n },
    });
    peer.version = versionMessage({ services: SERVICES.network | SERVICES.witness | SERVICES.compactFilters, relay });
    peer.ready = true;
    this.context.peers.set(peer.id, peer);
    return peer;
  }

  /** What is to be done, of one kind. */
  take<K extends LightAction['kind']>(kind: K): readonly (LightAction & { readonly kind: K })[] {
    return this.context.takeActions().filter((action): action is LightAction & { readonly kind: K } => action.kind === kind);
  }
}
