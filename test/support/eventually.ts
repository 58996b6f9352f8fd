/** Waits until a condition holds, asking again and again: for whole processes, whose inside a test cannot see. */
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 40;

/** What `condition` gives once it gives something but undefined or false. @throws where the deadline passes first, with the last error */
export async function eventually<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs = 60_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  let last: unknown;
  while (performance.now() < end) {
    try {
      const value = await condition();
      if (value !== undefined && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await pause(POLL_MS);
  }
  throw new Error(`waited ${deadlineMs} ms in vain until ${what}`, { cause: last });
}
