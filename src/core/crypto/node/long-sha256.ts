import { createHash } from 'node:crypto';
import { useLongSha256 } from '../long-sha256.ts';

/** Has OpenSSL, as Node brings it along, do the long SHA-256 of this thread. */
export function useNodeSha256(): void {
  useLongSha256(() => createHash('sha256'));
}
