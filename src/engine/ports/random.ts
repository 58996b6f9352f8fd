/** Chance, handed in. On a node it is the system's secure source, in a simulation it comes from a seed. */
export interface Random {
  bytes(count: number): Uint8Array;
  /** A whole number from 0 to `limit` - 1, each as likely; `limit` is at most 2^32. */
  below(limit: number): number;
}
