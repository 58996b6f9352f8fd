import { useNodeSha256 } from '../core/crypto/node/long-sha256.ts';
import type { Secp256k1 } from '../core/crypto/secp256k1.ts';
import { createInlineVerifier } from '../engine/chain/inline-verifier.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { Log } from '../engine/ports/log.ts';
import type { ScriptVerifier } from '../engine/ports/script-verifier.ts';
import { VerifierPool } from '../platform/workers/verifier-pool.ts';

/** What scripts are run with. */
export interface VerifierOptions {
  /** 0: the calling thread runs them. */
  readonly scriptWorkers: number;
  readonly secp256k1: Secp256k1;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs scripts on threads, where some are wanted; these start with the first block that is worth it. */
export function openVerifier({ scriptWorkers, secp256k1, clock, log }: VerifierOptions): ScriptVerifier {
  useNodeSha256();
  const inline = createInlineVerifier({ secp256k1, clock });
  if (scriptWorkers === 0) return inline;
  return new VerifierPool({
    ...{ workers: scriptWorkers, inline },
    secp256k1: secp256k1.name as 'native' | 'prebuilt' | 'wasm',
    togetherFrom: secp256k1.togetherFrom,
    failed: (error) => log.error('script-worker-failed', { why: error.message }),
  });
}
