import { NodeError } from '../../engine/ports/node-error.ts';
import type { SocketAddress } from '../../engine/ports/transport.ts';

/** A node that a browser can call: the URL of its WebSocket, and the host and port by which all else knows it. */
export interface PeerUrl {
  /** `ws:` or `wss:`, whole. */
  readonly url: string;
  readonly address: SocketAddress;
}

/** Where a node serves peers, unless a URL says another path. */
const PATH = '/p2p';

/** What the other kinds of addresses of a node mean here: those of its HTTP port. */
const SCHEMES: Readonly<Record<string, string>> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' };

/**
 * Reads the address of a node: `ws://host:port/p2p`, `wss://…`, the `http` or `https` address of the node, or `host:port`. Without a path
 * it is `/p2p`.
 *
 * @throws NodeError `option-invalid`
 */
function parsePeerUrl(text: string): PeerUrl {
  const trimmed = text.trim();
  const refuse = (why: string): NodeError => new NodeError('option-invalid', `"${trimmed}" is no address of a node: ${why}`);
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `ws://${trimmed}`);
  } catch {
    throw refuse('write it as ws://HOST:PORT/p2p');
  }
  const protocol = SCHEMES[url.protocol];
  if (protocol === undefined) throw refuse('a browser calls nodes by ws:// or wss://');
  if (url.username !== '' || url.password !== '') throw refuse('it takes no name and no password');
  const port = url.port !== '' ? Number(url.port) : protocol === 'wss:' || url.protocol === 'https:' ? 443 : 80;
  const path = url.pathname === '/' ? PATH : url.pathname;
  return {
    url: `${protocol}//${url.host}${path}${url.search}`,
    address: { host: url.hostname.replace(/^\[|\]$/g, ''), port },
  };
}

/**
 * Reads the addresses of several nodes; one that is named twice is one.
 *
 * @throws NodeError `option-invalid`, also where two have the same host and port but are reached by different paths: they could not be told apart
 */
export function parsePeerUrls(texts: readonly string[]): readonly PeerUrl[] {
  const found = new Map<string, PeerUrl>();
  for (const each of texts.map(parsePeerUrl)) {
    const key = `${each.address.host} ${each.address.port}`;
    const known = found.get(key);
    if (known !== undefined && known.url !== each.url) {
      throw new NodeError('option-invalid', `${known.url} and ${each.url} have the same host and port: name one of them`);
    }
    found.set(key, each);
  }
  return [...found.values()];
}
