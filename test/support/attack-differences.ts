/**
 * Where the C++ node at hand does something else under an attack than is expected of this node, and why.
 *
 * @module
 */

const NOT_PUNISHED = 'this build refuses invalid blocks and lets nobody go for them; Bitcoin Core ends the connection';
const UNREADABLE = 'Core passes over a message that it cannot read';
const WAITS_FOR_ONE = 'Core waits ten minutes and more for a block that it asked one peer for';

/** By the name of the attack. Every other one comes out as expected, or cannot be told. */
export const PEER_DIFFERENCES: Readonly<Record<string, string>> = {
  'second-version': 'Core passes over a second version',
  'long-user-agent': UNREADABLE,
  'short-version': UNREADABLE,
  'short-inventory': UNREADABLE,
  'getdata-boast': UNREADABLE,
  'block-varint-bomb': UNREADABLE,
  'compact-place-overflow': UNREADABLE,
  'v2-decoy-flood': 'Core has no limit for decoys before the end of a handshake',
  'withheld-block': WAITS_FOR_ONE,
  'orphan-storm': 'Core before version 30 keeps 100 orphans in all and drops any of them, whoever sent it',
  ...Object.fromEntries(
    [
      ...['block-without-work', 'block-wrong-bits', 'block-negative-target', 'block-overflowing-target', 'block-old-time'],
      ...['block-retired-version', 'block-without-transactions', 'block-spends-input-twice', 'block-double-spend', 'block-output-overflow'],
      ...['block-negative-output', 'block-makes-coins', 'block-missing-coin', 'block-unsigned-outputs', 'block-immature-spend'],
      ...['block-greedy-coinbase', 'block-coinbase-overflow', 'block-coinbase-input', 'block-two-coinbases', 'block-no-coinbase'],
      ...['block-short-coinbase-script', 'block-long-coinbase-script', 'block-of-another-height', 'block-oversize'],
      ...['block-too-many-sigops', 'block-not-final', 'block-fails-early'],
    ].map((name) => [name, NOT_PUNISHED]),
  ),
};
