import type { Attack } from './attack.ts';
import { badBlock } from './wire/bad-block.ts';
import { BAD_CONTENTS } from './wire/block-contents.ts';
import { BAD_HEADERS } from './wire/block-headers.ts';
import { RELAY_ATTACKS } from './wire/block-relay.ts';
import { COMPACT_ATTACKS } from './wire/compact-blocks.ts';
import { CONNECTION_ATTACKS } from './wire/connections.ts';
import { ENCRYPTED_ATTACKS } from './wire/encrypted.ts';
import { FLOOD_ATTACKS } from './wire/floods.ts';
import { FORK_ATTACKS } from './wire/forks.ts';
import { FRAMING_ATTACKS } from './wire/framing.ts';
import { HANDSHAKE_ATTACKS } from './wire/handshake.ts';
import { HEADER_ATTACKS } from './wire/header-spam.ts';
import { HEAVY_SCRIPT_ATTACKS } from './wire/heavy-scripts.ts';
import { LIMIT_ATTACKS } from './wire/over-limits.ts';
import { TRANSACTION_RELAY_ATTACKS } from './wire/relay-of-transactions.ts';
import { TRANSACTION_ATTACKS } from './wire/transactions.ts';

/** Every attack that can be played over the wire, in the order in which `all` of them are. */
export const ATTACKS: readonly Attack[] = [
  ...HANDSHAKE_ATTACKS,
  ...FRAMING_ATTACKS,
  ...LIMIT_ATTACKS,
  ...ENCRYPTED_ATTACKS,
  ...FLOOD_ATTACKS,
  ...CONNECTION_ATTACKS,
  ...HEADER_ATTACKS,
  ...BAD_HEADERS.map(badBlock),
  ...BAD_CONTENTS.map(badBlock),
  ...RELAY_ATTACKS,
  ...FORK_ATTACKS,
  ...COMPACT_ATTACKS,
  ...TRANSACTION_ATTACKS,
  ...TRANSACTION_RELAY_ATTACKS,
  ...HEAVY_SCRIPT_ATTACKS,
];

/** The attack of a name. */
export function findAttack(name: string): Attack | undefined {
  return ATTACKS.find((attack) => attack.name === name);
}
