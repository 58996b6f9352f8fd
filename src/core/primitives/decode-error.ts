/** Bytes from outside that make no sense. Caught once, at the boundary of a peer, a file or a request. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** What was being read, for instance `input count`. */
  readonly what: string;
  /** Where the reading stood, in bytes from the start of what was decoded. */
  readonly offset: number;

  constructor(what: string, offset: number, problem: string) {
    super(`${what} at byte ${offset}: ${problem}`);
    this.what = what;
    this.offset = offset;
  }
}
