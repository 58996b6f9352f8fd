import type { RunReport } from '../../sim/run-report.ts';
import { formatBytes, formatCount, formatDuration, formatPercent } from '../output/format.ts';
import type { Paint } from '../output/terminal.ts';

/** Commands that are listed by what they weigh. */
const COMMANDS_SHOWN = 5;

function tipWords({ tips, height }: RunReport, paint: Paint): string {
  const [first, ...others] = tips;
  if (first === undefined) return paint('warn', 'no honest node is up');
  if (others.length === 0) return `${paint('good', 'one')} at height ${formatCount(height)}  ${paint('dim', first.hash)}`;
  const each = tips.map((tip) => `height ${tip.height} (${tip.nodes.length} nodes)`);
  return paint('warn', `${tips.length}: ${each.join(', ')}`);
}

function propagationWords({ propagationMs: times }: RunReport): string {
  if (times === undefined) return 'no block went anywhere';
  const [half, most, nearlyAll] = [times.half, times.most, times.nearlyAll].map((ms) => `${formatCount(Math.round(ms))} ms`);
  return `half of the nodes within ${half}, nine of ten ${most}, 99 of a hundred ${nearlyAll}`;
}

/** What came of a run, line by line. */
export function reportLines(report: RunReport, paint: Paint): string[] {
  const { blocks, staleBlocks, transactions, byCommand, coins, checks, figures, broken } = report;
  const stale = blocks === 0 ? '' : ` (${formatPercent(staleBlocks / blocks)})`;
  const commands = Object.entries(byCommand).slice(0, COMMANDS_SHOWN);
  const parameters = Object.entries(report.parameters).map(([name, value]) => `${name} ${value}`);
  const lines = [
    `${paint('strong', report.scenario)}  seed ${report.seed}  ${parameters.join(', ')}`,
    `time         ${formatDuration(report.virtualSeconds)} of virtual time, ${formatCount(report.events)} events`,
    `nodes        ${report.nodes}${report.liars.length === 0 ? '' : `, liars: ${report.liars.join(', ')}`}`,
    `tips         ${tipWords(report, paint)}`,
    `blocks       ${formatCount(blocks)} found, ${formatCount(staleBlocks)} stale${stale}`,
    `liars'       ${formatCount(report.invalidBlocksStored)} invalid blocks were stored somewhere before they were refused`,
    `switches     ${formatCount(report.reorganisations)}, the deepest left ${formatCount(report.deepestReorganisation)} blocks`,
    `propagation  ${propagationWords(report)}`,
    `payments     ${formatCount(transactions.submitted)} made, ${formatCount(transactions.confirmed)} in blocks`,
    `coins        ${formatCount(coins.count)}, worth ${formatCount(BigInt(coins.total))} base units; ${formatCount(BigInt(coins.burnt))} burnt`,
    `scripts      ${formatCount(report.scripts.asked)} verdicts were asked for, ${formatCount(report.scripts.shared)} of them known from another node`,
    `traffic      ${formatCount(report.messages)} messages, ${formatBytes(report.bytes)}`,
    `             ${commands.map(([name, { bytes }]) => `${name} ${formatBytes(bytes)}`).join(', ')}`,
    ...Object.entries(figures).map(([name, value], i) => `${i === 0 ? 'measured' : '        '}     ${name}: ${Number(value.toFixed(4))}`),
    `checks       ${Object.entries(checks)
      .map(([name, count]) => `${name} ${formatCount(count)}`)
      .join(', ')}`,
    `digest       ${report.digest}`,
  ];
  if (broken === undefined) return [...lines, `result       ${paint('good', 'every invariant held')}`];
  const where = broken.node === undefined ? '' : ` at node ${broken.node}`;
  return [
    ...lines,
    `result       ${paint('bad', `${broken.invariant} broke${where} after ${broken.atSeconds.toFixed(3)} s`)}`,
    `             ${broken.why}`,
    ...broken.lines.map((line) => paint('dim', `             ${line}`)),
  ];
}
