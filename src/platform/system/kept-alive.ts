const LOOK_MS = 60_000;

/** Keeps the process alive until some work is done, which may wait for nothing but timers of the clock: those keep none alive. */
export async function keptAlive<T>(work: Promise<T>): Promise<T> {
  const handle = setInterval(() => undefined, LOOK_MS);
  try {
    return await work;
  } finally {
    clearInterval(handle);
  }
}
