/**
 * The ids of transactions that lie one after another in memory, as in a block: SHA-256d of each without its witnesses, and of the whole.
 *
 * Messages that fill the same number of blocks are hashed four at a time.
 */
import { hashFourMessages } from './four-messages';
import { compress, finishState, resetState, writeDigest } from './sha256';

/** A row of the table: where a transaction begins, where its inputs begin, where its outputs end, and where it ends. 32 bits each. */
const ROW: usize = 16;

/** Most blocks of a message that goes into a lane. Beyond them the lanes' blocks no longer lie in the processor's near cache. */
const LANE_BLOCKS_MAX: u32 = 256;

/** Version and lock time, before and behind the rest of a transaction. */
const OUTER: u32 = 4;

/** Messages that wait for others of as many blocks: how many there are, up to three messages, and room for the fourth. */
const WAITING: usize = memory.data(257 * 20, 16);
const WAITING_ROW: usize = 20;
/** The state and the last bytes of a message that is hashed alone. */
const STATE: usize = memory.data(32, 16);
const TAIL: usize = memory.data(256, 16);
/** Four digests. */
const DIGESTS: usize = memory.data(128, 16);

/** What the functions below work on: the table, the bytes its rows point into, where the ids go, and room for four lanes. */
let table: usize = 0;
let bytes: usize = 0;
let ids: usize = 0;
let lanes: usize = 0;

/**
 * Works out the ids of `count` transactions. Message 2i is transaction i without its witnesses, 2i + 1 the whole; its digest is 32 bytes
 * at `to` + 32 times its number.
 *
 * @param from - where the rows of the table lie; the bytes of the transactions, into which they point, come right behind them
 * @param to - room for 64 bytes a transaction, and behind them for the lanes: 65,536 bytes
 */
export function transactionIds(count: u32, from: usize, to: usize): void {
  table = from;
  bytes = from + (<usize>count) * ROW;
  ids = to;
  lanes = to + ((<usize>count) << 6);
  memory.fill(WAITING, 0, 257 * WAITING_ROW);
  for (let i: u32 = 0; i < count; i++) {
    hashLater(i << 1);
    if (hasWitness(i)) hashLater((i << 1) + 1);
  }
  for (let blocks: u32 = 1; blocks <= LANE_BLOCKS_MAX; blocks++) hashWaiting(blocks);
  for (let i: u32 = 0; i < count; i++) {
    const id = ids + ((<usize>i) << 6);
    if (!hasWitness(i)) memory.copy(id + 32, id, 32);
  }
}

// @ts-ignore: decorator
@inline
function column(message: u32, index: usize): u32 {
  return load<u32>(table + (<usize>(message >> 1)) * ROW + (index << 2));
}

/** Whether there is more between version and lock time than inputs and outputs. */
function hasWitness(transaction: u32): bool {
  const message = transaction << 1;
  return column(message, 1) != column(message, 0) + OUTER || column(message, 2) != column(message, 3) - OUTER;
}

/** Where the middle of a message begins: what is between its version and its lock time. */
function middleOf(message: u32): u32 {
  return message & 1 ? column(message, 0) + OUTER : column(message, 1);
}

function middleLength(message: u32): u32 {
  return (message & 1 ? column(message, 3) - OUTER : column(message, 2)) - middleOf(message);
}

/** Puts a message to those of as many blocks, and hashes them if they are four. */
function hashLater(message: u32): void {
  const blocks = (middleLength(message) + 2 * OUTER + 9 + 63) >> 6;
  if (blocks > LANE_BLOCKS_MAX) {
    hashAlone(message);
    return;
  }
  const row = WAITING + (<usize>blocks) * WAITING_ROW;
  const waiting = load<u32>(row);
  store<u32>(row + 4 + ((<usize>waiting) << 2), message);
  store<u32>(row, waiting + 1);
  if (waiting == 3) hashWaiting(blocks);
}

/** Hashes the messages that wait. A lane without one of its own repeats the last; of one message alone no lanes are made. */
function hashWaiting(blocks: u32): void {
  const row = WAITING + (<usize>blocks) * WAITING_ROW;
  const waiting = load<u32>(row);
  if (waiting == 0) return;
  store<u32>(row, 0);
  const last = load<u32>(row + ((<usize>waiting) << 2));
  if (waiting == 1) {
    hashAlone(last);
    return;
  }
  for (let lane = waiting; lane < 4; lane++) store<u32>(row + 4 + ((<usize>lane) << 2), last);
  const stride = blocks << 6;
  hashFourMessages(
    lanes, stride, gather(row, 0, stride), gather(row, 1, stride), gather(row, 2, stride), gather(row, 3, stride), DIGESTS,
  );
  for (let lane: usize = 0; lane < 4; lane++) {
    memory.copy(ids + ((<usize>load<u32>(row + 4 + (lane << 2))) << 5), DIGESTS + (lane << 5), 32);
  }
}

/** Copies a message that waits to its lane, and returns its length. */
function gather(row: usize, lane: usize, stride: u32): u32 {
  const message = load<u32>(row + 4 + (lane << 2));
  const length = middleLength(message);
  const to = lanes + lane * stride;
  memory.copy(to, bytes + column(message, 0), OUTER);
  memory.copy(to + OUTER, bytes + middleOf(message), length);
  memory.copy(to + OUTER + length, bytes + column(message, 3) - OUTER, OUTER);
  return length + 2 * OUTER;
}

/** Hashes one message where it lies: only what does not fill a block is copied. */
function hashAlone(message: u32): void {
  let from = bytes + middleOf(message);
  let left = middleLength(message);
  const total = left + 2 * OUTER;
  resetState(STATE);
  memory.copy(TAIL, bytes + column(message, 0), OUTER);
  let held = OUTER;
  if (left >= 64 - OUTER) {
    memory.copy(TAIL + OUTER, from, 64 - OUTER);
    compress(STATE, TAIL);
    from += 64 - OUTER;
    left -= 64 - OUTER;
    held = 0;
    for (; left >= 64; left -= 64, from += 64) compress(STATE, from);
  }
  memory.copy(TAIL + held, from, left);
  held += left;
  memory.copy(TAIL + held, bytes + column(message, 3) - OUTER, OUTER);
  finishState(STATE, TAIL, held + OUTER, total);
  writeDigest(STATE, TAIL);
  resetState(STATE);
  finishState(STATE, TAIL, 32, 32);
  writeDigest(STATE, ids + ((<usize>message) << 5));
}
