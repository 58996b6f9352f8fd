/**
 * A node that opens a folder of format 1: every row of headers, coins and indexes is sealed and the headers are gathered on pages, and then
 * it leaves blocks whose undo records are as old.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { INDEX_NAMES } from '../../src/engine/ports/index-service.ts';
import { buildBlock, buildChain, childOf, genesisParent, OP_TRUE, outputOf, spend } from '../support/chain-builder.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { makeFormatOne } from './format-one.ts';
import { fillFolder, storedNetwork } from './index-folder.ts';
import { indexReferenceOf } from './port-matrix.ts';
import type { ProcessCase } from './process-cases.ts';

/** More than are sealed in one batch. */
const OUTPUTS = 1_100;
const TRUNK_BLOCKS = 20;
const FORK_HEIGHT = 16;
const BRANCH_BLOCKS = 6;

/** An output script of its own for each number, which anyone can spend: a push of two bytes, DROP, TRUE. */
function scriptOf(number: number): Uint8Array {
  return Uint8Array.of(0x02, number & 0xff, number >> 8, 0x75, 0x51);
}

/** A trunk with a transaction of many outputs, some of which are spent, and a longer branch that leaves the last of those. */
function migrationBlocks(params: NetworkParams): { readonly trunk: readonly Block[]; readonly branch: readonly Block[] } {
  const genesis = genesisParent(params);
  const trunk = buildChain({ parent: genesis, params, count: 4 });
  let parent = trunk.reduce(childOf, genesis);
  const add = (block: Block): void => {
    trunk.push(block);
    parent = childOf(parent, block);
  };
  const outputs = Array.from({ length: OUTPUTS }, (_, i) => ({ value: 1_000n, scriptPubKey: scriptOf(i) }));
  const fan = spend({ inputs: [outputOf(trunk[0]!.transactions[0]!)], outputs });
  add(buildBlock({ parent, params, transactions: [fan] }));
  for (let vout = 0; trunk.length < TRUNK_BLOCKS; vout++) {
    const pay = spend({ inputs: [outputOf(fan, vout)], outputs: [{ value: 900n, scriptPubKey: OP_TRUE }] });
    add(buildBlock({ parent, params, transactions: [pay] }));
  }
  const fork = trunk.slice(0, FORK_HEIGHT).reduce(childOf, genesis);
  return { trunk, branch: buildChain({ parent: fork, params, count: BRANCH_BLOCKS, extra: Uint8Array.of(2) }) };
}

/** The case. `run` starts a node with all indexes on a folder and hands it blocks. */
export async function migrationCase(params: NetworkParams, run: (blocks: readonly Block[]) => ProcessCase['run']): Promise<ProcessCase> {
  const { trunk, branch } = migrationBlocks(params);
  const paths = [trunk, [...trunk.slice(0, FORK_HEIGHT), ...branch]];
  const { coins, finalTip, indexRows } = await indexReferenceOf(paths, params);
  const template = join(temporaryFolder('fault-template'), 'data');
  await fillFolder(template, params, trunk);
  const counts = await makeFormatOne(template, storedNetwork(params));
  assert.deepEqual([...counts.keys()].sort(), ['coins', 'headers', ...INDEX_NAMES.map((name) => `indexes/${name}`)].sort());
  assert.ok(counts.get('coins')! > OUTPUTS && counts.get('indexes/script')! > OUTPUTS, 'some are sealed in more than one batch');
  assert.equal(counts.get('headers'), 2 + trunk.length, 'a row for each header, and one that says whose they are');
  return { name: 'migration', story: { blocks: paths.flat(), coins, finalTip }, indexRows, template, run: run(branch) };
}
