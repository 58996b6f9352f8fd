/**
 * Texts such as `noban,relay@10.0.0.0/8`: what peers of one part of the network, or at one of our own addresses, may do.
 *
 * @module
 */

import { parseSubnet } from '../../core/wire/subnet.ts';
import { PERMISSIONS, type Permission, type PermissionGrant } from '../../engine/ports/permissions.ts';

/** Permissions as they were said; `implicit` where none was. */
interface SaidPermissions {
  readonly permissions: readonly Permission[] | 'implicit';
  readonly inbound: boolean;
  readonly outbound: boolean;
  /** What stands behind the `@`, or all of it. */
  readonly place: string;
}

const WORDS: ReadonlyMap<string, readonly Permission[]> = new Map<string, readonly Permission[]>([
  ...PERMISSIONS.map((name): [string, readonly Permission[]] => [name, [name]]),
  ['bloom', ['bloomfilter']],
  ['all', PERMISSIONS],
  ['', []],
]);

/** What those may do of whom only the place was said: Core's `-whitelistrelay` and `-whitelistforcerelay` change it. */
export function implicitPermissions(said: { readonly relay: boolean; readonly forceRelay: boolean }): readonly Permission[] {
  return ['noban', 'mempool', ...(said.relay ? (['relay'] as const) : []), ...(said.forceRelay ? (['forcerelay'] as const) : [])];
}

/** Takes a text apart, or says in Core's words what is wrong with it. */
export function readPermissions(text: string): SaidPermissions | { readonly problem: string } {
  const at = text.indexOf('@');
  if (at < 0) return { permissions: 'implicit', inbound: true, outbound: false, place: text };
  const words = text.slice(0, at).split(',');
  const directions = words.filter((word) => word === 'in' || word === 'out');
  const permissions: Permission[] = [];
  for (const word of words.filter((each) => each !== 'in' && each !== 'out')) {
    const meant = WORDS.get(word);
    if (meant === undefined) return { problem: `Invalid P2P permission: '${word}'` };
    permissions.push(...meant);
  }
  if (directions.length > 0 && permissions.length === 0) return { problem: `Only direction was set, no permissions: '${text}'` };
  const outbound = directions.includes('out');
  return { permissions, inbound: !outbound || directions.includes('in'), outbound, place: text.slice(at + 1) };
}

/** A `--whitelist`, or what is wrong with it. */
export function readGrant(text: string, implicit: readonly Permission[]): PermissionGrant | { readonly problem: string } {
  const said = readPermissions(text);
  if ('problem' in said) return said;
  const subnet = parseSubnet(said.place);
  if (subnet === undefined) return { problem: `Invalid netmask specified in -whitelist: '${said.place}'` };
  const permissions = said.permissions === 'implicit' ? implicit : said.permissions;
  return { subnet, permissions, inbound: said.inbound, outbound: said.outbound };
}
