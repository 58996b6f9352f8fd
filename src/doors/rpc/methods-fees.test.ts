import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeNode } from '../../../test/support/fake-node.ts';
import { createRpcCaller } from '../../../test/support/rpc-caller.ts';
import type { FeeRangeCounts, HorizonEstimate } from '../../engine/ports/fee-service.ts';
import { JsonNumber } from './json-number.ts';

const PASS: FeeRangeCounts = {
  startRate: 1_050.4,
  endRate: 1e99,
  withinTarget: 8.529_6,
  totalConfirmed: 9,
  inMempool: 1,
  leftMempool: 0.004,
};
const NO_RANGE: FeeRangeCounts = { startRate: -1, endRate: -1, withinTarget: 0, totalConfirmed: 0, inMempool: 0, leftMempool: 0 };
const HORIZON: HorizonEstimate = { feeRateSatPerKvb: 12_345n, decay: 0.962, scaleBlocks: 1, pass: PASS, fail: NO_RANGE };
const ZEROS = '"withintarget":0,"totalconfirmed":0,"inmempool":0,"leftmempool":0';
const PASS_TEXT = '"startrange":1050,"endrange":1e+99,"withintarget":8.529999999999999,"totalconfirmed":9,"inmempool":1,"leftmempool":0';

describe('methods about fee rates', () => {
  it('tell a rate in coins and the target that it holds for, or why there is none', async () => {
    const { call, node, raw } = createRpcCaller();
    assert.match(await raw('estimatesmartfee', 6), /"result":\{"feerate":0\.00001234,"blocks":2\}/);
    node.fees.rate = undefined;
    assert.deepEqual(await call('estimatesmartfee', 6), { errors: ['Insufficient data or no feerate found'], blocks: 2 });
    assert.equal(node.mempool.settles, 2, 'not in the middle of a switch of branches');
  });

  it('fail on a node that takes blocks alone, before they look at what was asked', async () => {
    const node = new FakeNode();
    Object.defineProperty(node, 'fees', { value: undefined });
    const { fails } = createRpcCaller(node);
    for (const method of ['estimatesmartfee', 'estimaterawfee']) {
      await fails(-32603, 'Fee estimation disabled', method, 0);
    }
  });

  it('take a target from 1 to 1,008 and a mode in any case', async () => {
    const { call, fails, node } = createRpcCaller();
    for (const mode of ['economical', 'Conservative', 'UNSET', 'CONSERVATIVE', null]) await call('estimatesmartfee', 1_008, mode);
    assert.deepEqual(
      node.fees.asked.map(([, how]) => how),
      [false, true, false, true, false],
    );
    for (const target of [0, -1, 1_009]) {
      for (const method of ['estimatesmartfee', 'estimaterawfee']) {
        await fails(-8, 'Invalid conf_target, must be between 1 and 1008', method, target);
      }
    }
    const words = 'Invalid estimate_mode parameter, must be one of: "unset", "economical", "conservative"';
    for (const mode of ['', 'x', 'economical ']) await fails(-8, words, 'estimatesmartfee', 1, mode);
    await fails(-3, /"Position 2 \(estimate_mode\)": "JSON value of type number is not of expected type string"/, 'estimatesmartfee', 1, 1);
    await fails(-1, /estimatesmartfee/, 'estimatesmartfee', 1, 'economical', 1);
  });

  it('tell what each horizon counted, in the digits of C++', async () => {
    const { node, raw } = createRpcCaller();
    node.fees.horizons.set('medium', HORIZON);
    node.fees.horizons.set('long', {
      ...HORIZON,
      feeRateSatPerKvb: 0n,
      pass: NO_RANGE,
      fail: { ...NO_RANGE, startRate: 0, endRate: 1e99 },
    });
    const medium = `"medium":{"feerate":0.00012345,"decay":0.962,"scale":1,"pass":{${PASS_TEXT}}}`;
    const errors = '"errors":["Insufficient data or no feerate found which meets threshold"]';
    const long = `"long":{"decay":0.962,"scale":1,"fail":{"startrange":0,"endrange":1e+99,${ZEROS}},${errors}}`;
    assert.ok((await raw('estimaterawfee', 13, 0.5)).includes(`"result":{${medium},${long}}`), await raw('estimaterawfee', 13, 0.5));
    node.fees.horizons.clear();
    node.fees.horizons.set('short', { ...HORIZON, fail: { ...NO_RANGE, startRate: 0, endRate: 100 } });
    const failed = `"fail":{"startrange":0,"endrange":100,${ZEROS}}`;
    assert.ok((await raw('estimaterawfee', 1)).includes(`"pass":{${PASS_TEXT}},${failed}}}`));
  });

  it('take a threshold from 0 to 1, 0.95 unless given', async () => {
    const { call, fails, node } = createRpcCaller();
    for (const threshold of [0, 1, 0.5, null]) {
      await call('estimaterawfee', 1, threshold);
      assert.equal(node.fees.asked.at(-1)?.[1], threshold ?? 0.95);
    }
    for (const text of ['-0.000001', '1.000001', '2', '-1', '1e20']) {
      await fails(-8, 'Invalid threshold', 'estimaterawfee', 1, new JsonNumber(text));
    }
    await fails(-3, /"Position 2 \(threshold\)": "JSON value of type string is not of expected type number"/, 'estimaterawfee', 1, '0.5');
  });
});
