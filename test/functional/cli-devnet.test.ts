import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { RunningCommand, runQuoin } from '../support/quoin-command.ts';

/** A node of a devnet as its ready line tells of it. */
interface Place {
  readonly node: number;
  readonly dataDir: string;
}

/** A devnet whose nodes are ready. */
async function startDevnet(t: TestContext, ...args: string[]) {
  const command = new RunningCommand(t, ['devnet', '--json', '--difficulty-bits', '12', ...args]);
  const [line] = await command.line(/.*"event":"ready".*/);
  const { networkFile } = JSON.parse(line) as { networkFile: string };
  const places = command.lines.map((each) => JSON.parse(each) as Place & { event: string }).filter(({ event }) => event === 'node-ready');
  const pids = await Promise.all(
    places.map(async ({ dataDir }) => (JSON.parse(await readFile(join(dataDir, 'node.json'), 'utf8')) as { pid: number }).pid),
  );
  t.after(() => {
    for (const pid of pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  return { command, places, pids, folder: dirname(networkFile) };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function heightOf({ dataDir }: Place): number {
  return Number(runQuoin(['rpc', '--data-dir', dataDir, 'getblockcount']).out);
}

describe('quoin devnet', () => {
  it('runs nodes that follow the one that mines, and leaves nothing behind', async (t) => {
    const { command, places, pids, folder } = await startDevnet(t, '--nodes', '2', '--mine');
    assert.equal(places.length, 2);
    await eventually('the second node follows', () => heightOf(places[1]!) >= 3);
    await command.line(/"event":"status".*"hashRate"/);
    const { code, err } = await command.stop('SIGINT');
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(pids.map(isRunning), [false, false]);
    assert.ok(!existsSync(folder));
  });

  it('tells of a node that ends by itself, and goes on with the others', async (t) => {
    const { command, pids, folder } = await startDevnet(t, '--nodes', '2');
    process.kill(pids[1]!, 'SIGKILL');
    await command.line(/"event":"node-ended","node":2,"why":"node 2 ended by itself \(signal SIGKILL\)"/);
    assert.ok(isRunning(pids[0]!));
    assert.equal((await command.stop('SIGTERM')).code, 0);
    assert.ok(!isRunning(pids[0]!) && !existsSync(folder));
  });

  it('takes its nodes with it when it is killed', async (t) => {
    const { command, pids, folder } = await startDevnet(t, '--nodes', '1');
    await command.stop('SIGKILL');
    await eventually('the node ends', () => !isRunning(pids[0]!));
    await rm(folder, { recursive: true, force: true });
  });

  it('writes plain lines where there is no terminal', async (t) => {
    const command = new RunningCommand(t, ['devnet', '--nodes', '1', '--difficulty-bits', '8'], { env: { FORCE_COLOR: '1' } });
    await command.line(/^ready: 1 nodes; Ctrl-C stops them all$/);
    await command.line(/^node 1 {2}http:\/\/127\.0\.0\.1:\d+ {2}height 0 {2}…[0-9a-f]{12} {2}0 peers {2}0 waiting$/);
    const { code, out } = await command.stop();
    assert.equal(code, 0);
    assert.ok(!out.includes('\u001b'));
  });
});
