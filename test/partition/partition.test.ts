/**
 * Twenty nodes as processes, each on a host of its own, whose network is cut in two and healed.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Namespaces, whyNoNamespaces } from './namespaces.ts';
import type { PartitionResult } from './partition-run.ts';

const NODES = 20;
const RUN_MS_MAX = 240_000;

const RUN = fileURLToPath(new URL('./partition-run.js', import.meta.url));

/** Runs the hub's part. */
function runIn(namespace: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const command = ['netns', 'exec', namespace, process.execPath, RUN, ...args];
    execFile('ip', command, { timeout: RUN_MS_MAX, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${error.message}\n${stderr}`));
    });
  });
}

test('twenty processes on hosts of their own, cut in two, agree after the cut is healed', {
  skip: whyNoNamespaces() ?? false,
}, async (t) => {
  const prefix = `quoin-${process.pid}`;
  const namespaces = new Namespaces(prefix);
  const remove = (): void => namespaces.remove();
  const end = (): void => process.exit(1);
  process.on('exit', remove).once('SIGINT', end).once('SIGTERM', end);
  try {
    namespaces.make(NODES);
    const result = JSON.parse(await runIn(namespaces.hub, prefix, String(NODES))) as PartitionResult;
    t.diagnostic(JSON.stringify(result));
    assert.equal(result.nodes, NODES);
    assert.deepEqual(result.told, [result.depth], 'the losing half tells of one switch, as deep as its branch was');
  } finally {
    remove();
    process.off('exit', remove).off('SIGINT', end).off('SIGTERM', end);
  }
});
