/**
 * What is done when all that came in one turn of the event loop was looked at.
 *
 * @module
 */

import type { Clock } from '../../engine/ports/clock.ts';

/**
 * Does things together at the end of a turn. Each answer that is written wakes whoever waits for it, which costs as much as working out
 * a short one; several clients' answers written one right after another mostly find them awake.
 */
export class TurnEnd {
  readonly #clock: Pick<Clock, 'yield'>;
  #tasks: (() => void)[] = [];

  constructor(clock: Pick<Clock, 'yield'>) {
    this.#clock = clock;
  }

  /** Does something when this turn's events are through, after what was put here before it. It must not throw. */
  run(task: () => void): void {
    if (this.#tasks.length === 0) void this.#clock.yield().then(() => this.#runAll());
    this.#tasks.push(task);
  }

  #runAll(): void {
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task();
  }
}
