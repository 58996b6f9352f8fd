/**
 * Events of the node as JSON, and their description.
 *
 * @module
 */

import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { BlockPlace, Branch, Listed, Reorganisation } from '../../engine/ports/reorganisation.ts';
import { type Static, type TSchema, Type } from '../schema.ts';

const PLACE = Type.Object({ height: Type.Integer(), hash: Type.String() }, { additionalProperties: false });

const BRANCH = Type.Object(
  {
    tip: PLACE,
    length: Type.Integer({ description: 'Blocks that the other branch does not have.' }),
    blocks: Type.Array(Type.String(), { description: 'Their hashes, the lowest first, 1,000 at most.' }),
  },
  { additionalProperties: false },
);

function listOf(items: TSchema, description: string) {
  const list = Type.Array(items, { description: 'The first 1,000 of them.' });
  return Type.Object({ count: Type.Integer(), list }, { description, additionalProperties: false });
}

const CONFLICT = Type.Object(
  { txid: Type.String(), with: Type.String({ description: 'The one that spends the same instead.' }) },
  { additionalProperties: false },
);

/** Data of the event `reorg`. */
export const REORG = Type.Object(
  {
    sequence: Type.Integer({ description: 'One more than that of the event before.' }),
    kind: Type.Enum(['reorg']),
    time: Type.Integer({ description: 'Seconds since 1970.' }),
    depth: Type.Integer({ description: 'Blocks of the branch that was left.' }),
    fork: PLACE,
    oldBranch: BRANCH,
    newBranch: BRANCH,
    transactions: Type.Object(
      {
        confirmed: listOf(Type.String(), 'In the new branch too.'),
        returned: listOf(Type.String(), 'Wait in the mempool again.'),
        conflicted: listOf(CONFLICT, 'Another transaction spends the same, in the new branch or waiting.'),
        dropped: listOf(Type.String(), 'None of these: not final, of a coin that is gone or not mature, or not taken by the mempool.'),
        unknown: Type.Integer({ description: 'Transactions beyond the number that is followed.' }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

function placeView({ hash, height }: BlockPlace) {
  return { height, hash: toDisplayHex(hash) };
}

function branchView({ blocks, length, tip }: Branch) {
  return { tip: placeView(tip), length, blocks: blocks.map(toDisplayHex) };
}

function listView({ count, list }: Listed<Uint8Array>) {
  return { count, list: list.map(toDisplayHex) };
}

/** What the data of a `reorg` says besides its number. */
export function reorgView(reorganisation: Reorganisation, timeSeconds: number): Omit<Static<typeof REORG>, 'sequence' | 'kind'> {
  const { depth, fork, newBranch, oldBranch, transactions } = reorganisation;
  const { confirmed, conflicted, dropped, returned, unknownCount } = transactions;
  return {
    time: timeSeconds,
    depth,
    fork: placeView(fork),
    oldBranch: branchView(oldBranch),
    newBranch: branchView(newBranch),
    transactions: {
      confirmed: listView(confirmed),
      returned: listView(returned),
      conflicted: {
        count: conflicted.count,
        list: conflicted.list.map((each) => ({ txid: toDisplayHex(each.txid), with: toDisplayHex(each.with) })),
      },
      dropped: listView(dropped),
      unknown: unknownCount,
    },
  };
}
