import { hashKey, toDisplayHex } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import type { LightEvent } from '../../engine/light/light-event.ts';
import type { LightClient } from '../../light/light-client.ts';
import { CommandError } from '../failure.ts';
import type { SentOutcome } from './light-page.ts';

const MS_PER_SECOND = 1_000;

/** A transaction that is sent, and what became of it. */
export class Sending {
  readonly #tx: Transaction;
  #asked = 0;
  #named = 0;
  #height: number | undefined;

  constructor(tx: Transaction) {
    this.#tx = tx;
  }

  /** Whether somebody has it: a peer that asked for it, or a block. */
  get isOut(): boolean {
    return this.#asked > 0 || this.#height !== undefined;
  }

  /** Hands it to a client. @throws CommandError where nobody could tell when it is in a block */
  begin(client: LightClient): void {
    if (!client.send(this.#tx)) {
      throw new CommandError(
        'the transaction is not sent: none of its scripts stands in filters, so nobody here would learn that it is in a block',
      );
    }
    // An earlier run may have seen it in a block.
    this.#height = client.payments().find(({ txid }) => hashKey(txid) === hashKey(this.#tx.txid))?.place?.height;
  }

  note(event: LightEvent): void {
    if (event.kind === 'transaction-relayed' && hashKey(event.txid) === hashKey(this.#tx.txid)) {
      this.#asked = event.asked;
      this.#named = event.named;
    }
    if (event.kind === 'payment' && hashKey(event.payment.txid) === hashKey(this.#tx.txid)) this.#height = event.payment.place?.height;
  }

  outcome(): SentOutcome {
    return { txid: this.#tx.txid, asked: this.#asked, named: this.#named, height: this.#height };
  }

  /** What is said where nobody wanted it. */
  unasked(afterMs: number): CommandError {
    const what = `no peer has asked for ${toDisplayHex(this.#tx.txid)} in ${afterMs / MS_PER_SECOND} s`;
    return new CommandError(
      `${what}: they have it, or take no transactions; it is told again at the next start, unless --memory was given`,
    );
  }
}
