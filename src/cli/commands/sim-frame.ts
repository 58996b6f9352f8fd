import type { NodeView, SimulationView } from '../../sim/sim-view.ts';
import { formatBytes, formatCount, formatDuration } from '../output/format.ts';
import type { Paint } from '../output/terminal.ts';

/** Names of branches; those beyond them share the last. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ+';

/** Branches that are drawn, and heights of each. */
const BRANCHES_MAX = 8;
const HEIGHTS = 24;

const NODES_PER_LINE = 40;

/** What stands above the picture. */
export interface FrameHead {
  readonly scenario: string;
  readonly seed: number;
  readonly step: number;
  readonly steps: number;
  readonly name: string;
}

function letterOf(branch: number): string {
  return LETTERS[Math.min(branch, LETTERS.length - 1)] as string;
}

/** One node: the letter of its branch, small for a liar, a dot where it is down. */
function nodeMark({ branch, isLiar }: NodeView, paint: Paint): string {
  if (branch === undefined) return paint('dim', '.');
  const letter = letterOf(branch);
  if (isLiar) return paint('bad', letter.toLowerCase());
  return branch === 0 ? paint('good', letter) : paint('warn', letter);
}

/** The nodes, each side of a split on lines of its own. */
function nodeLines(nodes: readonly NodeView[], paint: Paint): string[] {
  const sides = [...new Set(nodes.map(({ side }) => side))].sort((a, b) => a - b);
  return sides.flatMap((side) => {
    const own = nodes.filter((node) => node.side === side);
    const label = sides.length === 1 ? 'nodes' : `side ${side + 1}`;
    const lines: string[] = [];
    for (let from = 0; from < own.length; from += NODES_PER_LINE) {
      const marks = own.slice(from, from + NODES_PER_LINE).map((node) => nodeMark(node, paint));
      lines.push(`${from === 0 ? label.padEnd(8) : ' '.repeat(8)} ${marks.join(' ')}`);
    }
    return lines;
  });
}

/** The last blocks of each branch, one below another where they leave the best. */
function forkLines({ branches }: SimulationView, paint: Paint): string[] {
  const top = branches[0]?.height ?? 0;
  const bottom = Math.max(0, top - HEIGHTS + 1);
  const lines = [`height   ${paint('dim', String(bottom).padEnd(2 * HEIGHTS - String(top).length - 1))}${paint('dim', String(top))}`];
  for (const [index, { height, forkHeight, nodes }] of branches.slice(0, BRANCHES_MAX).entries()) {
    const from = index === 0 ? bottom : Math.max(bottom, forkHeight + 1);
    const before = index === 0 ? '' : `${' '.repeat(Math.max(0, 2 * (from - bottom) - 1))}${from > bottom ? '`' : ''}`;
    const blocks = height < from ? '' : Array.from({ length: height - from + 1 }, () => 'o').join('-');
    const own = index === 0 ? '' : height === forkHeight ? ', behind' : `, ${height - forkHeight} of its own`;
    const words = `${formatCount(nodes)} ${nodes === 1 ? 'node' : 'nodes'}${own}`;
    lines.push(`${letterOf(index).padEnd(8)} ${`${before}${blocks}`.padEnd(2 * HEIGHTS)} ${paint(index === 0 ? 'good' : 'warn', words)}`);
  }
  if (branches.length > BRANCHES_MAX) lines.push(paint('dim', `         and ${branches.length - BRANCHES_MAX} more`));
  return lines;
}

/** A picture of a simulation: who is on which branch, and how the branches hang together. */
export function simulationFrame(view: SimulationView, head: FrameHead, paint: Paint): string[] {
  const { seconds, messages, bytes, blocks, waiting, streams } = view;
  return [
    `${paint('strong', head.scenario)}  seed ${head.seed}  ${formatDuration(seconds)} of virtual time`,
    `${paint('dim', `step ${Math.min(head.step + 1, head.steps)} of ${head.steps}:`)} ${head.name}`,
    '',
    ...nodeLines(view.nodes, paint),
    '',
    ...forkLines(view, paint),
    '',
    `${formatCount(blocks)} blocks, ${formatCount(waiting)} transactions wait, ${formatCount(streams)} connections, ${formatCount(messages)} messages, ${formatBytes(bytes)}`,
  ];
}
