import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blocksOn } from '../../../test/support/sync-world.ts';
import { filterHeaderOfHash } from '../../core/filters/basic-filter.ts';
import { regtest } from '../../core/params/regtest.ts';
import { HeaderTree } from '../chain/header-tree.ts';
import { FILTER_PAGE_HEADERS, FIRST_PREVIOUS_HEADER, FilterHeaders } from './filter-headers.ts';

const header = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

function treeOf(count: number) {
  const tree = new HeaderTree(regtest.genesis.header);
  const nodes = [tree.genesis];
  for (const block of blocksOn(regtest, count)) nodes.push(tree.add(block.header, nodes.at(-1)!));
  return { tree, nodes };
}

describe('the filter headers of blocks', () => {
  it('are known once they are set, and build on those of the blocks before', () => {
    const { tree, nodes } = treeOf(2);
    const headers = new FilterHeaders(tree);
    assert.equal(headers.get(nodes[1]!), undefined);
    assert.deepEqual(headers.before(nodes[0]!), FIRST_PREVIOUS_HEADER);
    assert.equal(headers.before(nodes[1]!), undefined);
    assert.equal(headers.following(nodes[1]!, header(9)), undefined);
    headers.set(nodes[0]!, header(1));
    assert.deepEqual(headers.before(nodes[1]!), header(1));
    assert.deepEqual(headers.following(nodes[1]!, header(9)), filterHeaderOfHash(header(9), header(1)));
  });

  it('are forgotten with all that build on them, and on no other branch', () => {
    const { tree, nodes } = treeOf(3);
    const other = tree.add(blocksOn(regtest, 1, 1)[0]!.header, tree.genesis);
    const headers = new FilterHeaders(tree);
    for (const [i, node] of [...nodes, other].entries()) headers.set(node, header(i + 1));
    headers.clearFrom(nodes[2]!);
    assert.deepEqual(
      [...nodes, other].map((node) => headers.get(node)?.[0]),
      [1, 2, undefined, undefined, 5],
    );
  });

  it('are stored in pages of 1,024, each once it has changed, and come back', () => {
    const { tree, nodes } = treeOf(FILTER_PAGE_HEADERS);
    const headers = new FilterHeaders(tree);
    headers.set(nodes[FILTER_PAGE_HEADERS - 1]!, header(1));
    assert.deepEqual(
      headers.takeDirty().map(([page]) => page),
      [0],
    );
    headers.set(nodes[FILTER_PAGE_HEADERS]!, header(2));
    const dirty = headers.takeDirty();
    assert.deepEqual(
      dirty.map(([page]) => page),
      [1],
    );
    assert.deepEqual(headers.takeDirty(), []);
    const again = new FilterHeaders(tree);
    again.restore(...dirty[0]!);
    assert.deepEqual(again.get(nodes[FILTER_PAGE_HEADERS]!), header(2));
    assert.deepEqual(again.takeDirty(), []);
    assert.equal(again.get(nodes[0]!), undefined);
  });

  it('take no room for a stored page of rows that the tree does not have, however high its number', () => {
    const { tree, nodes } = treeOf(3);
    const headers = new FilterHeaders(tree);
    const before = headers.sizeBytes;
    for (const page of [1, 99_999_999, Number.NaN]) headers.restore(page, new Uint8Array(FILTER_PAGE_HEADERS * 32).fill(7));
    assert.equal(headers.sizeBytes, before);
    headers.restore(0, new Uint8Array(3 * 32 + 31).fill(7));
    assert.deepEqual(
      nodes.map((node) => headers.get(node)?.[0]),
      [7, 7, 7, undefined],
    );
  });
});
