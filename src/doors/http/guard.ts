/**
 * Keeps web pages out that were not served from here: a page elsewhere may make a browser send requests to this machine, under its
 * own name (which `Origin` tells) or under ours (DNS rebinding, which `Host` tells).
 *
 * @module
 */

import type { IncomingHttpHeaders } from 'node:http';
import { isIP, isIPv4 } from 'node:net';
import type { ProblemCode } from './problem.ts';

/** Host and port of a `Host` header, without the brackets of IPv6. */
function hostNameOf(host: string): string | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/.exec(host);
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

/** Whether the request comes from this machine. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:/i, '');
  return address === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

/** Decides by headers alone whether a request is looked at. */
export class Guard {
  readonly #names: ReadonlySet<string>;
  /** The last `Host` that was ours: most requests have the same. */
  #lastOurs: string | undefined;

  /** @param names - by which the server may be called besides addresses and `localhost` */
  constructor(names: readonly string[]) {
    this.#names = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
  }

  #isOurs(host: string): boolean {
    if (host === this.#lastOurs) return true;
    const name = hostNameOf(host);
    // A name can be made to point anywhere, an address cannot.
    const isOurs = name !== undefined && (isIP(name) !== 0 || this.#names.has(name));
    if (isOurs) this.#lastOurs = host;
    return isOurs;
  }

  /** Why a request is refused, or undefined. Programs other than browsers send no `Origin`. */
  refusal(headers: IncomingHttpHeaders): ProblemCode | undefined {
    const { host, origin } = headers;
    if (host !== undefined && !this.#isOurs(host)) return 'host-refused';
    // Behind a proxy that speaks TLS the page's origin is https.
    const from = origin?.toLowerCase().replace(/^https?:\/\//, '');
    if (from !== undefined && from !== host?.toLowerCase()) return 'origin-refused';
    // A link may lead here from anywhere; a picture or a script of another site may not.
    const foreign = headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site';
    return foreign && headers['sec-fetch-mode'] !== 'navigate' ? 'origin-refused' : undefined;
  }
}
