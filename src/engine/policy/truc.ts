import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import { TRUC_CHILD_VSIZE_BYTES_MAX, TRUC_VERSION, TRUC_VSIZE_BYTES_MAX } from './options.ts';

/** What the rule asks of a waiting transaction whose output is spent. */
export interface UnconfirmedParent {
  readonly version: number;
  /** Whether it has unconfirmed parents itself. */
  readonly hasParents: boolean;
  /** Whether another waiting transaction spends it that is not about to be replaced. */
  readonly hasOtherChild: boolean;
}

/** The transaction that is judged. */
export interface TrucCandidate {
  readonly version: number;
  readonly vsizeBytes: number;
  readonly parents: readonly UnconfirmedParent[];
}

/**
 * BIP-431: a transaction of version 3 is small, and while unconfirmed has at most one parent and one child, both of version 3 and the
 * child smaller still. So nobody can attach to it what makes it dear to replace. Core's `SingleTRUCChecks`.
 */
export function checkTruc(candidate: TrucCandidate): Rejection | undefined {
  const { version, vsizeBytes, parents } = candidate;
  const violation = (rule: string): Rejection => reject('policy', 'TRUC-violation', { rule });
  if (version !== TRUC_VERSION) {
    return parents.some((parent) => parent.version === TRUC_VERSION) ? violation('other-version-spends-truc') : undefined;
  }
  if (vsizeBytes > TRUC_VSIZE_BYTES_MAX) return violation('too-large');
  const parent = parents[0];
  if (parent === undefined) return undefined;
  if (parents.some((each) => each.version !== TRUC_VERSION)) return violation('truc-spends-other-version');
  if (parents.length > 1 || parent.hasParents) return violation('too-many-ancestors');
  if (vsizeBytes > TRUC_CHILD_VSIZE_BYTES_MAX) return violation('child-too-large');
  return parent.hasOtherChild ? violation('too-many-descendants') : undefined;
}
