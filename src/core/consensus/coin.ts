import type { Satoshis } from '../primitives/transaction.ts';

/** An unspent output with what the rules ask of it. */
export interface Coin {
  readonly value: Satoshis;
  readonly scriptPubKey: Uint8Array;
  /** Height of the block that made it. */
  readonly height: number;
  /** Whether a coinbase made it: then it must mature. */
  readonly coinbase: boolean;
}
