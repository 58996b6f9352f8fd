/**
 * The search for a nonce: SHA-256d over 80-byte headers that differ in their last four bytes only, four at a time.
 *
 * The header's first 64 bytes are compressed once (the midstate), as are the three rounds of the second block that come before the
 * nonce. Of the second hash only the word that decides is worked out: the most significant 32 bits are done after round 60. Lanes
 * that pass there are hashed again in full, one by one and in order, so the answer is exact for every target.
 */
import { compress, finishState, INITIAL, padTail, resetState, writeDigest } from './sha256';
import { expandLanes, fiveLaneRounds, laneRounds, oneLaneRound, smallSigma0, smallSigma1 } from './sha256-lanes';

/** The header, 80 bytes, with room for its padding. */
const HEADER: usize = memory.data(192, 16);
/** The target, 32 bytes, big-endian. */
const TARGET: usize = memory.data(32, 16);

/** State after the header's first block. */
const MIDSTATE: usize = memory.data(32, 16);
/** State and message of a header that is hashed again alone. */
const STATE: usize = memory.data(32, 16);
const MESSAGE: usize = memory.data(192, 16);

/** Four lanes: the midstate, the midstate taken through three rounds, the state before any block, and the one at work. */
const LANE_MIDSTATE: usize = memory.data(128, 16);
const LANE_STARTED: usize = memory.data(128, 16);
const LANE_INITIAL: usize = memory.data(128, 16);
const LANES: usize = memory.data(128, 16);
/** Schedules of the header's second block and of the second hash, four lanes. Words that no nonce changes are written by `prepare`. */
const WORDS_1: usize = memory.data(1024, 16);
const WORDS_2: usize = memory.data(1024, 16);

export function headerOffset(): usize {
  return HEADER;
}

export function targetOffset(): usize {
  return TARGET;
}

// @ts-ignore: decorator
@inline
function word(words: usize, i: usize): v128 {
  return v128.load(words + (i << 4));
}

// @ts-ignore: decorator
@inline
function setWord(words: usize, i: usize, value: v128): void {
  v128.store(words + (i << 4), value);
}

/** Works out, for the header and the target in memory, all that does not depend on the nonce. */
export function prepare(): void {
  resetState(MIDSTATE);
  compress(MIDSTATE, HEADER);
  padTail(HEADER + 64, 16, 80);
  for (let i: usize = 0; i < 16; i++) setWord(WORDS_1, i, i32x4.splat(bswap(load<u32>(HEADER + 64 + (i << 2)))));
  expandLanes(WORDS_1, 16, 18);
  padTail(MESSAGE, 32, 32);
  for (let i: usize = 8; i < 16; i++) setWord(WORDS_2, i, i32x4.splat(bswap(load<u32>(MESSAGE + (i << 2)))));
  for (let i: usize = 0; i < 8; i++) {
    setWord(LANE_MIDSTATE, i, v128.load_splat<u32>(MIDSTATE + (i << 2)));
    setWord(LANE_INITIAL, i, v128.load_splat<u32>(INITIAL + (i << 2)));
  }
  memory.copy(LANE_STARTED, LANE_MIDSTATE, 128);
  for (let round: usize = 0; round < 3; round++) oneLaneRound(LANE_STARTED, WORDS_1, round);
}

/** First hash: fills the first eight words of the second one. */
function hashHeaders(nonce: u32): void {
  setWord(WORDS_1, 3, i32x4(bswap(nonce), bswap(nonce + 1), bswap(nonce + 2), bswap(nonce + 3)));
  expandAroundZeros1();
  expandLanes(WORDS_1, 32, 64);
  memory.copy(LANES, LANE_STARTED, 128);
  fiveLaneRounds(LANES, WORDS_1, 3);
  laneRounds(LANES, WORDS_1, 8, 64);
  for (let i: usize = 0; i < 8; i++) setWord(WORDS_2, i, i32x4.add(word(LANES, i), word(LANE_MIDSTATE, i)));
}

/** Words 18 to 31 of the header's second block: FIPS 180-4's sum without the terms that are zero there (words 5 to 14). */
function expandAroundZeros1(): void {
  const w = WORDS_1;
  setWord(w, 18, i32x4.add(i32x4.add(smallSigma1(word(w, 16)), smallSigma0(word(w, 3))), word(w, 2)));
  setWord(w, 19, i32x4.add(i32x4.add(smallSigma1(word(w, 17)), smallSigma0(word(w, 4))), word(w, 3)));
  setWord(w, 20, i32x4.add(smallSigma1(word(w, 18)), word(w, 4)));
  setWord(w, 21, smallSigma1(word(w, 19)));
  for (let i: usize = 22; i < 30; i++) setWord(w, i, i32x4.add(smallSigma1(word(w, i - 2)), word(w, i - 7)));
  expandLanes(w, 30, 32);
}

/** Words 16 to 31 of the second hash, in the same way (words 9 to 14 are zero). */
function expandAroundZeros2(): void {
  const w = WORDS_2;
  for (let i: usize = 16; i < 22; i++) {
    setWord(w, i, i32x4.add(i32x4.add(smallSigma1(word(w, i - 2)), smallSigma0(word(w, i - 15))), word(w, i - 16)));
  }
  expandLanes(w, 22, 24);
  setWord(w, 24, i32x4.add(i32x4.add(smallSigma1(word(w, 22)), word(w, 17)), word(w, 8)));
  for (let i: usize = 25; i < 30; i++) setWord(w, i, i32x4.add(smallSigma1(word(w, i - 2)), word(w, i - 7)));
  expandLanes(w, 30, 32);
}

/** Second hash as far as it decides: the last word of the four digests. */
function decidingWords(): v128 {
  expandAroundZeros2();
  expandLanes(WORDS_2, 32, 61);
  memory.copy(LANES, LANE_INITIAL, 128);
  laneRounds(LANES, WORDS_2, 0, 56);
  fiveLaneRounds(LANES, WORDS_2, 56);
  // After round 60 the last word only waits: e is h three rounds on.
  return i32x4.add(word(LANES, 4), word(LANE_INITIAL, 7));
}

/** First nonce in [from, from + count) that meets the target, or -1. from + count is at most 2^32. */
export function search(from: f64, count: f64): f64 {
  const end = <u64>from + <u64>count;
  // A hash as a number is its 32 bytes from the last to the first, so its top 32 bits are the last word with its bytes reversed.
  const top = bswap(load<u32>(TARGET));
  for (let nonce = <u64>from; nonce < end; nonce += 4) {
    hashHeaders(<u32>nonce);
    const last = decidingWords();
    if (isCandidate(i32x4.extract_lane(last, 0), top) && meetsTarget(<u32>nonce)) return <f64>nonce;
    if (isCandidate(i32x4.extract_lane(last, 1), top) && nonce + 1 < end && meetsTarget(<u32>nonce + 1)) return <f64>(nonce + 1);
    if (isCandidate(i32x4.extract_lane(last, 2), top) && nonce + 2 < end && meetsTarget(<u32>nonce + 2)) return <f64>(nonce + 2);
    if (isCandidate(i32x4.extract_lane(last, 3), top) && nonce + 3 < end && meetsTarget(<u32>nonce + 3)) return <f64>(nonce + 3);
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function isCandidate(last: u32, top: u32): bool {
  return bswap(last) <= top;
}

/** Whether the hash of the header with this nonce is at most the target, worked out in full. */
function meetsTarget(nonce: u32): bool {
  memory.copy(MESSAGE, HEADER + 64, 12);
  store<u32>(MESSAGE, nonce, 12);
  memory.copy(STATE, MIDSTATE, 32);
  finishState(STATE, MESSAGE, 16, 80);
  writeDigest(STATE, MESSAGE);
  resetState(STATE);
  finishState(STATE, MESSAGE, 32, 32);
  writeDigest(STATE, MESSAGE);
  for (let i: usize = 0; i < 32; i++) {
    const digit = load<u8>(MESSAGE + 31 - i);
    const limit = load<u8>(TARGET + i);
    if (digit != limit) return digit < limit;
  }
  return true;
}
