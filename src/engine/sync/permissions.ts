import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { subnetContains } from '../../core/wire/subnet.ts';
import { PERMISSIONS, type Permission, type PermissionGrant } from '../ports/permissions.ts';

/** Permissions that others bring with them. */
const IMPLIED: Partial<Record<Permission, readonly Permission[]>> = { noban: ['download'], forcerelay: ['relay'] };

/** No permission at all. */
export const NO_PERMISSIONS: ReadonlySet<Permission> = new Set();

/** Permissions with those that they bring along, in the order of `PERMISSIONS`. */
export function withImplied(permissions: Iterable<Permission>): ReadonlySet<Permission> {
  const all = new Set<Permission>();
  for (const each of permissions) for (const permission of [each, ...(IMPLIED[each] ?? [])]) all.add(permission);
  return all.size === 0 ? NO_PERMISSIONS : new Set(PERMISSIONS.filter((permission) => all.has(permission)));
}

/** What grants give to a host; nothing to one that is known by a name alone. */
export function grantedTo(host: string, direction: 'inbound' | 'outbound', grants: readonly PermissionGrant[]): readonly Permission[] {
  const address = toNetworkAddress(host, 0);
  if (address === undefined) return [];
  return grants.filter((grant) => grant[direction] && subnetContains(grant.subnet, address)).flatMap((grant) => grant.permissions);
}
