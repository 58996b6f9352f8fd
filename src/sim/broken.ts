/** An invariant that a run broke: what, when and where. */
export interface BrokenInvariant {
  /** Name of the invariant. */
  readonly invariant: string;
  /** What was seen. */
  readonly why: string;
  /** Virtual seconds since the begin. */
  readonly atSeconds: number;
  /** The node, where it is about one. */
  readonly node: number | undefined;
  /** The last lines of its log. */
  readonly lines: readonly string[];
}

/** Ends a run. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly broken: BrokenInvariant;

  constructor(broken: BrokenInvariant) {
    const where = broken.node === undefined ? '' : ` at node ${broken.node}`;
    super(`${broken.invariant}${where} after ${broken.atSeconds.toFixed(3)} virtual seconds: ${broken.why}`);
    this.broken = broken;
  }
}
