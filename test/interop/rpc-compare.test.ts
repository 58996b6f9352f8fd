/**
 * JSON-RPC answers of our node beside those of a C++ node that is connected with it and has the same chain: every method's result, member
 * by member and digit by digit, and every error's code and message. What may differ stands in one table, each line with its reason; a line
 * that nothing needs any more fails.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decodeBlock } from '../../src/core/primitives/block.ts';
import { METHODS } from '../../src/doors/rpc/methods/table.ts';
import { brokenBlocks } from '../support/broken-blocks.ts';
import type { BuildParent } from '../support/chain-builder.ts';
import { agree } from '../support/cluster.ts';
import type { RpcPlace } from '../support/compare-answers.ts';
import { answerOf, askRaw, differences } from '../support/compare-answers.ts';
import { eventually } from '../support/eventually.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { PeerWallet } from '../support/peer-wallet.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { argumentCases, REQUEST_BODIES } from '../support/rpc-argument-cases.ts';
import { DERIVED } from '../support/rpc-descriptor-cases.ts';
import {
  ARGUMENTS_ELSEWHERE,
  DIFFERENCES_DOCUMENT,
  differencesText,
  HIDDEN_METHODS,
  OUR_PEER_MEMBERS,
  PEER_INFO_NAMES_ONLY,
  REASONS,
  type Reason,
  THEIR_PEER_MEMBERS,
} from '../support/rpc-differences.ts';
import { wrongKinds } from '../support/rpc-wrong-kinds.ts';

/** Quick, and with the fee rates of the release that our interface follows; the peer's own are ten times higher. */
const PEER_OPTIONS = [
  '-checkblockindex=0',
  '-checkmempool=0',
  '-checkaddrman=0',
  '-minrelaytxfee=0.000001',
  '-incrementalrelayfee=0.000001',
];

describe('JSON-RPC beside the C++ node', { skip: peerNodeMissing() }, () => {
  let node: QuoinProcess;
  let peer: PeerNode;
  let wallet: PeerWallet;
  let places: readonly [ours: RpcPlace, theirs: RpcPlace];
  /** A block whose transactions spend outputs of each kind. */
  let spendingBlock: string;
  /** The end of the branch that was left. */
  let staleTip: string;
  const needed = new Set<Reason>();

  async function isFollowed(): Promise<void> {
    await agree([node, peer]);
    await eventually('the mempools are the same', async () => {
      const [ours, theirs] = (await Promise.all([node.rpc('getrawmempool'), peer.rpc('getrawmempool')])) as [string[], string[]];
      return ours.sort().join() === theirs.sort().join();
    });
  }

  /** A branch two blocks deep is left for a longer one, then is valid again. */
  async function reorganise(): Promise<void> {
    await isFollowed();
    const height = (await peer.rpc('getblockcount')) as number;
    const left = (await peer.rpc('getblockhash', height - 1)) as string;
    staleTip = (await peer.rpc('getbestblockhash')) as string;
    await peer.rpc('invalidateblock', left);
    await peer.rpc('generatetodescriptor', 4, 'raw(51)');
    await peer.rpc('reconsiderblock', left);
    await isFollowed();
    await peer.rpc('generatetodescriptor', 1, 'raw(51)');
    await isFollowed();
  }

  before(async () => {
    [node, peer] = await Promise.all([startQuoin({ args: ['--index', 'none'] }), startPeerNode(...PEER_OPTIONS)]);
    const cookieOf = (folder: string): string => readFileSync(join(folder, '.cookie'), 'utf8').trim();
    places = [
      { http: node.http, login: cookieOf(node.dataDir) },
      { http: peer.http, login: cookieOf(join(peer.dataDir, 'regtest')) },
    ];
    await peer.rpc('addnode', node.p2p, 'add');
    wallet = await PeerWallet.create(peer);
    await wallet.mineToEachKind(30);
    await peer.rpc('generatetoaddress', 40, wallet.address('bech32m'));
    for (let round = 0; round < 3; round++) {
      await wallet.payToEachKind(1.25 + round);
      [spendingBlock] = (await peer.rpc('generatetoaddress', 1, wallet.address('bech32'))) as [string];
    }
    await isFollowed();
    const spentIn = spendingBlock;
    await wallet.payToEachKind(5);
    await peer.rpc('generatetoaddress', 2, wallet.address('legacy'));
    await reorganise();
    spendingBlock = spentIn;
    await wallet.payToEachKind(2);
    await isFollowed();
    await node.rpc('sendrawtransaction', await wallet.childOf(((await peer.rpc('getrawmempool')) as [string])[0]));
    await isFollowed();
  });

  after(() => Promise.all([node?.stop(), peer?.stop()]));

  /** Asks both; what differs without a reason. */
  async function unreasoned(method: string, params: readonly unknown[]): Promise<string[]> {
    const [ours, theirs] = await Promise.all(places.map((place) => answerOf(place, method, params)));
    return withoutReasons(method, differences(ours, theirs));
  }

  function withoutReasons(method: string, found: readonly string[]): string[] {
    return found.filter((difference) => {
      const reason = REASONS.find(({ methods, where }) => methods.test(method) && where.test(difference));
      if (reason !== undefined) needed.add(reason);
      return reason === undefined;
    });
  }

  /** Both answer the same. */
  async function same(method: string, ...params: unknown[]): Promise<void> {
    const asked = `${method} ${JSON.stringify(params)}`.slice(0, 240);
    assert.deepEqual(await unreasoned(method, params), [], asked);
  }

  async function hashAt(height: number): Promise<string> {
    return (await node.rpc('getblockhash', height)) as string;
  }

  it('has every method there, and here', async () => {
    const theirs = new Set(((await peer.rpc('help')) as string).split('\n').map((line) => line.split(' ', 1)[0]));
    const absent = [...METHODS.keys()].filter((name) => !theirs.has(name) && !HIDDEN_METHODS.includes(name));
    assert.deepEqual(absent, []);
  });

  it('tells the same state of chain, mempool, mining and network', async () => {
    assert.ok(((await node.rpc('getblockcount')) as number) > 150);
    const tips = (await node.rpc('getchaintips')) as { hash: string; status: string; branchlen: number }[];
    assert.deepEqual(
      tips.map(({ hash, status, branchlen }) => (hash === staleTip ? [status, branchlen] : status)),
      ['active', ['valid-fork', 2]],
    );
    const states = ['getblockcount', 'getbestblockhash', 'getblockchaininfo', 'getchaintips', 'getdifficulty', 'getmempoolinfo'];
    const others = ['getmininginfo', 'getnetworkinfo', 'getconnectioncount', 'uptime', 'getrpcinfo', 'syncwithvalidationinterfacequeue'];
    for (const method of [...states, ...others]) await same(method);
    await same('getnettotals');
    await same('ping');
    await same('gettxoutsetinfo');
    const { hash_serialized_3 } = (await node.rpc('gettxoutsetinfo')) as { hash_serialized_3: string };
    assert.equal(((await peer.rpc('gettxoutsetinfo')) as { hash_serialized_3: string }).hash_serialized_3, hash_serialized_3);
  });

  it('tells of a peer in the same members, of the same types, in the same order', async () => {
    const [[ours], [theirs]] = (await Promise.all([node.rpc(PEER_INFO_NAMES_ONLY), peer.rpc(PEER_INFO_NAMES_ONLY)])) as [
      [Record<string, unknown>],
      [Record<string, unknown>],
    ];
    const shapeOf = (info: Record<string, unknown>) =>
      Object.entries(info)
        .filter(([name]) => ![...THEIR_PEER_MEMBERS, ...OUR_PEER_MEMBERS].includes(name))
        .map(([name, value]) => `${name}: ${Array.isArray(value) ? 'array' : typeof value}`);
    assert.deepEqual(shapeOf(ours), shapeOf(theirs));
    assert.deepEqual([ours.addr, ours.addrbind], [theirs.addrbind, theirs.addr]);
    assert.deepEqual([ours.inbound, theirs.inbound], [true, false]);
    const countsOf = (info: Record<string, unknown>, name: string) => info[name] as Record<string, number>;
    for (const counts of ['bytessent_per_msg', 'bytesrecv_per_msg'].map((name) => Object.keys(countsOf(ours, name)))) {
      assert.deepEqual(counts, [...counts].sort());
    }
    assert.ok(countsOf(ours, 'bytesrecv_per_msg').pong! >= 29);
  });

  it('shows blocks and headers in every depth of detail', async () => {
    const height = (await node.rpc('getblockcount')) as number;
    const onChain = await Promise.all([0, 1, 31, 61, 91, 121, height - 1, height].map(hashAt));
    for (const hash of [...onChain, spendingBlock, staleTip]) {
      for (const verbosity of [0, 1, 2, 3, true, false]) await same('getblock', hash, verbosity);
      for (const verbose of [true, false]) await same('getblockheader', hash, verbose);
    }
    for (const at of [0, 1, height, height + 1]) await same('getblockhash', at);
  });

  it('counts transactions, fees and sizes of blocks', async () => {
    const height = (await node.rpc('getblockcount')) as number;
    await same('getchainstates');
    await same('getchaintxstats');
    for (const blocks of [0, 1, 7, height - 1, height]) await same('getchaintxstats', blocks);
    await same('getchaintxstats', 5, await hashAt(40));
    await same('getchaintxstats', 5, staleTip);
    for (let at = 0; at <= height; at++) await same('getblockstats', at);
    for (const hash of [spendingBlock, staleTip]) {
      await same('getblockstats', hash);
      await same('getblockstats', hash, ['utxo_increase', 'avgfee', 'feerate_percentiles']);
    }
  });

  it('proves that transactions are in blocks, and sees through what proves nothing', async () => {
    const { tx, merkleroot } = (await node.rpc('getblock', spendingBlock)) as { tx: string[]; merkleroot: string };
    const last = tx.at(-1) as string;
    for (const txids of [[tx[0]], [last], [tx[1], last], tx, [merkleroot]]) await same('gettxoutproof', txids, spendingBlock);
    for (const txid of [tx[0], last]) await same('gettxoutproof', [txid]);
    const stale = (await node.rpc('getblock', staleTip)) as { tx: string[] };
    await same('gettxoutproof', stale.tx, staleTip);
    const staleProof = (await node.rpc('gettxoutproof', stale.tx, staleTip)) as string;
    const proof = (await node.rpc('gettxoutproof', [tx[1], last], spendingBlock)) as string;
    assert.deepEqual(await node.rpc('verifytxoutproof', proof), [tx[1], last]);
    for (const text of [proof, `${proof}00`, proof.slice(0, -2), staleProof]) await same('verifytxoutproof', text);
    for (let at = 160; at < proof.length; at += 6) {
      const digit = proof[at] === '0' ? '1' : '0';
      await same('verifytxoutproof', `${proof.slice(0, at)}${digit}${proof.slice(at + 1)}`);
    }
  });

  it('shows transactions in blocks, active and stale, and the outputs that are left of them', async () => {
    for (const hash of [spendingBlock, staleTip, await hashAt(1), await hashAt(0)]) {
      const { tx } = (await node.rpc('getblock', hash)) as { tx: string[] };
      for (const txid of tx) {
        for (const verbosity of [0, 1, 2]) await same('getrawtransaction', txid, verbosity, hash);
        await same('getrawtransaction', txid, 1);
        for (const n of [0, 1, 2]) await same('gettxout', txid, n);
      }
    }
  });

  it('shows waiting transactions, what they spend and make', async () => {
    const waiting = (await node.rpc('getrawmempool')) as string[];
    assert.equal(waiting.length, 5);
    for (const params of [[], [true], [false, true]]) await same('getrawmempool', ...params);
    for (const txid of waiting) {
      await same('getmempoolentry', txid);
      for (const method of ['getmempoolancestors', 'getmempooldescendants']) {
        for (const verbose of [false, true]) await same(method, txid, verbose);
      }
      for (const verbosity of [0, 1, 2]) await same('getrawtransaction', txid, verbosity);
      const { vin, hex } = (await node.rpc('getrawtransaction', txid, 1)) as { vin: { txid: string; vout: number }[]; hex: string };
      await same('decoderawtransaction', hex);
      await same('testmempoolaccept', [hex]);
      await same('sendrawtransaction', hex);
      for (const includeMempool of [true, false]) {
        for (const n of [0, 1, 2]) await same('gettxout', txid, n, includeMempool);
        for (const spent of vin) await same('gettxout', spent.txid, spent.vout, includeMempool);
        await same('gettxspendingprevout', [...vin.map((spent) => ({ txid: spent.txid, vout: spent.vout })), { txid, vout: 0 }]);
      }
    }
    const entries = Object.values(
      (await node.rpc('getrawmempool', true)) as Record<string, { ancestorcount: number; descendantcount: number }>,
    );
    assert.ok(entries.some(({ ancestorcount }) => ancestorcount > 1));
    assert.ok(entries.some(({ descendantcount }) => descendantcount > 1));
  });

  it('derives the same addresses of descriptors, and finds the same coins', async () => {
    const checksumOf = async (text: string) => (await peer.rpc('getdescriptorinfo', text)) as { checksum: string; isrange: boolean };
    for (const text of DERIVED.sound) {
      const { checksum, isrange } = await checksumOf(text);
      await same('deriveaddresses', `${text}#${checksum}`, ...(isrange ? [[3, 5]] : []));
      await same('scantxoutset', 'start', [{ desc: text, range: 3 }]);
    }
    const { checksum } = await checksumOf(DERIVED.ranged);
    for (const range of DERIVED.ranges) await same('deriveaddresses', `${DERIVED.ranged}#${checksum}`, range);
    const height = (await node.rpc('getblockcount')) as number;
    const descriptors = ['legacy', 'p2sh-segwit', 'bech32', 'bech32m'].map((kind) => `addr(${wallet.address(kind as 'legacy')})`);
    await same('scantxoutset', 'start', descriptors);
    await same('scantxoutset', 'start', ['raw(51)', ...descriptors, { desc: DERIVED.ranged, range: [2, 3] }]);
    const { unspents } = (await node.rpc('scantxoutset', 'start', ['raw(51)', ...descriptors])) as { unspents: unknown[] };
    assert.ok(unspents.length > 50);
    const hashes = [spendingBlock, ...(await Promise.all([height, 0, 1, height - 1].map(hashAt))), spendingBlock];
    const { tx } = (await node.rpc('getblock', spendingBlock, 3)) as { tx: { vin: { prevout?: { scriptPubKey: { hex: string } } }[] }[] };
    const spent = tx.flatMap(({ vin }) =>
      vin.flatMap(({ prevout }) => (prevout === undefined ? [] : [`raw(${prevout.scriptPubKey.hex})`])),
    );
    assert.ok(spent.length > 0);
    for (const withMempool of [[], [true], [false]]) {
      await same('getdescriptoractivity', hashes, [...descriptors, ...spent], ...withMempool);
    }
    await same('getdescriptoractivity', [staleTip], descriptors);
    const { activity } = (await node.rpc('getdescriptoractivity', hashes, [...descriptors, ...spent])) as { activity: { type: string }[] };
    assert.deepEqual([...new Set(activity.map(({ type }) => type))].sort(), ['receive', 'spend']);
    const { descriptors: own } = (await peer.rpc('listdescriptors')) as { descriptors: { desc: string }[] };
    assert.ok(own.length >= 8);
    await same(
      'scantxoutset',
      'start',
      own.map(({ desc }) => ({ desc, range: 20 })),
    );
  });

  /** The same template but for its order: blocks are filled by chunks here, by ancestors there. */
  async function sameTemplate(request: object): Promise<void> {
    const [ours, theirs] = await Promise.all(
      places.map(async (place) => {
        const { result } = (await answerOf(place, 'getblocktemplate', [request])) as { result: Record<string, unknown> };
        const transactions = result.transactions as { txid: string; depends: string[] }[];
        const named = transactions.map((tx) => ({ ...tx, depends: tx.depends.map((at) => transactions[Number(at.slice(1)) - 1]?.txid) }));
        const sorted = named.sort((a, b) => (a.txid < b.txid ? -1 : 1));
        assert.match(String(result.default_witness_commitment), /^6a24aa21a9ed[0-9a-f]{64}$/);
        return { result: { ...result, transactions: sorted, default_witness_commitment: 'of the order' } };
      }),
    );
    assert.deepEqual(withoutReasons('getblocktemplate', differences(ours, theirs)), []);
  }

  it('offers the same template, keeps it, and judges proposed blocks alike', async () => {
    await isFollowed();
    const request = { rules: ['segwit'] };
    const waiting = (await node.rpc('getrawmempool')) as [string];
    await Promise.all([node, peer].map((each) => each.rpc('prioritisetransaction', waiting[0], 0, 1_000_000)));
    await same('getprioritisedtransactions');
    await same('getmempoolentry', waiting[0]);
    await sameTemplate(request);
    const { currentblockweight, currentblocktx } = await node.rpc('getmininginfo');
    const theirs = await peer.rpc('getmininginfo');
    assert.deepEqual([currentblockweight, currentblocktx], [theirs.currentblockweight, theirs.currentblocktx]);
    assert.equal(currentblocktx, waiting.length);
    const { transactions } = (await node.rpc('getblocktemplate', request)) as { transactions: { txid: string; depends: number[] }[] };
    assert.ok(transactions.some(({ depends }) => depends.length > 0));
    await Promise.all([node, peer].map((each) => each.rpc('prioritisetransaction', waiting[0], 0, -1_000_000)));
    for (const hash of [await hashAt(5), staleTip, spendingBlock]) {
      await same('getblocktemplate', { mode: 'proposal', data: await node.rpc('getblock', hash, 0) });
    }
  });

  it('mines a block of given transactions, or says why not', async () => {
    const waiting = (await node.rpc('getrawmempool')) as [string];
    const { depends } = Object.values((await node.rpc('getrawmempool', true)) as Record<string, { depends: string[] }>).find(
      (entry) => entry.depends.length > 0,
    ) as { depends: [string] };
    const child = waiting[waiting.length - 1] as string;
    const { hex } = (await node.rpc('generateblock', 'raw(51)', [depends[0], child], false)) as { hex: string };
    for (const place of places) {
      assert.deepEqual(await answerOf(place, 'getblocktemplate', [{ mode: 'proposal', data: hex }]), { result: null });
    }
    await same('generateblock', 'raw(51)', [child], false);
    await same('generateblock', 'raw(51)', [depends[0], depends[0]], false);
    await same('submitheader', hex.slice(0, 160));
    await same('getchaintips');
    await same('submitheader', hex.slice(0, 160));
    await same('getblocktemplate', { mode: 'proposal', data: hex });
  });

  it('refuses wrong arguments with the same code and message', async () => {
    const txid = ((await node.rpc('getrawmempool')) as [string])[0];
    const facts = { txid, hex: (await node.rpc('getrawtransaction', txid)) as string, blockHash: spendingBlock };
    const wrong: string[] = [];
    const cases = argumentCases(facts);
    assert.ok(cases.length > 250);
    for (const [method, params] of cases) {
      for (const difference of await unreasoned(method, params))
        wrong.push(`${method} ${JSON.stringify(params).slice(0, 120)} ${difference}`);
    }
    assert.deepEqual(wrong, []);
    const tested = new Set(cases.map(([method]) => method));
    const untested = [...METHODS.keys()].filter((name) => !tested.has(name));
    assert.deepEqual(untested, Object.keys(ARGUMENTS_ELSEWHERE));
  });

  it('refuses each argument of a wrong kind with the same code and message', async () => {
    const txid = ((await node.rpc('getrawmempool')) as [string])[0];
    const facts = { txid, hex: (await node.rpc('getrawtransaction', txid)) as string, blockHash: spendingBlock };
    const wrong: string[] = [];
    for (const [method, params] of wrongKinds(facts)) {
      for (const difference of await unreasoned(method, params))
        wrong.push(`${method} ${JSON.stringify(params).slice(0, 200)} ${difference}`);
    }
    assert.deepEqual(wrong, []);
  });

  it('answers every form of request with the same status and the same bytes', async () => {
    for (const body of REQUEST_BODIES) {
      const [ours, theirs] = await Promise.all(places.map((place) => askRaw(place, body)));
      assert.deepEqual(ours, theirs, body);
    }
  });

  it('refuses transactions for the same reason', async () => {
    const refused = await wallet.refusedTransactions();
    assert.ok(refused.length >= 20);
    for (const [what, hexes, rate] of refused) {
      const [first] = hexes as [string];
      const asked = hexes.length > 1 ? [] : await unreasoned('sendrawtransaction', [first, ...rate]);
      assert.deepEqual([...(await unreasoned('testmempoolaccept', [hexes, ...rate])), ...asked], [], what);
    }
    await isFollowed();
  });

  it('tests several transactions together with the same outcome', async () => {
    const outcomes = new Set<string>();
    for (const [what, hexes, rate] of await wallet.packages()) {
      assert.deepEqual(await unreasoned('testmempoolaccept', [hexes, ...rate]), [], what);
      const rows = (await node.rpc('testmempoolaccept', hexes, ...rate)) as { allowed?: boolean; 'reject-reason'?: string }[];
      outcomes.add(rows.map((row) => row['reject-reason'] ?? row.allowed).join());
    }
    assert.ok(outcomes.has('true,true,true') && outcomes.size > 7, [...outcomes].join('; '));
  });

  it('refuses blocks in the same words, and has the same branches afterwards', async () => {
    const parentAt = async (height: number): Promise<BuildParent> => {
      const hash = await hashAt(height);
      const { header } = decodeBlock(Buffer.from((await node.rpc('getblock', hash, 0)) as string, 'hex'));
      return { header, height, medianTimeSeconds: (await node.rpc('getblockheader', hash)).mediantime };
    };
    const height = (await node.rpc('getblockcount')) as number;
    const blocks = brokenBlocks({
      parent: await parentAt(height),
      grandparent: await parentAt(height - 1),
      nowSeconds: Math.floor(Date.now() / 1000),
    });
    const words = new Set<unknown>();
    for (const [what, hex] of blocks) {
      assert.deepEqual(await unreasoned('submitblock', [hex]), [], what);
      words.add(JSON.stringify(await answerOf(places[0], 'submitblock', [hex])));
    }
    assert.ok(words.size > 20, `${words.size} different answers`);
    await isFollowed();
    const tips = (await Promise.all(places.map((place) => answerOf(place, 'getchaintips', [])))) as { result: { hash: string }[] }[];
    const [ours, theirs] = tips.map(({ result }) => new Map(result.map((tip) => [tip.hash, tip])));
    assert.deepEqual(ours, theirs);
    assert.ok(ours!.size > 5);
  });

  it('leaves and takes back a block alike', async () => {
    const tip = (await node.rpc('getbestblockhash')) as string;
    for (const method of ['invalidateblock', 'reconsiderblock']) {
      await same(method, tip);
      await same('getbestblockhash');
      await same('gettxoutsetinfo');
      await same('getblockheader', tip);
    }
    assert.equal(await node.rpc('getbestblockhash'), tip);
  });

  it('makes no block while the clock is hours behind the chain', async () => {
    const { mediantime } = await node.rpc('getblockheader', await node.rpc('getbestblockhash'));
    await same('setmocktime', mediantime - 7_200);
    const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
    await same('generatetoaddress', 1, address);
    await same('generateblock', address, []);
    await same('getblocktemplate', { rules: ['segwit'] });
    await same('setmocktime', 0);
  });

  it('needs each of the reasons, and the document tells them', () => {
    assert.equal(readFileSync(DIFFERENCES_DOCUMENT, 'utf8'), differencesText());
    assert.deepEqual(
      REASONS.filter((reason) => reason.chance !== true && !needed.has(reason)),
      [],
    );
  });
});
