/**
 * A stranger's miner over `getblocktemplate`: it waits for templates by long polling, finishes them with code of its own, proposes the blocks
 * and submits them.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';
import type { BlockTemplateAnswer, RawTransaction } from '../support/template-miner.ts';
import { blockHashOf, commitmentScript, mineTemplate, oneInput, outputOf, sha256 } from '../support/template-miner.ts';

/** Anybody may spend what is paid to it, by showing the script `OP_TRUE`. */
const WITNESS_SCRIPT = Buffer.of(0x51);
const PAID = Buffer.concat([Buffer.of(0x00, 0x20), sha256(WITNESS_SCRIPT)]);

const MATURITY = 100;
const FEE = 1_000;
const REQUEST = { rules: ['segwit'], capabilities: ['proposal', 'longpoll', 'coinbasetxn', 'workid'] };

describe('a miner of templates', () => {
  let node: QuoinProcess;
  let template: BlockTemplateAnswer;

  before(async () => {
    node = await startQuoin();
  });

  after(() => node?.stop());

  const fetchTemplate = async (longpollid?: string): Promise<BlockTemplateAnswer> =>
    (await node.rpc('getblocktemplate', longpollid === undefined ? REQUEST : { ...REQUEST, longpollid })) as BlockTemplateAnswer;

  const tipIs = async (block: string): Promise<void> => assert.equal(await node.rpc('getbestblockhash'), blockHashOf(block));

  /** Spends an output of `PAID`, less the fee. */
  function spend(txid: string, value: number): RawTransaction {
    return oneInput({
      prevout: outputOf(txid, 0),
      script: Buffer.alloc(0),
      witness: [WITNESS_SCRIPT],
      outputs: [{ value: value - FEE, script: PAID }],
    });
  }

  it('finishes one template after another, each of which its own block has ended', async () => {
    template = await fetchTemplate();
    for (let height = 1; height <= MATURITY + 1; height++) {
      assert.equal(template.height, height);
      assert.equal(template.default_witness_commitment, commitmentScript(template));
      // The request waits in the node before the block comes.
      const waiting = fetchTemplate(template.longpollid);
      const block = mineTemplate(template, PAID, { salt: height });
      assert.equal(await node.rpc('submitblock', block), null);
      await tipIs(block);
      template = await waiting;
      assert.equal(template.previousblockhash, blockHashOf(block));
    }
  });

  it('is given the waiting transactions with all that a block needs of them, and mines them', async () => {
    const first = (await node.rpc('getblock', await node.rpc('getblockhash', 1))) as { tx: [string] };
    const parent = spend(first.tx[0], 5_000_000_000);
    const child = spend(parent.txid, 5_000_000_000 - FEE);
    for (const { hex, txid } of [parent, child]) assert.equal(await node.rpc('sendrawtransaction', hex), txid);
    // A template stays for five seconds while the tip does: another block makes a new one.
    const [hash] = (await node.rpc('generateblock', `raw(${PAID.toString('hex')})`, []).then(({ hash }) => [hash])) as [string];
    template = await fetchTemplate(template.longpollid);
    assert.equal(template.previousblockhash, hash);
    assert.deepEqual(
      template.transactions.map(({ txid, depends, fee, data }) => [txid, depends, fee, data]),
      [
        [parent.txid, [], FEE, parent.hex],
        [child.txid, [1], FEE, child.hex],
      ],
    );
    assert.equal(template.coinbasevalue, 5_000_000_000 + 2 * FEE);
    assert.equal(template.default_witness_commitment, commitmentScript(template));
    assert.ok(template.transactions.every(({ sigops, weight }) => sigops <= template.sigoplimit && weight <= template.weightlimit));
    assert.ok(template.mintime <= template.curtime);
    const block = mineTemplate(template, PAID);
    assert.equal(await node.rpc('getblocktemplate', { mode: 'proposal', data: block }), null);
    assert.equal(await node.rpc('submitblock', block), null);
    await tipIs(block);
    assert.deepEqual(await node.rpc('getrawmempool'), []);
    assert.equal(await node.rpc('submitblock', block), 'duplicate');
    assert.equal(await node.rpc('getblocktemplate', { mode: 'proposal', data: block }), 'duplicate');
  });

  it('hears why a block of its own is none, when it proposes it and when it submits it', async () => {
    template = await fetchTemplate();
    const greedy = mineTemplate(template, PAID, { takes: template.coinbasevalue + 1 });
    const others: readonly [string, string][] = [
      [greedy, 'bad-cb-amount'],
      [mineTemplate({ ...template, height: template.height + 1 }, PAID), 'bad-cb-height'],
      [mineTemplate({ ...template, default_witness_commitment: `6a24aa21a9ed${'00'.repeat(32)}` }, PAID), 'bad-witness-merkle-match'],
      [mineTemplate({ ...template, curtime: template.mintime - 1 }, PAID), 'time-too-old'],
      [mineTemplate({ ...template, version: 1 }, PAID), 'bad-version(0x00000001)'],
      [mineTemplate({ ...template, bits: '207ffffe' }, PAID), 'bad-diffbits'],
    ];
    for (const [block, reason] of others) {
      assert.equal(await node.rpc('getblocktemplate', { mode: 'proposal', data: block }), reason);
      assert.equal(await node.rpc('submitblock', block), reason);
    }
    assert.equal(await node.rpc('submitblock', greedy), 'duplicate-invalid');
    assert.equal(await node.rpc('getblocktemplate', { mode: 'proposal', data: greedy }), 'duplicate-invalid');
    const late = mineTemplate(await fetchTemplate(), PAID, { salt: 1 });
    const early = mineTemplate(template, PAID, { salt: 2 });
    assert.deepEqual([await node.rpc('submitblock', late), await node.rpc('submitblock', early)], [null, 'inconclusive']);
    await tipIs(late);
    assert.equal(await node.rpc('getblocktemplate', { mode: 'proposal', data: early }), 'duplicate-inconclusive');
  });

  it('is told when the node stops while it waits', async () => {
    const { longpollid } = await fetchTemplate();
    const waiting = assert.rejects(fetchTemplate(longpollid));
    // The wait has begun once another request that came after it is answered.
    await node.rpc('getblockcount');
    assert.equal(await node.stop(), 0);
    await waiting;
  });
});
