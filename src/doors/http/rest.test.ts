import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Errors } from 'typebox/schema';
import { OP_TRUE, outputOf, spend } from '../../../test/support/chain-builder.ts';
import { FakeNode, fakePeer } from '../../../test/support/fake-node.ts';
import { httpRequest } from '../../../test/support/http-request.ts';
import { repositoryRoot } from '../../../test/support/vectors.ts';
import { toHex } from '../../core/base/bytes.ts';
import { reject } from '../../core/consensus/rejection.ts';
import { checkTransactionProof } from '../../core/consensus/transaction-proof.ts';
import { networkFromFile, parseNetworkJson } from '../../core/params/network-file.ts';
import { regtest } from '../../core/params/regtest.ts';
import { decodeHeader, encodeBlock } from '../../core/primitives/block.ts';
import { type Txid, toDisplayHex } from '../../core/primitives/ids.ts';
import { decodeMerkleBlock } from '../../core/primitives/merkle-block.ts';
import { decodeTransaction, encodeTransaction, outPointKey, type Transaction } from '../../core/primitives/transaction.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { TSchema } from '../schema.ts';
import { ROUTES } from './app.ts';
import { REORG } from './event-view.ts';
import { PROBLEM, PROBLEMS } from './problem.ts';
import { createHttpServer, type HttpServer } from './server.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const UNKNOWN = 'ee'.repeat(32);

let node: FakeNode;
let server: HttpServer;

before(async () => {
  node = new FakeNode();
  const rpc = async () => ({ status: 200, body: '1\n' });
  server = await createHttpServer({ node: proxyOf(), rpc, auth: { token: 'tok' }, listen: { host: '127.0.0.1', port: 0 } });
});

after(() => server.close());

/** Always the node of the test that runs: building the server once is enough. */
function proxyOf(): FakeNode {
  return new Proxy({} as FakeNode, { get: (_target, name) => Reflect.get(node, name) });
}

/** Starts a test with a fresh node. */
function fresh(): FakeNode {
  node = new FakeNode();
  return node;
}

function check(schema: unknown, value: unknown, what: string): void {
  const [valid, errors] = Errors(schema as TSchema, value);
  assert.ok(valid, `${what}: ${JSON.stringify(errors)} in ${JSON.stringify(value)}`);
}

interface Sent {
  readonly login?: boolean;
  readonly json?: unknown;
  readonly text?: string;
}

/** Asks a route; its answer is held against its schema, a refusal against that of problems. */
async function ask(id: string, path: string, { json, login = true, text }: Sent = {}) {
  const route = ROUTES.find((each) => each.id === id);
  assert.ok(route !== undefined, id);
  const headers: Record<string, string> = {};
  if (login) headers.authorization = 'Bearer tok';
  if (json !== undefined) headers['content-type'] = 'application/json';
  if (text !== undefined) headers['content-type'] = 'text/plain';
  const body = json === undefined ? text : JSON.stringify(json);
  const answer = await httpRequest({ port: server.port, method: route.method, path, headers, ...(body === undefined ? {} : { body }) });
  const value = JSON.parse(answer.text);
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  if (answer.status === (route.status ?? 200)) {
    check(route.result, value, path);
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  } else {
    check(PROBLEM, value, path);
    assert.equal(value.status, answer.status);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
  }
  return { ...answer, value };
}

/** Asks and expects a problem. */
async function refused(code: string, ...args: Parameters<typeof ask>) {
  const { value } = await ask(...args);
  assert.equal(value.code, code, JSON.stringify(value));
  return value;
}

describe('routes about addresses', () => {
  const paid = (vout: number, value: bigint, height: number) => {
    return { outPoint: { txid: node.payment.txid, vout }, value, height, coinbase: false };
  };

  it('need the index of scripts, and name the option with those that are there', async () => {
    fresh().indexes.present.add('tx');
    for (const [id, path] of [
      ['getAddress', ''],
      ['getAddressUtxos', '/utxos'],
      ['getAddressTransactions', '/txs'],
    ] as const) {
      const problem = await refused('index-missing', id, `/api/v1/address/${ADDRESS}${path}`);
      assert.match(problem.detail, /--index tx,script\.$/);
    }
    node.indexes.present.add('script');
    assert.equal((await refused('address-invalid', 'getAddress', '/api/v1/address/nonsense')).field, 'address');
  });

  it('tell the balance, and what waiting transactions will change of it', async () => {
    const { indexes, mempool } = fresh();
    indexes.present.add('script');
    const script = Uint8Array.of(0, 20, ...Buffer.from('751e76e8199196d454941c45d1b3a323f1433bd6', 'hex'));
    const second = outputOf(node.chain.at(2).transactions[0] as Transaction);
    indexes.coins.push(paid(0, 7n, 3), { ...paid(0, 5_000_000_000n, 2), outPoint: second.outPoint });
    indexes.events.push({ txid: node.payment.txid, height: 3, position: 1, received: 7n, spent: 0n });
    const path = `/api/v1/address/${ADDRESS}`;
    const quiet = (await ask('getAddress', path, { login: false })).value;
    assert.deepEqual(quiet.balance, { confirmed: '5000000007', unconfirmed: '0' });
    assert.deepEqual([quiet.transactionCount, quiet.utxoCount, quiet.unconfirmedTransactionCount, quiet.height], [1, 2, 0, 3]);
    // One spends a coin of the address and pays it back in part, the next one spends that again.
    const first = node.spendingSecond(4_000_000_000n, script);
    mempool.add(first);
    const next = spend({ inputs: [outputOf(first)], outputs: [{ value: 3_000_000_000n, scriptPubKey: OP_TRUE }] });
    assert.equal((await ask('getAddress', path)).value.balance.unconfirmed, '-1000000000');
    mempool.add(next);
    const busy = (await ask('getAddress', path)).value;
    assert.deepEqual([busy.balance.unconfirmed, busy.unconfirmedTransactionCount], ['-5000000000', 2]);
    const { utxos } = (await ask('getAddressUtxos', `${path}/utxos`)).value;
    assert.deepEqual([utxos[0].spentBy, utxos[1].spentBy], [undefined, toDisplayHex(first.txid)]);
  });

  it('list coins and transactions in pages', async () => {
    const { indexes } = fresh();
    indexes.present.add('script');
    for (let i = 0; i < 5; i++) {
      indexes.coins.push(paid(i, BigInt(i), 3));
      indexes.events.push({ txid: node.payment.txid, height: 9 - i, position: i, received: 2n ** 60n, spent: 1n });
    }
    const all = async (id: string, path: string, name: string): Promise<unknown[][]> => {
      const pages: unknown[][] = [];
      for (let after = ''; ; ) {
        const { value } = await ask(id, `/api/v1/address/${ADDRESS}/${path}?limit=2${after}`);
        pages.push(value[name]);
        if (value.next === undefined) return pages;
        after = `&after=${value.next}`;
      }
    };
    const coins = await all('getAddressUtxos', 'utxos', 'utxos');
    assert.deepEqual(
      coins.map((page) => page.map((coin) => (coin as { index: number }).index)),
      [[0, 1], [2, 3], [4]],
    );
    const events = await all('getAddressTransactions', 'txs', 'transactions');
    assert.deepEqual(
      events.map((page) => page.map((event) => (event as { height: number }).height)),
      [[9, 8], [7, 6], [5]],
    );
    assert.equal((events.flat()[0] as { received: string }).received, '1152921504606846976');
    for (const query of ['limit=0', 'limit=1001', 'after=x', 'after=1', `after=${UNKNOWN}`, 'nosuch=1']) {
      await refused('request-invalid', 'getAddressTransactions', `/api/v1/address/${ADDRESS}/txs?${query}`);
      await refused('request-invalid', 'getAddressUtxos', `/api/v1/address/${ADDRESS}/utxos?${query}`);
    }
  });
});

describe('routes about the chain', () => {
  it('tell the state of the node', async () => {
    fresh().network.connected.push(fakePeer());
    const { value } = await ask('status', '/api/v1/status', { login: false });
    const { bestBlockHash, chainWork, headers, height, inSync, mempool, network, peers } = value;
    assert.deepEqual([network, height, headers, inSync, peers], ['regtest', 3, 3, true, 1]);
    assert.equal(bestBlockHash, toDisplayHex(node.chain.at(3).header.hash));
    assert.equal(chainWork, '8'.padStart(64, '0'));
    assert.deepEqual(mempool, { count: 0, vsize: 0 });
    assert.equal(value.uptime, 100);
  });

  it('answer to health whatever the state of the sync', async () => {
    fresh().network.inSync = false;
    const { value } = await ask('health', '/health', { login: false });
    assert.deepEqual(value, { status: 'ok', inSync: false, height: 3, headers: 3, progress: 0.5, peers: 0 });
  });

  it('list blocks downwards from a height', async () => {
    fresh();
    const heights = async (query: string): Promise<number[]> => {
      const { value } = await ask('listBlocks', `/api/v1/blocks${query}`, { login: false });
      return value.map((block: { height: number }) => block.height);
    };
    assert.deepEqual(await heights(''), [3, 2, 1, 0]);
    assert.deepEqual(await heights('?from=2&limit=2'), [2, 1]);
    assert.deepEqual(await heights('?from=99&limit=1'), [3]);
    assert.deepEqual(await heights('?from=0&limit=200'), [0]);
    for (const [query, field] of [
      ['from=-1', 'from'],
      ['from=x', 'from'],
      ['from=1.5', 'from'],
      ['from=2147483648', 'from'],
      ['from=1&from=2', 'from'],
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
      ['limit=', 'limit'],
      ['nosuch=1', 'nosuch'],
    ]) {
      const problem = await refused('request-invalid', 'listBlocks', `/api/v1/blocks?${query}`);
      assert.equal(problem.field, field, query);
    }
  });

  it('show a block by hash, height or tip', async () => {
    fresh();
    const hash = toDisplayHex(node.chain.at(3).header.hash);
    const { value } = await ask('getBlock', '/api/v1/blocks/tip', { login: false });
    assert.deepEqual((await ask('getBlock', '/api/v1/blocks/3')).value, value);
    assert.deepEqual((await ask('getBlock', `/api/v1/blocks/${hash.toUpperCase()}`)).value, value);
    assert.deepEqual([value.hash, value.confirmations, value.transactions.length, value.nextHash], [hash, 1, 2, undefined]);
    const stale = (await ask('getBlock', `/api/v1/blocks/${toDisplayHex(node.staleBlock.header.hash)}`)).value;
    assert.deepEqual([stale.active, stale.confirmations], [false, 0]);
    await refused('block-not-found', 'getBlock', '/api/v1/blocks/4');
    await refused('block-not-found', 'getBlock', '/api/v1/blocks/9999999999');
    await refused('block-not-found', 'getBlock', `/api/v1/blocks/${UNKNOWN}`);
    await refused('block-not-stored', 'getBlock', `/api/v1/blocks/${toDisplayHex(node.headerOnly.header.hash)}`);
    for (const name of ['-1', 'top', 'ee', '12345678901', '%2e%2e']) await refused('request-invalid', 'getBlock', `/api/v1/blocks/${name}`);
  });

  it('list the tips, the highest first', async () => {
    fresh();
    const { value } = await ask('chainTips', '/api/v1/chain/tips', { login: false });
    assert.deepEqual(value[0], { height: 3, hash: toDisplayHex(node.chain.at(3).header.hash), branchLength: 0, status: 'active' });
    assert.equal(value.length, 3);
  });
});

describe('routes about transactions', () => {
  const hexOf = (tx: Transaction): string => toHex(encodeTransaction(tx));

  it('find one that waits, is of the wallet, or is in a given block', async () => {
    const { chain, mempool, payment, wallet } = fresh();
    const waiting = node.spendingSecond();
    mempool.add(waiting);
    const first = (await ask('getTransaction', `/api/v1/tx/${toDisplayHex(waiting.txid)}`, { login: false })).value;
    assert.deepEqual([first.confirmations, first.fee, first.block, first.hex], [0, 1_000, undefined, hexOf(waiting)]);
    const path = `/api/v1/tx/${toDisplayHex(payment.txid)}`;
    const hash = toDisplayHex(chain.at(3).header.hash);
    const second = (await ask('getTransaction', `${path}?block=${hash}`, { login: false })).value;
    assert.deepEqual([second.confirmations, second.fee, second.block], [1, 10_000, { hash, height: 3, active: true }]);
    assert.deepEqual(second.inputs[0].spent.value, 5_000_000_000);
    assert.equal(second.outputs[0].address, 'bcrt1qqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcruj60yu');
    assert.match((await refused('index-missing', 'getTransaction', path)).detail, /--index tx/);
    const entry = { txid: payment.txid, amount: 5n, fee: undefined, block: { hash: chain.at(3).header.hash, height: 3 }, tx: payment };
    wallet?.entries.push({ ...entry, conflicted: false, coinbase: false, timeSeconds: 1 });
    const third = (await ask('getTransaction', path)).value;
    assert.deepEqual([third.confirmations, third.block], [1, second.block]);
    const coinbase = chain.at(3).transactions[0] as Transaction;
    const shown = (await ask('getTransaction', `/api/v1/tx/${toDisplayHex(coinbase.txid)}?block=${hash}`)).value;
    assert.deepEqual([shown.inputs[0].coinbase, shown.inputs[0].txid, shown.fee], [true, undefined, undefined]);
  });

  it('find one anywhere in the chain by the index', async () => {
    const { chain, indexes, payment } = fresh();
    indexes.present.add('tx');
    const { hash } = chain.at(3).header;
    indexes.transactions.push({ tx: payment, blockHash: hash, position: 1 });
    const path = `/api/v1/tx/${toDisplayHex(payment.txid)}`;
    const { value } = await ask('getTransaction', path, { login: false });
    assert.deepEqual([value.confirmations, value.fee, value.block], [1, 10_000, { hash: toDisplayHex(hash), height: 3, active: true }]);
    assert.deepEqual((await ask('getTransaction', `${path}?block=${toDisplayHex(hash)}`)).value, value);
    const coinbase = chain.at(3).transactions[0] as Transaction;
    indexes.transactions.push({ tx: coinbase, blockHash: hash, position: 0 });
    const shown = (await ask('getTransaction', `/api/v1/tx/${toDisplayHex(coinbase.txid)}`)).value;
    assert.deepEqual([shown.inputs[0].coinbase, shown.fee, shown.block.height], [true, undefined, 3]);
  });

  it('tell whether an output is spent, and by what', async () => {
    const { chain, indexes, mempool, payment } = fresh();
    const of = (tx: Transaction, vout: number): string => `/api/v1/tx/${toDisplayHex(tx.txid)}/outputs/${vout}/spend`;
    const spendOf = async (tx: Transaction, vout: number) => (await ask('getOutputSpend', of(tx, vout), { login: false })).value;
    const [coinbase] = chain.at(3).transactions as [Transaction];
    assert.deepEqual(await spendOf(coinbase, 0), { spent: false }, 'without an index');
    const waiting = node.spendingSecond();
    mempool.add(waiting);
    const [{ prevout }] = waiting.inputs as [Transaction['inputs'][number]];
    const { value } = await ask('getOutputSpend', `/api/v1/tx/${toDisplayHex(prevout.txid)}/outputs/${prevout.vout}/spend`);
    assert.deepEqual(value, { spent: true, spender: { txid: toDisplayHex(waiting.txid), inputIndex: 0, confirmations: 0 } });
    assert.deepEqual(await spendOf(waiting, 0), { spent: false });

    const [spent] = payment.inputs as [Transaction['inputs'][number]];
    const gone = `/api/v1/tx/${toDisplayHex(spent.prevout.txid)}/outputs/${spent.prevout.vout}/spend`;
    assert.match((await refused('index-missing', 'getOutputSpend', gone)).detail, /--index spent/);
    indexes.present.add('spent');
    await refused('output-not-found', 'getOutputSpend', gone);
    indexes.spenders.set(outPointKey(spent.prevout), { txid: payment.txid, inputIndex: 0, height: 3 });
    const block = { hash: toDisplayHex(chain.at(3).header.hash), height: 3 };
    const spender = { txid: toDisplayHex(payment.txid), inputIndex: 0, confirmations: 1, block };
    assert.deepEqual((await ask('getOutputSpend', gone)).value, { spent: true, spender });
    await refused('output-not-found', 'getOutputSpend', `/api/v1/tx/${UNKNOWN}/outputs/4294967295/spend`);
    for (const vout of ['-1', '4294967296', 'x', '0.5']) {
      assert.equal((await refused('request-invalid', 'getOutputSpend', `/api/v1/tx/${UNKNOWN}/outputs/${vout}/spend`)).field, 'vout');
    }
  });

  it('prove that a transaction is in a block, with the headers that bury it', async () => {
    const { chain, indexes } = fresh();
    const { header, transactions } = chain.at(2);
    const [coinbase] = transactions as [Transaction];
    const path = `/api/v1/tx/${toDisplayHex(coinbase.txid)}/proof`;
    const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
    const { value } = await ask('getTransactionProof', `${path}?block=${toDisplayHex(header.hash)}`, { login: false });
    assert.deepEqual([value.height, value.position, value.headers.length], [2, 0, 1]);
    const shown = {
      transaction: decodeTransaction(bytes(value.transaction)),
      coinbase: decodeTransaction(bytes(value.coinbase)),
      merkleBlock: decodeMerkleBlock(bytes(value.merkleBlock)),
      headers: value.headers.map((each: string) => decodeHeader(bytes(each))),
    };
    assert.deepEqual(checkTransactionProof(shown, node.params.consensus), { position: 0, work: 4n });
    const short = (await ask('getTransactionProof', `${path}?block=${toDisplayHex(header.hash)}&headers=0`)).value;
    assert.deepEqual(short.headers, []);
    assert.match((await refused('index-missing', 'getTransactionProof', path)).detail, /--index tx/);
    indexes.present.add('tx');
    await refused('transaction-not-found', 'getTransactionProof', `/api/v1/tx/${UNKNOWN}/proof`);
    await refused('transaction-not-found', 'getTransactionProof', `/api/v1/tx/${UNKNOWN}/proof?block=${toDisplayHex(header.hash)}`);
    await refused('block-not-found', 'getTransactionProof', `${path}?block=${UNKNOWN}`);
    assert.equal((await refused('request-invalid', 'getTransactionProof', `${path}?headers=2001`)).field, 'headers');
  });

  it('refuse unknown and malformed ids', async () => {
    const { headerOnly } = fresh();
    await refused('index-missing', 'getTransaction', `/api/v1/tx/${UNKNOWN}`);
    node.indexes.present.add('tx');
    await refused('transaction-not-found', 'getTransaction', `/api/v1/tx/${UNKNOWN}`);
    await refused('transaction-not-found', 'getTransaction', `/api/v1/tx/${UNKNOWN}?block=${toDisplayHex(node.chain.at(1).header.hash)}`);
    await refused('block-not-found', 'getTransaction', `/api/v1/tx/${UNKNOWN}?block=${UNKNOWN}`);
    await refused('block-not-stored', 'getTransaction', `/api/v1/tx/${UNKNOWN}?block=${toDisplayHex(headerOnly.header.hash)}`);
    assert.equal((await refused('request-invalid', 'getTransaction', '/api/v1/tx/zz')).field, 'txid');
    assert.equal((await refused('request-invalid', 'getTransaction', `/api/v1/tx/${UNKNOWN}?block=tip`)).field, 'block');
  });

  it('take one as JSON or as text, again and again', async () => {
    const { mempool } = fresh();
    const tx = node.spendingSecond();
    const txid = toDisplayHex(tx.txid);
    assert.deepEqual((await ask('sendTransaction', '/api/v1/tx', { json: { hex: hexOf(tx) }, login: false })).value, { txid });
    assert.deepEqual((await ask('sendTransaction', '/api/v1/tx', { text: `${hexOf(tx)}\n`, login: false })).value, { txid });
    assert.equal(mempool.submitted.length, 1);
  });

  it('refuse one that is none, breaks a rule or is confirmed', async () => {
    const { mempool } = fresh();
    const tx = node.spendingSecond();
    assert.equal((await refused('transaction-undecodable', 'sendTransaction', '/api/v1/tx', { text: 'zz' })).field, 'hex');
    await refused('transaction-undecodable', 'sendTransaction', '/api/v1/tx', { json: { hex: '' } });
    await refused('transaction-undecodable', 'sendTransaction', '/api/v1/tx', { text: `${hexOf(tx)}00` });
    await refused('transaction-confirmed', 'sendTransaction', '/api/v1/tx', { text: hexOf(node.payment) });
    mempool.rejection = reject('policy', 'min relay fee not met', { fee: 1n, required: 9n });
    const problem = await refused('transaction-rejected', 'sendTransaction', '/api/v1/tx', { text: hexOf(tx) });
    assert.deepEqual([problem.reason, problem.detail], ['min relay fee not met', 'min relay fee not met, fee 1, required 9.']);
    for (const [json, field] of [
      [{}, 'hex'],
      [{ hex: 5 }, 'hex'],
      [{ hex: '00', more: 1 }, 'more'],
      [[], 'body'],
      [null, 'body'],
    ] as const) {
      assert.equal((await refused('request-invalid', 'sendTransaction', '/api/v1/tx', { json })).field, field, JSON.stringify(json));
    }
    await refused('request-invalid', 'sendTransaction', '/api/v1/tx');
  });

  it('show those that wait, up to a limit', async () => {
    const { mempool } = fresh();
    mempool.add(node.spendingSecond(1n));
    mempool.add(node.spendingSecond(2n));
    const { value } = await ask('mempool', '/api/v1/mempool', { login: false });
    assert.deepEqual([value.count, value.transactions.length, value.totalFee], [2, 2, '2000']);
    assert.equal((await ask('mempool', '/api/v1/mempool?limit=1')).value.transactions.length, 1);
    assert.equal((await ask('mempool', '/api/v1/mempool?limit=0')).value.transactions.length, 0);
    assert.equal((await refused('request-invalid', 'mempool', '/api/v1/mempool?limit=10001')).field, 'limit');
  });
});

describe('routes about peers', () => {
  it('list the nodes of the subnet, IPv6 with its zone, and what is not known of them', async () => {
    const { network } = fresh();
    network.onSubnet.push({ address: { host: '10.0.0.2', port: 7333 }, proved: true, latencyMs: 0.5, connected: true });
    network.onSubnet.push({ address: { host: 'fe80::2%eth0', port: 7334 }, proved: false, latencyMs: undefined, connected: false });
    assert.deepEqual((await ask('listSubnetNodes', '/api/v1/peers/subnet', { login: false })).value, [
      { address: '10.0.0.2:7333', proved: true, latencyMs: 0.5, connected: true },
      { address: '[fe80::2%eth0]:7334', proved: false, latencyMs: null, connected: false },
    ]);
  });

  it('list, add and disconnect them', async () => {
    const { network } = fresh();
    network.connected.push(fakePeer(), fakePeer({ id: 2, pingTimeMs: undefined }));
    const { value } = await ask('listPeers', '/api/v1/peers', { login: false });
    assert.deepEqual(
      value.map((peer: { pingMs: number | null }) => peer.pingMs),
      [1.5, null],
    );
    network.connected.push(fakePeer({ id: 3, onSubnet: true }));
    assert.deepEqual(
      (await ask('listPeers', '/api/v1/peers')).value.map((peer: { onSubnet: boolean }) => peer.onSubnet),
      [false, false, true],
    );
    const { peers, peersOnSubnet } = (await ask('status', '/api/v1/status')).value;
    assert.deepEqual([peers, peersOnSubnet], [3, 1]);
    network.connected.pop();
    const add = (json: unknown) => ask('addPeer', '/api/v1/peers', { json });
    assert.deepEqual((await add({ address: '127.0.0.1' })).value, { address: '127.0.0.1:18444' });
    assert.deepEqual((await add({ address: '[::1]:7', command: 'add' })).value, { address: '[::1]:7' });
    assert.deepEqual(network.added, ['127.0.0.1:18444', '::1:7']);
    await refused('peer-known', 'addPeer', '/api/v1/peers', { json: { address: '127.0.0.1:18444' } });
    assert.equal((await add({ address: '127.0.0.1:18444', command: 'remove' })).status, 202);
    await refused('peer-not-found', 'addPeer', '/api/v1/peers', { json: { address: '127.0.0.1:18444', command: 'remove' } });
    assert.equal((await add({ address: 'node.example:1', command: 'onetry' })).status, 202);
    for (const address of ['', 'a b', 'http://a', '1.2.3.4:0', '1.2.3.4:65536', '[1.2.3.4]:5', '::1', 5, null]) {
      const problem = await refused('request-invalid', 'addPeer', '/api/v1/peers', { json: { address } });
      assert.equal(problem.field, 'address', String(address));
    }
    assert.equal((await refused('request-invalid', 'addPeer', '/api/v1/peers', { json: { address: 'a', command: 'x' } })).field, 'command');
    await ask('disconnectPeer', '/api/v1/peers/2');
    assert.deepEqual(
      network.connected.map((peer) => peer.id),
      [1],
    );
    await refused('peer-not-found', 'disconnectPeer', '/api/v1/peers/2');
    assert.equal((await refused('request-invalid', 'disconnectPeer', '/api/v1/peers/x')).field, 'id');
  });
});

describe('routes about mining', () => {
  it('start, stop and show it', async () => {
    const { mining } = fresh();
    assert.deepEqual((await ask('mining', '/api/v1/mining', { login: false })).value, {
      running: false,
      workers: 0,
      hashRate: 0,
      blocksFound: 2,
      address: null,
    });
    const started = await ask('startMining', '/api/v1/mining/start', { json: { workers: 3, address: ADDRESS } });
    assert.deepEqual([started.value.running, started.value.workers], [true, 3]);
    assert.equal((await ask('stopMining', '/api/v1/mining/stop')).value.running, false);
    assert.equal((await ask('startMining', '/api/v1/mining/start')).value.workers, 2);
    assert.equal((await refused('address-invalid', 'startMining', '/api/v1/mining/start', { json: { address: 'x' } })).field, 'address');
    for (const workers of [0, 1.5, '2', 1_025, true, null]) {
      const problem = await refused('request-invalid', 'startMining', '/api/v1/mining/start', { json: { workers } });
      assert.equal(problem.field, 'workers', String(workers));
    }
    mining.failure = new NodeError('option-invalid', 'There is no wallet: give an address.');
    const problem = await refused('mining-unavailable', 'startMining', '/api/v1/mining/start');
    assert.equal(problem.detail, 'There is no wallet: give an address.');
    mining.failure = new NodeError('worker-failed', 'A worker ended.');
    await refused('node-failed', 'startMining', '/api/v1/mining/start');
  });
});

describe('routes about the wallet', () => {
  it('show address, balance and history', async () => {
    const { chain, payment, wallet } = fresh();
    const balance = { confirmed: '5000000000', unconfirmed: '-1000', immature: '10000000000' };
    assert.deepEqual((await ask('wallet', '/api/v1/wallet')).value, { address: ADDRESS, balance });
    const common = { tx: payment, conflicted: false, coinbase: false, timeSeconds: 7 };
    wallet?.entries.push({ ...common, txid: payment.txid, amount: -141n, fee: 141n, block: undefined });
    const block = { hash: chain.at(1).header.hash, height: 1 };
    wallet?.entries.push({ ...common, txid: new Uint8Array(32) as unknown as Txid, amount: 5n, fee: undefined, block });
    const { value } = await ask('walletHistory', '/api/v1/wallet/history');
    assert.deepEqual([value[0].amount, value[0].fee, value[0].confirmations], [-141, 141, 0]);
    assert.deepEqual([value[1].confirmations, value[1].block.height], [3, 1]);
    assert.equal((await ask('walletHistory', '/api/v1/wallet/history?limit=1&skip=1')).value[0].amount, 5);
    assert.equal((await refused('request-invalid', 'walletHistory', '/api/v1/wallet/history?limit=1001')).field, 'limit');
  });

  it('make addresses of both kinds', async () => {
    fresh();
    assert.match((await ask('newAddress', '/api/v1/wallet/address')).value.address, /^bcrt1q/);
    await ask('newAddress', '/api/v1/wallet/address', { json: { kind: 'tr' } });
    assert.equal((await refused('request-invalid', 'newAddress', '/api/v1/wallet/address', { json: { kind: 'x' } })).field, 'kind');
  });

  it('pay, with a fee rate counted exactly', async () => {
    const { wallet } = fresh();
    const pay = (json: unknown) => ask('walletSend', '/api/v1/wallet/send', { json });
    assert.deepEqual((await pay({ address: ADDRESS, amount: 5_000, feeRate: 1.001 })).value, { txid: '09'.repeat(32), fee: 141 });
    await pay({ address: ADDRESS, amount: 1 });
    assert.deepEqual(
      wallet?.sent.map(({ amount, feeRateSatPerKvb }) => [amount, feeRateSatPerKvb]),
      [
        [5_000n, 1_001n],
        [1n, undefined],
      ],
    );
  });

  it('refuse payments that are none', async () => {
    const { params, wallet } = fresh();
    const path = '/api/v1/wallet/send';
    for (const amount of [0, -1, 1.5, '5', true, null, 2 ** 53]) {
      const problem = await refused('request-invalid', 'walletSend', path, { json: { address: ADDRESS, amount } });
      assert.equal(problem.field, 'amount', String(amount));
    }
    for (const feeRate of [0, -1, '1', 1_000_001]) {
      const problem = await refused('request-invalid', 'walletSend', path, { json: { address: ADDRESS, amount: 1, feeRate } });
      assert.equal(problem.field, 'feeRate', String(feeRate));
    }
    assert.equal((await refused('request-invalid', 'walletSend', path, { json: { amount: 1 } })).field, 'address');
    assert.equal((await refused('address-invalid', 'walletSend', path, { json: { address: 'x', amount: 1 } })).field, 'address');
    const tooMuch = Number(params.consensus.maxMoney) + 1;
    assert.equal(
      (await refused('amount-out-of-range', 'walletSend', path, { json: { address: ADDRESS, amount: tooMuch } })).field,
      'amount',
    );
    assert.deepEqual(wallet?.sent, []);
    Object.assign(wallet ?? {}, { rejection: reject('policy', 'insufficient-funds') });
    const problem = await refused('payment-refused', 'walletSend', path, { json: { address: ADDRESS, amount: 1 } });
    assert.equal(problem.reason, 'insufficient-funds');
  });

  it('sign transactions', async () => {
    const tx = toHex(encodeTransaction(fresh().payment));
    assert.deepEqual((await ask('walletSign', '/api/v1/wallet/sign', { json: { hex: tx } })).value, { hex: tx, complete: false });
    await refused('transaction-undecodable', 'walletSign', '/api/v1/wallet/sign', { json: { hex: '00' } });
  });

  it('say that there is no wallet', async () => {
    Object.assign(fresh(), { wallet: undefined });
    await refused('wallet-missing', 'wallet', '/api/v1/wallet');
    await refused('wallet-missing', 'newAddress', '/api/v1/wallet/address');
  });
});

describe('every route', () => {
  it('that reads the wallet, spends, mines or changes peers needs a login', async () => {
    fresh();
    const open = ROUTES.filter((route) => route.access !== 'login').map((route) => route.id);
    assert.deepEqual(open, [
      'health',
      'status',
      'listBlocks',
      'getBlock',
      'chainTips',
      'getTransaction',
      'getOutputSpend',
      'getTransactionProof',
      'sendTransaction',
      'explain',
      'getAddress',
      'getAddressUtxos',
      'getAddressTransactions',
      'mempool',
      'listPeers',
      'listSubnetNodes',
      'mining',
    ]);
    for (const { id, method, path } of ROUTES.filter((route) => route.access === 'login')) {
      const { status } = await ask(id, path.replace(':id', '1'), { login: false, ...(method === 'POST' ? { json: {} } : {}) });
      assert.equal(status, 401, id);
    }
    assert.deepEqual([node.mining.running, node.network.added, node.wallet?.sent], [false, [], []]);
  });

  it('has no effect where it is a GET', async () => {
    const before = fresh();
    for (const { id, method, path } of ROUTES) {
      if (method !== 'GET') continue;
      await ask(id, path.replace(':block', 'tip').replace(':txid', UNKNOWN));
    }
    assert.deepEqual(
      [before.mining.running, before.network.added, before.wallet?.sent, before.mempool.submitted, before.stops],
      [false, [], [], [], 0],
    );
  });

  it('answers paths that are not there, and JSON that is none or too deep', async () => {
    fresh();
    for (const path of ['/nosuch', '/api/v1/nosuch', '/%zz', '/api/v1/status/']) {
      const { status, text } = await httpRequest({ port: server.port, path });
      assert.deepEqual([status, JSON.parse(text).code], [404, 'not-found'], path);
    }
    const post = async (body: string, type: string) => {
      const headers = { authorization: 'Bearer tok', 'content-type': type };
      const { text } = await httpRequest({ port: server.port, method: 'POST', path: '/api/v1/mining/start', headers, body });
      return JSON.parse(text).code ?? 'accepted';
    };
    assert.equal(await post('{', 'application/json'), 'json-invalid');
    assert.equal(await post('', 'application/json'), 'accepted');
    assert.equal(await post(`${'['.repeat(16)}${']'.repeat(16)}`, 'application/json'), 'request-invalid');
    assert.equal(await post(`${'['.repeat(17)}${']'.repeat(17)}`, 'application/json'), 'json-invalid');
    assert.equal(await post(`{"address":"${'['.repeat(99)}\\""}`, 'application/json'), 'address-invalid');
    assert.equal(await post('{"__proto__":{"workers":1}}', 'application/json'), 'request-invalid');
    assert.equal(await post('<a/>', 'application/xml'), 'media-type-unsupported');
  });

  it('does not show what went wrong inside', async () => {
    fresh().chain.tip = () => {
      throw new TypeError('secret');
    };
    const problem = await refused('internal-error', 'status', '/api/v1/status');
    assert.doesNotMatch(JSON.stringify(problem), /secret/);
    assert.deepEqual(node.logged, [{ level: 'error', event: 'http-failed' }]);
  });
});

describe('POST /api/v1/explain', () => {
  const PATH = '/api/v1/explain';
  const hexOf = (tx: Transaction): string => toHex(encodeTransaction(tx));
  const explained = (json: unknown) => ask('explain', PATH, { login: false, json });

  it('tells of a refusal in full, to anyone on this machine', async () => {
    const tx = fresh().spendingSecond();
    const { txid, inputs } = tx;
    const stack = { count: 40, top: [{ sizeBytes: 600, bytes: Uint8Array.of(1, 2) }] };
    node.explain.verdict = {
      accepted: false,
      kind: 'policy',
      reason: 'mempool-script-verify-flag-failed (Negative locktime)',
      rule: 'A script fails.',
      source: 'VerifyScript',
      blame: 'nobody',
      position: { transaction: 2, txid, input: 0, prevout: inputs[0]!.prevout },
      detail: { error: 'NEGATIVE_LOCKTIME', inputIndex: 0, value: 9_007_199_254_740_993n },
      validInBlock: false,
      script: {
        ...{ inputIndex: 0, prevout: inputs[0]!.prevout, value: 5n, scriptPubKey: { sizeBytes: 1, bytes: Uint8Array.of(0x51) } },
        ...{ flags: ['P2SH'], error: 'NEGATIVE_LOCKTIME', text: 'Negative locktime', stepCount: 1, end: stack },
        steps: [
          {
            ...{ role: 'scriptSig', offset: 0, position: 0, opcode: 'PUSH', executed: true, error: 'NEGATIVE_LOCKTIME' },
            ...{ data: { sizeBytes: 1, bytes: Uint8Array.of(7) }, stack, altStack: { count: 0, top: [] } },
          },
        ],
      },
    };
    const { value } = await explained({ tx: hexOf(tx) });
    const { rejection } = value;
    const prevout = { txid: toDisplayHex(inputs[0]!.prevout.txid), index: inputs[0]!.prevout.vout };
    assert.deepEqual([value.kind, value.id, value.accepted], ['transaction', toDisplayHex(txid), false]);
    assert.deepEqual(rejection.position, { transaction: 2, txid: toDisplayHex(txid), input: 0, prevout });
    assert.deepEqual(rejection.detail, { error: 'NEGATIVE_LOCKTIME', inputIndex: 0, value: '9007199254740993' });
    assert.deepEqual(rejection.script.steps[0].stack, { count: 40, top: [{ size: 600, hex: '0102' }] });
    assert.deepEqual([rejection.script.prevout, rejection.validInBlock], [prevout, false]);
  });

  it('hands on blocks and given outputs', async () => {
    fresh();
    const block = await explained({ block: hexOfBlock(1) });
    assert.deepEqual(block.value, {
      ...{ kind: 'block', id: toDisplayHex(node.chain.at(1).header.hash), accepted: true, checked: ['alone'] },
    });
    const tx = node.spendingSecond();
    await explained({ tx: hexOf(tx), prevouts: [{ value: 7, script: '51' }] });
    assert.deepEqual(node.explain.asked.at(-1), { tx, spentOutputs: [{ value: 7n, scriptPubKey: Uint8Array.of(0x51) }] });
  });

  it('refuses bodies that are neither', async () => {
    fresh();
    const tx = hexOf(node.spendingSecond());
    for (const [json, code, field] of [
      [{}, 'request-invalid', 'tx'],
      [{ tx, block: hexOfBlock(1) }, 'request-invalid', 'tx'],
      [{ tx, prevouts: [] }, 'request-invalid', 'prevouts'],
      [{ tx, prevouts: [{ value: -1, script: '' }] }, 'request-invalid', 'prevouts.0.value'],
      [{ tx, prevouts: [{ value: 1, script: 'x' }] }, 'request-invalid', 'prevouts.0.script'],
      [{ tx: 'zz' }, 'transaction-undecodable', 'tx'],
      [{ block: 'zz' }, 'block-undecodable', 'block'],
      [{ block: '00' }, 'block-undecodable', 'block'],
    ] as const) {
      assert.equal((await refused(code, 'explain', PATH, { json })).field, field, JSON.stringify(json));
    }
    assert.equal(node.explain.asked.length, 0);
  });

  function hexOfBlock(height: number): string {
    return toHex(encodeBlock(node.chain.at(height)));
  }
});

describe('the description', () => {
  it('is OpenAPI 3.1 and has every route with its answers', async () => {
    fresh();
    const { status, text } = await httpRequest({ port: server.port, path: '/openapi.json' });
    assert.equal(status, 200);
    const { components, info, openapi, paths, tags } = JSON.parse(text);
    assert.deepEqual([openapi, info.title, info.version], ['3.1.0', 'quoin', '0.1.0']);
    const tagNames = new Set(tags.map((tag: { name: string }) => tag.name));
    let operations = 0;
    for (const route of ROUTES) {
      const path = route.path.replace(/:(\w+)/g, '{$1}');
      const operation = paths[path]?.[route.method.toLowerCase()];
      assert.ok(operation !== undefined, path);
      operations++;
      assert.equal(operation.operationId, route.id);
      assert.ok(tagNames.has(operation.tags[0]));
      assert.match(operation.summary, /\.$/);
      const answer = operation.responses[route.status ?? 200].content['application/json'].schema;
      assert.deepEqual(answer, JSON.parse(JSON.stringify(route.result)));
      assert.ok('application/problem+json' in operation.responses.default.content);
      assert.equal(operation.security !== undefined, route.access === 'login');
      for (const { name, in: place, schema } of operation.parameters ?? []) {
        assert.ok(place === 'path' ? path.includes(`{${name}}`) : place === 'query');
        assert.ok(schema !== undefined);
      }
      assert.equal(operation.requestBody !== undefined, route.body !== undefined);
    }
    const stream = paths['/events'].get;
    assert.equal(stream.operationId, 'streamEvents');
    assert.deepEqual(stream.responses[200].content['text/event-stream'].schema, JSON.parse(JSON.stringify(REORG)));
    assert.equal(operations + 1, Object.values(paths).flatMap((item) => Object.keys(item as object)).length);
    assert.equal(new Set(ROUTES.map((route) => route.id)).size, ROUTES.length);
    for (const scheme of ['basic', 'bearer']) assert.equal(components.securitySchemes[scheme].type, 'http');
    assert.doesNotMatch(text, /https?:\/\/(?!json-schema)/);
  });

  it('is told in the guide, with every code', () => {
    const guide = readFileSync(join(repositoryRoot(), 'docs/guides/http.md'), 'utf8');
    for (const { method, path } of ROUTES) assert.ok(guide.includes(`\`${method} ${path.replace(/:(\w+)/g, '{$1}')}`), path);
    for (const code of Object.keys(PROBLEMS)) assert.ok(guide.includes(`\`${code}\``), code);
  });

  it('has a page that loads nothing from elsewhere', async () => {
    for (const path of ['/docs', '/docs/']) {
      const page = await httpRequest({ port: server.port, path });
      assert.equal(page.status, 200);
      assert.match(String(page.headers['content-security-policy']), /^default-src 'none'; script-src 'self';/);
      const links = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1] as string);
      assert.ok(links.length >= 5);
      for (const link of links) {
        const asset = await httpRequest({ port: server.port, path: link.replace(/^\./, '/docs') });
        assert.equal(asset.status, 200, link);
        assert.equal(asset.headers['x-content-type-options'], 'nosniff');
      }
    }
  });

  it('has a page for a light client that loads nothing from elsewhere, knows the network, and is sent once', async () => {
    const page = await httpRequest({ port: server.port, path: '/light' });
    assert.equal(page.status, 200);
    const policy = String(page.headers['content-security-policy']);
    assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';/);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/);
    assert.doesNotMatch(page.text, /<script(?![^>]* src=)|<style| style=| on[a-z]+=/);
    const links = [...page.text.matchAll(/(?:href|src)="([^"#]+)"/g)].map((match) => match[1] as string);
    assert.ok(links.includes('light/main.js') && links.includes('light/style.css'));
    for (const link of links) {
      assert.equal((await httpRequest({ port: server.port, path: `/${link}` })).status, 200, link);
    }
    const script = await httpRequest({ port: server.port, path: '/light/main.js', headers: { 'accept-encoding': 'br, gzip' } });
    assert.deepEqual([script.headers['content-encoding'], script.headers['content-type']], ['gzip', 'text/javascript; charset=utf-8']);
    const again = { 'if-none-match': String(script.headers.etag) };
    assert.equal((await httpRequest({ port: server.port, path: '/light/main.js', headers: again })).status, 304);
    const network = await httpRequest({ port: server.port, path: '/light/network.json' });
    assert.deepEqual(networkFromFile(parseNetworkJson(network.text)).messageStart, regtest.messageStart);
    const slash = await httpRequest({ port: server.port, path: '/light/' });
    assert.deepEqual([slash.status, slash.headers.location], [302, '../light']);
  });

  it('leads from its root to the description', async () => {
    const root = await httpRequest({ port: server.port, path: '/' });
    assert.deepEqual([root.status, root.headers.location], [302, '/docs']);
  });
});
