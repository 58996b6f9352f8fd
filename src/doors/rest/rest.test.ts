import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock } from '../../../test/support/chain-builder.ts';
import { FakeNode } from '../../../test/support/fake-node.ts';
import { toHex } from '../../core/base/bytes.ts';
import { createWasmSecp256k1 } from '../../core/crypto/wasm-secp256k1.ts';
import { encodeBlock, encodeHeader } from '../../core/primitives/block.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { encodeTransaction } from '../../core/primitives/transaction.ts';
import { createRestHandler } from './handler.ts';

const UNKNOWN = 'ee'.repeat(32);

describe("Core's REST", () => {
  const node = new FakeNode();
  const handler = createRestHandler(node, { curve: createWasmSecp256k1() });
  const ask = (path: string, body: Uint8Array = new Uint8Array(0)) =>
    handler({ target: `/rest/${path}`, body, signal: { aborted: false } });
  const hashes = [0, 1, 2, 3].map((height) => toDisplayHex(node.chain.at(height).header.hash));
  const tip = hashes[3] as string;

  async function refuses(status: number, message: string, path: string, body?: Uint8Array): Promise<void> {
    assert.deepEqual(await ask(path, body), { status, contentType: 'text/plain', body: `${message}\r\n` }, path);
  }

  it('writes each form with its media type', async () => {
    const bytes = encodeBlock(node.chain.at(3));
    assert.deepEqual(await ask(`block/${tip}.bin`), { status: 200, contentType: 'application/octet-stream', body: bytes });
    assert.deepEqual(await ask(`block/${tip}.hex`), { status: 200, contentType: 'text/plain', body: `${toHex(bytes)}\n` });
    const { body, contentType } = await ask(`block/notxdetails/${tip}.json`);
    assert.equal(contentType, 'application/json');
    assert.equal(JSON.parse(body as string).tx.length, 2);
    const detailed = JSON.parse((await ask(`block/${tip}.json`)).body as string);
    assert.equal(detailed.tx[1].vin[0].prevout.height, 1);
  });

  it('counts headers from 1 to 2000, five unless told otherwise', async () => {
    const all = [0, 1, 2, 3].map((height) => toHex(encodeHeader(node.chain.at(height).header)));
    assert.equal((await ask(`headers/${hashes[0]}.hex`)).body, `${all.join('')}\n`);
    assert.equal((await ask(`headers/${hashes[1]}.hex?count=2`)).body, `${all.slice(1, 3).join('')}\n`);
    assert.equal((await ask(`headers/1/${hashes[1]}.hex`)).body, `${all[1]}\n`);
    assert.equal((await ask(`headers/${toDisplayHex(node.staleBlock.header.hash)}.json`)).body, '[]\n');
    assert.equal((await ask(`headers/${tip}.json?count=2000`)).status, 200);
    for (const count of ['0', '2001', 'x', '']) {
      const message = `Header count is invalid or out of acceptable range (1-2000): ${count}`;
      await refuses(400, message, `headers/${tip}.json?count=${count}`);
    }
    await refuses(400, 'URI parsing failed, it likely contained RFC 3986 invalid characters', `headers/${tip}.json?count=%zz`);
  });

  it('serves parts of a block up to its end', async () => {
    const bytes = encodeBlock(node.chain.at(3));
    const whole = await ask(`blockpart/${tip}.bin?offset=0&size=${bytes.length}`);
    assert.deepEqual(whole.body, bytes);
    const message = `Bad block part offset/size 1/${bytes.length} for ${tip}`;
    await refuses(400, message, `blockpart/${tip}.bin?offset=1&size=${bytes.length}`);
  });

  it('tells unspent outputs, waiting ones where it is asked to', async () => {
    const waiting = node.spendingSecond();
    node.mempool.add(waiting);
    const payment = `${toDisplayHex(node.payment.txid)}-0`;
    const [spent, made] = [`${toDisplayHex(node.chain.at(2).transactions[0]!.txid)}-0`, `${toDisplayHex(waiting.txid)}-0`];
    const bitmapOf = async (path: string) => JSON.parse((await ask(path)).body as string).bitmap;
    assert.equal(await bitmapOf(`getutxos/${payment}/${spent}/${made}.json`), '110');
    assert.equal(await bitmapOf(`getutxos/checkmempool/${payment}/${spent}/${made}.json`), '101');
    assert.deepEqual((await ask(`tx/${toDisplayHex(waiting.txid)}.bin`)).body, encodeTransaction(waiting));
  });

  it('tells the outputs of one tip where it moves while they are looked for', async () => {
    const moving = new FakeNode();
    const { chain } = moving;
    const coin = chain.coin.bind(chain);
    const next = buildBlock({ parent: { header: chain.at(3).header, height: 3, medianTimeSeconds: 0 }, params: moving.params });
    let asked = 0;
    chain.coin = async (outPoint) => {
      if (asked++ === 0) chain.connect(next);
      return coin(outPoint);
    };
    const made = `${toDisplayHex(next.transactions[0]!.txid)}-0`;
    const answer = await createRestHandler(moving, { curve: createWasmSecp256k1() })({
      ...{ target: `/rest/getutxos/${made}.json`, body: new Uint8Array(0), signal: { aborted: false } },
    });
    const { chainHeight, chaintipHash } = JSON.parse(answer.body as string);
    assert.deepEqual([chainHeight, chaintipHash, asked], [4, toDisplayHex(next.header.hash), 2]);
  });

  it('takes fifteen outputs and no more', async () => {
    const path = (count: number) => `getutxos${`/${UNKNOWN}-0`.repeat(count)}.json`;
    assert.equal((await ask(path(15))).status, 200);
    await refuses(400, 'Error: max outpoints exceeded (max: 15, tried: 16)', path(16));
  });

  it('refuses bodies that do not decode, and those beside an address', async () => {
    await refuses(400, 'Parse error', 'getutxos.bin', Uint8Array.of(1, 2, 3));
    const problem = 'Combination of URI scheme inputs and raw post data is not allowed';
    await refuses(400, problem, `getutxos/${UNKNOWN}-0.bin`, Uint8Array.of(0));
    await refuses(400, 'Error: empty request', 'getutxos.bin');
  });

  it('refuses what is unknown, malformed or not stored', async () => {
    await refuses(404, `${UNKNOWN} not found`, `block/${UNKNOWN}.json`);
    await refuses(400, 'Invalid hash: zz', 'block/zz.json');
    const lacking = toDisplayHex(node.headerOnly.header.hash);
    await refuses(404, `${lacking} not available (not fully downloaded)`, `block/${lacking}.bin`);
    await refuses(404, `${lacking} undo not available`, `spenttxouts/${lacking}.bin`);
    await refuses(404, 'output format not found (available: .bin, .hex, .json)', `block/${tip}`);
    await refuses(404, 'output format not found (available: json)', 'chaininfo.bin');
    await refuses(404, 'Block height out of range', 'blockhashbyheight/4.json');
    assert.deepEqual(await ask('nosuch'), { status: 404, contentType: 'text/html; charset=ISO-8859-1', body: '' });
  });
});
