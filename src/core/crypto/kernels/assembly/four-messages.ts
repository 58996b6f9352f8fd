/**
 * SHA-256d of four messages at once, one a lane.
 */
import { INITIAL, padTail } from './sha256';
import { compressLanes, expandLanes, loadLanes, writeLaneDigests } from './sha256-lanes';

/** Four lanes: state, state before any block, words of the block at work. */
const LANES: usize = memory.data(128, 16);
const LANE_INITIAL: usize = memory.data(128, 16);
const WORDS: usize = memory.data(1024, 16);
for (let i: usize = 0; i < 8; i++) v128.store(LANE_INITIAL + (i << 4), v128.load_splat<u32>(INITIAL + (i << 2)));

/** Sets the lanes to the state before the first block. */
export function resetLanes(): void {
  memory.copy(LANES, LANE_INITIAL, 128);
}

/** Compresses a block into the lanes whose words have been worked out. */
export function compressWords(words: usize): void {
  compressLanes(LANES, words);
}

/** Compresses four blocks. */
export function absorbLanes(block0: usize, block1: usize, block2: usize, block3: usize): void {
  loadLanes(WORDS, block0, block1, block2, block3);
  expandLanes(WORDS, 16, 64);
  compressLanes(LANES, WORDS);
}

/** SHA-256 of the four digests in the lanes, to `out`. */
export function hashLanesAgain(out: usize): void {
  memory.copy(WORDS, LANES, 128);
  memory.fill(WORDS + 8 * 16, 0, 8 * 16);
  v128.store(WORDS, i32x4.splat(0x80000000), 8 * 16);
  v128.store(WORDS, i32x4.splat(32 * 8), 15 * 16);
  expandLanes(WORDS, 16, 64);
  resetLanes();
  compressLanes(LANES, WORDS);
  writeLaneDigests(LANES, out);
}

/**
 * SHA-256d of four messages, the first at `message0` and each `stride` bytes behind the one before, which fill the same number of blocks,
 * `stride` / 64. Padding is written behind each. 128 bytes to `out`.
 */
export function hashFourMessages(
  message0: usize,
  stride: u32,
  length0: u32,
  length1: u32,
  length2: u32,
  length3: u32,
  out: usize,
): void {
  const message1 = message0 + stride;
  const message2 = message1 + stride;
  const message3 = message2 + stride;
  padTail(message0, length0, length0);
  padTail(message1, length1, length1);
  padTail(message2, length2, length2);
  padTail(message3, length3, length3);
  resetLanes();
  for (let at: usize = 0; at < stride; at += 64) absorbLanes(message0 + at, message1 + at, message2 + at, message3 + at);
  hashLanesAgain(out);
}

/** Four blocks of 64 bytes, each with a digest and the padding of a message of 32 bytes. */
const PADDED_DIGESTS: usize = memory.data(256, 16);
/** The state of all lanes as digests. */
const DIGESTS: usize = memory.data(128, 16);

/**
 * SHA-256 of three messages of any lengths, at `messages` one after another, and the same of those digests: 96 and 96 bytes to `out`.
 * Lanes whose message has ended go on with whatever lies there, and nobody looks at them any more. `room` is for three padded copies.
 */
export function hashThree(messages: usize, length0: u32, length1: u32, length2: u32, room: usize, out: usize): void {
  const blocks0 = (length0 + 9 + 63) >> 6;
  const blocks1 = (length1 + 9 + 63) >> 6;
  const blocks2 = (length2 + 9 + 63) >> 6;
  const most = max(blocks0, max(blocks1, blocks2));
  const stride = (<usize>most) << 6;
  memory.copy(room, messages, length0);
  memory.copy(room + stride, messages + length0, length1);
  memory.copy(room + 2 * stride, messages + length0 + length1, length2);
  padTail(room, length0, length0);
  padTail(room + stride, length1, length1);
  padTail(room + 2 * stride, length2, length2);
  resetLanes();
  for (let block: u32 = 1; block <= most; block++, room += 64) {
    absorbLanes(room, room + stride, room + 2 * stride, room);
    if (block != blocks0 && block != blocks1 && block != blocks2) continue;
    writeLaneDigests(LANES, DIGESTS);
    if (block == blocks0) memory.copy(out, DIGESTS, 32);
    if (block == blocks1) memory.copy(out + 32, DIGESTS + 32, 32);
    if (block == blocks2) memory.copy(out + 64, DIGESTS + 64, 32);
  }
  for (let lane: usize = 0; lane < 3; lane++) {
    memory.copy(PADDED_DIGESTS + (lane << 6), out + (lane << 5), 32);
    padTail(PADDED_DIGESTS + (lane << 6), 32, 32);
  }
  resetLanes();
  absorbLanes(PADDED_DIGESTS, PADDED_DIGESTS + 64, PADDED_DIGESTS + 128, PADDED_DIGESTS);
  writeLaneDigests(LANES, DIGESTS);
  memory.copy(out + 96, DIGESTS, 96);
}
