import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../../../test/support/vectors.ts';
import { blameOf, CONSENSUS_RULES, type RuleNote, reasonStem } from './rules.ts';

const SOURCE = readFileSync(join(repositoryRoot(), 'src/core/consensus/reasons.ts'), 'utf8');

/** Every reason that reasons.ts names, with the comment above it. */
const COMMENTS = new Map(
  [...SOURCE.matchAll(/\/\*\* ([^\n]+) \*\/\n\s*\| ['`]([^'`]+)['`]/g)].map(([, comment, reason]) => [reason!, comment!]),
);

/** Numbers of BIPs and CVEs in a text; "BIP-34, 66 or 65" names three. */
function documentsIn(text: string): Set<string> {
  const cves = [...text.matchAll(/CVE-\d{4}-\d+/g)].map(([name]) => name);
  const bips = [...text.matchAll(/BIP-\d+(?:, \d+)*(?: or \d+)?/g)].flatMap(([names]) => names.match(/\d+/g) ?? []);
  return new Set([...cves, ...bips.map((number) => `BIP-${number}`)]);
}

/** Words without what stands in brackets. */
function bare(text: string): string {
  return text.replace(/ \([^)]*\)/g, '');
}

describe('the table of rules', () => {
  it('names every reason of reasons.ts and no other', () => {
    assert.deepEqual(Object.keys(CONSENSUS_RULES).sort(), [...COMMENTS.keys()].map((reason) => reasonStem(reason)).sort());
    assert.equal(COMMENTS.size, 39);
  });

  it('says what the comment of the reason says', () => {
    for (const [reason, comment] of COMMENTS) {
      const { rule } = CONSENSUS_RULES[reasonStem(reason) as keyof typeof CONSENSUS_RULES];
      assert.ok(bare(comment).startsWith(rule.slice(0, -1)), `${reason}: "${rule}" against "${comment}"`);
    }
  });

  it('names every BIP and CVE that the comment names', () => {
    for (const [reason, comment] of COMMENTS) {
      const note: RuleNote = CONSENSUS_RULES[reasonStem(reason) as keyof typeof CONSENSUS_RULES];
      for (const document of documentsIn(comment)) assert.ok(documentsIn(note.source).has(document), `${reason}: ${document}`);
    }
  });

  it('is found by a reason with particulars in brackets', () => {
    assert.equal(reasonStem('bad-version(0x00000001)'), 'bad-version');
    assert.equal(
      reasonStem('block-script-verify-flag-failed (Script failed an OP_EQUALVERIFY operation)'),
      'block-script-verify-flag-failed',
    );
    assert.equal(reasonStem('block-script-verify-flag-failed (OP_IF/NOTIF (x))'), 'block-script-verify-flag-failed');
    assert.equal(reasonStem('high-hash'), 'high-hash');
  });

  it('blames nobody for what may become valid, and only the sender for changed bytes', () => {
    const kinds = ['time-future', 'missing-prev', 'missing-inputs', 'premature', 'conflict', 'policy', 'policy-reconsiderable'] as const;
    for (const kind of kinds) assert.equal(blameOf(kind), 'nobody');
    assert.equal(blameOf('mutated'), 'sender');
    for (const kind of ['consensus', 'header', 'invalid-prev'] as const) assert.equal(blameOf(kind), 'maker');
  });
});
