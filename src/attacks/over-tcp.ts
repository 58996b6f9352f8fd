/**
 * Attacks by Node's sockets and clock.
 *
 * @module
 */

import { lookup } from 'node:dns/promises';
import { chooseSecp256k1 } from '../core/crypto/node/choose-secp256k1.ts';
import { chooseTransportEngine } from '../core/crypto/node/choose-transport-engine.ts';
import type { NetworkParams } from '../core/params/types.ts';
import { toNetworkAddress } from '../core/wire/network-address.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { SocketAddress } from '../engine/ports/transport.ts';
import { scopeOf } from '../engine/sync/address-scope.ts';
import { tcpTransport } from '../platform/net/tcp-transport.ts';
import { createSystemClock } from '../platform/system/clock.ts';
import { keptAlive } from '../platform/system/kept-alive.ts';
import type { Attack } from './attack.ts';
import { Ground } from './ground.ts';
import { type AttackReport, type Meters, runAttack } from './run-attack.ts';
import type { AttackSize } from './scene.ts';
import { SeededRandom } from './seeded-random.ts';
import { readProcess } from './target-process.ts';

/** Whom to attack, and how. */
export interface TcpTarget {
  readonly params: NetworkParams;
  /** Host or IP, and port. */
  readonly address: SocketAddress;
  /** What is left to chance follows from it. */
  readonly seed: number;
  /** The target's process on this machine, to be measured. */
  readonly pid?: number;
  /** Attack a host beyond this machine and its site, too. Whoever sets it has the owner's leave. */
  readonly force?: boolean;
}

/** Attacks on one target, one after another. */
export interface TcpAttacker {
  run(attack: Attack, size: AttackSize): Promise<AttackReport>;
}

/** An address of a host that may be attacked. @throws NodeError `dial-failed` for unknown names and for hosts beyond this site */
async function allowedAddress({ address, force = false }: TcpTarget): Promise<SocketAddress> {
  const found = await lookup(address.host).catch(() => undefined);
  if (found === undefined) throw new NodeError('dial-failed', `nobody knows the host ${address.host}`);
  // The address that was looked at is the one that is called, whatever the name says a moment later.
  const target = toNetworkAddress(found.address, address.port);
  const scope = target === undefined ? 'none' : scopeOf(target);
  if (scope !== 'loopback' && scope !== 'private' && !force) {
    const what = `${address.host} is neither this machine nor on a private network`;
    throw new NodeError('dial-failed', `${what}: attack only what is yours, and say --force where it is`);
  }
  return { host: found.address, port: address.port };
}

/** Makes ready to attack a node by TCP. @throws NodeError where it may not be attacked */
export async function openTcpAttacker(target: TcpTarget): Promise<TcpAttacker> {
  const { params, pid, seed } = target;
  const address = await allowedAddress(target);
  const secp256k1 = chooseSecp256k1('auto');
  const world = { params, transport: tcpTransport, clock: createSystemClock(), random: new SeededRandom(seed), secp256k1 };
  const ground = new Ground({ ...world, transportEngine: chooseTransportEngine(secp256k1) }, address);
  const meters: Meters = {
    ownCpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    },
    ...(pid !== undefined && { target: () => readProcess(pid) }),
  };
  return { run: (attack, size) => keptAlive(runAttack(attack, ground, size, meters)) };
}
