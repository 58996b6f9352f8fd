/**
 * The header chains that BIP-54 published for its rules about times: today's rules of main accept all of them, as the BIP says.
 */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hex } from '../../../test/support/core-script-text.ts';
import { describeVectors, readVectorJson } from '../../../test/support/vectors.ts';
import { main } from '../../core/params/main.ts';
import { decodeHeader, makeHeader } from '../../core/primitives/block.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { checkNewHeader } from './accept-header.ts';
import type { HeaderNode } from './header-node.ts';
import { ancestorOf, HeaderTree } from './header-tree.ts';

/** Headers, and what may come after the last of them. */
interface HeaderChains {
  readonly block_headers: readonly string[];
  readonly extensions?: readonly HeaderChains[];
  /** By BIP-54, which is not in force. At the end of each chain. */
  readonly valid?: boolean;
  readonly comment?: string;
}

/** Headers of the file without the genesis block, no two the same. */
const TREE_HEADERS = 4039;

/** A clock that no header is ahead of. */
const NOW = 0xffffffff;

/** Takes a chain's headers and whatever branches follow, and gives the end of each. */
function accept(chains: HeaderChains, tree: HeaderTree, from: HeaderNode | undefined): { node: HeaderNode; valid: boolean }[] {
  let tip = from;
  for (const text of chains.block_headers) {
    const header = decodeHeader(hex(text));
    const known = tree.get(header.hash);
    if (known === undefined) {
      assert.ok(tip !== undefined, 'the first header is the genesis block');
      assert.equal(checkNewHeader(header, tip, NOW, main.consensus), undefined, `${chains.comment} at ${tip.height + 1}`);
    }
    tip = known ?? tree.add(header, tip!);
  }
  if (chains.extensions === undefined) return [{ node: tip!, valid: chains.valid! }];
  return chains.extensions.flatMap((each) => accept(each, tree, tip));
}

describeVectors('the header chains of BIP-54', () => {
  const tree = new HeaderTree(main.genesis.header);

  it('are accepted under the rules of main, valid under BIP-54 or not', () => {
    const ends = accept(readVectorJson<HeaderChains>('bips/bip-0054/test_vectors/timestamps.json'), tree, undefined);
    assert.deepEqual(
      ends.map(({ node, valid }) => [node.height, valid]),
      [
        [41, true],
        [2000, true],
        [2016, true],
        [2016, false],
        [2015, true],
        [2017, true],
        [4031, false],
        [4031, true],
        [4032, true],
      ],
    );
    assert.equal(tree.size, 1 + TREE_HEADERS);
  });

  it('are refused where a retarget asks for other bits, a median is not passed or the work is missing', () => {
    const longest = [...tree.leaves()].sort((a, b) => b.height - a.height)[0]!;
    const at = (height: number): HeaderNode => ancestorOf(longest, height);
    const reasonOf = (node: HeaderNode, changes: object): string | undefined =>
      checkNewHeader({ ...makeHeader({ ...node.header, ...changes }), hash: node.hash }, node.parent, NOW, main.consensus)?.reason;
    for (const height of [1, 2_015, 2_016, 4_031]) {
      const node = at(height);
      assert.equal(reasonOf(node, {}), undefined);
      assert.equal(reasonOf(node, { bits: node.header.bits - 1 }), 'bad-diffbits');
      assert.equal(reasonOf(node, { timeSeconds: node.parent!.medianTimeSeconds }), 'time-too-old');
      assert.equal(reasonOf(node, { timeSeconds: node.parent!.medianTimeSeconds + 1 }), undefined);
      const { hash } = makeHeader({ ...node.header, nonce: node.header.nonce + 1 });
      assert.notEqual(toDisplayHex(hash), toDisplayHex(node.hash));
      assert.equal(checkNewHeader({ ...node.header, hash }, node.parent, NOW, main.consensus)?.reason, 'high-hash');
    }
  });
});
