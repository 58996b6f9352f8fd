/**
 * Every attack against a node of ours and a C++ node, both on regtest and processes of their own:
 * `node dist/tools/robustness.js [--seed N] [--seconds N] [--quick] [--only NAME]... [--results FILE] [--write FILE]`.
 *
 * Prints what came of each; `--results` keeps the reports, `--write` makes the page of a file of them (which is made first unless it is there).
 * Ends with 1 where the node of ours did not hold.
 *
 * @module
 */

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ATTACKS } from '../src/attacks/catalogue.ts';
import { openTcpAttacker } from '../src/attacks/over-tcp.ts';
import { regtest } from '../src/core/params/regtest.ts';
import { peerNodeFolder, startPeerNode } from '../test/support/peer-node.ts';
import { startQuoin } from '../test/support/quoin-process.ts';
import { type AttackRow, robustnessPage } from './robustness-page.ts';

const BYTES_MAX = 300_000_000;

/** A place where nobody listens: a node told to connect to it alone calls nobody else. */
const NOBODY = '127.0.0.1:1';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '20' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    results: { type: 'string' },
    write: { type: 'string' },
  },
});
const { results, write } = values;

// The nodes end with this process, also where it is told to end.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

interface Side {
  readonly side: AttackRow['side'];
  readonly p2p: string;
  readonly pid: number;
}

async function startSides(): Promise<readonly Side[]> {
  const ours = await startQuoin({ args: ['--connect', NOBODY] });
  const sides: Side[] = [{ side: 'ours', p2p: ours.p2p, pid: ours.process.pid as number }];
  if (peerNodeFolder() === undefined) console.log('the C++ node is not installed: its column stays empty');
  else {
    const peer = await startPeerNode('-checkblockindex=0', '-checkmempool=0', '-checkaddrman=0');
    sides.push({ side: 'peer', p2p: peer.p2p, pid: peer.pid });
  }
  return sides;
}

async function attackSide({ side, p2p, pid }: Side): Promise<AttackRow[]> {
  const [host = '', port] = p2p.split(':');
  const attacker = await openTcpAttacker({ params: regtest, address: { host, port: Number(port) }, seed: Number(values.seed), pid });
  const rows: AttackRow[] = [];
  const size = { seconds: Number(values.seconds), bytesMax: BYTES_MAX, effort: values.quick ? 0.05 : 1 };
  for (const attack of ATTACKS) {
    if (values.only !== undefined && !values.only.includes(attack.name)) continue;
    if (values.quick && attack.isSlow === true) continue;
    const row = { side, ...(await attacker.run(attack, size)) };
    rows.push(row);
    if (results !== undefined) appendFileSync(results, `${JSON.stringify(row)}\n`);
    console.log(`${side}  ${row.verdict}  ${row.name}: ${row.seen}`);
  }
  return rows;
}

/** The rows of a file, or those of a run. */
async function rowsOf(): Promise<readonly AttackRow[]> {
  if (write !== undefined && results !== undefined && existsSync(results)) {
    const lines = readFileSync(results, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AttackRow);
  }
  const rows: AttackRow[] = [];
  // One after another: what one costs is not to be seen in the other.
  for (const side of await startSides()) rows.push(...(await attackSide(side)));
  return rows;
}

const rows = await rowsOf();
if (write !== undefined) writeFileSync(write, robustnessPage(rows));
const failed = rows.filter(({ side, verdict }) => side === 'ours' && verdict !== 'pass');
console.log(`${rows.filter(({ side }) => side === 'ours').length} attacks on a node of ours, ${failed.length} not as expected`);
process.exit(failed.length === 0 ? 0 : 1);
