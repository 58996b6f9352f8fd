import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodeFacts } from '../client/node-facts.ts';
import { activityLine, openingLine } from '../output/progress.ts';
import { nodeLine } from './devnet-run.ts';
import { statusPage } from './status-page.ts';
import { historyLine } from './wallet-remote.ts';

const HASH = `${'0'.repeat(52)}0123456789ab`;
const FACTS: NodeFacts = {
  status: {
    network: 'regtest',
    height: 1_200,
    headers: 4_800,
    bestBlockHash: HASH,
    inSync: false,
    progress: 0.25,
    blocksPerSecond: 60,
    secondsLeft: 60,
    peers: 3,
    mempool: { count: 12, vsize: 3_400 },
  },
  mining: { running: false, workers: 0, hashRate: 0, blocksFound: 0 },
};
const plain = (_: string, text: string): string => text;

describe('the status page', () => {
  it('tells how far a sync is and how long it takes', () => {
    assert.deepEqual(statusPage(FACTS, { url: 'http://127.0.0.1:1', paint: plain }), [
      'regtest  http://127.0.0.1:1',
      `tip      1,200  ${HASH}`,
      'sync     block 1,200 of 4,800, 25.00 %, 60 blocks/s, 1 min left',
      'peers    3',
      'mempool  12 transactions, 3.4 kB',
      'mining   not running',
    ]);
  });

  it('tells of mining, and of a node that is alone and in sync', () => {
    const facts: NodeFacts = {
      status: { ...FACTS.status, inSync: true, peers: 0 },
      mining: { running: true, workers: 2, hashRate: 6_540_000, blocksFound: 7 },
    };
    const page = statusPage(facts, { url: '', paint: (style, text) => `<${style}>${text}` });
    assert.equal(page[2], 'sync     <good>in sync');
    assert.equal(page[3], 'peers    <warn>none');
    const onSubnet = statusPage({ ...FACTS, status: { ...FACTS.status, peersOnSubnet: 2 } }, { url: '', paint: plain });
    assert.equal(onSubnet[3], 'peers    3, 2 of them on the subnet');
    assert.equal(page[5], 'mining   <good>6.54 MH/s on 2 threads, 7 blocks found');
  });
});

describe('a line', () => {
  it("tells of one of the wallet's transactions", () => {
    const entry = { txid: HASH, amount: -150_000_000, fee: 141, confirmations: 3, conflicted: false, coinbase: false, time: 1_795_305_600 };
    assert.equal(historyLine(entry), `2026-11-22 00:00:00         -1.50000000  ${HASH}  3 deep  fee 0.00000141`);
    const { fee: _, ...received } = entry;
    assert.match(historyLine({ ...received, amount: 1, confirmations: 0 }), / 0\.00000001 {2}0.* {2}waiting$/);
    assert.match(historyLine({ ...received, coinbase: true }), /3 deep, mined$/);
    assert.match(historyLine({ ...received, conflicted: true }), /conflicted$/);
  });

  const sync = { inSync: false, height: 1_200, headers: 4_800, fraction: 0.25, blocksPerSecond: 59.7, secondsLeft: 61 };
  const mining = { running: true, hashRate: 6_540_000, blocksFound: 1 };

  it('tells what a node does', () => {
    assert.equal(
      activityLine({ sync, peers: 1, waiting: 2, mining }),
      'syncing: block 1,200 of 4,800, 25.00 %, 60 blocks/s, 1 min 1 s left · 1 peer · 2 transactions wait · mining 6.54 MH/s, 1 block found',
    );
    const idle = { sync: { ...sync, inSync: true }, peers: 0, waiting: 0, mining: { ...mining, running: false } };
    assert.equal(activityLine(idle), 'in sync at height 1,200 · 0 peers');
    const unknown = { ...sync, blocksPerSecond: 0, secondsLeft: undefined };
    assert.equal(activityLine({ ...idle, sync: unknown }), 'syncing: block 1,200 of 4,800, 25.00 % · 0 peers');
  });

  it('tells how a node opens', () => {
    assert.equal(openingLine({ stage: 'opening', height: 0, target: 0 }), 'opening the data folder');
    assert.equal(
      openingLine({ stage: 'replaying', height: 1_000, target: 2_000 }),
      'replaying blocks after the last flush: 1,000 of 2,000',
    );
  });

  it('tells of one node of a devnet', () => {
    assert.equal(nodeLine(1, 'http://h:1', FACTS, plain), 'node 1  http://h:1  height 1,200  …0123456789ab  3 peers  12 waiting');
    const miner = { ...FACTS, mining: { running: true, workers: 1, hashRate: 5e6, blocksFound: 1 } };
    assert.match(nodeLine(1, '', miner, plain), /12 waiting {2}mining 5\.00 MH\/s$/);
    assert.equal(nodeLine(2, 'http://h:2', undefined, plain), 'node 2  http://h:2  no answer');
  });
});
