/**
 * The README's first command line, in a clean clone and with an empty home folder: what somebody does who has just found the project. Its
 * second, the tests, is what the continuous check runs in such a clone.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { repositoryRoot } from '../support/vectors.ts';

const root = repositoryRoot();

/** Installing and building come before the node is ready. */
const READY_MS_MAX = 240_000;
const STOP_MS_MAX = 5_000;

/** Why it cannot be tried; false where it can. */
function notHere(): string | false {
  if (process.platform === 'win32') return 'SKIPPED: the command line is that of a POSIX shell';
  return existsSync(join(root, '.git')) ? false : 'SKIPPED: this is no clone';
}

/** What of the environment says how this machine reaches the world. Nothing in it leads to the real home. */
function kept(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = /^(PATH|LANG|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|npm_config_registry)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.test(name)));
}

/** Packages that were downloaded before and logins of registries may be taken from the real home. */
function npmPlaces(): NodeJS.ProcessEnv {
  const get = (key: string): string =>
    execFileSync('npm', ['config', 'get', key], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  return { npm_config_cache: get('cache'), npm_config_userconfig: get('userconfig') };
}

it('the first command line of the README makes a clean clone mine, and Ctrl-C stops it', { skip: notHere() }, async () => {
  const [, line] = /^(npm ci && npm start -- --mine)\s+#/m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  assert.ok(line !== undefined, 'the README begins with it');
  const folder = temporaryFolder('clone');
  const clone = join(folder, 'quoin');
  const home = join(folder, 'home');
  mkdirSync(home);
  execFileSync('git', ['clone', '--quiet', root, clone]);
  const env = { ...kept(process.env), ...npmPlaces(), HOME: home, npm_config_prefer_offline: 'true' };
  // Any free ports: others may run a node on this machine.
  const child = spawn('sh', ['-c', `${line} --listen 127.0.0.1:0 --http 127.0.0.1:0 --no-discovery`], { cwd: clone, env, detached: true });
  const ended = once(child, 'exit');
  const group = -(child.pid ?? 0);
  const late = setTimeout(() => process.kill(group, 'SIGKILL'), READY_MS_MAX);
  try {
    const output: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
    let http: string | undefined;
    for await (const text of createInterface({ input: child.stdout })) {
      output.push(text);
      http = /^ready network=quoin .*http=(\S+)/.exec(text)?.[1];
      if (http !== undefined) break;
    }
    assert.ok(http !== undefined, output.slice(-20).join('\n'));
    child.stdout.resume();
    await eventually('it mines', async () => {
      const mining = (await (await fetch(`${http}/api/v1/mining`)).json()) as { running: boolean; hashRate: number };
      return mining.running && mining.hashRate > 0;
    });
    assert.equal((await fetch(`${http}/docs`)).status, 200);
    assert.ok(existsSync(join(home, '.quoin', 'quoin', 'blocks')), 'the chain lies in the home folder');
    const from = performance.now();
    // A terminal sends it to all of them.
    process.kill(group, 'SIGINT');
    await ended;
    assert.ok(performance.now() - from < STOP_MS_MAX, 'it stops within five seconds');
    assert.equal(existsSync(join(home, '.quoin', 'quoin', 'node.json')), false, 'it stops in order');
  } finally {
    clearTimeout(late);
    if (child.exitCode === null && child.signalCode === null) process.kill(group, 'SIGKILL');
  }
});
