/** Runs tasks one after another, in the order they came. A task must not wait for another that it queues: neither would ever end. */
export class ExclusiveQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T> | T): Promise<T> {
    const result = this.#last.then(task);
    // Whoever queued a task hears of its failure; the next one runs all the same.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
