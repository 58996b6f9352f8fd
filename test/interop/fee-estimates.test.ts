/**
 * Fee estimates beside those of a C++ node that has seen the same: payments of many fee rates that come before the same blocks and are mined, replaced,
 * driven out or left, a reorganisation, and a restart in which each goes on with the file of the other.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RpcPlace } from '../support/compare-answers.ts';
import { answerOf, differences } from '../support/compare-answers.ts';
import { eventually } from '../support/eventually.ts';
import { FeeHistory } from '../support/fee-history.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin, temporaryFolder } from '../support/quoin-process.ts';

const FILE = 'fee_estimates.dat';

/** What is asked on the way, where the whole list would take long. */
const FEW_TARGETS = [1, 2, 6, 12, 13, 48, 49, 1_008];

/** Every one that a horizon ends at and its neighbours, and some between. */
const TARGETS = [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 23, 24, 25, 30, 47, 48, 49, 50, 72, 96, 97, 120, 144, 200, 500, 1_007, 1_008];

const MODES = ['economical', 'conservative', 'unset', 'ECONOMICAL', 'CONServative'];

const THRESHOLDS = [0, 0.1, 0.5, 0.6, 0.85, 0.95, 0.999, 1];

describe('fee estimates beside the C++ node', { skip: peerNodeMissing() }, () => {
  const ourFolder = temporaryFolder('fees');
  const theirFolder = temporaryFolder('fees-peer');
  const ourFile = join(ourFolder, FILE);
  const theirFile = join(theirFolder, 'regtest', FILE);
  let node: QuoinProcess;
  let peer: PeerNode;
  let history: FeeHistory;
  let places: readonly [ours: RpcPlace, theirs: RpcPlace];

  async function start(): Promise<void> {
    [node, peer] = await Promise.all([
      startQuoin({ dataDir: ourFolder, args: ['--index', 'none'] }),
      startPeerNode(`-datadir=${theirFolder}`, '-checkmempool=0', '-minrelaytxfee=0.000001', '-incrementalrelayfee=0.000001'),
    ]);
    const loginOf = (folder: string): string => readFileSync(join(folder, '.cookie'), 'utf8').trim();
    places = [
      { http: node.http, login: loginOf(ourFolder) },
      { http: peer.http, login: loginOf(join(theirFolder, 'regtest')) },
    ];
    const isLoaded = async (each: PeerNode | QuoinProcess): Promise<boolean> => (await each.rpc('getmempoolinfo')).loaded;
    await eventually('what waited is back', async () => (await isLoaded(node)) && (await isLoaded(peer)));
  }

  async function stop(): Promise<void> {
    await Promise.all([node?.stop(), peer?.stop()]);
  }

  /** Both answer the same to every question. @returns how many estimates there were, and how many of each part of a raw one */
  async function compare(targets: readonly number[]): Promise<{ estimates: number; pass: number; fail: number }> {
    const counts = { estimates: 0, pass: 0, fail: 0 };
    const same = async (method: string, ...params: unknown[]): Promise<string> => {
      const [ours, theirs] = await Promise.all(places.map((place) => answerOf(place, method, params)));
      assert.deepEqual(differences(ours, theirs), [], `${method} ${JSON.stringify(params)}`);
      return JSON.stringify(ours);
    };
    for (const target of targets) {
      for (const mode of MODES) counts.estimates += (await same('estimatesmartfee', target, mode)).includes('"feerate"') ? 1 : 0;
      for (const threshold of THRESHOLDS) {
        const answer = await same('estimaterawfee', target, threshold);
        counts.pass += answer.includes('"pass"') ? 1 : 0;
        counts.fail += answer.includes('"fail"') ? 1 : 0;
      }
    }
    return counts;
  }

  async function sameWaiting(): Promise<void> {
    const [ours, theirs] = (await Promise.all([node.rpc('getrawmempool'), peer.rpc('getrawmempool')])) as [string[], string[]];
    assert.deepEqual(ours.sort(), theirs.sort());
    assert.ok(history.waitingTxids.every((txid) => ours.includes(txid)));
  }

  before(async () => {
    // An empty file of ours gives the peer our buckets, which are those of later releases than its own.
    await (await startQuoin({ dataDir: ourFolder, args: ['--index', 'none'] })).stop();
    mkdirSync(join(theirFolder, 'regtest'));
    copyFileSync(ourFile, theirFile);
    await start();
    history = new FeeHistory([peer, node], 7);
    await history.begin();
  });

  after(stop);

  it('tells as little before anything was seen', async () => {
    assert.deepEqual(await compare(FEW_TARGETS), { estimates: 0, pass: 0, fail: FEW_TARGETS.length * THRESHOLDS.length });
  });

  it('tells the same while more and more is seen, for every target, mode and threshold', async () => {
    for (const blocks of [5, 20, 75]) {
      await history.blocks(blocks);
      await sameWaiting();
      const { estimates, pass, fail } = await compare(FEW_TARGETS);
      assert.ok(estimates > 0 || blocks === 5);
      assert.ok(pass > 0 || blocks === 5);
      assert.ok(fail > 0);
    }
  });

  it('tells the same after reorganisations', async () => {
    for (let i = 0; i < 3; i++) {
      await history.reorganise();
      await sameWaiting();
      await compare(FEW_TARGETS);
      await history.blocks(10);
    }
    await compare(TARGETS);
  });

  it('tells the same after a restart in which each goes on with the file of the other, byte for byte the same', async () => {
    await stop();
    assert.ok(readFileSync(ourFile).equals(readFileSync(theirFile)), 'the files differ');
    const between = join(ourFolder, 'between');
    copyFileSync(ourFile, between);
    copyFileSync(theirFile, ourFile);
    copyFileSync(between, theirFile);
    await start();
    history.goOnWith([peer, node]);
    await sameWaiting();
    assert.ok((await compare(FEW_TARGETS)).estimates > 0);
    await history.blocks(100);
    await sameWaiting();
    const { estimates, pass, fail } = await compare(TARGETS);
    assert.ok(estimates === TARGETS.length * MODES.length && pass > 0 && fail > 0);
    await stop();
    assert.ok(readFileSync(ourFile).equals(readFileSync(theirFile)), 'the files differ');
  });
});
