/**
 * The package as a user gets it: packed, installed into an empty folder without any install script, run and imported, on this Node and on
 * the newer ones that it promises.
 *
 * @module
 */

import assert from 'node:assert/strict';
import type { SpawnSyncReturns } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { before, describe, it } from 'node:test';
import { callRpc } from '../support/json-rpc.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { repositoryRoot } from '../support/vectors.ts';

/** What of package.json is looked at. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** A file of the tarball, as `npm pack --json` lists it. */
interface PackedFile {
  readonly path: string;
  readonly size: number;
}

const root = repositoryRoot();
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** Every import that the package promises. */
const subpaths = Object.keys(manifest.exports).filter((path) => path !== './package.json');
const specifiers = subpaths.map((path) => manifest.name + path.slice(1));

/** The newer versions of Node that are promised; this process is the oldest. */
const OTHER_NODES = [22, 24];
const INSTALL_MS_MAX = 240_000;
const READY_MS_MAX = 60_000;

const WINDOWS = process.platform === 'win32';
const NPM = WINDOWS ? 'npm.cmd' : 'npm';

function run(command: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  return spawnSync(command, args, { cwd, encoding: 'utf8', shell: WINDOWS, timeout: INSTALL_MS_MAX, maxBuffer: 64 * 1024 * 1024 });
}

/** Runs a command that must succeed; its standard output. */
function mustRun(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = run(command, args, cwd);
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stderr || stdout}`);
  return stdout;
}

function npmInstall(what: string, cwd: string): SpawnSyncReturns<string> {
  return run(NPM, ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', what], cwd);
}

/** A Node that npm brings: the package that holds nothing but its binary. Undefined where the registry has none or does not answer. */
function installNode(major: number): string | undefined {
  const folder = temporaryFolder(`node-${major}`);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const name = `node-${WINDOWS ? 'win' : process.platform}-${process.arch}`;
  if (npmInstall(`${name}@${major}`, folder).status !== 0) return undefined;
  return join(folder, 'node_modules', name, 'bin', WINDOWS ? 'node.exe' : 'node');
}

describe('the package, packed and installed into an empty folder', () => {
  const folder = temporaryFolder('package');
  const installed = join(folder, 'node_modules', manifest.name);
  const main = join(installed, 'dist', 'src', 'cli', 'main.js');
  let files: readonly PackedFile[];

  before(() => {
    // As it is built: packing runs the build, and the tests run from what is built.
    const listed = mustRun(NPM, ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder], root);
    const [packed] = JSON.parse(listed) as [{ filename: string; files: PackedFile[] }];
    files = packed.files;
    writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    const { status, stderr } = npmInstall(`./${packed.filename}`, folder);
    assert.equal(status, 0, stderr);
  });

  /** Starts a node of the installed package, mines a block with it and stops it. */
  async function startMineStop(node: string): Promise<void> {
    const dataDir = join(temporaryFolder('installed'), 'data');
    const args = ['node', '--network', 'regtest', '--data-dir', dataDir, '--listen', '127.0.0.1:0', '--http', '127.0.0.1:0'];
    const child = spawn(node, [main, ...args, '--no-discovery', '--log-json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const errors: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
    const ended = once(child, 'exit');
    const late = setTimeout(() => child.kill('SIGKILL'), READY_MS_MAX);
    try {
      let http: string | undefined;
      for await (const line of createInterface({ input: child.stdout })) {
        const event = (line.startsWith('{') ? JSON.parse(line) : {}) as { event?: string; http?: string };
        if (event.event !== 'ready') continue;
        http = event.http;
        break;
      }
      assert.ok(http !== undefined, `the node ended before it was ready: ${errors.join('')}`);
      const cookie = readFileSync(join(dataDir, '.cookie'), 'utf8').trim();
      const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
      const mined = (await callRpc(http, cookie, 'generatetoaddress', [1, address])) as string[];
      assert.deepEqual([await callRpc(http, cookie, 'getbestblockhash')], mined);
      child.kill('SIGTERM');
      const [code] = await ended;
      assert.equal(code, 0, errors.join(''));
    } finally {
      clearTimeout(late);
      child.kill('SIGKILL');
    }
  }

  /** Imports every subpath with one version of Node; the exports that each has. */
  function importAll(node: string): Record<string, number> {
    const script = join(folder, 'import-all.mjs');
    const lines = [
      'const counts = {};',
      `for (const name of ${JSON.stringify(specifiers)}) counts[name] = Object.keys(await import(name)).length;`,
      'console.log(JSON.stringify(counts));',
    ];
    writeFileSync(script, lines.join('\n'));
    return JSON.parse(mustRun(node, [script], folder)) as Record<string, number>;
  }

  function assertImports(node: string): void {
    const counts = importAll(node);
    assert.deepEqual(Object.keys(counts), specifiers);
    for (const [name, count] of Object.entries(counts)) assert.ok(count > 0, `${name} exports something`);
  }

  it('holds the command, the licence and no tests or maps', () => {
    const paths = files.map(({ path }) => path);
    for (const path of ['package.json', 'LICENSE', 'README.md', 'CHANGELOG.md', 'dist/bin/main.js', 'dist/pages/light/main.js']) {
      assert.ok(paths.includes(path), `${path} is in it`);
    }
    const strange = paths.filter(
      (path) =>
        !/^(package\.json|LICENSE|(README|CHANGELOG)\.md|dist\/bin\/.*\.js|dist\/pages\/light\/(index\.html|main\.js|style\.css|quoin\.svg)|dist\/src\/.*\.(js|d\.ts))$/.test(
          path,
        ),
    );
    assert.deepEqual(strange, []);
    assert.deepEqual(
      paths.filter((path) => /\.test\.|\.vectors\.|\.bench\./.test(path)),
      [],
    );
  });

  it('runs its command by its name', () => {
    const quoin = join(folder, 'node_modules', '.bin', WINDOWS ? 'quoin.cmd' : 'quoin');
    assert.equal(mustRun(quoin, ['--version'], folder).trim(), manifest.version);
    assert.match(mustRun(quoin, ['network', 'show', 'quoin'], folder), /f171756e/);
  });

  it('starts a node that mines a block and stops in order', () => startMineStop(process.execPath));

  it('imports by each of its subpaths', () => {
    assert.ok(specifiers.length > 0);
    assertImports(process.execPath);
  });

  it('has types for each of its subpaths', () => {
    const consumer = join(folder, 'consumer');
    mkdirSync(consumer);
    // With the declarations themselves checked: one that refers to what is not in the package is an error.
    const options = { strict: true, noEmit: true, target: 'ES2022', module: 'nodenext', moduleResolution: 'nodenext', skipLibCheck: false };
    writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, types: [] }, files: ['consumer.ts'] }));
    const source = [
      // A type that does not resolve would be `any`, which every assignment fits: then the expected errors are missing, which is one.
      ...specifiers.map(
        (name, i) => `import * as door${i} from '${name}';\n// @ts-expect-error\nexport const wrong${i}: never = door${i};`,
      ),
      `import type { NetworkParams } from '${manifest.name}/params';`,
      `import { quoin } from '${manifest.name}/params';`,
      'export const name: string = quoin.name;',
      'export const reward: bigint = quoin.consensus.subsidy.initial;',
      // A type that is lost is `any`, which fits everywhere: then the expected error is missing, which is one.
      '// @ts-expect-error',
      'export const none: NetworkParams = {};',
    ];
    writeFileSync(join(consumer, 'consumer.ts'), source.join('\n'));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    mustRun(process.execPath, [tsc, '-p', consumer], consumer);
    // A browser's bundler takes another entry, whose types name nothing of Node and, like the others, nothing of the DOM either.
    const browser = join(folder, 'browser-consumer');
    mkdirSync(browser);
    const compilerOptions = { ...options, module: 'esnext', moduleResolution: 'bundler', types: [], customConditions: ['browser'] };
    writeFileSync(join(browser, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    const lines = [
      `import { openLightClient } from '${manifest.name}/light';`,
      `import { quoin } from '${manifest.name}/params';`,
      "void openLightClient({ params: quoin, peers: ['wss://node.example/p2p'], watch: [], database: 'payments' });",
      '// @ts-expect-error: there are no folders in a browser',
      "void openLightClient({ params: quoin, peers: [], dataDir: 'folder' });",
    ];
    writeFileSync(join(browser, 'consumer.ts'), lines.join('\n'));
    mustRun(process.execPath, [tsc, '-p', browser], browser);
  });

  for (const major of OTHER_NODES) {
    it(`runs on Node ${major}`, async (t) => {
      const node = installNode(major);
      if (node === undefined) return t.skip(`SKIPPED: the registry has no Node ${major} for this machine or does not answer`);
      assert.match(mustRun(node, ['--version'], folder), new RegExp(`^v${major}\\.`));
      assert.equal(mustRun(node, [main, '--version'], folder).trim(), manifest.version);
      assertImports(node);
      await startMineStop(node);
    });
  }
});
