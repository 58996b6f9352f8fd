/**
 * The attacks of the catalogue against a C++ node: what is expected of a node is what a known-good one does, or the difference is explained.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { ATTACKS, type AttackReport, openTcpAttacker } from '../../src/attacks/index.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { PEER_DIFFERENCES } from '../support/attack-differences.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';

/** Most of the time is waiting for turns that come by chance: so many nodes are attacked at once. */
const NODES = 5;
const SIZE = { seconds: 20, bytesMax: 60_000_000, effort: 0.02 };

const played = ATTACKS.filter(({ isSlow }) => isSlow !== true);

async function attackOne(part: number): Promise<AttackReport[]> {
  const peer = await startPeerNode('-checkblockindex=0', '-checkmempool=0', '-checkaddrman=0');
  const [host = '', port] = peer.p2p.split(':');
  const attacker = await openTcpAttacker({ params: regtest, address: { host, port: Number(port) }, seed: part + 1 });
  const reports: AttackReport[] = [];
  for (const [index, attack] of played.entries()) if (index % NODES === part) reports.push(await attacker.run(attack, SIZE));
  await peer.stop();
  return reports;
}

describe('the C++ node under attack', { skip: peerNodeMissing() }, () => {
  let reports: readonly AttackReport[];

  before(async () => {
    reports = (await Promise.all(Array.from({ length: NODES }, (_, part) => attackOne(part)))).flat();
  });

  it('serves honest peers after each', () => {
    assert.equal(reports.length, played.length);
    assert.deepEqual(
      reports.filter(({ serves }) => !serves).map(({ name }) => name),
      [],
    );
  });

  it('does as is expected of ours, but for what is explained', () => {
    const other = reports.filter(({ verdict }) => verdict === 'fail').map(({ name, seen }) => [name, seen] as const);
    assert.deepEqual(
      other.filter(([name]) => PEER_DIFFERENCES[name] === undefined),
      [],
    );
    const names = new Set(other.map(([name]) => name));
    assert.deepEqual(
      Object.keys(PEER_DIFFERENCES).filter((name) => !names.has(name)),
      [],
      'nothing is explained that is no difference',
    );
  });

  it('refuses every block and transaction that is refused here', () => {
    const kept = reports.filter(({ name, outcomes }) => /^(block|tx)-/.test(name) && !name.endsWith('-flood') && !outcomes.includes('R'));
    assert.deepEqual(
      kept.map(({ name, seen }) => [name, seen]),
      [],
    );
  });
});
