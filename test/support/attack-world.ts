/**
 * A node on a virtual clock and network, and attacks on it: a minute of theirs takes no time.
 *
 * @module
 */

import { Ground } from '../../src/attacks/ground.ts';
import type { Attack, AttackReport, AttackSize } from '../../src/attacks/index.ts';
import { runAttack } from '../../src/attacks/run-attack.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { chooseTransportEngine } from '../../src/core/crypto/node/choose-transport-engine.ts';
import type { SocketAddress } from '../../src/engine/ports/transport.ts';
import { SeededRandom } from './seeded-random.ts';
import { SyncWorld, WORLD_PORT } from './sync-world.ts';

/** Virtual time that an attack may take. */
const ATTACK_MS_MAX = 1_200_000;
const STEP_MS = 20;

/** What is known of the target from attack to attack. */
export function groundOf(world: SyncWorld, target: SocketAddress, seed = 1): Ground {
  const secp256k1 = chooseSecp256k1('auto');
  const transport = world.network.transport('10.0.9.9');
  const { params, clock } = world;
  return new Ground(
    { params, clock, transport, random: new SeededRandom(seed), secp256k1, transportEngine: chooseTransportEngine(secp256k1) },
    target,
  );
}

/** A world with one node that is attacked. */
export async function attackedNode(): Promise<{ readonly world: SyncWorld; readonly ground: Ground }> {
  const world = new SyncWorld();
  const transportEngine = chooseTransportEngine(chooseSecp256k1('auto'));
  await world.node('10.0.0.1', { transportEngine, outboundTarget: 0 });
  return { world, ground: groundOf(world, { host: '10.0.0.1', port: WORLD_PORT }) };
}

/** Plays an attack to its end on the world's clock. */
export async function playOn(world: SyncWorld, ground: Ground, attack: Attack, size: AttackSize): Promise<AttackReport> {
  let isOver = false;
  const report = runAttack(attack, ground, size).finally(() => {
    isOver = true;
  });
  // Looked at when it is awaited below; until then it may fail without a witness.
  report.catch(() => undefined);
  const untilMs = world.clock.monotonicMs() + ATTACK_MS_MAX;
  while (!isOver && world.clock.monotonicMs() < untilMs) await world.advance(STEP_MS);
  if (!isOver) throw new Error(`${attack.name} does not end`);
  return report;
}
