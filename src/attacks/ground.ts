import type { Secp256k1 } from '../core/crypto/secp256k1.ts';
import type { TransportEngine } from '../core/crypto/transport-engine.ts';
import type { NetworkParams } from '../core/params/types.ts';
import { decodeBits } from '../core/primitives/compact-target.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { Random } from '../engine/ports/random.ts';
import type { SocketAddress, Transport } from '../engine/ports/transport.ts';
import { Purse } from './purse.ts';
import { SeenChain } from './seen-chain.ts';

/** What adversaries have of the world. On a virtual clock and network they play in no time. */
export interface AttackWorld {
  readonly params: NetworkParams;
  readonly transport: Pick<Transport, 'dial'>;
  readonly clock: Clock;
  /** From a seed, so that a run can be had again. */
  readonly random: Random;
  readonly secp256k1: Secp256k1;
  readonly transportEngine: TransportEngine;
}

/** Tries that a block may take on average where blocks are mined here. */
const TRIES_MAX = 2 ** 20;

/** Bytes of a private key. The first is 1, so that it is one. */
const KEY_SIZE_BYTES = 32;

/** A target and what is known of it over several attacks: its chain, and coins that were mined there. */
export class Ground {
  readonly world: AttackWorld;
  readonly target: SocketAddress;
  readonly chain: SeenChain;
  readonly purse: Purse;

  constructor(world: AttackWorld, target: SocketAddress) {
    this.world = world;
    this.target = target;
    this.chain = new SeenChain(world.params);
    const key = world.random.bytes(KEY_SIZE_BYTES);
    key[0] = 1;
    this.purse = new Purse(world.secp256k1, key);
  }

  /** Why blocks of the network are not mined here; undefined where they are. */
  get unminable(): string | undefined {
    const { name, consensus } = this.world.params;
    if (consensus.signetChallenge !== null) return `blocks of ${name} need a signature`;
    if (consensus.pow.retarget !== 'none') return `the difficulty of ${name} changes`;
    const tries = 2n ** 256n / (decodeBits(consensus.pow.bits).target + 1n);
    return tries <= TRIES_MAX ? undefined : `a block of ${name} takes ${tries} tries on average`;
  }

  /** The time that an honest miner gives a block after another, which the network's rules allow. */
  timeAfter(medianTimeSeconds: number): number {
    const { futureTime } = this.world.params.consensus;
    const time = Math.max(this.world.clock.nowSeconds(), medianTimeSeconds + 1);
    return futureTime.kind === 'chain' ? Math.min(time, medianTimeSeconds + futureTime.maxStepSeconds) : time;
  }
}
