/**
 * What real processes do while one of their calls is struck: `quoin import`, and nodes that are told what to do.
 *
 * @module
 */

import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { INDEX_NAMES } from '../../src/engine/ports/index-service.ts';
import { buildChain, genesisParent } from '../support/chain-builder.ts';
import { callRpc } from '../support/json-rpc.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { acceptAll } from '../support/test-chain.ts';
import { migrationCase } from './migration-case.ts';
import { type IndexRowsByName, indexReferenceOf } from './port-matrix.ts';
import { PRUNE_KEEP_BLOCKS, type ProcessWorld, type Story, storyOf, withFolder } from './process-world.ts';
import { endOf, spawnTraced, type TracedEnd, type TraceOptions, watchedPaths } from './strace.ts';

type Rpc = (method: string, ...params: unknown[]) => Promise<unknown>;

/** How a case is run. */
export type CaseTrace = Pick<TraceOptions, 'log' | 'injection' | 'whole'>;

/** How a case ended. */
export interface CaseEnd extends TracedEnd {
  /** Everything that was asked of it was answered well. */
  readonly isDone: boolean;
}

/** A folder before the faults, what is done to it then, and the story that it is a part of. */
export interface ProcessCase {
  readonly name: string;
  readonly story: Story;
  /** What the indexes come to at the end, where there are any. */
  readonly indexRows?: IndexRowsByName;
  /** A folder that is copied; undefined begins with none. */
  readonly template: string | undefined;
  readonly run: (folder: string, trace: CaseTrace) => Promise<CaseEnd>;
}

async function runImport(world: ProcessWorld, file: string, folder: string, trace: CaseTrace): Promise<CaseEnd> {
  const args = ['import', file, '--network', world.network, '--data-dir', folder];
  const end = await endOf(spawnTraced({ ...trace, args, watched: watchedPaths(folder) }));
  return { ...end, isDone: end.code === 0 };
}

/** Waits for a node's ready line. @returns where it serves; undefined where it ends before */
function readyOf(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve(undefined));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const [, url] = /^ready .* http=(\S+)$/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
}

/** Starts a node, tells it what to do, and to stop, whatever becomes of the rest. */
async function runNode(
  world: ProcessWorld,
  options: { readonly folder: string; readonly args: readonly string[]; readonly trace: CaseTrace },
  action: (rpc: Rpc) => Promise<void>,
): Promise<CaseEnd> {
  const { folder, trace } = options;
  const ports = ['--no-listen', '--no-discovery', '--http', '127.0.0.1:0'];
  const args = ['node', '--network', world.network, '--data-dir', folder, ...ports, ...options.args];
  const child = spawnTraced({ ...trace, args, watched: watchedPaths(folder, INDEX_NAMES) });
  const ended = endOf(child);
  const url = await readyOf(child);
  let isDone = false;
  if (url !== undefined) {
    const rpc: Rpc = async (method, ...params) => callRpc(url, readFileSync(join(folder, '.cookie'), 'utf8').trim(), method, params);
    try {
      await action(rpc);
      isDone = true;
    } catch {
      // What was struck is told by the end of the process.
    }
    await rpc('stop').catch(() => undefined);
  }
  const end = await ended;
  return { ...end, isDone: isDone && end.code === 0 };
}

async function submit(rpc: Rpc, blocks: ProcessWorld['both']['blocks']): Promise<void> {
  for (const block of blocks) {
    const answer = await rpc('submitblock', Buffer.from(encodeBlock(block)).toString('hex'));
    if (answer !== null && answer !== 'inconclusive') throw new Error(`a block is refused: ${String(answer)}`);
  }
}

/** Blocks of both branches, a switch by hand and back, everything written in between. */
function live(world: ProcessWorld): (rpc: Rpc) => Promise<void> {
  const { trunk, branch } = world.branches;
  const sixth = toDisplayHex(branch[5]!.header.hash);
  return async (rpc) => {
    await submit(rpc, trunk);
    await rpc('gettxoutsetinfo');
    await submit(rpc, branch);
    await rpc('invalidateblock', sixth);
    await rpc('gettxoutsetinfo');
    await rpc('reconsiderblock', sixth);
  };
}

const PRUNED_BLOCKS = 330;
/** Room for some dozen blocks. */
const PRUNED_FILE_SIZE = 4_000;
async function pruneCase(world: ProcessWorld): Promise<ProcessCase> {
  const { params } = world;
  const blocks = buildChain({ parent: genesisParent(params), params, count: PRUNED_BLOCKS });
  const story = await storyOf([blocks], params, { prune: { targetBytes: undefined } });
  const template = join(temporaryFolder('fault-template'), 'data');
  await withFolder(template, { params, blockFileSizeMax: PRUNED_FILE_SIZE }, async (chain) => {
    await acceptAll(chain, blocks.slice(0, -2));
  });
  return {
    name: 'prune',
    story,
    template,
    run: (folder, trace) =>
      runNode(world, { folder, trace, args: ['--prune', '1', '--fast-prune', '--index', 'none'] }, async (rpc) => {
        await rpc('pruneblockchain', PRUNED_BLOCKS - PRUNE_KEEP_BLOCKS - 2);
        await submit(rpc, blocks.slice(-2));
      }),
  };
}

/** Folders that other cases begin with. */
async function makeTemplates(world: ProcessWorld): Promise<{ readonly trunk: string; readonly both: string }> {
  const folder = temporaryFolder('fault-template');
  const make = async (name: string, blocks: Story['blocks']): Promise<string> => {
    const path = join(folder, name);
    await withFolder(path, { params: world.params }, async (chain) => void (await acceptAll(chain, blocks)));
    return path;
  };
  return { trunk: await make('trunk', world.branches.trunk), both: await make('both', world.both.blocks) };
}

/** All of them. */
export async function processCases(world: ProcessWorld): Promise<readonly ProcessCase[]> {
  const templates = await makeTemplates(world);
  const { both: story, files } = world;
  const indexes = ['--index', INDEX_NAMES.join(',')];
  const reindex = (flag: string): ProcessCase['run'] => {
    return (folder, trace) => runNode(world, { folder, trace, args: [flag, '--index', 'none'] }, async () => {});
  };
  return [
    { name: 'import', story, template: undefined, run: (folder, trace) => runImport(world, files.both, folder, trace) },
    { name: 'import a branch', story, template: templates.trunk, run: (folder, trace) => runImport(world, files.branch, folder, trace) },
    {
      name: 'node with indexes',
      story,
      indexRows: (await indexReferenceOf(world.branches.paths, world.params)).indexRows,
      template: undefined,
      run: (folder, trace) => runNode(world, { folder, trace, args: indexes }, live(world)),
    },
    { name: 'reindex', story, template: templates.both, run: reindex('--reindex') },
    { name: 'reindex-chainstate', story, template: templates.both, run: reindex('--reindex-chainstate') },
    await pruneCase(world),
    await migrationCase(world.params, (blocks) => {
      return (folder, trace) => runNode(world, { folder, trace, args: indexes }, (rpc) => submit(rpc, blocks));
    }),
  ];
}
