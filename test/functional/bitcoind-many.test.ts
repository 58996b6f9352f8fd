/**
 * Many nodes at once, as test frameworks run them: twenty `quoin bitcoind` on ports of the test's choice, connected with `addnode … onetry`,
 * that mine, reorganise, are split and come together, and are stopped with `stop`. Afterwards nothing of them is left.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type BitcoindProcess, freePorts, ready, startBitcoind } from '../support/bitcoind-process.ts';
import { eventually } from '../support/eventually.ts';
import { inTime } from '../support/quoin-command.ts';
import { tempFolder } from '../support/temp-folder.ts';

const MANY = 20;

/** So many open at the same time: more would only wait for each other's turn on a small machine. */
const OPENING_MAX = 5;

/** Longest that the nodes may take to agree, on a machine that does other work too. */
const AGREE_MS_MAX = 120_000;

const ADDRESSES = [
  'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
  'bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry',
  'mrX9vMRYLfVy1BnZbc5gZjuyaqH3ZW2ZHz',
] as const;

/** What a stopped node keeps in its folder. Everything in the folders of the databases is LevelDB's own. */
const KEPT = ['anchors', 'blocks', 'coins', 'debug.log', 'fee_estimates.dat', 'headers', 'lock', 'mempool.dat', 'peers', 'reserve'];
const KEPT_DEEPER = /^(blocks\/(blk|rev)\d{5}\.dat|(coins|headers|lock)\/(CURRENT|LOCK|LOG(\.old)?|MANIFEST-\d{6}|\d{6}\.(log|ldb)))$/;

/** Calls `work` for each number below `count`, so many at a time. */
async function bounded<Made>(count: number, atOnce: number, work: (index: number) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  let next = 0;
  const goOn = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      made[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, goOn));
  return made;
}

/** Processes whose environment holds a text: the nodes, and whatever one of them might have started. Linux tells it. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text);
      } catch {
        // It has ended since, or is another user's.
        return false;
      }
    });
}

async function allHave(nodes: readonly BitcoindProcess[], hash: string): Promise<void> {
  const tell = async (): Promise<boolean> => {
    const tips = await Promise.all(nodes.map((node) => node.rpc('getbestblockhash')));
    return tips.every((tip) => tip === hash);
  };
  await eventually(`all have the tip ${hash}`, tell, AGREE_MS_MAX);
}

/** `from` calls `to`; both ends know it afterwards. */
async function connect(from: BitcoindProcess, to: BitcoindProcess): Promise<void> {
  await from.rpc('addnode', to.p2p, 'onetry');
  const isThere = async (): Promise<boolean> => {
    const peers: { addr: string; bytesrecv_per_msg: Record<string, number> }[] = await from.rpc('getpeerinfo');
    return peers.some(({ addr, bytesrecv_per_msg }) => addr === to.p2p && (bytesrecv_per_msg.pong ?? 0) >= 29);
  };
  await eventually('the handshake is over', isThere, AGREE_MS_MAX);
}

/** `from`, which has called `to`, ends that; both ends know it afterwards. */
async function disconnect(from: BitcoindProcess, to: BitcoindProcess): Promise<void> {
  const counts = (): Promise<number[]> => Promise.all([from, to].map((node) => node.rpc('getconnectioncount')));
  const before = await counts();
  await from.rpc('disconnectnode', to.p2p);
  const isGone = async (): Promise<boolean> => (await counts()).every((count, index) => count === (before[index] as number) - 1);
  await eventually('the connection is gone', isGone, AGREE_MS_MAX);
}

/** `stop`, and nothing is left but what the next start needs. */
async function stopped(node: BitcoindProcess): Promise<void> {
  assert.equal(await node.rpc('stop'), 'quoin stopping');
  const { code, err } = await inTime('the end', node.command.end);
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  assert.deepEqual(readdirSync(node.dataDir), ['regtest']);
  const folder = join(node.dataDir, 'regtest');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    files.filter((name) => !KEPT.includes(name) && !KEPT_DEEPER.test(name)),
    [],
  );
  assert.throws(() => process.kill(node.command.child.pid as number, 0), { code: 'ESRCH' });
}

describe(`${MANY} nodes behind bitcoind's options`, { timeout: 280_000 }, () => {
  it('start in parallel, connect, mine, reorganise, split and agree again, stop, and leave nothing behind', async (t) => {
    const ports = await freePorts(MANY * 2);
    // Where anything that is no node's own would be put, and a mark of every process of this test.
    const elsewhere = await tempFolder(t);
    const env = { TMPDIR: elsewhere, HOME: elsewhere };
    const nodes = await bounded(MANY, OPENING_MAX, async (index) => {
      const own = [ports[index * 2] as number, ports[index * 2 + 1] as number];
      const args = ['-par=1', '-dbcache=4', '-connect=0', '-listen=1', '-printtoconsole=0', `-uacomment=n${index}`];
      const node = await startBitcoind(t, { dataDir: await tempFolder(t), ports: own, args, env });
      await ready(node);
      return node;
    });
    const [first] = nodes as [BitcoindProcess];
    const middle = MANY / 2;
    for (let index = 1; index < MANY; index++) await connect(nodes[index] as BitcoindProcess, nodes[index - 1] as BitcoindProcess);

    const mined: string[] = await first.rpc('generatetoaddress', 5, ADDRESSES[0]);
    await allHave(nodes, mined[4] as string);
    await first.rpc('invalidateblock', mined[3]);
    const branch: string[] = await first.rpc('generatetoaddress', 4, ADDRESSES[1]);
    await allHave(nodes, branch[3] as string);

    const [left, right] = [nodes[middle - 1], nodes[middle]] as [BitcoindProcess, BitcoindProcess];
    await disconnect(right, left);
    const shorter: string[] = await left.rpc('generatetoaddress', 2, ADDRESSES[1]);
    const longer: string[] = await right.rpc('generatetoaddress', 3, ADDRESSES[2]);
    await allHave(nodes.slice(0, middle), shorter[1] as string);
    await allHave(nodes.slice(middle), longer[2] as string);
    await connect(right, left);
    await allHave(nodes, longer[2] as string);
    const tips: { hash: string; status: string; branchlen: number }[] = await left.rpc('getchaintips');
    assert.deepEqual(
      tips.filter(({ hash }) => hash === shorter[1]).map(({ status, branchlen }) => ({ status, branchlen })),
      [{ status: 'valid-fork', branchlen: 2 }],
    );

    const seen = process.platform === 'linux' ? processesWith(elsewhere) : undefined;
    await Promise.all(nodes.map(stopped));
    assert.deepEqual(
      nodes.flatMap(({ command }) => command.lines),
      [],
    );
    assert.deepEqual(readdirSync(elsewhere), []);
    if (seen !== undefined) {
      assert.equal(seen.length, MANY);
      assert.deepEqual(processesWith(elsewhere), []);
    }
    // The locks that lie in the folders bind nobody: a node starts there again, with its chain.
    const again = await startBitcoind(t, { dataDir: first.dataDir, args: ['-connect=0', '-printtoconsole=0'], env });
    await ready(again);
    assert.equal(await again.rpc('getbestblockhash'), longer[2]);
    await stopped(again);
  });
});
