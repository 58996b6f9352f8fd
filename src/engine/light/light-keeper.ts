import type { FilterAgreement } from './filter-agreement.ts';
import type { FilterHeaders } from './filter-headers.ts';
import type { FilterScan } from './filter-scan.ts';
import type { LightCalls } from './light-calls.ts';
import type { LightChain } from './light-chain.ts';
import type { LightContext } from './light-context.ts';
import type { LightLedger } from './light-ledger.ts';
import {
  banKey,
  banRow,
  filterPageRow,
  type LightRow,
  stateRow,
  transactionKey,
  transactionRow,
  unsettledRow,
  watchedRow,
} from './light-rows.ts';
import type { WatchList } from './watch-list.ts';

/** What changed is written within this time. */
export const SAVE_INTERVAL_MS = 5_000;

/** What a client keeps of its parts. */
export interface KeptParts {
  readonly context: LightContext;
  readonly chain: LightChain;
  readonly calls: LightCalls;
  readonly filterHeaders: FilterHeaders;
  readonly agreement: FilterAgreement;
  readonly scan: FilterScan;
  readonly watched: WatchList;
  readonly ledger: LightLedger;
  /** Whether it is known at which height the chain becomes of interest. */
  readonly birthdayKnown: () => boolean;
}

/** Has what changed written, some seconds later at most. */
export class LightKeeper {
  readonly #parts: KeptParts;
  /** What stood when it was last written. */
  #saved = '';
  #saveAtMs: number | undefined;

  constructor(parts: KeptParts) {
    this.#parts = parts;
  }

  /** Has it written where something changed and its time has come. */
  pump(): void {
    const { context } = this.#parts;
    const now = context.nowMs();
    if (this.#saveAtMs === undefined) {
      if (this.#stateText() === this.#saved) return;
      this.#saveAtMs = now + SAVE_INTERVAL_MS;
    }
    if (now >= this.#saveAtMs) this.save();
    else context.wakeBy(this.#saveAtMs);
  }

  /** Has everything written now that changed since the last time. */
  save(): void {
    this.#saveAtMs = undefined;
    this.#saved = this.#stateText();
    const { context, chain, calls, filterHeaders, agreement, scan, watched, ledger, birthdayKnown } = this.#parts;
    const puts: LightRow[] = filterHeaders.takeDirty().map(([page, bytes]) => filterPageRow(page, bytes));
    const deletes: string[] = [];
    // A birthday that is still a time would be lost: whoever starts again says it again.
    if (birthdayKnown()) puts.push(stateRow({ agreed: agreement.agreed?.hash, scanned: scan.scanned?.hash, birthday: scan.birthday }));
    let number = 0;
    for (const { text, used } of watched.sources()) puts.push(watchedRow(number++, text, used));
    for (const txid of ledger.takeChanged()) {
      const entry = ledger.entry(txid);
      if (entry === undefined) deletes.push(transactionKey(txid));
      else puts.push(transactionRow(entry));
    }
    for (const hash of scan.takeUnsettled()) puts.push(unsettledRow(hash));
    const { begun, over } = calls.takeBans();
    for (const [address, until] of begun) puts.push(banRow(address, until));
    for (const address of over) if (!begun.has(address)) deletes.push(banKey(address));
    context.emit({ kind: 'save', headers: chain.takeDirty(), rows: { puts, deletes } });
  }

  /** What a change of is worth writing. */
  #stateText(): string {
    const { chain, calls, agreement, scan, watched, ledger } = this.#parts;
    const found = [watched.generation, ledger.revision, calls.bansCount];
    return [chain.tree.size, agreement.agreed?.row, scan.scanned?.row, scan.birthday, scan.unsettledCount, ...found].join();
  }
}
