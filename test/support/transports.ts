/**
 * Both ways in which peers may speak, for tests that hold for either.
 *
 * @module
 */

/** A transport, how a node is told to speak it, and what a message of a short type takes in it besides its payload. */
export interface TestedTransport {
  readonly name: 'encrypted' | 'first';
  readonly args: readonly string[];
  readonly overheadBytes: number;
}

export const TRANSPORTS: readonly TestedTransport[] = [
  // Length, header, type and tag.
  { name: 'encrypted', args: [], overheadBytes: 3 + 1 + 1 + 16 },
  { name: 'first', args: ['--no-v2'], overheadBytes: 24 },
];
