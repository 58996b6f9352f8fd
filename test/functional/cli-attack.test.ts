/**
 * `quoin attack` against a node of ours, as a user runs it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startApart } from '../support/cluster.ts';
import { runQuoin } from '../support/quoin-command.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';

interface ReportLine {
  readonly name: string;
  readonly verdict: string;
  readonly outcomes: readonly string[];
  readonly attacker: { readonly bytesSent: number };
  readonly target: { readonly cpuMs?: number };
}

describe('quoin attack', () => {
  let node: QuoinProcess;

  before(async () => {
    node = await startApart({});
  });

  after(() => node.kill());

  const run = (...args: readonly string[]) => runQuoin(['attack', 'run', ...args, '--network', 'regtest', '--target', node.p2p]);

  it('lists every attack with its row, and the tests of those that need more than a connection', () => {
    const { code, out } = runQuoin(['attack', 'list']);
    assert.equal(code, 0);
    assert.match(
      out,
      /^C1 {3}block-spends-input-twice +R D +sends a block with a transaction that names one coin twice \(CVE-2018-17144\)$/m,
    );
    assert.match(out, /^A4 {3}two processes, one folder: src\/platform\/store\/data-folder\.test\.ts$/m);
    assert.match(out, /^N10 {2}abuse of Stratum: not built/m);
    const all = JSON.parse(runQuoin(['attack', 'list', '--json']).out) as { kind: string }[];
    assert.ok(all.filter(({ kind }) => kind === 'wire').length > 100 && all.some(({ kind }) => kind === 'local'));
  });

  it('says in a line what came of each, and ends with 0 where the node held', () => {
    const { code, out, err } = run('second-version', 'block-greedy-coinbase');
    assert.deepEqual([code, err], [0, '']);
    const [first, second, summary] = out.trimEnd().split('\n');
    assert.match(first ?? '', /^pass {9}P17 {2}second-version: it hangs up \(/);
    assert.match(second ?? '', /^pass {9}C11 {2}block-greedy-coinbase: refused, and the honest block taken; the sender is let go \(/);
    assert.equal(summary, '2 as expected, 0 not, 0 of which nothing can be told');
  });

  it('tells programs the same, with what it cost the process', () => {
    const { code, out } = run('inv-too-long', '--json', '--pid', String(node.process.pid));
    assert.equal(code, 0);
    const [report, counts] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ReportLine);
    assert.deepEqual([report?.name, report?.verdict, report?.outcomes], ['inv-too-long', 'pass', ['D']]);
    assert.ok((report?.attacker.bytesSent ?? 0) > 1_800_000);
    if (process.platform === 'linux') assert.ok((report?.target.cpuMs ?? 0) > 0);
    assert.deepEqual(counts, { pass: 1, fail: 0, unknown: 0, seed: 1 });
  });

  it('ends with 1 where nothing can be told, as where nobody answers', () => {
    const nobody = runQuoin(['attack', 'run', 'second-version', '--network', 'regtest', '--target', '127.0.0.1:1']);
    assert.equal(nobody.code, 1);
    assert.match(nobody.out, /^cannot tell {2}P17 {2}second-version: nobody answers there as a node of this network does/);
  });

  it('refuses hosts beyond this machine and its site without --force', () => {
    const { code, err } = runQuoin(['attack', 'run', 'second-version', '--target', '8.8.8.8:8333']);
    assert.equal(code, 1);
    assert.match(
      err,
      /^quoin: 8\.8\.8\.8 is neither this machine nor on a private network: attack only what is yours, and say --force where it is\n$/,
    );
  });
});
