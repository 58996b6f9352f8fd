/**
 * `quoin attack run`: plays attacks one after another, says what came of them, and ends with what the target deserves.
 *
 * @module
 */

import type { Attack } from '../../attacks/attack.ts';
import { ATTACKS, findAttack } from '../../attacks/catalogue.ts';
import { openTcpAttacker } from '../../attacks/over-tcp.ts';
import type { AttackReport } from '../../attacks/run-attack.ts';
import { UsageError } from '../failure.ts';
import { loadNetwork } from '../options/place.ts';
import { NodeConsole } from '../output/console.ts';
import { isLive, paintFor } from '../output/terminal.ts';
import type { AttackPlan } from './attack.ts';
import { reportLine, summaryLine } from './attack-page.ts';

/** Bytes that one attack may send. */
const BYTES_MAX = 300_000_000;

/** The attacks that were named, in the order of the catalogue where all were. */
function chosen({ names, quick }: AttackPlan): readonly Attack[] {
  if (names.includes('all')) return ATTACKS.filter(({ isSlow }) => !quick || isSlow !== true);
  return names.map((name) => {
    const attack = findAttack(name);
    if (attack === undefined) throw new UsageError(`there is no attack "${name}": "quoin attack list" names all`);
    return attack;
  });
}

/** Whether the target held: as expected wherever something could be told, and everywhere that was asked for by name. */
function held(plan: AttackPlan, counts: Readonly<Record<AttackReport['verdict'], number>>): boolean {
  return counts.fail === 0 && counts.pass > 0 && (plan.names.includes('all') || counts.unknown === 0);
}

/** Plays what was asked for. @throws UsageError, NodeError */
export async function runAttacks(plan: AttackPlan): Promise<void> {
  const attacks = chosen(plan);
  const params = await loadNetwork(plan.network);
  const { address, seed, force, pid, json, seconds, effort } = plan;
  const attacker = await openTcpAttacker({ params, address, seed, force, ...(pid !== undefined && { pid }) });
  const console = new NodeConsole(process.stdout, { isLive: !json && isLive(process.stdout, process.env) });
  const paint = paintFor(process.stdout, process.env);
  const counts = { pass: 0, fail: 0, unknown: 0 };
  for (const [index, attack] of attacks.entries()) {
    if (!json) console.status(`${index + 1} of ${attacks.length}: ${attack.name}, which ${attack.what}`);
    const report = await attacker.run(attack, { seconds, effort, bytesMax: BYTES_MAX });
    counts[report.verdict]++;
    console.line(json ? JSON.stringify({ ...report, rows: attack.rows, expected: attack.expected }) : reportLine(report, attack, paint));
  }
  console.status(undefined);
  console.line(json ? JSON.stringify({ ...counts, seed }) : summaryLine(counts));
  process.exit(held(plan, counts) ? 0 : 1);
}
