/**
 * The page `/light` in a browser, against two honest nodes and liars.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isAddressError, scriptOfAddress } from '../../src/core/address/address.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { HEADER_PAGE_ROWS } from '../../src/engine/ports/header-store.ts';
import { Browser, type BrowserPage } from '../support/browser.ts';
import { chromiumMissing } from '../support/chromium.ts';
import { agree, joinNodes, mine, pay } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { blocksOf, type LyingServer, serveLies } from '../support/lying-server.ts';
import { type QuoinProcess, startQuoin } from '../support/quoin-process.ts';

/** Nobody here has the keys. */
const OURS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const NOBODY = 'bcrt1qs758ursh4q9z627kt3pp5yysm78ddny6txaqgw';

const COIN = 100_000_000;

/** Blocks before the payment: enough that their headers are most of what is received. */
const BLOCKS = 400;

/** Height of the block with the payment, and of the one after it, which pays a coinbase. */
const PAID = BLOCKS + 1;
const MINED = BLOCKS + 2;

function scriptOf(address: string): Uint8Array {
  const script = scriptOfAddress(address, regtest);
  assert.ok(!isAddressError(script));
  return script.script;
}

/** The port over which a page is a peer of a node. */
function webSocketOf({ http }: QuoinProcess): string {
  return new URL(http).host;
}

/** What the page knows of a node: how it stands, and why. */
async function peerOf(page: BrowserPage, address: string): Promise<readonly [status: string, why: string]> {
  const row = `document.querySelector('#peers [data-address="${address}"]')`;
  return page.evaluate(`[${row}?.dataset.status ?? '', ${row}?.querySelector('.why')?.innerText ?? '']`);
}

/** Waits until the page says that it is up to date at a height. */
function upToDate(page: BrowserPage, height: number): Promise<void> {
  const status = `document.querySelector('#status').innerText === 'Up to date at block ${height}.'`;
  return page.until(`the page is up to date at ${height}`, status);
}

async function numberOf(page: BrowserPage, id: string): Promise<number> {
  return Number(await page.evaluate<string>(`document.querySelector('#${id}').value`));
}

/** Run in the page: whether it is kept that everything up to this block was looked through, with so many pages of headers. */
const isKept = `async (tip, pages) => {
  const [{ name }] = await indexedDB.databases();
  const result = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const database = await result(indexedDB.open(name));
  const store = (part) => database.transaction(part).objectStore(part);
  const [state, count] = await Promise.all([result(store('rows').get('state')), result(store('headers').count())]);
  database.close();
  const scanned = [...(state ?? []).slice(34, 66)].reverse().map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return scanned === tip && count === pages;
}`;

function payments(page: BrowserPage): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('#payments [data-txid]')].map((row) => row.dataset.txid)`);
}

describe('the page of the light client', { skip: chromiumMissing() }, () => {
  let honest: QuoinProcess;
  let other: QuoinProcess;
  let liar: LyingServer;
  let forger: LyingServer;
  let browser: Browser;
  let page: BrowserPage;
  let paid = '';
  let firstBytes = 0;

  before(async () => {
    [honest, other] = (await Promise.all([1, 2].map(() => startQuoin({ args: ['--index', 'tx,script,filter'] })))) as [
      QuoinProcess,
      QuoinProcess,
    ];
    await joinNodes(other, honest);
    await mine(honest, BLOCKS);
    paid = await pay(honest, OURS, 3 * COIN);
    await mine(honest, 1);
    await mine(honest, 1, OURS);
    await agree([honest, other]);
    const blocks = await blocksOf(honest);
    const forged = { kind: 'pay', height: 200, script: scriptOf(OURS), value: 1_000n * BigInt(COIN) } as const;
    liar = await serveLies(regtest, blocks, [{ kind: 'hide', height: PAID }, forged]);
    forger = await serveLies(regtest, blocks, [forged]);
    browser = await Browser.open();
    page = await browser.page(`${honest.http}/light`);
    await page.until('the page is ready', `document.documentElement.dataset.phase === 'ready'`);
  });

  after(async () => {
    await browser?.close();
    await Promise.all([liar?.close(), forger?.close(), honest?.stop(), other?.stop()]);
  });

  async function start(nodes: readonly string[]): Promise<void> {
    await page.fill('#watch', OURS);
    await page.fill('#nodes', nodes.join('\n'));
    await page.click('#start');
  }

  it('asks the node that served it unless other nodes are named', async () => {
    assert.equal(await page.evaluate(`document.querySelector('#nodes').value`), `ws://${webSocketOf(honest)}/p2p`);
    assert.equal(await page.text('#network'), 'regtest');
  });

  it('says what is wrong with what was entered, and starts nothing', async () => {
    for (const [watch, nodes, words] of [
      ['', webSocketOf(honest), /Say what to watch/],
      [OURS, '', /Name at least one node/],
      [OURS, 'ftp://127.0.0.1', /is no address of a node/],
      ['nonsense', webSocketOf(honest), /'nonsense' is not a valid descriptor function\. Write an address of this network/],
    ] as const) {
      await page.fill('#watch', watch);
      await page.fill('#nodes', nodes);
      await page.click('#start');
      await eventually(`the page says ${words}`, async () => words.test(await page.text('#problem')));
      assert.notEqual(await page.evaluate('document.documentElement.dataset.phase'), 'running');
    }
  });

  it('finds what was paid though a liar hides it, believes no forged payment, and names the liar', async () => {
    await start([liar.address, webSocketOf(honest), webSocketOf(other)]);
    await upToDate(page, MINED);
    await page.until('the liar is named', `document.querySelector('#peers [data-address="${liar.address}"]')?.dataset.status === 'liar'`);
    await upToDate(page, MINED);
    const found = await payments(page);
    assert.equal(found.length, 2);
    assert.ok(found.includes(paid));
    assert.equal(await numberOf(page, 'confirmed'), 3 * COIN);
    const [, why] = await peerOf(page, liar.address);
    assert.match(why, /the block itself proves wrong|other contents than its header/);
    for (const node of [honest, other]) assert.equal((await peerOf(page, webSocketOf(node)))[0], 'connected');
    for (const step of ['headers', 'compared', 'matched', 'fetched', 'proven'])
      assert.match(await page.text(`#step-${step} .badge`), /done/, step);
    assert.match(await page.text('#log'), /is proved a liar and called no more for a day/);
    firstBytes = await numberOf(page, 'received');
  });

  it('goes on after a reload from what it kept, and calls the liar no more', async () => {
    const tip = (await honest.rpc('getbestblockhash')) as string;
    const pages = Math.ceil((MINED + 1) / HEADER_PAGE_ROWS);
    await page.until('everything is written', `(${isKept})('${tip}', ${pages})`);
    const calls = liar.served.peers.length;
    await page.reload();
    await upToDate(page, MINED);
    assert.equal(await numberOf(page, 'confirmed'), 3 * COIN);
    assert.equal((await payments(page)).length, 2);
    assert.match(await page.text('#step-fetched'), /0 blocks since this page was opened/);
    assert.match(await page.text('#step-headers'), new RegExp(`${MINED} headers`));
    const bytes = await numberOf(page, 'received');
    assert.ok(bytes > 0 && bytes < firstBytes / 5, `${bytes} bytes after the reload, ${firstBytes} before`);
    assert.equal(liar.served.peers.length, calls);
    assert.deepEqual(await peerOf(page, liar.address), ['liar', 'It was proved a liar earlier, and is not called for a day.']);
  });

  it('leaves what it keeps to one tab', async () => {
    const second = await browser.page(`${honest.http}/light`);
    await eventually('the second tab says so', async () => /Another tab uses what is kept/.test(await second.text('#problem')));
    await second.close();
    await page.call('Page.bringToFront');
    await mine(honest, 1, NOBODY);
    await upToDate(page, MINED + 1);
  });

  it('follows a reorganisation, and what was paid on the branch that lost is gone', async () => {
    assert.match(await page.text('#balance'), /too young to spend\s+12\.50000000/);
    await honest.rpc('invalidateblock', await honest.rpc('getblockhash', MINED));
    await mine(honest, 3, NOBODY);
    await agree([honest, other]);
    await upToDate(page, PAID + 3);
    assert.match(await page.text('#log'), new RegExp(`A branch with more work took over: blocks above ${PAID} were left`));
    assert.deepEqual(await payments(page), [paid]);
    assert.equal(await numberOf(page, 'confirmed'), 3 * COIN);
    assert.match(await page.text('#balance'), /too young to spend\s+0\.00000000/);
  });

  it('forgets everything when it is reset, after it has asked', async () => {
    await page.click('#reset');
    await page.click('#confirm button[value=cancel]');
    assert.equal(await page.evaluate('document.documentElement.dataset.phase'), 'running');
    await page.click('#reset');
    await page.click('#confirm button[value=reset]');
    await page.until('the page is ready', `document.documentElement.dataset.phase === 'ready'`);
    assert.deepEqual(await page.evaluate('indexedDB.databases()'), []);
    assert.equal(await page.evaluate('localStorage.length'), 0);
  });

  it('believes no forged payment where it hears of nobody else, and finds what was paid when it does', async () => {
    await start([forger.address]);
    await page.until(
      'the forger is named',
      `document.querySelector('#peers [data-address="${forger.address}"]')?.dataset.status === 'liar'`,
    );
    assert.match((await peerOf(page, forger.address))[1], /other contents than its header/);
    assert.ok(forger.served.received.some(({ type }) => type === 'getdata'));
    assert.deepEqual(await payments(page), []);
    assert.equal(await numberOf(page, 'confirmed'), 0);
    await start([forger.address, webSocketOf(honest), webSocketOf(other)]);
    await upToDate(page, PAID + 3);
    assert.deepEqual(await payments(page), [paid]);
    assert.equal((await peerOf(page, forger.address))[0], 'liar');
  });

  it('asked nobody but the node for anything but the chain, and its policy had nothing to forbid', () => {
    const elsewhere = page.requests.filter((url) => !url.startsWith(`${honest.http}/light`));
    assert.deepEqual(elsewhere, []);
    assert.deepEqual(page.complaints, []);
  });
});
