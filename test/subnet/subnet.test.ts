/**
 * Discovery among real processes on hosts of their own, without anybody being told of anybody. Everything happens in network namespaces.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runAmongHosts, whyNoNamespaces } from '../partition/namespaces.ts';
import { whyNoAvahi } from './avahi.ts';
import type { SubnetResult } from './subnet-run.ts';

const RUN_MS_MAX = 240_000;
const RUN = fileURLToPath(new URL('./subnet-run.js', import.meta.url));

/** What one run found out. */
async function run(hosts: number, what: string): Promise<SubnetResult> {
  return JSON.parse(await runAmongHosts(hosts, { name: 's', program: RUN, args: [what], timeoutMs: RUN_MS_MAX })) as SubnetResult;
}

const skip = whyNoNamespaces() ?? false;

test('nodes on one subnet find each other and sync; another network stays apart, and who goes is dropped', { skip }, async (t) => {
  const result = await run(6, 'discover');
  t.diagnostic(JSON.stringify(result));
  assert.equal(result.nodes, 3);
});

test('nodes find each other by link-local IPv6 where there is nothing else', { skip }, async () => {
  assert.equal((await run(2, 'link-local')).nodes, 2);
});

test('P13: 10,000 packets of a hostile host cost a node little, and keep nobody out', { skip }, async (t) => {
  const result = await run(4, 'hostile');
  t.diagnostic(JSON.stringify(result));
  assert.equal(result.nodes, 3);
});

test('Avahi sees our service, and we find what Avahi announces', { skip: skip || (whyNoAvahi() ?? false) }, async (t) => {
  const result = await run(2, 'beside');
  t.diagnostic(JSON.stringify(result));
  assert.equal(result.nodes, 2);
});

test('a node behind a relay that delays is found, with the latency of the way there and back', {
  skip: skip || (whyNoAvahi() ?? false),
}, async () => {
  assert.equal((await run(2, 'delayed')).nodes, 2);
});
