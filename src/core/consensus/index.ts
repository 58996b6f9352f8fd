/**
 * The rules that make a block or a transaction invalid.
 *
 * Owns checks, reasons, amounts, work and which rules hold at a height. Does not own storage, the order of download or what is relayed.
 * Each rule is a function of its arguments that returns a `Rejection` or nothing; the first failure wins, in Core's order.
 *
 * A block passes these stages, each of which may know more than the one before:
 *
 * 1. Its header alone (`checkHeader`): the hash shows the work that `bits` claim.
 * 2. Its header after its parent (`checkHeaderInContext`): the bits are those the chain requires (`nextBits`), the time lies after the
 *    median of the last eleven and not too far ahead, the version is not retired.
 * 3. The block alone (`checkBlock`): the transactions are those that the header commits to and not a mutated list, sizes, one coinbase
 *    and that in front, each transaction sane (`checkTransaction`), not too many signature operations.
 *    On a signet its solution besides (`signetScriptCheck`).
 * 4. The block at its height (`checkBlockInContext`): every transaction final, the height in the coinbase, the witness commitment, the
 *    weight.
 * 5. The block on its parent's coins (`connectBlock`): every input there and mature (`checkTxInputs`), nothing paid out of nothing, the
 *    ages that BIP-68 asks for, the full cost of signature operations, the reward. The result is the change of the coin set, and
 * 6. the scripts that are left to run, under the flags of `scriptFlagsAt`.
 *
 * Begin with check-block.ts and connect-block.ts.
 *
 * @module
 */

export type { Bip30Context } from './bip30.ts';
export { BIP30_AGAIN_HEIGHT, isBip30Repeat, mustCheckBip30 } from './bip30.ts';
export type { BlockEffect, CoinChanges, PlacedCoin } from './block-effect.ts';
export { disconnectBlock, isUnspendable } from './block-effect.ts';
export type { CheckBlockOptions } from './check-block.ts';
export { checkBlock } from './check-block.ts';
export type { BlockContext } from './check-block-in-context.ts';
export { checkBlockInContext } from './check-block-in-context.ts';
export type { HeaderContext } from './check-header.ts';
export { checkHeader, checkHeaderInContext, latestHeaderTime } from './check-header.ts';
export type { SignetScriptCheck, SignetSolution } from './check-signet-block.ts';
export { commitmentWithSolution, encodeSolution, SOLUTION_FLAGS, signetScriptCheck } from './check-signet-block.ts';
export { checkTransaction } from './check-transaction.ts';
export { checkTxInputs } from './check-tx-inputs.ts';
export type { Coin } from './coin.ts';
export { coinbaseHeightScript } from './coinbase-height.ts';
export type { CoinLookup, ConnectContext, ConnectedBlock, ScriptCheck } from './connect-block.ts';
export { coinsNeeded, connectBlock } from './connect-block.ts';
export type { SequenceLock } from './lock-time.ts';
export { isFinalTransaction, isPastSequenceLock, sequenceLocks } from './lock-time.ts';
export { MEDIAN_TIME_SPAN, medianTime } from './median-time.ts';
export type { RetargetBlock, RetargetContext } from './next-bits.ts';
export { nextBits, retargetInterval } from './next-bits.ts';
export { addWork, blockWork, checkProofOfWork, targetOf } from './proof-of-work.ts';
export type { BlockReason, ConsensusReason, HeaderReason, InputReason, TransactionReason } from './reasons.ts';
export type { Rejection, RejectionKind } from './rejection.ts';
export { reject } from './rejection.ts';
export { scriptFlagsAt } from './script-flags.ts';
export { blockSubsidy } from './subsidy.ts';
export type { ProofFault, ProvenTransaction, TransactionProof } from './transaction-proof.ts';
export { checkTransactionProof } from './transaction-proof.ts';
export type { DeploymentSignals, DeploymentState, DeploymentStatus, SignalBlock, SignalBranch } from './version-bits.ts';
export { deploymentSignals, deploymentStatusAt, signals } from './version-bits.ts';
export { WITNESS_SCALE_FACTOR } from './weight.ts';
export { findWitnessCommitment, witnessCommitment, witnessCommitmentOutput, witnessMerkleRoot } from './witness-commitment.ts';
