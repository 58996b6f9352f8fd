/**
 * What real processes are struck with: a network whose blocks are made at once, two branches, and what a folder must hold after anything.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadNetwork } from '../../src/cli/options/place.ts';
import { concatBytes } from '../../src/core/base/bytes.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import { type Block, encodeBlock } from '../../src/core/primitives/block.ts';
import { type HashKey, hashKey, toDisplayHex } from '../../src/core/primitives/ids.ts';
import type { Chain } from '../../src/engine/chain/chain.ts';
import type { ChainOptions } from '../../src/engine/chain/chain-options.ts';
import { loadBlocks } from '../../src/node/load-blocks.ts';
import { recordHeader } from '../../src/platform/store/block-file-format.ts';
import { openStores } from '../../src/platform/store/data-folder.ts';
import type { Reindexing } from '../../src/platform/store/reindex.ts';
import { QUOIN_COMMAND, temporaryFolder } from '../support/quoin-process.ts';
import { acceptAll, coinsHash, openTestChain } from '../support/test-chain.ts';
import { checkRows, coinsOfPaths } from './port-matrix.ts';
import { type TwoBranches, twoBranches } from './port-scenarios.ts';

/** Blocks that some folder lives through, and what it comes to. */
export interface Story {
  /** All of them, in an order in which each can be taken. */
  readonly blocks: readonly Block[];
  /** The hash over the coins of each that may be a tip. */
  readonly coins: ReadonlyMap<HashKey, string>;
  readonly finalTip: HashKey;
  readonly options?: Partial<ChainOptions>;
}

/** A network and its blocks. */
export interface ProcessWorld {
  /** The network's file. */
  readonly network: string;
  readonly params: NetworkParams;
  readonly branches: TwoBranches;
  /** Files of blocks for `quoin import`: the trunk, the branch with what is before it, and both. */
  readonly files: { readonly trunk: string; readonly branch: string; readonly both: string };
  /** Both branches. */
  readonly both: Story;
}

/** Kept at least, by any network's rules. */
export const PRUNE_KEEP_BLOCKS = 288;

/** A folder below the system's for temporary files. The caller removes it. */
export function scratchFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'quoin-faults-'));
}

function writeBlocks(path: string, blocks: readonly Block[], { messageStart }: NetworkParams): string {
  const raws = blocks.map((block) => encodeBlock(block));
  writeFileSync(path, concatBytes(...raws.flatMap((raw) => [recordHeader(messageStart, raw.length), raw])));
  return path;
}

/** Makes it once for a run. */
export async function makeProcessWorld(): Promise<ProcessWorld> {
  const folder = temporaryFolder('fault-world');
  const network = join(folder, 'network.json');
  const create = ['network', 'create', '--difficulty-bits', '1', '--maturity', '2', '--reward', '25', '-o', network];
  execFileSync(process.execPath, [QUOIN_COMMAND, ...create], { stdio: 'pipe' });
  // A network's own count of blocks that are kept is for years; this is the least that there may be.
  writeFileSync(network, JSON.stringify({ ...JSON.parse(readFileSync(network, 'utf8')), pruneKeepBlocks: PRUNE_KEEP_BLOCKS }));
  const params = await loadNetwork(network);
  const branches = twoBranches(params);
  const { trunk, branch, paths } = branches;
  const files = {
    trunk: writeBlocks(join(folder, 'trunk.dat'), trunk, params),
    branch: writeBlocks(join(folder, 'branch.dat'), paths[1]!, params),
    both: writeBlocks(join(folder, 'both.dat'), [...trunk, ...branch], params),
  };
  return { network, params, branches, files, both: await storyOf(paths, params) };
}

/** The story of some chains, the last of which is the best. */
export async function storyOf(
  paths: readonly (readonly Block[])[],
  params: NetworkParams,
  options: Partial<ChainOptions> = {},
): Promise<Story> {
  const finalTip = hashKey(paths.at(-1)!.at(-1)!.header.hash);
  return { blocks: paths.flat(), coins: await coinsOfPaths(paths, params), finalTip, options };
}

/** Opens a data folder as a start does, in this process. Closed when the action ends. */
export async function withFolder<T>(
  folder: string,
  options: Partial<ChainOptions> & { readonly params: NetworkParams; readonly blockFileSizeMax?: number },
  action: (chain: Chain) => Promise<T>,
): Promise<T> {
  const { params, blockFileSizeMax } = options;
  const { reindexing, ...stores } = await openStores({ folder, params, ...(blockFileSizeMax === undefined ? {} : { blockFileSizeMax }) });
  try {
    const chain = await openReindexed(reindexing, { ...options, ...stores });
    const result = await action(chain);
    await chain.close();
    return result;
  } finally {
    await stores.close();
  }
}

/**
 * The start after a fault: a valid tip with its coins, rows that say the truth, and from there on to the same end.
 *
 * @param isDone - what was under way told that it is done: it must be there
 */
export async function checkFolder(folder: string, params: NetworkParams, story: Story, isDone: boolean): Promise<void> {
  const { blocks, coins, finalTip, options = {} } = story;
  await withFolder(folder, { ...options, params }, async (chain) => {
    const expected = coins.get(hashKey(chain.tip.hash));
    assert.notEqual(expected, undefined, `a tip that is none of ours: ${toDisplayHex(chain.tip.hash)} at height ${chain.tip.height}`);
    assert.equal(await coinsHash(chain), expected, `other coins at height ${chain.tip.height}`);
    if (isDone) assert.equal(hashKey(chain.tip.hash), finalTip, `it said that it was done, and height ${chain.tip.height} is left`);
    await checkRows(chain, new Set());
    // The order to leave a branch may be what was written last.
    for (const { header } of blocks) {
      const node = chain.tree.get(header.hash);
      if (node !== undefined) await chain.reconsiderBlock(node);
    }
    assert.deepEqual(await acceptAll(chain, blocks), []);
    assert.equal(hashKey(chain.tip.hash), finalTip);
    assert.equal(await coinsHash(chain), coins.get(finalTip));
  });
}

/** Opens a chain; where its index is being made anew, that is ended first, as a node does. */
async function openReindexed(reindexing: Reindexing | undefined, options: Partial<ChainOptions>): Promise<Chain> {
  if (reindexing === undefined) return openTestChain(options);
  const { genesisAt, files, done } = reindexing;
  const chain = await openTestChain({ ...options, indexing: true, ...(genesisAt === undefined ? {} : { genesisAt }) });
  await loadBlocks({ chain, files, inPlace: true });
  await chain.flush();
  await done();
  await chain.indexed();
  return chain;
}

/** A copy of a folder, removed when the action ends. */
export async function withCopy<T>(template: string | undefined, action: (folder: string) => Promise<T>): Promise<T> {
  const scratch = await scratchFolder();
  const folder = join(scratch, 'data');
  try {
    if (template !== undefined) await cp(template, folder, { recursive: true });
    return await action(folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
