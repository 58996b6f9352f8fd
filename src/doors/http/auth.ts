/**
 * Who may ask: logins by cookie, by name and password, by Core's `rpcauth` lines, and the token of the web page.
 *
 * @module
 */

import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../engine/ports/clock.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { WRONG_LOGIN_DELAY_MS, WRONG_LOGINS_MAX } from './limits.ts';

/** What opens the node. Each is optional; with none nobody can log in. */
export interface HttpCredentials {
  /** `__cookie__:<hex>`, as it stands in the cookie file. */
  readonly cookie?: string;
  readonly user?: { readonly name: string; readonly password: string };
  /** Lines `name:salt$hash`, the hash being HMAC-SHA256 of the password under the salt, in hexadecimal. */
  readonly rpcauth?: readonly string[];
  /** Bearer token of the web page, as it stands in the link that is printed. */
  readonly token?: string;
}

/** What became of a login: none was tried, it is right or wrong, or too many wrong ones are being tried. */
export type LoginResult = 'none' | 'right' | 'wrong' | 'too-many';

/** One `rpcauth` line taken apart. */
interface SaltedPassword {
  readonly name: string;
  readonly salt: string;
  readonly hash: Buffer;
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** @throws NodeError `option-invalid` */
function parseRpcauth(line: string): SaltedPassword {
  const match = /^([^:]+):([^$]+)\$([0-9a-fA-F]{64})$/.exec(line);
  const [, name, salt, hex] = match ?? [];
  if (name === undefined || salt === undefined || hex === undefined) {
    throw new NodeError('option-invalid', `An rpcauth line must be name:salt$hash with 64 hexadecimal digits, not: ${line.split('$')[0]}`);
  }
  return { name, salt, hash: Buffer.from(hex, 'hex') };
}

/** The text that HTTP basic authentication carries, `name:password`; undefined where it is none. */
function basicText(header: string): string | undefined {
  const match = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(header);
  return match?.[1] === undefined ? undefined : Buffer.from(match[1], 'base64').toString('utf8');
}

/** Bytes of a header that is remembered; a longer one is checked anew each time. */
const KNOWN_HEADER_BYTES = 512;

/** The name in an `Authorization` header; empty where there is none. */
export function userOf(header: string | undefined): string {
  return (header === undefined ? undefined : basicText(header))?.split(':', 1)[0] ?? '';
}

/** Checks logins. Comparing takes the same time whatever is wrong, and a wrong login is answered late. */
export class Authenticator {
  /** Digests of the `name:password` texts that are right. */
  readonly #plain: readonly Buffer[];
  readonly #salted: readonly SaltedPassword[];
  readonly #token: Buffer | undefined;
  readonly #clock: Clock;
  /** The last header that was right, with zeros behind it; undefined before there was one. */
  #known: Buffer | undefined;
  readonly #given = Buffer.alloc(KNOWN_HEADER_BYTES);
  #wrongWaiting = 0;

  constructor(credentials: HttpCredentials, clock: Clock) {
    const { cookie, rpcauth = [], token, user } = credentials;
    const plain = [...(cookie === undefined ? [] : [cookie]), ...(user === undefined ? [] : [`${user.name}:${user.password}`])];
    this.#plain = plain.map(digest);
    this.#salted = rpcauth.map(parseRpcauth);
    this.#token = token === undefined ? undefined : digest(token);
    this.#clock = clock;
  }

  #isBasic(text: string): boolean {
    const given = digest(text);
    let right = false;
    for (const known of this.#plain) right = timingSafeEqual(given, known) || right;
    const colon = text.indexOf(':');
    const name = digest(text.slice(0, colon));
    for (const each of this.#salted) {
      const hashed = createHmac('sha256', each.salt)
        .update(text.slice(colon + 1))
        .digest();
      const sameHash = timingSafeEqual(hashed, each.hash);
      right = (timingSafeEqual(name, digest(each.name)) && sameHash && colon >= 0) || right;
    }
    return right;
  }

  #isRight(header: string): boolean {
    const basic = basicText(header);
    if (basic !== undefined) return this.#isBasic(basic);
    const bearer = /^bearer +(\S+) *$/i.exec(header)?.[1];
    return bearer !== undefined && this.#token !== undefined && timingSafeEqual(digest(bearer), this.#token);
  }

  #remember(header: string): void {
    if (header.length > KNOWN_HEADER_BYTES) return;
    this.#known ??= Buffer.alloc(KNOWN_HEADER_BYTES);
    this.#known.fill(0, this.#known.write(header, 'latin1'));
  }

  /**
   * Whether a header is the one that was right the last time: what programs that ask often send, without taking it apart and hashing it
   * again. Compared in the same time whatever is in it, and not while too many wrong ones are being tried.
   */
  isKnown(header: string | undefined): boolean {
    if (header === undefined || this.#known === undefined) return false;
    if (header.length > KNOWN_HEADER_BYTES || this.#wrongWaiting >= WRONG_LOGINS_MAX) return false;
    this.#given.fill(0, this.#given.write(header, 'latin1'));
    return timingSafeEqual(this.#given, this.#known);
  }

  /** Looks at a request's `Authorization` header. A wrong one is answered after a while, to slow down guessing. */
  async login(header: string | undefined): Promise<LoginResult> {
    if (header === undefined) return 'none';
    if (this.#wrongWaiting >= WRONG_LOGINS_MAX) return 'too-many';
    if (this.#isRight(header)) {
      this.#remember(header);
      return 'right';
    }
    this.#wrongWaiting++;
    try {
      await new Promise<void>((resolve) => void this.#clock.after(WRONG_LOGIN_DELAY_MS, resolve));
    } finally {
      this.#wrongWaiting--;
    }
    return 'wrong';
  }
}
