/**
 * One attack from its beginning to its verdict: what came of it, what it cost both sides, and what an honest peer noticed.
 *
 * @module
 */

import { NodeError } from '../engine/ports/node-error.ts';
import { type Attack, missingOutcomes, type Outcome, type Sight, Unclear } from './attack.ts';
import { Bystander, type Latency } from './bystander.ts';
import type { Ground } from './ground.ts';
import { type AttackSize, Scene } from './scene.ts';

/** Time that an honest peer may wait for the answer to a ping. */
export const LATENCY_MS_MAX = 5_000;

/** Memory that a target may have more while an attack lasts: what is kept for a few peers, and room. */
export const MEMORY_MIB_MAX = 150;

const BYTES_PER_MIB = 1_048_576;

/** What a process has taken so far. */
export interface ProcessReading {
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

/** What is measured besides what connections show. */
export interface Meters {
  /** Processor time of the attacker so far. */
  readonly ownCpuMs?: () => number;
  /** The target's process; undefined where it cannot be read. */
  readonly target?: () => ProcessReading | undefined;
}

/** `fail`: an expected outcome does not hold. `unknown`: nothing can be said. */
export type Verdict = 'pass' | 'fail' | 'unknown';

/** What an attack cost who made it. */
export interface AttackerCost {
  readonly connections: number;
  readonly messages: number;
  readonly bytesSent: number;
  readonly ms: number;
  readonly cpuMs?: number;
}

/** What it cost the target, and what a bystander noticed. */
export interface TargetCost {
  /** Bytes that the attacker got from it. */
  readonly bytesSent: number;
  readonly latency: Latency;
  readonly cpuMs?: number;
  readonly memoryMib?: number;
}

/** The outcome of one attack. */
export interface AttackReport {
  readonly name: string;
  readonly verdict: Verdict;
  readonly outcomes: readonly Outcome[];
  /** What was seen, and where it is not a pass, why. */
  readonly seen: string;
  /** Whether the target answers old peers and takes new ones after it. */
  readonly serves: boolean;
  readonly attacker: AttackerCost;
  readonly target: TargetCost;
}

/** Plays an attack against a target. */
export async function runAttack(attack: Attack, ground: Ground, size: AttackSize, meters: Meters = {}): Promise<AttackReport> {
  const scene = new Scene(ground, size);
  try {
    return await played(attack, scene, meters);
  } finally {
    scene.close();
  }
}

async function played(attack: Attack, scene: Scene, meters: Meters): Promise<AttackReport> {
  const measure = new Measure(scene, meters);
  let seen: Sight | string;
  let serves = false;
  let bystander: Bystander | undefined;
  try {
    const link = await scene.tryMeet({}, 'honest');
    if (link === undefined) throw new Unclear('nobody answers there as a node of this network does');
    bystander = new Bystander(link, scene.clock);
    await scene.prepare(attack.needs);
    const begin = (): void => {
      measure.begin();
      bystander?.begin();
    };
    scene.onBegin = begin;
    begin();
    seen = await attack.play(scene);
  } catch (error) {
    seen = reasonOf(error);
  }
  const costs = measure.end();
  if (bystander !== undefined) serves = await stillServes(scene, bystander);
  const target = { ...costs.target, latency: bystander?.latency ?? { count: 0, medianMs: 0, slowestMs: 0 } };
  const about = { name: attack.name, serves, attacker: costs.attacker, target };
  if (typeof seen === 'string') return { ...about, verdict: serves || bystander === undefined ? 'unknown' : 'fail', outcomes: [], seen };
  const faults = faultsOf(attack, seen, about);
  const told = faults.length === 0 ? seen.seen : `${seen.seen}; ${faults.join('; ')}`;
  return { ...about, verdict: faults.length === 0 ? 'pass' : 'fail', outcomes: seen.outcomes, seen: told };
}

/** Why nothing was seen. Other errors are faults of an attack, not of its target. */
function reasonOf(error: unknown): string {
  if (error instanceof Unclear || error instanceof NodeError) return error.message;
  throw error;
}

/** Whether who was there before is answered, and somebody new is let in. */
async function stillServes(scene: Scene, bystander: Bystander): Promise<boolean> {
  if (!(await bystander.end())) return false;
  const newcomer = await scene.tryMeet({}, 'honest');
  return newcomer !== undefined && (await newcomer.settled()) === 'answered';
}

function faultsOf(attack: Attack, { outcomes }: Sight, { serves, target }: Pick<AttackReport, 'serves' | 'target'>): readonly string[] {
  const faults: string[] = [];
  const missing = missingOutcomes(attack.expected, outcomes);
  if (missing.length > 0) faults.push(`expected ${missing.join(' ')} besides`);
  if (!serves) faults.push('honest peers are not served after it');
  const { slowestMs } = target.latency;
  if (slowestMs > LATENCY_MS_MAX) faults.push(`an honest peer waited ${Math.round(slowestMs)} ms, over ${LATENCY_MS_MAX}`);
  const { memoryMib = 0 } = target;
  if (memoryMib > MEMORY_MIB_MAX) faults.push(`memory grew by ${Math.round(memoryMib)} MiB, over ${MEMORY_MIB_MAX}`);
  return faults;
}

/** Counts from when it was last told to begin. */
class Measure {
  readonly #scene: Scene;
  readonly #meters: Meters;
  #startMs = 0;
  #traffic = { connections: 0, messages: 0, bytesSent: 0, bytesReceived: 0 };
  #ownCpuMs: number | undefined;
  #target: ProcessReading | undefined;

  constructor(scene: Scene, meters: Meters) {
    this.#scene = scene;
    this.#meters = meters;
    this.begin();
  }

  begin(): void {
    this.#startMs = this.#scene.clock.monotonicMs();
    this.#traffic = { ...this.#scene.traffic };
    this.#ownCpuMs = this.#meters.ownCpuMs?.();
    this.#target = this.#meters.target?.();
  }

  end(): { readonly attacker: AttackerCost; readonly target: Omit<TargetCost, 'latency'> } {
    const { traffic, clock } = this.#scene;
    const before = this.#traffic;
    const own = this.#meters.ownCpuMs?.();
    const target = this.#meters.target?.();
    return {
      attacker: {
        connections: traffic.connections - before.connections,
        messages: traffic.messages - before.messages,
        bytesSent: traffic.bytesSent - before.bytesSent,
        ms: clock.monotonicMs() - this.#startMs,
        ...(own !== undefined && this.#ownCpuMs !== undefined && { cpuMs: own - this.#ownCpuMs }),
      },
      target: {
        bytesSent: traffic.bytesReceived - before.bytesReceived,
        ...(target !== undefined &&
          this.#target !== undefined && {
            cpuMs: target.cpuMs - this.#target.cpuMs,
            memoryMib: Math.max(0, target.memoryBytes - this.#target.memoryBytes) / BYTES_PER_MIB,
          }),
      },
    };
  }
}
