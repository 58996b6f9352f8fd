import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExplanationJson } from '../../doors/http/explain-view.ts';
import { explanationPage } from './explain-page.ts';

const plain = { paint: (_style: string, text: string) => text, columns: undefined };
const NONE = { count: 0, top: [] };

/** Elements of a stack, the top last. */
function stack(count: number, ...elements: readonly string[]) {
  return { count, top: elements.map((hex) => ({ size: hex.length / 2, hex })) };
}

function withScript(stepCount: number): ExplanationJson {
  const step = { role: 'scriptSig', offset: 0, position: 0, opcode: 'OP_NOP', executed: true, stack: NONE, altStack: NONE };
  const steps = [
    { ...step, executed: false, stack: stack(6, '01', '02', '03', '', 'ab'.repeat(9)) },
    { ...step, offset: 1, opcode: 'OP_VERIFY', stack: stack(1, '00'), altStack: stack(1, '07'), error: 'VERIFY' },
  ];
  const prevout = { txid: '09'.repeat(32), index: 1 };
  const script = {
    ...{
      input: 0,
      prevout,
      value: '5',
      scriptPubKey: { size: 1, hex: '51' },
      flags: ['P2SH'],
      error: 'VERIFY',
      text: 'It failed',
      stepCount,
    },
    ...{ steps, end: NONE },
  };
  const position = { transaction: 3, txid: '08'.repeat(32), input: 0, prevout };
  const rejection = {
    kind: 'policy',
    reason: 'x (It failed)',
    rule: 'A rule.',
    source: 'BIP-1',
    blame: 'nobody',
    position,
    detail: { index: 0 },
  };
  return {
    kind: 'block',
    id: '07'.repeat(32),
    accepted: false,
    rejection: { ...rejection, validInBlock: true, script },
  } as ExplanationJson;
}

describe('the page of a verdict', () => {
  it('shows the trace as a table: what was skipped, what is below, what failed', () => {
    const page = explanationPage(withScript(2), plain);
    assert.deepEqual(page.slice(page.indexOf('') + 1), [
      '  script     at  operation  stack before it, the top last',
      `· scriptSig  0   OP_NOP     (2 below) 02 03 '' ${'ab'.repeat(8)}…`,
      '✗ scriptSig  1   OP_VERIFY  00   alt: 07',
      '  in the end: nothing on the stack (VERIFY)',
    ]);
  });

  it('names the place in a block, and what a block could hold', () => {
    const page = explanationPage(withScript(2), plain).join('\n');
    assert.ok(page.includes(`where    input 0 of transaction 3 (${'08'.repeat(32)}), which spends ${'09'.repeat(32)}:1`));
    assert.ok(page.includes('in block its scripts would hold'));
  });

  it('says how many operations came before', () => {
    assert.ok(explanationPage(withScript(1_202), plain).includes('  1,200 operations before these'));
  });

  it('keeps rows to the width of a terminal', () => {
    const page = explanationPage(withScript(2), { ...plain, columns: 30 });
    for (const row of page.slice(page.indexOf('') + 1)) assert.ok(row.length <= 30, row);
  });

  it('says what was not looked at where nothing is wrong', () => {
    const page = explanationPage({ kind: 'transaction', id: '01', accepted: true, checked: ['alone'], unchecked: 'No coins.' }, plain);
    assert.deepEqual(page, ['transaction 01', 'breaks no rule that was looked at', '  rules that hold: alone', '  No coins.']);
  });
});
