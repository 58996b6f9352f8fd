/**
 * Texts of options as values. Each reader gives undefined for a text that it cannot take; who asks knows what the option takes.
 *
 * @module
 */

import type { SocketAddress } from '../../engine/ports/transport.ts';

const HOST_LENGTH_MAX = 253;
const PORT_MAX = 65_535;

/** `host:port` with a name or an IP; IPv6 stands in brackets. */
export function parseSocketAddress(text: string): SocketAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.]+)?)\]|([^\s:[\]/@]+)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const host = (match[1] ?? match[2]) as string;
  const port = Number(match[3]);
  return host.length > HOST_LENGTH_MAX || port > PORT_MAX ? undefined : { host, port };
}

/** The same with a port that can be dialled: not 0. */
export function parsePeerAddress(text: string): SocketAddress | undefined {
  const address = parseSocketAddress(text);
  return address?.port === 0 ? undefined : address;
}

/** The text that `parseSocketAddress` reads. */
export function formatSocketAddress({ host, port }: SocketAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A whole number within limits, in decimal digits. */
export function parseWhole(text: string, limits: { readonly min: number; readonly max: number }): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= limits.min && value <= limits.max ? value : undefined;
}

const SWITCH_WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** On or off. */
export function parseSwitch(text: string): boolean | undefined {
  return SWITCH_WORDS.get(text);
}

/** One of a few words. */
export function parseWord<Word extends string>(text: string, words: readonly Word[]): Word | undefined {
  return words.find((word) => word === text);
}

/** Some of a few words with commas between them. */
export function parseWords<Word extends string>(text: string, words: readonly Word[]): readonly Word[] | undefined {
  const found = text.split(',').map((each) => parseWord(each.trim(), words));
  return found.some((word) => word === undefined) ? undefined : (found as Word[]);
}

/** Any text but the empty one. */
export function parseText(text: string): string | undefined {
  return text === '' ? undefined : text;
}
