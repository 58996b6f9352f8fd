/**
 * Twenty nodes as processes, each on a host of its own, whose network is cut in two and healed.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runAmongHosts, whyNoNamespaces } from './namespaces.ts';
import type { PartitionResult } from './partition-run.ts';

const NODES = 20;
const RUN_MS_MAX = 240_000;

const RUN = fileURLToPath(new URL('./partition-run.js', import.meta.url));

test('twenty processes on hosts of their own, cut in two, agree after the cut is healed', {
  skip: whyNoNamespaces() ?? false,
}, async (t) => {
  const printed = await runAmongHosts(NODES, { name: '', program: RUN, args: [String(NODES)], timeoutMs: RUN_MS_MAX });
  const result = JSON.parse(printed) as PartitionResult;
  t.diagnostic(JSON.stringify(result));
  assert.equal(result.nodes, NODES);
  assert.deepEqual(result.told, [result.depth], 'the losing half tells of one switch, as deep as its branch was');
});
