/**
 * IP addresses as text, and the form `host:port`. Names are not looked up here.
 *
 * @module
 */

/** An IPv4 address of four decimal parts without leading zeros, or undefined. */
function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
  return Uint8Array.from(parts, Number);
}

/** The 16-bit groups of one side of a `::`, an IPv4 tail as two of them where the address ends; undefined where one is broken. */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const ipv4 = last && i === parts.length - 1 && part.includes('.') ? parseIpv4(part) : undefined;
    if (ipv4 !== undefined) groups.push(((ipv4[0] ?? 0) << 8) | (ipv4[1] ?? 0), ((ipv4[2] ?? 0) << 8) | (ipv4[3] ?? 0));
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** An IPv6 address, or undefined. A zone (`%eth0`) is not part of an address. */
function parseIpv6(text: string): Uint8Array | undefined {
  const sides = text.split('::');
  if (sides.length > 2) return undefined;
  const head = parseGroups(sides[0] ?? '', sides.length === 1);
  const tail = sides.length === 2 ? parseGroups(sides[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (sides.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** The 4 or 16 bytes of an IP's text, or undefined where it is none. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** The longest run of at least two zero groups, which `::` stands for (RFC 5952). */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** Text of 4 or 16 bytes; IPv6 in the shortest form of RFC 5952, without brackets, embedded IPv4 in its own. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return bytes.subarray(12).join('.');
  const { start, length } = longestZeros(groups);
  const text = groups.map((group) => group.toString(16));
  if (start < 0) return text.join(':');
  return `${text.slice(0, start).join(':')}::${text.slice(start + length).join(':')}`;
}

/** `host:port`, with brackets around IPv6. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Host and port of `host`, `host:port`, `[ipv6]` or `[ipv6]:port`; a bare IPv6 address is a host too. Undefined where the text is
 * none of them or the port is not 0 to 65535.
 */
export function parseHostPort(text: string, defaultPort: number): { readonly host: string; readonly port: number } | undefined {
  if (parseIp(text)?.length === 16) return { host: text, port: defaultPort };
  const match = /^(?:\[([^\]]+)\]|([^\s:[\]/]+))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const host = match[1] ?? match[2] ?? '';
  const port = match[3] === undefined ? defaultPort : Number(match[3]);
  if (port > 65_535 || (match[1] !== undefined && parseIp(host)?.length !== 16)) return undefined;
  return { host, port };
}
