/** A bug of ours: a state that the code says cannot be. Never caught to go on. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/**
 * Stops the program when we are wrong. Never looks at a peer's, a file's or a user's data: those are refused with
 * a value or a typed error.
 *
 * @throws AssertionError when `condition` is false
 */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new AssertionError(`assertion failed: ${what}`);
}
