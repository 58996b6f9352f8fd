/**
 * Core's REST of our node beside that of a C++ node with the same chain: bytes and hexadecimal digit by digit, JSON member by member,
 * refusals with their status and words.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { agree } from '../support/cluster.ts';
import { differences, parseExact } from '../support/compare-answers.ts';
import { eventually } from '../support/eventually.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { PeerWallet } from '../support/peer-wallet.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';

const PEER_OPTIONS = [
  ...['-checkblockindex=0', '-checkmempool=0', '-checkaddrman=0', '-minrelaytxfee=0.000001', '-incrementalrelayfee=0.000001'],
  ...['-rest', '-txindex=1', '-blockfilterindex=1'],
];

/** Differences that are meant: Knots' own members, newer ones of ours, and what each node has seen for itself. Each fits
 * `path .member: ours | theirs`. */
const REASONS: readonly RegExp[] = [
  /\.(txcount|header_version): nothing \| /,
  /\.(dustrelayfee|dustrelayfeefloor|dustdynamic|rbf_policy|truc_policy): nothing/,
  /\.(limitcluster\w+|optimal|permitbaremultisig|maxdatacarriersize): .* \| nothing$/,
  /\.(startingpriority|currentpriority|hash): nothing/,
  /\.(time|usage|mempool_sequence): /,
  /^mempool\/contents\S* ( in another order: |(\.txids)?\.\d+: )/,
  /^chaininfo\S* \.size_on_disk: /,
];

const ZERO = '0'.repeat(64);
const FORMATS = ['bin', 'hex', 'json'];

/** An answer as it came. */
interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: Buffer;
}

describe('REST beside the C++ node', { skip: peerNodeMissing() }, () => {
  let node: QuoinProcess;
  let peer: PeerNode;
  let tip: string;
  let height: number;
  /** A block whose transactions spend outputs of each kind, with one of its transactions. */
  let spending: string;
  let txid: string;
  let stale: string;
  let waiting: string;

  before(async () => {
    [node, peer] = await Promise.all([startQuoin({ args: ['--index', 'tx,filter'] }), startPeerNode(...PEER_OPTIONS)]);
    await peer.rpc('addnode', node.p2p, 'add');
    const wallet = await PeerWallet.create(peer);
    await wallet.mineToEachKind(30);
    await wallet.payToEachKind(1.25);
    [spending] = (await peer.rpc('generatetoaddress', 1, wallet.address('bech32'))) as [string];
    txid = (await peer.rpc('getblock', spending)).tx.at(-1);
    [stale] = (await peer.rpc('generatetoaddress', 1, wallet.address('bech32'))) as [string];
    await agree([node, peer]);
    await peer.rpc('invalidateblock', stale);
    await peer.rpc('generatetodescriptor', 2, 'raw(51)');
    await peer.rpc('reconsiderblock', stale);
    await agree([node, peer]);
    await wallet.payToEachKind(2);
    await eventually('the mempools and indexes are the same', async () => {
      const [ours, theirs] = (await Promise.all([node.rpc('getrawmempool'), peer.rpc('getrawmempool')])) as [string[], string[]];
      [waiting] = theirs as [string];
      const synced = await Promise.all([node.rpc('getindexinfo'), peer.rpc('getindexinfo')]);
      return (
        theirs.length > 0 &&
        ours.sort().join() === theirs.sort().join() &&
        synced.every((infos) => Object.values(infos as Record<string, { synced: boolean }>).every((info) => info.synced))
      );
    });
    tip = (await peer.rpc('getbestblockhash')) as string;
    height = (await peer.rpc('getblockcount')) as number;
  });

  after(() => Promise.all([node?.stop(), peer?.stop()]));

  async function ask(http: string, path: string, body?: Uint8Array | string): Promise<Answer> {
    const response = await fetch(new URL(`/rest/${path}`, http), body === undefined ? {} : { method: 'POST', body: body as never });
    return { status: response.status, type: response.headers.get('content-type'), body: Buffer.from(await response.arrayBuffer()) };
  }

  /** What is not the same without a reason. */
  async function unlike(path: string, body?: Uint8Array | string): Promise<string[]> {
    const [ours, theirs] = await Promise.all([node.http, peer.http].map((http) => ask(http, path, body)));
    const shown = [ours, theirs].map((answer) => `${answer!.status} ${answer!.type} ${answer!.body.toString('latin1').slice(0, 300)}`);
    // Knots' own form of one address stands in its words too.
    shown[1] = shown[1]!.replace('info/with_fee_histogram|', '');
    const isJson = ours!.type === 'application/json' && theirs!.type === 'application/json';
    if (!isJson || ours!.status !== theirs!.status) {
      const same =
        ours!.status === theirs!.status &&
        ours!.type === theirs!.type &&
        (ours!.body.equals(theirs!.body) || (ours!.status !== 200 && shown[0] === shown[1]));
      return same ? [] : [`${path}: ${shown.join(' | ')}`];
    }
    const found = differences(parseExact(ours!.body.toString()), parseExact(theirs!.body.toString()));
    return found.map((each) => `${path} ${each}`).filter((each) => !REASONS.some((reason) => reason.test(each)));
  }

  async function same(paths: readonly string[]): Promise<void> {
    const wrong: string[] = [];
    for (const path of paths) wrong.push(...(await unlike(path)));
    assert.deepEqual(wrong, []);
  }

  const inEach = (...paths: string[]): string[] => paths.flatMap((path) => FORMATS.map((format) => path.replace('*', format)));

  it('serves blocks, headers and what blocks spend', async () => {
    for (const hash of [tip, spending, stale, (await peer.rpc('getblockhash', 0)) as string]) {
      await same(
        inEach(`block/${hash}.*`, `block/notxdetails/${hash}.*`, `headers/${hash}.*`, `headers/2/${hash}.*`, `spenttxouts/${hash}.*`),
      );
      await same(inEach(`headers/${hash}.*?count=3`, `headers/${hash}.*?count=2000`));
    }
    await same(inEach('blockhashbyheight/0.*', `blockhashbyheight/${height}.*`, 'blockhashbyheight/007.*'));
  });

  it('serves parts of blocks', async () => {
    const { body } = await ask(node.http, `block/${spending}.bin`);
    const part = await ask(node.http, `blockpart/${spending}.bin?offset=80&size=100`);
    assert.deepEqual([part.status, part.type, part.body], [200, 'application/octet-stream', body.subarray(80, 180)]);
    const hex = await ask(node.http, `blockpart/${spending}.hex?offset=0&size=${body.length}`);
    assert.equal(hex.body.toString(), `${body.toString('hex')}\n`);
    const refusals: [query: string, message: string][] = [
      [`${spending}.bin?offset=0&size=0`, `Bad block part offset/size 0/0 for ${spending}`],
      [`${spending}.bin?offset=1&size=${body.length}`, `Bad block part offset/size 1/${body.length} for ${spending}`],
      [`${spending}.bin?size=1`, 'Block part offset missing or invalid'],
      [`${spending}.bin?offset=-1&size=1`, 'Block part offset missing or invalid'],
      [`${spending}.bin?offset=1`, 'Block part size missing or invalid'],
      [`${spending}.json?offset=0&size=1`, 'JSON output is not supported for this request type'],
      ['zz.bin?offset=0&size=1', 'Invalid hash: zz'],
    ];
    for (const [query, message] of refusals) {
      const answer = await ask(node.http, `blockpart/${query}`);
      assert.deepEqual([answer.status, answer.body.toString()], [400, `${message}\r\n`]);
    }
  });

  it('serves filters', async () => {
    for (const hash of [tip, spending, stale]) {
      await same(inEach(`blockfilter/basic/${hash}.*`, `blockfilterheaders/basic/${hash}.*`, `blockfilterheaders/basic/3/${hash}.*`));
      await same(inEach(`blockfilterheaders/basic/${hash}.*?count=4`));
    }
  });

  it('serves the state of chain, mempool and deployments', async () => {
    await same(['chaininfo.json', 'chaininfoxyz.json', 'mempool/info.json', 'deploymentinfo.json']);
    await same([`deploymentinfo/${spending}.json`, `deploymentinfo/${stale}.json`, 'deploymentinfo/.json']);
    const contents = [
      '',
      '?verbose=true',
      '?verbose=false',
      '?verbose=false&mempool_sequence=true',
      '?mempool_sequence=true',
      '?verbose=1',
    ];
    await same(contents.map((query) => `mempool/contents.json${query}`));
  });

  it('serves transactions and unspent outputs', async () => {
    await same(inEach(`tx/${txid}.*`, `tx/${waiting}.*`, `tx/${ZERO}.*`));
    const { vin } = (await peer.rpc('getrawtransaction', waiting, 1)) as { vin: { txid: string; vout: number }[] };
    const spent = `${vin[0]!.txid}-${vin[0]!.vout}`;
    const asked = [`${txid}-0`, `${txid}-0/${txid}-1/${ZERO}-0`, `${waiting}-0/${waiting}-1`, spent, `${spent}/${waiting}-0/${txid}-9`];
    for (const outPoints of asked) await same(inEach(`getutxos/${outPoints}.*`, `getutxos/checkmempool/${outPoints}.*`));
    const outPoint = (id: string, n: number) => Buffer.concat([Buffer.from(id, 'hex').reverse(), Buffer.from([n, 0, 0, 0])]);
    const wrong: string[] = [];
    for (const flag of [0, 1, 2]) {
      const body = Buffer.concat([Buffer.from([flag, 3]), outPoint(txid, 0), outPoint(waiting, 0), outPoint(ZERO, 1)]);
      const bodies = [body, body.subarray(0, 80), Buffer.concat([body, Buffer.from([1])]), body.subarray(0, 1)];
      for (const bytes of bodies) {
        wrong.push(...(await unlike('getutxos.bin', bytes)), ...(await unlike('getutxos.hex', bytes.toString('hex'))));
        wrong.push(...(await unlike('getutxos.json', bytes)), ...(await unlike(`getutxos/${txid}-0.bin`, bytes)));
      }
    }
    for (const text of ['zz', '0', '00ff', '0000']) wrong.push(...(await unlike('getutxos.hex', text)));
    const many = (count: number) => Buffer.concat([Buffer.from([1, count]), ...Array.from({ length: count }, (_, i) => outPoint(txid, i))]);
    for (const count of [0, 15, 16]) wrong.push(...(await unlike('getutxos.bin', many(count))));
    assert.deepEqual(wrong, []);
  });

  it('refuses what is malformed or unknown with the same status and words', async () => {
    const kinds = [
      'tx/',
      'block/',
      'block/notxdetails/',
      'headers/',
      'headers/1/',
      'spenttxouts/',
      'blockhashbyheight/',
      'deploymentinfo/',
    ];
    const texts = [
      '',
      'zz',
      '0',
      '-1',
      '1.5',
      '99999999999',
      'x<y',
      `${ZERO}0`,
      ZERO,
      'g'.repeat(64),
      `0x${ZERO}`,
      ZERO.slice(1),
      `${ZERO}/1`,
    ];
    const ends = ['.json', '.bin', '.hex', '', '.', '.xml', '.json.json', '.JSON'];
    await same(kinds.flatMap((kind) => texts.flatMap((text) => ends.map((end) => kind + text + end))));
    const filters = ['blockfilter/', 'blockfilterheaders/'].flatMap((kind) => {
      const paths = [
        '',
        'basic',
        'basic/',
        'x/y',
        `x/${ZERO}`,
        `basic/${ZERO}`,
        `basic/1/${ZERO}`,
        `basic/zz/${ZERO}`,
        'basic/1/2/3',
        `x/1/${tip}`,
      ];
      return paths.flatMap((path) => ends.map((end) => kind + path + end));
    });
    await same(filters);
    await same(
      ends.flatMap((end) => [`block/${tip}${end}`, `headers/${tip}${end}`, `tx/${txid}${end}`, `chaininfo${end}`, `mempool/info${end}`]),
    );
    const counts = ['0', '2001', '-1', '+1', ' 1', '1x', '', '0x1', '1.0', '007', '99999999999999999999', '1&count=2'];
    await same(counts.flatMap((count) => [`headers/${tip}.json?count=${count}`, `headers/${count.trim()}/${tip}.json`]));
    const outPoints = [
      '',
      '/',
      '/x',
      '/checkmempool',
      '/checkmempool/',
      `/${txid}`,
      `/${txid}-`,
      `/${txid}-x`,
      `/${txid}--1`,
      `/${txid}-+1`,
    ];
    const more = [`/${txid}-0/`, `/zz-0`, `/-0`, '/5', `/${txid}-4294967295`, `/${txid}-2147483647`, `/${txid}-99999999999`, `x/${txid}-0`];
    await same([...outPoints, ...more].flatMap((path) => ['.json', '.bin', '.hex', '', '.xml'].map((end) => `getutxos${path}${end}`)));
    const tooMany = Array.from({ length: 16 }, (_, i) => `/${txid}-${i}`);
    await same([`getutxos${tooMany.join('')}.json`, `getutxos${tooMany.slice(1).join('')}.json`]);
    await same(['nosuch', '', 'TX/x.json', 'chain', 'mempool', 'deploymentinfox.json', 'mempool/x.bin']);
  });
});
