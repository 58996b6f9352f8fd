import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mineHeader } from '../../../test/support/chain-builder.ts';
import { quoin } from '../params/quoin.ts';
import { regtest } from '../params/regtest.ts';
import type { ConsensusParams } from '../params/types.ts';
import { type HeaderFields, makeHeader } from '../primitives/block.ts';
import { checkHeader, checkHeaderInContext, type HeaderContext, latestHeaderTime } from './check-header.ts';
import type { Rejection } from './rejection.ts';

const params = regtest.consensus;
const MEDIAN = 1_700_000_000;

const fields = (changes: Partial<HeaderFields> = {}): HeaderFields => ({
  ...regtest.genesis.header,
  version: 4,
  timeSeconds: MEDIAN + 600,
  ...changes,
});

const context = (changes: Partial<HeaderContext> = {}): HeaderContext => ({
  prev: { height: 100, timeSeconds: MEDIAN + 300, bits: params.pow.bits },
  ancestor: () => assert.fail('no ancestor is needed'),
  medianTimeSeconds: MEDIAN,
  nowSeconds: MEDIAN + 1_000,
  ...changes,
});

const check = (
  changes: Partial<HeaderFields>,
  rules: ConsensusParams = params,
  around: Partial<HeaderContext> = {},
): Rejection | undefined => checkHeaderInContext(makeHeader(fields(changes)), context(around), rules);

describe('checkHeader', () => {
  it('takes a header with work and refuses one without', () => {
    const good = mineHeader(fields(), params);
    assert.equal(checkHeader(good, params), undefined);
    let bad = good;
    for (let nonce = 0; checkHeader(bad, params) === undefined; nonce++) bad = makeHeader({ ...good, nonce });
    assert.equal(checkHeader(bad, params)?.reason, 'high-hash');
    assert.equal(checkHeader(bad, params)?.kind, 'header');
  });
});

describe('checkHeaderInContext', () => {
  it('asks for the required bits', () => {
    assert.equal(check({}), undefined);
    assert.equal(check({ bits: 0x207ffffe })?.reason, 'bad-diffbits');
  });

  it('asks for a time after the median', () => {
    assert.equal(check({ timeSeconds: MEDIAN + 1 }), undefined);
    assert.equal(check({ timeSeconds: MEDIAN })?.reason, 'time-too-old');
  });

  it('S8: refuses a block dated years ahead, by the wall clock only until its time comes', () => {
    const limit = MEDIAN + 1_000 + 7_200;
    assert.equal(check({ timeSeconds: limit }), undefined);
    assert.deepEqual(
      { ...check({ timeSeconds: limit + 1 }), detail: undefined },
      { kind: 'time-future', reason: 'time-too-new', detail: undefined },
    );
    assert.equal(check({ timeSeconds: MEDIAN + 10 ** 8 })?.kind, 'time-future');
    assert.equal(check({ timeSeconds: MEDIAN + 10 ** 8 }, params, { nowSeconds: MEDIAN + 10 ** 8 }), undefined);
  });

  it('S8: refuses it for ever where the chain keeps its own time, whatever a clock shows', () => {
    const rules = { ...params, futureTime: quoin.consensus.futureTime };
    const limit = MEDIAN + 7_200;
    for (const nowSeconds of [0, MEDIAN, 4_000_000_000]) {
      assert.equal(check({ timeSeconds: limit }, rules, { nowSeconds }), undefined);
      const late = check({ timeSeconds: limit + 1 }, rules, { nowSeconds });
      assert.equal(late?.reason, 'time-too-new');
      assert.equal(late.kind, 'header');
    }
    assert.equal(latestHeaderTime({ medianTimeSeconds: MEDIAN, nowSeconds: 0 }, rules.futureTime), limit);
  });

  it('refuses a period that begins more than 600 seconds before the last one ended, under BIP-94 alone', () => {
    const pow = { ...params.pow, spacingSeconds: 600, timespanSeconds: 6_000 };
    const rules = (retarget: 'bip94' | 'testnet'): ConsensusParams => ({ ...params, pow: { ...pow, retarget } });
    const prev = { height: 99, timeSeconds: MEDIAN + 5_000, bits: pow.bits };
    const around = { prev, ancestor: () => ({ ...prev, height: 90, timeSeconds: prev.timeSeconds - 60_000 }) };
    assert.equal(check({ timeSeconds: prev.timeSeconds - 600 }, rules('bip94'), around), undefined);
    assert.equal(check({ timeSeconds: prev.timeSeconds - 601 }, rules('bip94'), around)?.reason, 'time-timewarp-attack');
    assert.equal(check({ timeSeconds: prev.timeSeconds - 601 }, rules('testnet'), around), undefined);
    const within = { ...around, prev: { ...prev, height: 100 } };
    assert.equal(check({ timeSeconds: prev.timeSeconds - 601 }, rules('bip94'), within), undefined);
  });

  it('refuses versions that a soft fork retired, from its height on', () => {
    const rules = { ...params, heights: { ...params.heights, bip34: 10, bip66: 20, bip65: 30 } };
    const at = (height: number, version: number): string | undefined =>
      check({ version }, rules, { prev: { height: height - 1, timeSeconds: MEDIAN, bits: params.pow.bits } })?.reason;
    assert.equal(at(9, 1), undefined);
    assert.equal(at(10, 1), 'bad-version(0x00000001)');
    assert.equal(at(10, 2), undefined);
    assert.equal(at(19, 2), undefined);
    assert.equal(at(20, 2), 'bad-version(0x00000002)');
    assert.equal(at(29, 3), undefined);
    assert.equal(at(30, 3), 'bad-version(0x00000003)');
    assert.equal(at(30, 4), undefined);
    assert.equal(at(30, -1), 'bad-version(0xffffffff)');
  });
});
