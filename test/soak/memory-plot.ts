/**
 * Memory over time as a picture: a few lines of SVG, no more than that needs.
 *
 * @module
 */

import type { MemorySample } from './memory-samples.ts';

const WIDTH = 900;
const HEIGHT = 360;
const LEFT = 60;
const RIGHT = 130;
const TOP = 36;
const BOTTOM = 44;

const COLOURS = ['#1b6ca8', '#c2410c', '#3f7d20', '#7c3aed', '#a16207'] as const;

/** Steps between two marks of an axis: the first that gives no more than eight of them. */
const STEPS = [1, 2, 5, 10, 15, 20, 30, 50, 60, 100, 120, 200, 250, 500, 1_000, 2_000] as const;

function stepOf(max: number): number {
  return STEPS.find((step) => max / step <= 8) ?? max / 8;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function path(points: readonly Point[]): string {
  return points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

/** The samples of one node, cut where another process begins. */
function livesOf(samples: readonly MemorySample[], node: number): MemorySample[][] {
  const lives: MemorySample[][] = [];
  for (const sample of samples) {
    if (sample.node !== node) continue;
    const last = lives.at(-1);
    if (last?.[0]?.pid === sample.pid) last.push(sample);
    else lives.push([sample]);
  }
  return lives;
}

/** Resident memory (whole lines) and heap (broken lines) of each node; a line ends where the node was stopped or killed. */
export function memoryPlot(samples: readonly MemorySample[], title: string): string {
  const minutesMax = Math.max(1, ...samples.map(({ minutes }) => minutes));
  const mibMax = Math.max(1, ...samples.map(({ rssMib }) => rssMib)) * 1.05;
  const x = (minutes: number): number => LEFT + (minutes / minutesMax) * (WIDTH - LEFT - RIGHT);
  const y = (mib: number): number => HEIGHT - BOTTOM - (mib / mibMax) * (HEIGHT - TOP - BOTTOM);
  const parts: string[] = [];
  for (let mib = 0; mib <= mibMax; mib += stepOf(mibMax)) {
    parts.push(`<path d="M${LEFT} ${y(mib).toFixed(1)}H${WIDTH - RIGHT}" stroke="#ddd"/>`);
    parts.push(`<text x="${LEFT - 6}" y="${(y(mib) + 4).toFixed(1)}" text-anchor="end">${mib}</text>`);
  }
  for (let minutes = 0; minutes <= minutesMax; minutes += stepOf(minutesMax)) {
    parts.push(`<text x="${x(minutes).toFixed(1)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${minutes}</text>`);
  }
  const nodes = [...new Set(samples.map(({ node }) => node))].sort((a, b) => a - b);
  for (const [place, node] of nodes.entries()) {
    const colour = COLOURS[place % COLOURS.length];
    for (const life of livesOf(samples, node)) {
      const rss = life.map(({ minutes, rssMib }) => ({ x: x(minutes), y: y(rssMib) }));
      const heap = life.flatMap(({ minutes, heapMib }) => (heapMib === undefined ? [] : [{ x: x(minutes), y: y(heapMib) }]));
      parts.push(`<path d="${path(rss)}" fill="none" stroke="${colour}" stroke-width="1.5"/>`);
      if (heap.length > 1) parts.push(`<path d="${path(heap)}" fill="none" stroke="${colour}" stroke-dasharray="4 3"/>`);
    }
    const at = TOP + 14 + place * 34;
    parts.push(`<text x="${WIDTH - RIGHT + 10}" y="${at}" fill="${colour}">node ${node}: resident</text>`);
    parts.push(`<text x="${WIDTH - RIGHT + 10}" y="${at + 15}" fill="${colour}">- - heap used</text>`);
  }
  parts.push(`<text x="${LEFT}" y="20" font-size="14">${title}</text>`);
  parts.push(`<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">minutes</text>`);
  parts.push(`<text x="14" y="${TOP - 8}">MiB</text>`);
  const style = 'font-family="sans-serif" font-size="12" style="background:#fff"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ${style}>\n${parts.join('\n')}\n</svg>\n`;
}
