/**
 * Attacks and their outcomes in words and columns.
 *
 * @module
 */

import type { Attack } from '../../attacks/attack.ts';
import type { LocalRow } from '../../attacks/local-rows.ts';
import type { AttackReport } from '../../attacks/run-attack.ts';
import { formatBytes, formatCount } from '../output/format.ts';
import type { Paint, Style } from '../output/terminal.ts';

const VERDICTS: Readonly<Record<AttackReport['verdict'], readonly [Style, string]>> = {
  pass: ['good', 'pass'],
  fail: ['bad', 'FAIL'],
  unknown: ['warn', 'cannot tell'],
};

const VERDICT_WIDTH = Math.max(...Object.values(VERDICTS).map(([, word]) => word.length));

/** Width of the longest name. */
function widthOf(names: readonly string[]): number {
  return Math.max(...names.map((name) => name.length));
}

/** The catalogue: one line for each attack, under those that are tests and those that stand for what is not built. */
export function listLines(attacks: readonly Attack[], rows: readonly LocalRow[], paint: Paint): readonly string[] {
  const width = widthOf(attacks.map(({ name }) => name));
  const lines = attacks.map(({ cves = [], expected, name, rows: [row = ''], what }) => {
    const cve = cves.length === 0 ? '' : ` (${cves.join(', ')})`;
    return `${row.padEnd(4)} ${paint('strong', name.padEnd(width))}  ${expected.padEnd(4)}  ${what}${paint('dim', cve)}`;
  });
  const locals = rows.map(({ row, state, what }) => `${row.padEnd(4)} ${what}: ${stateWords(state)}`);
  const legend = 'Expected: R refused, D its sender let go, I passed over, B within its bound, C on the honest chain; D|I either.';
  return [paint('dim', legend), '', ...lines, '', paint('dim', 'Not over the wire:'), ...locals];
}

function stateWords(state: LocalRow['state']): string {
  if (state.kind === 'tested') return state.tests.map(({ file }) => file).join(', ');
  return state.kind === 'not-built' ? `not built (${state.why})` : `not tested (${state.why})`;
}

/** What one attack cost, in few words. */
export function costWords({ attacker, target }: AttackReport): string {
  const parts = [`${formatBytes(attacker.bytesSent)} sent in ${formatCount(Math.round(attacker.ms))} ms`];
  if (target.cpuMs !== undefined) parts.push(`target ${formatCount(Math.round(target.cpuMs))} ms CPU`);
  if (target.memoryMib !== undefined) parts.push(`+${Math.round(target.memoryMib)} MiB`);
  if (target.latency.count > 0) parts.push(`slowest ping ${Math.round(target.latency.slowestMs)} ms`);
  return parts.join(', ');
}

/** One outcome on a line. */
export function reportLine(report: AttackReport, { rows: [row = ''] }: Attack, paint: Paint): string {
  const [style, word] = VERDICTS[report.verdict];
  return `${paint(style, word.padEnd(VERDICT_WIDTH))}  ${row.padEnd(4)} ${paint('strong', report.name)}: ${report.seen} ${paint('dim', `(${costWords(report)})`)}`;
}

/** How many came out how. */
export function summaryLine(counts: Readonly<Record<AttackReport['verdict'], number>>): string {
  return `${counts.pass} as expected, ${counts.fail} not, ${counts.unknown} of which nothing can be told`;
}
