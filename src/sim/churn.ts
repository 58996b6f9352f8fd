import type { SimNode } from './sim-node.ts';
import type { SimRandom } from './sim-random.ts';
import type { Simulation } from './simulation.ts';

const US_PER_MS = 1_000;

/** How nodes come and go. */
export interface ChurnPlan {
  /** Mean time between two nodes that go. */
  readonly everyMs: number;
  /** Mean time that each stays away. */
  readonly awayMs: number;
  /** So many honest nodes stay at least. */
  readonly leastUp: number;
}

/** Nodes that come and go, one at a time, in order or by kill -9, until it is ended. */
export class Churn {
  readonly #simulation: Simulation;
  readonly #plan: ChurnPlan;
  readonly #random: SimRandom;
  readonly #away = new Set<SimNode>();
  #ended = false;

  constructor(simulation: Simulation, plan: ChurnPlan) {
    this.#simulation = simulation;
    this.#plan = plan;
    this.#random = simulation.random.branch('churn');
    this.#wait();
  }

  /** Nobody goes any more; those that are away still come back. */
  end(): void {
    this.#ended = true;
  }

  /** Whether it was ended and everybody is back. */
  get done(): boolean {
    return this.#ended && this.#away.size === 0;
  }

  #wait(): void {
    this.#simulation.queue.after(this.#random.exponential(this.#plan.everyMs) * US_PER_MS, () => {
      if (this.#ended) return;
      this.#wait();
      const { running } = this.#simulation;
      if (running.length > this.#plan.leastUp)
        this.#send(this.#random.pick(running)).catch((error: unknown) => this.#simulation.note(error));
    });
  }

  async #send(node: SimNode): Promise<void> {
    this.#away.add(node);
    if (this.#random.chance(0.5)) node.kill();
    else await node.stop();
    await new Promise<void>((resolve) => {
      this.#simulation.queue.after(this.#random.exponential(this.#plan.awayMs) * US_PER_MS, resolve);
    });
    await this.#simulation.start(node);
    this.#away.delete(node);
  }
}
