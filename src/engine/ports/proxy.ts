import type { SocketAddress } from './transport.ts';

/** Networks that this node can call into, in Core's words. */
export const CALLED_NETWORKS = ['ipv4', 'ipv6', 'onion'] as const;

/** One of `CALLED_NETWORKS`. */
export type CalledNetwork = (typeof CALLED_NETWORKS)[number];

/** A SOCKS5 proxy (RFC 1928). */
export interface SocksProxy extends SocketAddress {
  /** Logs in with another name for each call, which keeps calls over Tor apart from each other (Core's `-proxyrandomize`). */
  readonly randomizeCredentials: boolean;
}

/** The proxy by which each network is called; `names` is for hosts that are known by a name, which is then looked up by the proxy alone. */
export type Proxies = Readonly<Partial<Record<CalledNetwork | 'names', SocksProxy>>>;

/** How a network is called. */
export interface NetworkReach {
  /** Whether nodes are called there that we learned of. */
  readonly reachable: boolean;
  readonly proxy: SocksProxy | undefined;
}
