/**
 * What each reason stands for, in words for people: the rule and where it is written.
 *
 * The comments in reasons.ts say the same to whoever reads the code; a test holds the two together.
 *
 * @module
 */

import type { ConsensusReason } from './reasons.ts';
import type { RejectionKind } from './rejection.ts';

/** One rule, for people. */
export interface RuleNote {
  /** What is wrong, in one sentence. */
  readonly rule: string;
  /** BIP, CVE or function of Bitcoin Core in which the rule stands. */
  readonly source: string;
  /** What `index` in a rejection's detail counts; an input unless given. */
  readonly indexOf?: 'output' | 'transaction';
}

/** A reason without what is particular to the case: `bad-version(0x00000001)` is `bad-version`. */
export type ReasonStem<Reason extends string> = Reason extends `${infer Stem} (${string})`
  ? Stem
  : Reason extends `${infer Stem}(${string})`
    ? Stem
    : Reason;

/** A reason without the brackets at its end. */
export function reasonStem(reason: string): string {
  const bracket = reason.indexOf('(');
  return bracket < 0 ? reason : reason.slice(0, bracket).trimEnd();
}

/** Every reason of the rules with what it stands for. */
export const CONSENSUS_RULES: Readonly<Record<ReasonStem<ConsensusReason>, RuleNote>> = {
  'bad-txns-vin-empty': { rule: 'It has no input.', source: 'CheckTransaction' },
  'bad-txns-vout-empty': { rule: 'It has no output.', source: 'CheckTransaction' },
  'bad-txns-oversize': { rule: "Four times its stripped size is more than a block's weight.", source: 'CheckTransaction, BIP-141' },
  'bad-txns-vout-negative': { rule: "An output's value is negative.", source: 'CheckTransaction, CVE-2010-5139', indexOf: 'output' },
  'bad-txns-vout-toolarge': { rule: "An output's value is over `maxMoney`.", source: 'CheckTransaction', indexOf: 'output' },
  'bad-txns-txouttotal-toolarge': {
    rule: 'The sum of the outputs is over `maxMoney`.',
    source: 'CheckTransaction, CVE-2010-5139',
    indexOf: 'output',
  },
  'bad-txns-inputs-duplicate': { rule: 'Two inputs spend the same output.', source: 'CheckTransaction, CVE-2018-17144' },
  'bad-cb-length': { rule: "A coinbase's script is shorter than 2 bytes or longer than 100.", source: 'CheckTransaction' },
  'bad-txns-prevout-null': { rule: 'A transaction that is no coinbase has an input that spends nothing.', source: 'CheckTransaction' },
  'bad-txns-inputs-missingorspent': { rule: 'A coin is unknown or spent.', source: 'CheckTxInputs' },
  'bad-txns-premature-spend-of-coinbase': { rule: 'It spends a coinbase before it is mature.', source: 'CheckTxInputs' },
  'bad-txns-inputvalues-outofrange': { rule: "A coin's value, or their sum, is over `maxMoney`.", source: 'CheckTxInputs' },
  'bad-txns-in-belowout': { rule: 'It pays out more than it takes in.', source: 'CheckTxInputs' },
  'high-hash': { rule: 'The hash is over the target, or the target is none or easier than allowed.', source: 'CheckProofOfWork' },
  'bad-diffbits': { rule: '`bits` are not what the chain requires at this height.', source: 'GetNextWorkRequired' },
  'time-too-old': { rule: 'The time is not after the median of the eleven blocks before.', source: 'ContextualCheckBlockHeader, BIP-113' },
  'time-too-new': { rule: 'The time is too far ahead.', source: 'ContextualCheckBlockHeader' },
  'time-timewarp-attack': { rule: 'A retarget period begins more than 600 seconds before the last one ended.', source: 'BIP-94' },
  'bad-version': { rule: 'A version that BIP-34, 66 or 65 retired.', source: 'BIP-34, BIP-66, BIP-65' },
  'prev-blk-not-found': { rule: 'Its parent is unknown.', source: 'AcceptBlockHeader' },
  'bad-prevblk': { rule: 'Its parent is invalid.', source: 'AcceptBlockHeader' },
  'duplicate-invalid': { rule: 'This very block was found invalid before.', source: 'AcceptBlockHeader' },
  'bad-txnmrklroot': { rule: "The header's Merkle root is not that of the transactions.", source: 'CheckMerkleRoot' },
  'bad-txns-duplicate': {
    rule: 'A tail of the transactions is repeated, which leaves the Merkle root as it was.',
    source: 'CheckMerkleRoot, CVE-2012-2459',
  },
  'bad-blk-length': { rule: 'It has no transaction, or its stripped size is over a quarter of the weight limit.', source: 'CheckBlock' },
  'bad-cb-missing': { rule: 'The first transaction is no coinbase.', source: 'CheckBlock, CVE-2017-12842' },
  'bad-cb-multiple': { rule: 'Another transaction is a coinbase.', source: 'CheckBlock', indexOf: 'transaction' },
  'bad-blk-sigops': { rule: 'Too many signature operations.', source: 'CheckBlock, ConnectBlock, BIP-141' },
  'bad-txns-nonfinal': {
    rule: 'A transaction is not final at this height and time, by its lock time or its sequences.',
    source: 'IsFinalTx, BIP-113, BIP-68',
  },
  'bad-signet-blksig': { rule: 'Nothing in the block satisfies the challenge of a signet.', source: 'BIP-325' },
  'bad-cb-height': { rule: "The coinbase does not begin with the block's height.", source: 'BIP-34' },
  'bad-witness-nonce-size': { rule: "The coinbase's witness is not one item of 32 bytes.", source: 'BIP-141' },
  'bad-witness-merkle-match': { rule: 'The witness commitment is not that of the transactions.', source: 'BIP-141' },
  'unexpected-witness': { rule: 'There are witnesses and no commitment to them.', source: 'BIP-141' },
  'bad-blk-weight': { rule: 'The weight is over the limit.', source: 'BIP-141' },
  'bad-txns-BIP30': { rule: 'A transaction would make a coin that exists already.', source: 'BIP-30, CVE-2012-1909' },
  'bad-txns-accumulated-fee-outofrange': { rule: 'All fees together are over `maxMoney`.', source: 'ConnectBlock' },
  'bad-cb-amount': { rule: 'The coinbase pays more than subsidy and fees.', source: 'ConnectBlock' },
  'block-script-verify-flag-failed': { rule: 'A script fails.', source: 'CheckInputScripts, VerifyScript' },
};

/** Who has done wrong: who made it and whoever passes it on, only who sent these bytes, or nobody. */
export type Blame = 'maker' | 'sender' | 'nobody';

const BLAME: Readonly<Record<RejectionKind, Blame>> = {
  consensus: 'maker',
  header: 'maker',
  'invalid-prev': 'maker',
  mutated: 'sender',
  'time-future': 'nobody',
  'missing-prev': 'nobody',
  'missing-inputs': 'nobody',
  premature: 'nobody',
  conflict: 'nobody',
  policy: 'nobody',
  'policy-reconsiderable': 'nobody',
};

/** Who is to blame for a refusal of this kind. */
export function blameOf(kind: RejectionKind): Blame {
  return BLAME[kind];
}
