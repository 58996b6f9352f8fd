import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { DIFFERENCES_DOCUMENT, differencesText, REASONS } from './rpc-differences.ts';

it('docs/rpc-differences.md says what the tables of the comparison say', () => {
  const told = readFileSync(DIFFERENCES_DOCUMENT, 'utf8');
  assert.equal(told, differencesText(), 'write it anew: node dist/tools/rpc-differences.js');
});

it('a difference of no method cannot be told', () => {
  const [first] = REASONS as [(typeof REASONS)[number]];
  assert.throws(() => differencesText([{ ...first, methods: /^nosuchmethod$/ }]), /nosuchmethod/);
});
