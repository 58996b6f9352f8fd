/**
 * Values of bitcoind's options, read as it reads them.
 *
 * @module
 */

const COIN_DIGITS = 8;
const AMOUNT_MAX = 2_100_000_000_000_000n;

/** One value: a text, empty where only the name stood; false where the option was negated. */
export type Given = string | false;

/** A whole number from the front of a text, 0 where there is none: C's `atoi`, kept within 64 bits. */
export function wholeOf(text: string): number {
  const digits = /^\s*([+-]?\d+)/.exec(text)?.[1] ?? '0';
  return Math.max(Math.min(Number(digits), Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER);
}

/** Yes or no: nothing said after the name is a yes, and so is every number but 0. */
export function isYes(text: string): boolean {
  return text === '' || wholeOf(text) !== 0;
}

/** Coins as base units; undefined for what is no amount. */
export function amountOf(text: string): bigint | undefined {
  const match = new RegExp(`^(\\d{1,8})(?:\\.(\\d{1,${COIN_DIGITS}}))?$`).exec(text.trim());
  if (match === null) return undefined;
  const value = BigInt(match[1] as string) * 10n ** BigInt(COIN_DIGITS) + BigInt((match[2] ?? '').padEnd(COIN_DIGITS, '0'));
  return value > AMOUNT_MAX ? undefined : value;
}

/** Up to 64 hexadecimal digits with or without `0x`, as a number; undefined for anything else. */
export function hash256Of(text: string): bigint | undefined {
  const digits = /^(?:0[xX])?([0-9a-fA-F]{0,64})$/.exec(text)?.[1];
  return digits === undefined ? undefined : BigInt(`0x0${digits}`);
}

/** A port that can be dialled; undefined for anything else. */
export function portOf(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** `host`, `host:port`, `[v6]:port` or a bare IPv6; undefined where the port is none. */
export function hostAndPort(text: string, defaultPort: number): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(text);
  if (match === null) return { host: text, port: defaultPort };
  const host = match[1] ?? match[2] ?? '';
  const port = match[3] === undefined ? defaultPort : portOf(match[3]);
  return host === '' || port === undefined ? undefined : { host, port };
}
