/**
 * Where the clients of others lie that `.ci/clients` fetches: in this folder of the sources, apart from the package's own dependencies.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { repositoryRoot } from '../support/vectors.ts';

const folder = join(repositoryRoot(), 'test/clients');

/** The program in Python that drives a node. */
export const PYTHON_DRIVER: string = join(folder, 'drive.py');

/** Where Python finds python3-bitcoinlib, be it unpacked here or installed. */
export function pythonEnvironment(): NodeJS.ProcessEnv {
  const unpacked = join(folder, 'python3-bitcoinlib/usr/lib/python3/dist-packages');
  const path = [unpacked, process.env.PYTHONPATH].filter((each) => each !== undefined && each !== '').join(delimiter);
  return { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1' };
}

/** One of npm's packages, as its users load it. */
// biome-ignore lint/suspicious/noExplicitAny: these packages bring their own types or none; the tests use them as JavaScript does.
export function loadClient(name: string): any {
  return createRequire(join(folder, 'package.json'))(name);
}

/** Why npm's clients cannot drive; false where they can. For the `skip` option of a test. */
export function npmClientsMissing(): string | false {
  return existsSync(join(folder, 'node_modules')) ? false : "SKIPPED: npm's clients are not there; .ci/clients fetches them";
}

/** The same for python3-bitcoinlib. */
export function pythonClientMissing(): string | false {
  const { status } = spawnSync('python3', ['-c', 'import bitcoin.rpc, bitcoin.wallet'], { env: pythonEnvironment(), timeout: 60_000 });
  return status === 0 ? false : 'SKIPPED: python3-bitcoinlib is not there; .ci/clients fetches it';
}
