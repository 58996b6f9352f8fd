/**
 * The page of all attacks and what came of them, out of the reports of a run and the table of tests.
 *
 * @module
 */

import { ATTACKS } from '../src/attacks/catalogue.ts';
import type { Attack, AttackReport } from '../src/attacks/index.ts';
import { LOCAL_ROWS, type LocalRow, type TestName } from '../src/attacks/local-rows.ts';
import { PEER_DIFFERENCES } from '../test/support/attack-differences.ts';

/** One report, and of which node. */
export type AttackRow = AttackReport & { readonly side: 'ours' | 'peer' };

const HEAD = `# What it has survived

Every known attack on a node, what is expected of the node, and what it did to this one and to a C++ node beside it. This page is made by
\`npm run attacks\` (\`node dist/tools/robustness.js --write docs/robustness.md\`), which starts both on regtest, each a process of its own on
this machine, and plays the attacks of [src/attacks](../src/attacks) on them over TCP. Anybody can play the same on a node of any kind:

\`\`\`
quoin attack list
quoin attack run all --target 127.0.0.1:18444 --network regtest [--pid N]
\`\`\`

What flooding by 125 peers at once does is told in [robustness-network.md](robustness-network.md), what storage survives in
[robustness-storage.md](robustness-storage.md); how attacks are made and judged, in [adr/0038](adr/0038-adversaries.md).

Outcomes: **R** what was sent is refused, **D** its sender is let go, **I** it is passed over and the connection goes on, **B** what it costs stays
within the bound, **C** the node is on the chain that an honest node is on; \`D|I\` is either. In every attack an honest peer is connected and
pings five times a second: it must be answered within five seconds, newcomers must be let in afterwards, and memory must not grow by more
than 150 MiB.

## Over the wire

| row | attack | CVE | expected, and the bound | seen | cost to the attacker | cost to us | C++ node |
|---|---|---|---|---|---|---|---|
`;

const size = (bytes: number): string =>
  bytes < 1_000 ? `${bytes} B` : bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

function attackerCost({ attacker }: AttackReport): string {
  const { bytesSent, connections, cpuMs = 0, ms } = attacker;
  const calls = connections > 0 ? `, ${whole(connections)} calls` : '';
  return `${size(bytesSent)}${calls}, ${whole(cpuMs)} ms CPU, ${whole(ms)} ms`;
}

function targetCost({ target }: AttackReport): string {
  const { bytesSent, cpuMs = 0, latency, memoryMib = 0 } = target;
  const ping = latency.count > 0 ? `, ping ${whole(latency.slowestMs)} ms at most` : '';
  return `${size(bytesSent)} sent, ${whole(cpuMs)} ms CPU, +${whole(memoryMib)} MiB${ping}`;
}

function peerCell(row: AttackRow | undefined, name: string): string {
  if (row === undefined) return 'not run';
  const cost = `${whole(row.target.cpuMs ?? 0)} ms CPU, +${whole(row.target.memoryMib ?? 0)} MiB`;
  if (row.verdict === 'pass') return `${row.outcomes.join(' ')}; ${cost}`;
  const why = row.verdict === 'unknown' ? row.seen : (PEER_DIFFERENCES[name] ?? `**not explained**: ${row.seen}`);
  return `${row.outcomes.join(' ')}${row.outcomes.length > 0 ? '; ' : ''}${cost}; ${why}`;
}

function wireLine({ name, rows, cves = [], what, expected, bound }: Attack, reports: readonly AttackRow[]): string {
  const ours = reports.findLast((row) => row.name === name && row.side === 'ours');
  const peer = reports.findLast((row) => row.name === name && row.side === 'peer');
  const verdict = ours?.verdict === 'pass' ? '' : '**not as expected**: ';
  const seen = ours === undefined ? 'not run' : `${verdict}${ours.outcomes.join(' ')}: ${ours.seen}`;
  const costs = ours === undefined ? ['', ''] : [attackerCost(ours), targetCost(ours)];
  const cells = [rows.join(' '), `\`${name}\`: ${what}`, cves.join(' '), `${expected.replace('|', '\\|')}: ${bound}`, seen, ...costs];
  return `| ${[...cells, peerCell(peer, name)].join(' | ')} |`;
}

/** A test whose title begins with a row's number is named by its file. */
function testLink({ file, title }: TestName): string {
  const text = title.endsWith(': ') ? (file.split('/').at(-1) ?? file).replace('.test.ts', '') : title.replaceAll('|', '\\|');
  return `[${text}](../${file})`;
}

function localCell({ state }: LocalRow): string {
  if (state.kind === 'tested') return state.tests.map(testLink).join('; ');
  return state.kind === 'not-built' ? `not built: ${state.why}` : `not tested: ${state.why}`;
}

const LOCAL_HEAD = `
## By tests

Rows that need more than a connection: a clock that is moved, a folder, an interface, many nodes. Each names the tests of this repository that
show it; a test of the table itself sees that they exist.

| row | attack | CVE | expected | shown by |
|---|---|---|---|---|
`;

function countLine(reports: readonly AttackRow[]): string {
  const of = (side: AttackRow['side']): string => {
    const rows = [...new Map(reports.filter((row) => row.side === side).map((row) => [row.name, row])).values()];
    const passed = rows.filter(({ verdict }) => verdict === 'pass').length;
    return `${passed} of ${rows.length}`;
  };
  return `\nAs expected: ${of('ours')} here, ${of('peer')} at the C++ node (Bitcoin Knots 29.4), whose differences are explained in its column.\n`;
}

/** The whole page. */
export function robustnessPage(reports: readonly AttackRow[]): string {
  const wire = ATTACKS.map((attack) => wireLine(attack, reports)).join('\n');
  const local = LOCAL_ROWS.map(
    (row) => `| ${row.row} | ${row.what} | ${(row.cves ?? []).join(' ')} | ${row.expected} | ${localCell(row)} |`,
  );
  const machine = `Node ${process.versions.node.split('.').slice(0, 2).join('.')}, two cores shared with other work; seed 1, November 2026.\n`;
  return `${HEAD}${wire}\n${countLine(reports)}${machine}${LOCAL_HEAD}${local.join('\n')}\n`;
}
