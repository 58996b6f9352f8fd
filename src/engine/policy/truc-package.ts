import { bytesEqual } from '../../core/base/bytes.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { TRUC_CHILD_VSIZE_BYTES_MAX, TRUC_VERSION } from './options.ts';

/** One of several transactions that are looked at together. */
export interface PackageMember {
  readonly tx: Transaction;
  readonly vsizeBytes: number;
  /** What it spends of the others, and of what waits. */
  readonly inPackage: readonly Transaction[];
  readonly waiting: readonly WaitingParent[];
}

/** A waiting transaction that is spent. */
export interface WaitingParent {
  readonly tx: Transaction;
  /** Whether it needs others that wait, and whether others that wait need it. */
  readonly hasParents: boolean;
  readonly hasChildren: boolean;
}

/** Most unconfirmed transactions in a line of version 3, and most parents with their child. */
const FAMILY_COUNT_MAX = 2;

function named({ txid, wtxid }: Transaction): string {
  return `tx ${toDisplayHex(txid)} (wtxid=${toDisplayHex(wtxid)})`;
}

function spends(child: Transaction, parent: Transaction): boolean {
  return child.inputs.some(({ prevout }) => bytesEqual(prevout.txid, parent.txid));
}

/** What is wrong with a child of version 3 and its one parent. */
function checkChild({ tx, vsizeBytes, inPackage, waiting }: PackageMember, members: readonly PackageMember[]): string | undefined {
  const parent = (inPackage[0] ?? waiting[0]?.tx) as Transaction;
  if (vsizeBytes > TRUC_CHILD_VSIZE_BYTES_MAX) {
    return `version=3 child ${named(tx)} is too big: ${vsizeBytes} > ${TRUC_CHILD_VSIZE_BYTES_MAX} virtual bytes`;
  }
  if (parent.version !== TRUC_VERSION) return `version=3 ${named(tx)} cannot spend from non-version=3 ${named(parent)}`;
  for (const { tx: other } of members) {
    if (other === tx) continue;
    if (spends(other, parent)) return `${named(parent)} would exceed descendant count limit`;
    if (spends(other, tx)) return `${named(other)} would have too many ancestors`;
  }
  return waiting[0]?.hasChildren === true ? `${named(parent)} would exceed descendant count limit` : undefined;
}

/**
 * BIP-431 for transactions that come together: what `checkTruc` asks, the others of the package counted among parents and children.
 * Each by itself has passed `checkTruc`. Core's `PackageTRUCChecks`, in its words.
 */
export function checkTrucPackage(members: readonly PackageMember[]): string | undefined {
  for (const member of members) {
    const { tx, inPackage, waiting } = member;
    const count = inPackage.length + waiting.length;
    if (tx.version === TRUC_VERSION) {
      const ancestors = count + (waiting[0]?.hasParents === true ? 1 : 0);
      if (ancestors + 1 > FAMILY_COUNT_MAX) return `${named(tx)} would have too many ancestors`;
      const refused = count === 0 ? undefined : checkChild(member, members);
      if (refused !== undefined) return refused;
    } else {
      const parent = [...waiting.map((each) => each.tx), ...inPackage].find(({ version }) => version === TRUC_VERSION);
      if (parent !== undefined) return `non-version=3 ${named(tx)} cannot spend from version=3 ${named(parent)}`;
    }
  }
  return undefined;
}
