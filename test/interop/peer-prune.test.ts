/**
 * A node of ours that prunes beside the C++ node, both with the same blocks in the same files: which blocks go, and what is answered of it
 * before and after, errors and their words included.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { type Block, encodeBlock } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { answerOf, differences, type RpcPlace } from '../support/compare-answers.ts';
import { type PeerNode, peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { type QuoinProcess, startQuoin, temporaryFolder } from '../support/quoin-process.ts';
import { spendingChain } from '../support/spending-chain.ts';

const BLOCKS = 900;
/** What regtest keeps. */
const KEEP = 288;
/** With small files neither prunes on a shorter chain. */
const AFTER = 100;

describe('a node that prunes, beside the C++ node', { skip: peerNodeMissing() }, () => {
  const dataDir = temporaryFolder('peer-prune');
  let node: QuoinProcess;
  let peer: PeerNode;
  let places: readonly [ours: RpcPlace, theirs: RpcPlace];
  let blocks: readonly Block[];

  const login = (folder: string): string => readFileSync(join(folder, '.cookie'), 'utf8').trim();

  async function start(prune: boolean, ...peerOptions: string[]): Promise<void> {
    const args = ['--index', 'none', '--fast-prune', ...(prune ? ['--prune', '1'] : [])];
    const options = ['-disablewallet', '-fastprune', '-checkblockindex=0', ...(prune ? ['-prune=1'] : []), ...peerOptions];
    [node, peer] = await Promise.all([startQuoin({ dataDir, args }), startPeerNode(...options)]);
    places = [
      { http: node.http, login: login(node.dataDir) },
      { http: peer.http, login: login(join(peer.dataDir, 'regtest')) },
    ];
  }

  async function give(from: number, to: number): Promise<void> {
    for (const block of blocks.slice(from, to)) {
      const raw = Buffer.from(encodeBlock(block)).toString('hex');
      assert.deepEqual(await Promise.all([node.rpc('submitblock', raw), peer.rpc('submitblock', raw)]), [null, null]);
    }
  }

  /** Both answer the same, which is what `holds` says of it, where it is given. */
  async function same(method: string, params: readonly unknown[], holds?: (answer: unknown) => boolean): Promise<unknown> {
    const [ours, theirs] = await Promise.all(places.map((place) => answerOf(place, method, params)));
    const asked = `${method} ${JSON.stringify(params)}`;
    assert.deepEqual(differences(ours, theirs), [], asked);
    if (holds !== undefined) assert.ok(holds(ours), `${asked}: ${JSON.stringify(ours)}`);
    return ours;
  }

  const isNone = (answer: unknown): boolean => (answer as { result?: unknown }).result === '#-1';
  const isError = (pattern: RegExp) => (answer: unknown) => pattern.test(JSON.stringify((answer as { error?: unknown }).error ?? ''));

  async function samePruning(): Promise<Record<string, unknown>> {
    const infos = (await Promise.all([node, peer].map((each) => each.rpc('getblockchaininfo')))) as Record<string, unknown>[];
    const [ours = {}, theirs = {}] = infos;
    for (const name of ['blocks', 'pruned', 'pruneheight', 'automatic_pruning', 'prune_target_size'])
      assert.deepEqual(ours[name], theirs[name], name);
    return ours;
  }

  before(async () => {
    blocks = spendingChain({ params: regtest, secp256k1: chooseSecp256k1('auto'), count: BLOCKS });
    await start(false);
  });

  after(() => Promise.all([node?.stop(), peer?.stop()]));

  it('verifies the chain to any depth at every level, and says that it does not prune', async () => {
    await give(0, AFTER - 1);
    const isTrue = (answer: unknown): boolean => (answer as { result?: unknown }).result === true;
    for (const level of [-1, 0, 1, 2, 3, 4, 5]) {
      for (const depth of [-1, 0, 1, 7, AFTER - 2, AFTER - 1, AFTER, 1_000_000]) await same('verifychain', [level, depth], isTrue);
    }
    await same('verifychain', [], isTrue);
    await same('verifychain', ['3', 1], isError(/-3/));
    await same('pruneblockchain', [1], isError(/not in prune mode/));
    assert.equal((await samePruning()).pruned, false);
    await Promise.all([node.stop(), peer.stop()]);
  });

  it('refuses what cannot be, in the same words', async () => {
    await start(true);
    const height = (await node.rpc('getblockcount')) as number;
    for (const block of blocks.slice(0, height)) await peer.rpc('submitblock', Buffer.from(encodeBlock(block)).toString('hex'));
    await same('pruneblockchain', [1], isError(/too short for pruning/));
    await give(height, height + 1);
    await same('pruneblockchain', [1], isNone);
    await same('pruneblockchain', [AFTER], isNone);
    await give(AFTER, KEEP + 1);
    await same('pruneblockchain', [1], isNone);
    for (const wrong of [-1, KEEP + 2, 1_000_000_000, 4_000_000_000, 'x', 1.5, null, 2_147_483_648]) await same('pruneblockchain', [wrong]);
    await same('pruneblockchain', [], isError(/./));
  });

  it('deletes the same blocks, by height and by time', async () => {
    await give(KEEP + 1, BLOCKS);
    let last = await samePruning();
    assert.equal(last.pruneheight, 0);
    const heights: unknown[] = [];
    const timeOf = (height: number): number => blocks[height - 1]!.header.timeSeconds;
    for (const height of [1, 100, timeOf(1), timeOf(200) + 7_200, 300, 299, timeOf(400) + 7_199, 500, timeOf(BLOCKS) + 7_200, BLOCKS]) {
      heights.push(await same('pruneblockchain', [height]));
      last = await samePruning();
    }
    assert.ok(new Set(heights.map((each) => JSON.stringify(each))).size > 3, `it went in steps: ${JSON.stringify(heights)}`);
    assert.ok((last.pruneheight as number) > 100, String(last.pruneheight));
    await same('pruneblockchain', [timeOf(BLOCKS) + 7_201], isError(/at least the specified timestamp/));
  });

  it('answers the same of blocks that are gone and of those that are not', async () => {
    const { pruneheight } = (await samePruning()) as { pruneheight: number };
    for (const height of [0, 1, pruneheight - 1, pruneheight, BLOCKS]) {
      const hash = await node.rpc('getblockhash', height);
      for (const verbosity of [0, 1, 2]) {
        const [ours, theirs] = (await Promise.all(places.map((place) => answerOf(place, 'getblock', [hash, verbosity])))) as object[];
        if (height >= pruneheight) assert.ok('result' in ours! && 'result' in theirs!);
        else assert.deepEqual(ours, theirs, `getblock of ${height}`);
      }
      const txid = toDisplayHex((height === 0 ? regtest.genesis : blocks[height - 1]!).transactions[0]!.txid);
      if (height > 0) await same('getrawtransaction', [txid, 0, hash]);
      const [ours, theirs] = (await Promise.all([node.rpc('getblockheader', hash), peer.rpc('getblockheader', hash)])) as {
        nTx: number;
      }[];
      assert.equal(ours?.nTx, theirs?.nTx);
    }
    const kept = BLOCKS - pruneheight + 1;
    for (const [level, depth] of [
      ...[0, 1, 2, 3, 4].map((each) => [each, kept] as const),
      ...[0, 1, 2, 3, 4].map((each) => [each, kept + 1] as const),
      [4, 0],
    ] as const) {
      const isWhole = (answer: unknown): boolean => (answer as { result?: unknown }).result === (depth === kept);
      await same('verifychain', [level, depth], isWhole);
    }
    const invalidated = await node.rpc('getblockhash', BLOCKS);
    await same('invalidateblock', [invalidated]);
    await same('getblockcount', []);
    await same('reconsiderblock', [invalidated]);
    await same('getblockcount', []);
  });
});
