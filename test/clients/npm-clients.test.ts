/**
 * npm's clients for a bitcoind drive `quoin bitcoind`: they mine, spend, look at what waits, at blocks and coins, reorganise and stop it, each
 * in its own form of JSON-RPC (1.0 by name, 1.0 with a number for the version, 2.0 by position), and read Core's REST where they can.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type BitcoindProcess, ready, startBitcoind } from '../support/bitcoind-process.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { loadClient, npmClientsMissing } from './clients-folder.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const USER = 'somebody';
const PASSWORD = 'p@ss:word';

/** Calls a method with its arguments by name and in order, as a client does it. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape is what it tests.
type Call = (method: string, args?: Readonly<Record<string, unknown>>) => Promise<any>;

async function startNode(t: TestContext): Promise<BitcoindProcess> {
  const login = [`-rpcuser=${USER}`, `-rpcpassword=${PASSWORD}`];
  const args = [...login, '-rest', '-txindex', '-acceptnonstdtxn', '-connect=0', '-printtoconsole=0'];
  const node = await startBitcoind(t, { dataDir: await tempFolder(t), args, login: `${USER}:${PASSWORD}` });
  await ready(node);
  return node;
}

/** What the chain holds when a client is through with it. */
interface Driven {
  readonly txid: string;
  readonly blockHash: string;
}

/** From the first block to a spent coin and back. */
async function drive(call: Call): Promise<Driven> {
  assert.equal(await call('getblockcount'), 0);
  const blocks: string[] = await call('generatetodescriptor', { num_blocks: 101, descriptor: 'raw(51)' });
  assert.equal(blocks.length, 101);
  assert.equal(await call('getblockhash', { height: 1 }), blocks[0]);
  const { tx: paid } = await call('getblock', { blockhash: blocks[0], verbosity: 1 });
  const { value, confirmations, coinbase } = await call('gettxout', { txid: paid[0], n: 0 });
  assert.deepEqual({ value, confirmations, coinbase }, { value: 50, confirmations: 101, coinbase: true });

  const hex: string = await call('createrawtransaction', { inputs: [{ txid: paid[0], vout: 0 }], outputs: { [ADDRESS]: 49.9999 } });
  const { txid, vout } = await call('decoderawtransaction', { hexstring: hex });
  assert.deepEqual([vout[0].value, vout[0].scriptPubKey.address], [49.9999, ADDRESS]);
  const [tested] = await call('testmempoolaccept', { rawtxs: [hex] });
  assert.deepEqual({ txid: tested.txid, allowed: tested.allowed, base: tested.fees.base }, { txid, allowed: true, base: 0.0001 });
  assert.equal(await call('sendrawtransaction', { hexstring: hex }), txid);
  assert.deepEqual(await call('getrawmempool'), [txid]);
  assert.equal((await call('getmempoolentry', { txid })).fees.base, 0.0001);

  const [blockHash] = await call('generatetoaddress', { nblocks: 1, address: ADDRESS });
  assert.equal((await call('getrawtransaction', { txid, verbosity: 1 })).blockhash, blockHash);
  assert.deepEqual(await call('getrawmempool'), []);
  await call('invalidateblock', { blockhash: blockHash });
  assert.equal(await call('getbestblockhash'), blocks[100]);
  assert.deepEqual(await call('getrawmempool'), [txid]);
  await call('reconsiderblock', { blockhash: blockHash });
  assert.equal(await call('getbestblockhash'), blockHash);
  const { chain, blocks: height, bestblockhash } = await call('getblockchaininfo');
  assert.deepEqual({ chain, height, bestblockhash }, { chain: 'regtest', height: 102, bestblockhash: blockHash });
  assert.equal((await call('validateaddress', { address: ADDRESS })).isvalid, true);
  return { txid, blockHash };
}

async function stopped(node: BitcoindProcess, call: Call): Promise<void> {
  assert.equal(await call('stop'), 'quoin stopping');
  const { code, err } = await node.command.end;
  assert.deepEqual({ code, err }, { code: 0, err: '' });
}

describe("npm's clients", { skip: npmClientsMissing(), timeout: 240_000 }, () => {
  it('bitcoin-core drives the node by JSON-RPC, in batches and by REST', async (t) => {
    const node = await startNode(t);
    const Client = loadClient('bitcoin-core');
    const options = { host: `http://127.0.0.1:${node.rpcPort}`, username: USER, version: '29.0.0', logger: { debug: () => undefined } };
    const client = new Client({ ...options, password: PASSWORD });
    // Its list of methods ends before some; it sends those that it does not know where it is told no version.
    const anyMethod = new Client({ ...options, password: PASSWORD, version: undefined });
    const call: Call = (method, args = {}) =>
      Object.hasOwn(client.methods, method) ? client.command(method, args) : anyMethod.command(method, ...Object.values(args));
    const { txid, blockHash } = await drive(call);

    assert.equal(await client.getBlockHash({ height: 102 }), blockHash);
    const [count, wrong] = await client.command([{ method: 'getblockcount' }, { method: 'getblockhash', parameters: [103] }]);
    assert.equal(count, 102);
    assert.deepEqual([wrong.code, wrong.message], [-8, 'Block height out of range']);
    await assert.rejects(client.getBlockHash('x'), { code: -3 });
    await assert.rejects(anyMethod.command('nosuchmethod'), { code: -32601, message: 'Method not found' });
    await assert.rejects(new Client({ ...options, password: 'x' }).getBlockCount(), { code: 401 });

    assert.equal((await client.getBlockchainInformation()).bestblockhash, blockHash);
    assert.equal((await client.getBlockByHash(blockHash, { summary: true })).tx[1], txid);
    assert.equal((await client.getTransactionByHash(txid, { extension: 'bin' })).length, 82);
    assert.equal((await client.getBlockHeadersByHash(blockHash, 1, { extension: 'hex' })).trim().length, 160);
    const { utxos } = await client.getUnspentTransactionOutputs([{ id: txid, index: 0 }]);
    assert.deepEqual([utxos[0].height, utxos[0].value], [102, 49.9999]);
    assert.equal((await client.getMemoryPoolInformation()).size, 0);
    await assert.rejects(client.getTransactionByHash('00'), { code: 400 });
    await stopped(node, call);
  });

  it('rpc-bitcoin drives the node by JSON-RPC, in batches and by REST', async (t) => {
    const node = await startNode(t);
    const { RPCClient } = loadClient('rpc-bitcoin');
    const options = { url: 'http://127.0.0.1', port: node.rpcPort, user: USER };
    const client = new RPCClient({ ...options, pass: PASSWORD });
    const call: Call = (method, args) => client.rpc(method, args);
    const { txid, blockHash } = await drive(call);

    assert.equal(await client.getblockhash({ height: 102 }), blockHash);
    assert.equal((await client.getblockheader({ blockhash: blockHash, verbose: false })).length, 160);
    const [first, second] = await client.batch([
      { method: 'getbestblockhash', id: 1 },
      { method: 'getblockhash', params: { height: 103 }, id: 'of my own' },
    ]);
    assert.deepEqual(first, { result: blockHash, error: null, id: 1 });
    assert.deepEqual(second, { result: null, error: { code: -8, message: 'Block height out of range' }, id: 'of my own' });
    await assert.rejects(client.getblockhash({ height: 'x' }), ({ code }: { code: number }) => code === -3);
    await assert.rejects(client.rpc('nosuchmethod'), ({ code }: { code: number }) => code === -32601);
    await assert.rejects(new RPCClient({ ...options, pass: 'x' }).getblockcount(), { statusCode: 401 });

    assert.equal((await client.getBlockHashByHeight({ height: 102 })).blockhash, blockHash);
    assert.equal((await client.getBlock({ hash: blockHash })).tx[1].txid, txid);
    assert.equal((await client.getUtxos({ outpoints: [{ txid, n: 0 }] })).utxos[0].height, 102);
    assert.equal((await client.getChainInfo()).blocks, 102);
    await stopped(node, call);
  });

  it('bitcoin-simple-rpc drives the node', async (t) => {
    const node = await startNode(t);
    const { Client } = loadClient('bitcoin-simple-rpc');
    const baseURL = `http://127.0.0.1:${node.rpcPort}/`;
    const client = new Client({ baseURL, auth: { username: USER, password: PASSWORD } });
    const call: Call = (method, args = {}) => client.makeCall(method, ...Object.values(args));
    const { txid, blockHash } = await drive(call);

    assert.equal(await client.getBlockHash(102), blockHash);
    assert.equal((await client.getTxOut(txid, 0)).value, 49.9999);
    assert.equal((await client.getBlock(blockHash, 2)).tx[1].txid, txid);
    assert.equal((await client.getNetworkInfo()).connections, 0);
    assert.equal(await client.verifyChain(1, 5), true);
    // It asks in JSON-RPC 2.0, whose errors come with status 200, which it does not look into: it finds no result, as with any bitcoind.
    assert.equal(await client.getBlockHash(103), undefined);
    await assert.rejects(new Client({ baseURL, auth: { username: USER, password: 'x' } }).getBlockCount(), { name: 'AuthError' });
    await stopped(node, call);
    await assert.rejects(client.getBlockCount(), { name: 'ConnectionError' });
  });
});
