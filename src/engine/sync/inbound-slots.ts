import { sipHash24 } from '../../core/crypto/siphash.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import { groupOf, scopeOf } from './address-scope.ts';
import type { SyncContext } from './context.ts';
import type { EvictionCandidate, EvictionNetwork } from './eviction.ts';
import { chooseToEvict } from './eviction.ts';
import type { Peer } from './peer.ts';
import { isInbound } from './peer.ts';

/** Connections that others may hold to us. */
export const INBOUND_MAX = 125;

const BLOCK_SERVICES = SERVICES.network | SERVICES.witness;

/** The places of those who call us: where all are taken, one that is of little use makes room. */
export class InboundSlots {
  readonly #context: SyncContext;
  readonly #isDiscouraged: (host: string) => boolean;
  /** Nobody outside can work out which part of the network sorts where. */
  readonly #key: Uint8Array;

  constructor(context: SyncContext, isDiscouraged: (host: string) => boolean) {
    this.#context = context;
    this.#isDiscouraged = isDiscouraged;
    this.#key = context.random.bytes(16);
  }

  /** Whether a caller may stay; another one may have been let go for it. Core's `CreateNodeFromAcceptedSocket`. */
  admits(peer: Peer): boolean {
    const max = this.#context.options.inboundMax ?? INBOUND_MAX;
    let others = 0;
    for (const each of this.#context.peers.values()) if (isInbound(each) && !each.leaving && each !== peer) others++;
    // The last place is not for those who misbehaved.
    if (others + 1 >= max && !peer.permissions.has('noban') && this.#isDiscouraged(peer.remote.host)) return false;
    return others < max || (max > 0 && this.#makeRoom(peer));
  }

  #makeRoom(newcomer: Peer): boolean {
    const candidates: EvictionCandidate[] = [];
    for (const peer of this.#context.peers.values()) {
      if (peer === newcomer || peer.leaving || !isInbound(peer) || peer.permissions.has('noban')) continue;
      candidates.push(this.#candidate(peer));
    }
    const id = chooseToEvict(candidates);
    const evicted = id === undefined ? undefined : this.#context.peers.get(id);
    if (evicted === undefined) return false;
    this.#context.log.debug('peer-evicted', { peer: evicted.id });
    this.#context.disconnect(evicted, 'evicted');
    return true;
  }

  #candidate(peer: Peer): EvictionCandidate {
    const address = toNetworkAddress(peer.remote.host, peer.remote.port);
    const group = address === undefined ? peer.remote.host : groupOf(address);
    return {
      id: peer.id,
      connectedAtMs: peer.connectedAtMs,
      pingMinMs: peer.ping.minMs ?? Number.POSITIVE_INFINITY,
      lastBlockSeconds: peer.blocks.lastTimeSeconds,
      lastTransactionSeconds: peer.transactions.lastTimeSeconds,
      offersBlocks: offers(peer.version?.services ?? 0n, BLOCK_SERVICES),
      relaysTransactions: peer.version?.relay === true,
      netGroup: sipHash24(
        this.#key,
        Uint8Array.from(group, (character) => character.charCodeAt(0)),
      ),
      discouraged: this.#isDiscouraged(peer.remote.host),
      network: networkOf(peer),
    };
  }
}

/** Tor's own program calls from this machine, so who comes by it is `local` too unless the place it calls says more. */
function networkOf(peer: Peer): EvictionNetwork {
  if (peer.throughOnion) return 'onion';
  const address = toNetworkAddress(peer.remote.host, peer.remote.port);
  return address !== undefined && scopeOf(address) === 'loopback' ? 'local' : 'ip';
}
