/**
 * The turns of the event loop: between two of them everybody else gets to run, so the longest one is what anybody waits at most.
 *
 * @module
 */

/** Turns shorter than this are not told: while the loop has nothing to do it turns a million times a second. */
const TOLD_MS_MIN = 0.1;

/**
 * CPU milliseconds of each turn during something, at most: the process's other threads are counted with the main one. To see every turn
 * the loop is kept turning, which takes CPU time itself.
 */
export async function turnsMs(during: () => Promise<unknown>): Promise<number[]> {
  const turns: number[] = [];
  let before = process.cpuUsage();
  let ended = false;
  const look = (): void => {
    const { user, system } = process.cpuUsage(before);
    const turnMs = (user + system) / 1_000;
    if (turnMs >= TOLD_MS_MIN) turns.push(turnMs);
    before = process.cpuUsage();
    if (!ended) setImmediate(look);
  };
  setImmediate(look);
  await during();
  ended = true;
  return turns;
}
