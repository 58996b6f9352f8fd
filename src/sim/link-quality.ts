import { mixText, type SimRandom } from './sim-random.ts';

/** How good the way from one host to another is. */
export interface LinkQuality {
  /** One way, without what follows. */
  readonly latencyMs: number;
  /** Up to so much more, drawn for each piece that is sent. What is sent on one connection stays in its order. */
  readonly jitterMs: number;
  /** Of the packets, 0 to below 1. A lost one is sent again, as TCP does: it costs time, and in the end the connection. */
  readonly loss: number;
}

/** What the network is like where nothing else is said. */
export interface NetworkQuality {
  /** Each pair of hosts is given a latency between these, the same both ways. */
  readonly latencyMs: readonly [min: number, max: number];
  readonly jitterMs: number;
  readonly loss: number;
  /** What a host's line carries away from it, all connections together. */
  readonly uploadBytesPerSecond: number;
}

/** A mixed lot of home and server lines, on three continents. */
export const DEFAULT_QUALITY: NetworkQuality = {
  latencyMs: [10, 150],
  jitterMs: 10,
  loss: 0.001,
  uploadBytesPerSecond: 2_500_000,
};

/** Payload of a packet on an ordinary line. */
export const PACKET_BYTES = 1_448;

/** Least time after which a packet is taken for lost (Linux's `TCP_RTO_MIN`), and most. */
const RETRANSMIT_MS_MIN = 200;
export const RETRANSMIT_MS_MAX = 120_000;

/** A packet that was lost so often ends the connection (Linux's `tcp_retries2`). */
const RETRANSMITS_MAX = 15;

/** The latency of a pair of hosts, whichever calls. */
export function pairLatencyMs(seed: number, a: string, b: string, [min, max]: readonly [number, number]): number {
  const pair = a < b ? `${a} ${b}` : `${b} ${a}`;
  return min + (mixText(seed, pair) / 0x1_0000_0000) * (max - min);
}

/** How long the losses of a piece of so many bytes hold it up; undefined where the connection breaks of them. */
export function lossDelayMs(sizeBytes: number, { latencyMs, loss }: LinkQuality, random: SimRandom): number | undefined {
  if (loss === 0) return 0;
  let longestMs = 0;
  for (let left = sizeBytes; left > 0; left -= PACKET_BYTES) {
    let waitMs = Math.max(RETRANSMIT_MS_MIN, 3 * latencyMs);
    let delayMs = 0;
    for (let tries = 0; random.chance(loss); tries++) {
      if (tries === RETRANSMITS_MAX) return undefined;
      delayMs += waitMs;
      waitMs = Math.min(2 * waitMs, RETRANSMIT_MS_MAX);
    }
    longestMs = Math.max(longestMs, delayMs);
  }
  return longestMs;
}
