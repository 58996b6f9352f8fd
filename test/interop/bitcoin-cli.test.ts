/**
 * The C++ node's own `bitcoin-cli` drives `quoin bitcoind`, and ours drives the C++ node: same output, same exit codes.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ready, startBitcoind } from '../support/bitcoind-process.ts';
import { peerNodeFolder, peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { runQuoin } from '../support/quoin-command.ts';
import { tempFolder } from '../support/temp-folder.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const GENESIS = '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206';

/** Calls whose output is the same whoever is asked, with standard input where it is read. */
const CALLS: readonly (readonly [readonly string[], string?])[] = [
  [['getblockcount']],
  [['getblockhash', '0']],
  [['-named', 'getblockhash', 'height=0']],
  [['getblockhash', '99']],
  [['getblock', GENESIS, '0']],
  [['getblock', GENESIS, 'false']],
  [['getblockheader', GENESIS]],
  [['-stdin', 'getblockheader'], `${GENESIS}\nfalse\n`],
  [['decodescript', '51']],
  [['nosuchmethod', 'a', '1']],
  [['-rpcwait', 'getdeploymentinfo', 'ab']],
  [['-rpcuser=x', '-rpcpassword=y', 'getblockcount']],
];

interface Spoken {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('bitcoin-cli', { skip: peerNodeMissing(), timeout: 120_000 }, () => {
  const program = join(peerNodeFolder() ?? '', 'bitcoin-cli');
  const theirs = (args: readonly string[], input = ''): Spoken => {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', input, timeout: 60_000 });
    return { code: status, out: stdout, err: stderr };
  };
  const ours = (args: readonly string[], input = ''): Spoken => runQuoin(['bitcoin-cli', ...args], { input });

  it('of the C++ node and ours say the same of both nodes', async (t) => {
    const node = await startBitcoind(t, { dataDir: await tempFolder(t) });
    await ready(node);
    const peer = await startPeerNode();
    const places = [
      ['-regtest', `-datadir=${node.dataDir}`, `-rpcport=${node.rpcPort}`],
      ['-regtest', `-datadir=${peer.dataDir}`, `-rpcport=${peer.http.split(':').at(-1)}`],
    ];
    for (const place of places) {
      for (const [args, input] of CALLS) {
        assert.deepEqual(ours([...place, ...args], input), theirs([...place, ...args], input), args.join(' '));
      }
      assert.equal(ours([...place, '-getinfo']).out, theirs([...place, '-getinfo']).out);
    }
    assert.equal(theirs([...(places[0] as string[]), 'generatetoaddress', '2', ADDRESS]).code, 0);
    assert.equal(await node.rpc('getblockcount'), 2);
    assert.equal(theirs([...(places[0] as string[]), 'stop']).code, 0);
    const { code, err } = await node.command.end;
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    await peer.stop();
  });

  it('of both refuse the same', async (t) => {
    const place = ['-regtest', `-datadir=${await tempFolder(t)}`];
    for (const args of [['-foo'], [], ['-rpcport=x', 'uptime'], ['-rpcport=1', '-rpcuser=a', '-rpcpassword=b', 'uptime']]) {
      assert.deepEqual(ours([...place, ...args]), theirs([...place, ...args]), args.join(' '));
    }
  });
});
