/**
 * The client's side of SOCKS5 (RFC 1928), with user and password (RFC 1929), as bytes in and out: no socket, no clock.
 *
 * @module
 */

import { concatBytes } from '../../core/base/bytes.ts';

/** Longest name, user or password: its length is one byte. */
const TEXT_BYTES_MAX = 255;

const VERSION = 5;
const NO_LOGIN = 0;
const USER_AND_PASSWORD = 2;
const LOGIN_VERSION = 1;
const CONNECT = 1;

/** Kinds of addresses, and the length of those that have one. */
const NAME = 3;
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 4: 16 };

const REFUSALS: Readonly<Record<number, string>> = {
  1: 'it failed',
  2: 'its rules do not allow the connection',
  3: 'the network cannot be reached',
  4: 'the host cannot be reached',
  5: 'the connection was refused',
  6: 'the time ran out',
  7: 'it does not know the command',
  8: 'it does not know the kind of address',
  240: 'the onion service cannot be found',
  241: 'the onion service has invalid data',
  242: 'the way to the onion service failed',
  243: 'the onion service wants a login',
  244: 'the login was not what the onion service wants',
  245: 'the onion address is invalid',
  246: 'the way to the onion service took too long',
};

/** How to log in, where the proxy wants that. */
export interface SocksLogin {
  readonly user: string;
  readonly password: string;
}

/** What is to be done after some bytes: send an answer, wait for more, go on with the connection, or give up. */
export type SocksStep =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'wait' }
  | { readonly kind: 'done'; readonly rest: Uint8Array }
  | { readonly kind: 'failed'; readonly why: string };

type Stage = 'method' | 'login' | 'answer' | 'over';

function encodeText(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0 || bytes.length > TEXT_BYTES_MAX) throw new RangeError(`${bytes.length} bytes where SOCKS5 has 1 to 255`);
  return Uint8Array.of(bytes.length, ...bytes);
}

/** One conversation with a proxy, to one target. */
export class SocksHandshake {
  readonly #login: SocksLogin | undefined;
  readonly #request: Uint8Array;
  #stage: Stage = 'method';
  /** Never more than one answer: at most 262 bytes, and what came in the same piece. */
  #held: Uint8Array = new Uint8Array(0);

  /** The target's host goes to the proxy as it is, an IP too, as Core does it. @throws RangeError for an empty text or one over 255 bytes */
  constructor(target: { readonly host: string; readonly port: number }, login?: SocksLogin) {
    this.#login = login;
    const { port } = target;
    this.#request = Uint8Array.of(VERSION, CONNECT, 0, NAME, ...encodeText(target.host), port >> 8, port & 0xff);
  }

  /** What is sent first. */
  hello(): Uint8Array {
    return this.#login === undefined ? Uint8Array.of(VERSION, 1, NO_LOGIN) : Uint8Array.of(VERSION, 2, NO_LOGIN, USER_AND_PASSWORD);
  }

  /** Takes bytes of the proxy, in any pieces. After `done` and `failed` there are no more steps. */
  push(bytes: Uint8Array): SocksStep {
    this.#held = concatBytes(this.#held, bytes);
    return STAGES[this.#stage](this);
  }

  /** Whether so many bytes are there. */
  #has(count: number): boolean {
    return this.#held.length >= count;
  }

  #fail(why: string): SocksStep {
    this.#stage = 'over';
    return { kind: 'failed', why };
  }

  #send(bytes: Uint8Array, next: Stage, used: number): SocksStep {
    // A proxy that says more than was asked answers what it cannot know yet.
    if (this.#held.length > used) return this.#fail('it answers before it is asked');
    this.#held = new Uint8Array(0);
    this.#stage = next;
    return { kind: 'send', bytes };
  }

  readMethod(): SocksStep {
    if (!this.#has(1)) return { kind: 'wait' };
    if (this.#held[0] !== VERSION) return this.#fail('it does not speak SOCKS5');
    if (!this.#has(2)) return { kind: 'wait' };
    const method = this.#held[1];
    if (method === NO_LOGIN) return this.#send(this.#request, 'answer', 2);
    if (method !== USER_AND_PASSWORD || this.#login === undefined) return this.#fail('it wants a login that we do not have');
    const { user, password } = this.#login;
    return this.#send(Uint8Array.of(LOGIN_VERSION, ...encodeText(user), ...encodeText(password)), 'login', 2);
  }

  readLogin(): SocksStep {
    if (!this.#has(2)) return { kind: 'wait' };
    if (this.#held[0] !== LOGIN_VERSION || this.#held[1] !== 0) return this.#fail('it refused the login');
    return this.#send(this.#request, 'answer', 2);
  }

  readAnswer(): SocksStep {
    if (!this.#has(2)) return { kind: 'wait' };
    const [version, code = 0] = this.#held;
    if (version !== VERSION) return this.#fail('its answer is not of SOCKS5');
    if (code !== 0) return this.#fail(REFUSALS[code] ?? `it answers with code ${code}`);
    if (!this.#has(5)) return { kind: 'wait' };
    const kind = this.#held[3] ?? 0;
    const addressBytes = kind === NAME ? 1 + (this.#held[4] ?? 0) : ADDRESS_BYTES[kind];
    if (this.#held[2] !== 0 || addressBytes === undefined) return this.#fail('its answer cannot be read');
    const end = 4 + addressBytes + 2;
    if (!this.#has(end)) return { kind: 'wait' };
    this.#stage = 'over';
    return { kind: 'done', rest: this.#held.slice(end) };
  }
}

/** What each stage makes of the bytes that are there. */
const STAGES: Readonly<Record<Stage, (handshake: SocksHandshake) => SocksStep>> = {
  method: (handshake) => handshake.readMethod(),
  login: (handshake) => handshake.readLogin(),
  answer: (handshake) => handshake.readAnswer(),
  over: () => ({ kind: 'wait' }),
};
