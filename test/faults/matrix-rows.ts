/**
 * The counts of the fault matrix, and the table that they make.
 *
 * @module
 */

/** What came of one scenario and one kind of fault. */
export interface MatrixRow {
  readonly scenario: string;
  readonly kind: string;
  /** Cut points that there are, and how many of them were tried. */
  readonly points: number;
  readonly tried: number;
  readonly failures: number;
  /** Starts that were refused in words, where names may be lost in any order. */
  readonly refused: number;
}

/** A point under way. */
export interface MatrixPoint {
  readonly kind: string;
  /** Where it was, for whoever looks into a failure. */
  readonly place: string;
  readonly try: () => Promise<'valid' | 'refused'>;
}

/** How a scenario is gone through. */
export interface MatrixOptions {
  /** Most points that are tried, spread over all of them; all unless given. */
  readonly limit: number;
  readonly say: (line: string) => void;
}

/** Whether a point is among those tried: as many as the limit says, evenly spread. */
function isTried(place: number, total: number, limit: number): boolean {
  if (limit >= total) return true;
  return Math.floor((place * limit) / total) !== Math.floor(((place - 1) * limit) / total);
}

/** Tries the points of a scenario one after another, and counts. A failure is said, and the next point goes on. */
export async function goThrough(scenario: string, points: readonly MatrixPoint[], options: MatrixOptions): Promise<MatrixRow[]> {
  const rows = new Map<string, MatrixRow>();
  for (const [i, point] of points.entries()) {
    const { kind, place } = point;
    const row = rows.get(kind) ?? { scenario, kind, points: 0, tried: 0, failures: 0, refused: 0 };
    let { tried, failures, refused } = row;
    if (isTried(i, points.length, options.limit)) {
      tried++;
      try {
        if ((await point.try()) === 'refused') refused++;
      } catch (error) {
        failures++;
        options.say(`FAILED ${scenario}, ${kind} at ${place}: ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
    rows.set(kind, { ...row, points: row.points + 1, tried, failures, refused });
  }
  return [...rows.values()];
}

/** A table in Markdown, with a last line of sums. A later row of the same scenario and kind takes the place of an earlier one. */
export function matrixTable(rows: readonly MatrixRow[]): string {
  const latest = new Map(rows.map((row) => [`${row.scenario}|${row.kind}`, row]));
  const all = [...latest.values()].sort((a, b) => a.scenario.localeCompare(b.scenario, 'en') || a.kind.localeCompare(b.kind, 'en'));
  const sum = (of: (row: MatrixRow) => number): number => all.reduce((total, row) => total + of(row), 0);
  const total: MatrixRow = {
    scenario: 'all',
    kind: '',
    points: sum((row) => row.points),
    tried: sum((row) => row.tried),
    failures: sum((row) => row.failures),
    refused: sum((row) => row.refused),
  };
  const lines = [...all, total].map(
    ({ scenario, kind, points, tried, failures, refused }) => `| ${[scenario, kind, points, tried, failures, refused].join(' | ')} |`,
  );
  return ['| scenario | kind of fault | cut points | tried | failures | refused |', '|---|---|---|---|---|---|', ...lines].join('\n');
}
