import { NodeError } from '../ports/node-error.ts';
import { isRecordDamage } from './damage.ts';
import { ExclusiveQueue } from './exclusive-queue.ts';

/** The changes of a chain, one after another, and whoever hears of stores that fail while they are made. */
export class ChangeQueue {
  readonly #queue = new ExclusiveQueue();
  readonly #onFailure: ((error: NodeError) => void) | undefined;

  constructor(onFailure: ((error: NodeError) => void) | undefined) {
    this.#onFailure = onFailure;
  }

  /** Runs something between two changes. It must not wait for another change: that would wait for it. */
  run<T>(task: () => Promise<T> | T): Promise<T> {
    return this.#queue.run(task);
  }

  /** Runs what may write between two other changes. A store that fails is told of. */
  change<T>(task: () => Promise<T>): Promise<T> {
    return this.told(this.#queue.run(task));
  }

  /** Tells of a store that fails. Damage of one block or undo record is no such failure: the chain goes on without it until it is mended. */
  told<T>(done: Promise<T>): Promise<T> {
    done.catch((error: unknown) => {
      // What cannot be done as it was asked is no failure of a store.
      if (error instanceof NodeError && error.code !== 'option-invalid' && !isRecordDamage(error)) this.#onFailure?.(error);
    });
    return done;
  }
}
