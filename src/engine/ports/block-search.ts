/** One header to find a nonce for. Every worker is given another share of extranonces, so no work is done twice. */
export interface SearchJob {
  /** Names the template: a result of an older one is dropped. */
  readonly id: number;
  /**
   * A header of 80 bytes for an extranonce: the caller puts the extranonce into the coinbase and computes the Merkle root from the branch.
   * Handed over as data so that a worker can do it without asking: the coinbase without witness, cut in two around the extranonce.
   */
  readonly header: Uint8Array;
  readonly coinbaseHead: Uint8Array;
  readonly coinbaseTail: Uint8Array;
  /** Bytes of the extranonce between head and tail, little-endian; 0: there is one header, whose nonces are shared out. */
  readonly extranonceSizeBytes: number;
  /** Hashes that lead from the coinbase's txid to the Merkle root. */
  readonly merkleBranch: readonly Uint8Array[];
  /** Target, 32 bytes, highest byte first. */
  readonly target: Uint8Array;
  /** Latest time that the header may say; the search may move its time up to it with the clock. */
  readonly timeSecondsMax: number;
}

/** A header that meets the target. */
export interface SearchResult {
  readonly jobId: number;
  readonly header: Uint8Array;
  readonly extranonce: number;
}

/** Looks for nonces, on as many threads as it was made with. */
export interface BlockSearch {
  /** Number of threads. */
  readonly workers: number;
  /** Starts on a job, dropping what was searched before at once. */
  start(job: SearchJob, found: (result: SearchResult) => void): void;
  /** Stops searching; the threads stay for the next job. */
  pause(): void;
  /** Hashes tried in all. */
  hashes(): bigint;
  close(): Promise<void>;
}
