/**
 * Rejections as verdicts: the rule that stands behind a reason, and the place where it is broken.
 *
 * Owns what is said of a refusal. Does not own the rules: it asks those who judge, and runs a script again only to show how it fails.
 * Begin here, then explain-transaction.ts and explain-block.ts.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { blameOf, CONSENSUS_RULES, type RuleNote, reasonStem } from '../../core/consensus/rules.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { POLICY_RULES } from '../policy/rules.ts';
import type { Accepted, Position, Refused, ScriptTrace, Stage } from '../ports/explanation.ts';

const RULES: ReadonlyMap<string, RuleNote> = new Map(Object.entries({ ...POLICY_RULES, ...CONSENSUS_RULES }));

/** The rule behind a reason, its particulars in brackets left off. */
export function ruleOf(reason: string): RuleNote {
  const note = RULES.get(reasonStem(reason));
  assert(note !== undefined, 'every reason has its rule');
  return note;
}

/** A number of a rejection's detail. */
function numberIn(detail: Refused['detail'], ...names: readonly string[]): number | undefined {
  const name = names.find((each) => typeof detail[each] === 'number');
  return name === undefined ? undefined : (detail[name] as number);
}

/** Where a transaction breaks the rule. */
function placeIn(tx: Transaction, detail: Refused['detail'], { indexOf = undefined }: Pick<RuleNote, 'indexOf'>): Position {
  const index = numberIn(detail, 'index');
  const input = indexOf === undefined ? (numberIn(detail, 'inputIndex', 'input') ?? index) : undefined;
  const output = indexOf === 'output' ? index : undefined;
  const prevout = input === undefined ? undefined : tx.inputs[input]?.prevout;
  return {
    txid: tx.txid,
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(prevout === undefined ? {} : { prevout }),
  };
}

/** Where a rule is broken, of a transaction by itself or of those of a block. */
function positionOf(rejection: Rejection, about: Subject, note: RuleNote): Position {
  const detail = rejection.detail ?? {};
  if (about.tx !== undefined) return placeIn(about.tx, detail, note);
  const transaction = numberIn(detail, 'position') ?? (note.indexOf === 'transaction' ? numberIn(detail, 'index') : undefined);
  const tx = transaction === undefined ? undefined : about.transactions[transaction];
  return transaction === undefined || tx === undefined ? {} : { transaction, ...placeIn(tx, detail, note) };
}

/** What was judged: a transaction, or the transactions of a block. */
export type Subject =
  | { readonly tx: Transaction; readonly transactions?: undefined }
  | { readonly transactions: readonly Transaction[]; readonly tx?: undefined };

/** The verdict on what a rejection refuses. */
export function refusedFor(
  rejection: Rejection,
  about: Subject,
  found: { readonly script?: ScriptTrace | undefined; readonly validInBlock?: boolean | undefined } = {},
): Refused {
  const { kind, reason, detail = {} } = rejection;
  const note = ruleOf(reason);
  return {
    accepted: false,
    ...{ kind, reason, detail },
    rule: note.rule,
    source: note.source,
    blame: blameOf(kind),
    position: positionOf(rejection, about, note),
    script: found.script,
    validInBlock: found.validInBlock,
  };
}

/** The verdict on what breaks no rule. */
export function acceptedAfter(checked: readonly Stage[], unchecked?: string): Accepted {
  return { accepted: true, checked, unchecked };
}
