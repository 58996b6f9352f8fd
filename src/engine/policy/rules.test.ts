import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../../../test/support/vectors.ts';
import { CONSENSUS_RULES, reasonStem } from '../../core/consensus/rules.ts';
import {
  STANDARD_SCRIPT_SIG_BYTES_MAX,
  STANDARD_SIGOPS_COST_MAX,
  STANDARD_STRIPPED_SIZE_BYTES_MIN,
  STANDARD_WEIGHT_WU_MAX,
} from './options.ts';
import { POLICY_RULES } from './rules.ts';

/** Reasons that the sources of a room give, brackets left off. */
function reasonsGivenIn(room: string): Set<string> {
  const folder = join(repositoryRoot(), 'src', room);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const reasons = new Set<string>();
  for (const name of files) {
    const source = readFileSync(join(folder, name), 'utf8');
    for (const [, call = ''] of source.matchAll(/\breject\(([^;]*);/g)) {
      // The reason of another rejection is passed on; or it is a promise that is rejected.
      if (call.includes('why.reason') || call.startsWith('error)')) continue;
      const quoted = [...call.matchAll(/['`]([^'`]+)['`]/g)].map(([, text = '']) => reasonStem(text));
      const known = quoted.filter((text) => text in POLICY_RULES || text in CONSENSUS_RULES);
      // A statement that rejects names a reason; where none of its words is one, all of them are told.
      for (const reason of known.length > 0 ? known : [quoted.join('?')]) reasons.add(reason);
    }
  }
  return reasons;
}

describe('the table of policy', () => {
  it('knows, with the table of consensus, every reason that policy, mempool and chain give', () => {
    const given = new Set(
      ['engine/policy', 'engine/mempool', 'engine/chain', 'core/consensus'].flatMap((room) => [...reasonsGivenIn(room)]),
    );
    // Only to a miner who proposes a block: "ask again", not a rule.
    given.delete('missing-prev?inconclusive-not-best-prevblk');
    const unknown = [...given].filter((reason) => !(reason in POLICY_RULES) && !(reason in CONSENSUS_RULES));
    assert.deepEqual(unknown, []);
    assert.ok(given.size > 50);
  });

  it('has no reason that is never given, and none of consensus', () => {
    const given = new Set([...reasonsGivenIn('engine/policy'), ...reasonsGivenIn('engine/mempool')]);
    assert.deepEqual(
      Object.keys(POLICY_RULES).filter((reason) => !given.has(reason) || reason in CONSENSUS_RULES),
      [],
    );
  });

  it('names the limits that are kept', () => {
    const digits = (limit: number): string => limit.toLocaleString('en');
    assert.match(POLICY_RULES['tx-size'].rule, new RegExp(`over ${digits(STANDARD_WEIGHT_WU_MAX)}\\.`));
    assert.match(POLICY_RULES['tx-size-small'].rule, new RegExp(`under ${digits(STANDARD_STRIPPED_SIZE_BYTES_MIN)} `));
    assert.match(POLICY_RULES['scriptsig-size'].rule, new RegExp(`than ${digits(STANDARD_SCRIPT_SIG_BYTES_MAX)} `));
    assert.match(POLICY_RULES['bad-txns-too-many-sigops'].rule, new RegExp(`than ${digits(STANDARD_SIGOPS_COST_MAX)}\\.`));
  });
});
