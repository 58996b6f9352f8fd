/**
 * A chart of lines as SVG, on axes that count in powers of ten.
 *
 * @module
 */

const WIDTH = 720;
const HEIGHT = 340;
const LEFT = 64;
const RIGHT = 200;
const TOP = 36;
const BOTTOM = 48;

const COLOURS = ['#1b6ca8', '#c2410c', '#3f7d20', '#7c3aed'] as const;

/** One line of a chart; both coordinates are above nothing. */
export interface ChartLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** What is worked out, beside what is measured. */
  readonly dashed?: boolean;
}

/** A chart. */
export interface Chart {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly lines: readonly ChartLine[];
}

/** 1, 2 and 5 of each power of ten from below the least to above the most. */
function marks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const steps: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.log10(most) + 1; power++)
    for (const digit of [1, 2, 5]) steps.push(digit * 10 ** power);
  const from = steps.findLastIndex((step) => step <= least);
  const to = steps.findIndex((step) => step >= most);
  return steps.slice(from, to + 1);
}

function textOf(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Draws it. */
export function drawChart({ title, xName, yName, lines }: Chart): string {
  const all = lines.flatMap(({ points }) => points);
  const [xMarks, yMarks] = [marks(all.map(([x]) => x)), marks(all.map(([, y]) => y))];
  const scale = (steps: readonly number[], from: number, to: number) => {
    const [low, high] = [Math.log10(steps[0] as number), Math.log10(steps.at(-1) as number)];
    return (value: number): string => (from + ((Math.log10(value) - low) / Math.max(1e-9, high - low)) * (to - from)).toFixed(1);
  };
  const x = scale(xMarks, LEFT, WIDTH - RIGHT);
  const y = scale(yMarks, HEIGHT - BOTTOM, TOP);
  const parts = yMarks.flatMap((mark) => [
    `<path d="M${LEFT} ${y(mark)}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
    `<text x="${LEFT - 6}" y="${Number(y(mark)) + 4}" text-anchor="end">${textOf(mark)}</text>`,
  ]);
  for (const mark of xMarks) parts.push(`<text x="${x(mark)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${textOf(mark)}</text>`);
  for (const [index, { name, points, dashed }] of lines.entries()) {
    const colour = COLOURS[index % COLOURS.length];
    const path = points.map((point, i) => `${i === 0 ? 'M' : 'L'}${x(point[0])} ${y(point[1])}`).join('');
    parts.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5"${dashed ? ' stroke-dasharray="5 4"' : ''}/>`);
    if (!dashed) for (const point of points) parts.push(`<circle cx="${x(point[0])}" cy="${y(point[1])}" r="3" fill="${colour}"/>`);
    parts.push(`<text x="${WIDTH - RIGHT + 12}" y="${TOP + 14 + index * 20}" fill="${colour}">${dashed ? '- - ' : ''}${name}</text>`);
  }
  parts.push(`<text x="${LEFT}" y="20" font-size="14">${title}</text>`);
  parts.push(`<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${xName}</text>`);
  parts.push(`<text x="8" y="${TOP - 6}">${yName}</text>`);
  const style = 'font-family="sans-serif" font-size="12" style="background:#fff"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ${style}>\n${parts.join('\n')}\n</svg>\n`;
}
