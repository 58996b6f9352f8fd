import { ATTACKS } from '../../attacks/catalogue.ts';
import { LOCAL_ROWS } from '../../attacks/local-rows.ts';
import { paintFor } from '../output/terminal.ts';
import { listLines } from './attack-page.ts';

/** `quoin attack list`. */
export function listAttacks(json: boolean): void {
  if (!json) {
    console.log(listLines(ATTACKS, LOCAL_ROWS, paintFor(process.stdout, process.env)).join('\n'));
    return;
  }
  const wire = ATTACKS.map(({ name, rows, cves = [], what, expected, bound, needs }) => {
    return { kind: 'wire', name, rows, cves, what, expected, bound, needs };
  });
  const local = LOCAL_ROWS.map(({ row, cves = [], what, expected, state }) => ({
    kind: 'local',
    rows: [row],
    cves,
    what,
    expected,
    state,
  }));
  console.log(JSON.stringify([...wire, ...local], undefined, 2));
}
