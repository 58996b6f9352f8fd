/** Clears the lowest bit that is set. */
function withoutLowestBit(n: number): number {
  return n & (n - 1);
}

/** Height that a header's skip leads to: far back from most heights, so that a few jumps and steps reach any. Core's `GetSkipHeight`. */
export function skipHeight(height: number): number {
  if (height < 2) return 0;
  return (height & 1) !== 0 ? withoutLowestBit(withoutLowestBit(height - 1)) + 1 : withoutLowestBit(height);
}

/** On the way from one height down to another: whether to jump rather than to step. As in Core's `GetAncestor`. */
export function isSkipBetter(from: number, to: number): boolean {
  const jump = skipHeight(from);
  if (jump === to) return true;
  const before = skipHeight(from - 1);
  // Of two jumps the longer is taken only where stepping back once does not open a better one.
  return jump > to && !(before < jump - 2 && before >= to);
}
