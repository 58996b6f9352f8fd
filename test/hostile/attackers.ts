/**
 * A thread that plays hostile peers: each connects again as soon as it was let go.
 *
 * @module
 */

import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { regtest } from '../../src/core/params/regtest.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { BEHAVIOURS, behaviourOf, WITHOUT_GREETING } from './behaviours.ts';
import { LoopbackPeer } from './loopback-peer.ts';
import { lowHeaders, sharedChain } from './shared-chain.ts';

/** What the thread is started with. */
export interface AttackersData {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  /** Numbers of the peers that this thread plays: each has a behaviour and a place of its own. */
  readonly numbers: readonly number[];
  readonly seconds: number;
}

/** What one behaviour did. */
export interface AttackCount {
  connections: number;
  refused: number;
  bytes: number;
}

const AFTER_REFUSAL_MS = 50;

async function attack({ host, port, seed, numbers, seconds }: AttackersData): Promise<Record<string, AttackCount>> {
  const prey = { messageStart: regtest.messageStart, chain: sharedChain(), lowHeaders: lowHeaders(2_000) };
  const endMs = performance.now() + seconds * 1_000;
  const goesOn = (): boolean => performance.now() < endMs;
  const counts: Record<string, AttackCount> = {};
  const live = async (number: number): Promise<void> => {
    const name = behaviourOf(number);
    const chance = new SeededRandom(seed * 1_000 + number);
    const from = `127.${1 + (number % 100)}.0.${2 + Math.floor(number / 100)}`;
    counts[name] ??= { connections: 0, refused: 0, bytes: 0 };
    const count = counts[name];
    while (goesOn()) {
      const peer = await LoopbackPeer.dial({ host, port, from }, regtest).catch(() => undefined);
      const greeted = peer !== undefined && (WITHOUT_GREETING.has(name) || (await peer.greet(BigInt(chance.below(2 ** 32)) + 2n)));
      if (greeted) {
        count.connections++;
        await BEHAVIOURS[name]!(peer, prey, chance, goesOn);
      } else {
        count.refused++;
        await pause(AFTER_REFUSAL_MS);
      }
      count.bytes += peer?.bytesSent ?? 0;
      await peer?.close();
    }
  };
  await Promise.all(numbers.map(live));
  return counts;
}

parentPort?.postMessage(await attack(workerData as AttackersData));
