/**
 * The turns of the event loop: between two of them everybody else gets to run, so the longest one is what anybody waits at most.
 *
 * @module
 */

/** CPU milliseconds of each turn during something, at most: the process's other threads are counted with the main one. */
export async function turnsMs(during: () => Promise<unknown>): Promise<number[]> {
  const turns: number[] = [];
  let before = process.cpuUsage();
  let ended = false;
  const look = (): void => {
    const { user, system } = process.cpuUsage(before);
    turns.push((user + system) / 1_000);
    before = process.cpuUsage();
    if (!ended) setImmediate(look);
  };
  setImmediate(look);
  await during();
  ended = true;
  return turns;
}
