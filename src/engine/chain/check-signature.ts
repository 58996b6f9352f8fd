import { signetScriptCheck } from '../../core/consensus/check-signet-block.ts';
import type { BlockReason } from '../../core/consensus/reasons.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { ScriptVerifier } from '../ports/script-verifier.ts';

/** On a signet: whether those who may make blocks made this one. `checkBlock` must have passed. */
export async function checkSignature(
  block: Block,
  { signetChallenge }: ConsensusParams,
  verifier: ScriptVerifier,
): Promise<Rejection<BlockReason> | undefined> {
  if (signetChallenge === null) return undefined;
  const job = signetScriptCheck(block, signetChallenge);
  if (job === undefined) return reject('consensus', 'bad-signet-blksig');
  const failure = await verifier.verify([job]);
  return failure === undefined ? undefined : reject('consensus', 'bad-signet-blksig', { error: failure.error });
}
