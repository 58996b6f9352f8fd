/**
 * Debian's python3-bitcoinlib drives `quoin bitcoind`: with keys, transactions, blocks and a script interpreter of its own.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { ready, startBitcoind } from '../support/bitcoind-process.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { PYTHON_DRIVER, pythonClientMissing, pythonEnvironment } from './clients-folder.ts';

describe('python3-bitcoinlib', { skip: pythonClientMissing(), timeout: 240_000 }, () => {
  it('mines, signs, sends, reads, reorganises and stops the node', async (t) => {
    const dataDir = await tempFolder(t);
    const conf = join(dataDir, 'bitcoin.conf');
    const node = await startBitcoind(t, { dataDir, args: ['-connect=0', '-printtoconsole=0'] });
    await ready(node);
    const cookie = readFileSync(join(dataDir, 'regtest/.cookie'), 'utf8');
    writeFileSync(conf, `rpcconnect=127.0.0.1\nrpcport=${node.rpcPort}\n`);
    const python = spawn('python3', [PYTHON_DRIVER, `http://${cookie}@127.0.0.1:${node.rpcPort}`, conf], { env: pythonEnvironment() });
    t.after(() => python.kill('SIGKILL'));
    const ended = new Promise<number | null>((resolve) => python.once('exit', resolve));
    const [code, out, err] = await Promise.all([ended, text(python.stdout), text(python.stderr)]);
    assert.deepEqual({ code, out, err }, { code: 0, out: '', err: '' });
    const end = await node.command.end;
    assert.deepEqual({ code: end.code, err: end.err }, { code: 0, err: '' });
  });
});
