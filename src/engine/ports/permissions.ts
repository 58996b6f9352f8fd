import type { Subnet } from '../../core/wire/subnet.ts';

/**
 * What a peer may do that others may not, in Core's words (`NetPermissions`) and in the order in which it lists them.
 *
 * - `bloomfilter`: ask for filtered blocks and transactions, though that is not offered.
 * - `noban`: is not let go for what it sends, nor to make room; is let in though its address is banned; hears of transactions at once.
 * - `forcerelay`: what it sends is passed on though it waits here already.
 * - `relay`: may send transactions though none are taken.
 * - `mempool`: may ask for everything that waits.
 * - `download`: gets old blocks though the limit of uploads is reached.
 * - `addr`: it is told addresses as they are known now, and all that it tells are looked at.
 */
export const PERMISSIONS = ['bloomfilter', 'noban', 'forcerelay', 'relay', 'mempool', 'download', 'addr'] as const;

/** One of `PERMISSIONS`. */
export type Permission = (typeof PERMISSIONS)[number];

/** What peers of one part of the network may do. Core's `-whitelist`. */
export interface PermissionGrant {
  readonly subnet: Subnet;
  readonly permissions: readonly Permission[];
  /** Whether it holds for those who call us, and for those whom we call because a user named them. */
  readonly inbound: boolean;
  readonly outbound: boolean;
}
