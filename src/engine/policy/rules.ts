/**
 * What each reason of policy and of the mempool stands for, in words for people. The twin of consensus' table, for what is valid and not
 * relayed, or cannot wait now.
 *
 * @module
 */

import type { RuleNote } from '../../core/consensus/rules.ts';

const RULES = {
  version: { rule: 'The version is not 1, 2 or 3.', source: 'IsStandardTx, BIP-431' },
  'tx-size': { rule: 'The weight is over 400,000.', source: 'IsStandardTx' },
  'tx-size-small': {
    rule: 'The stripped size is under 65 bytes: it could pass for an inner node of a Merkle tree.',
    source: 'CVE-2017-12842',
  },
  'scriptsig-size': { rule: "An input's script is longer than 1,650 bytes.", source: 'IsStandardTx' },
  'scriptsig-not-pushonly': { rule: "An input's script does more than push.", source: 'IsStandardTx, BIP-62' },
  scriptpubkey: { rule: "An output's script has no shape that is relayed.", source: 'IsStandardTx', indexOf: 'output' },
  'bare-multisig': {
    rule: 'An output is a bare multisignature, which this node does not relay.',
    source: 'IsStandardTx',
    indexOf: 'output',
  },
  datacarrier: { rule: 'The OP_RETURN outputs carry more than this node relays.', source: 'IsStandardTx', indexOf: 'output' },
  dust: { rule: 'Outputs are worth less than spending them costs.', source: 'IsStandardTx, PreCheckEphemeralTx' },
  'missing-ephemeral-spends': { rule: 'It leaves the dust of a parent unspent.', source: 'CheckEphemeralSpends' },
  'bad-txns-nonstandard-inputs': {
    rule: 'A spent output or redeem script is of no known shape, or has too many signature operations.',
    source: 'ValidateInputsStandardness, BIP-54',
  },
  'bad-witness-nonstandard': {
    rule: 'A witness is larger than what is relayed, or does not belong to its output.',
    source: 'IsWitnessStandard',
  },
  'bad-txns-too-many-sigops': { rule: 'Its signature operations cost more than 16,000.', source: 'PreChecks, BIP-141' },
  'TRUC-violation': {
    rule: 'A transaction of version 3, or what spends one, breaks the bounds of its family.',
    source: 'SingleTRUCChecks, BIP-431',
  },
  'too many potential replacements': { rule: 'It would replace transactions of too many clusters.', source: 'GetEntriesForConflicts' },
  'insufficient fee': { rule: 'It does not pay what it replaces and its own relay on top.', source: 'PaysForRBF, BIP-125' },
  'replacement-failed': { rule: 'With it in place of what it replaces, miners would not earn more.', source: 'ImprovesFeerateDiagram' },
  'bip125-replacement-disallowed': {
    rule: 'It spends what a waiting transaction spends, and nothing may be replaced here.',
    source: 'PreChecks',
  },
  coinbase: { rule: 'A coinbase is only valid in a block.', source: 'PreChecks' },
  'non-final': { rule: 'Its lock time is not reached in the next block.', source: 'CheckFinalTxAtTip, BIP-113' },
  'non-BIP68-final': { rule: 'A coin is not as old as its sequence asks for.', source: 'CheckSequenceLocksAtTip, BIP-68' },
  'txn-already-in-mempool': { rule: 'It waits already.', source: 'PreChecks' },
  'txn-same-nonwitness-data-in-mempool': { rule: 'It waits already with other witnesses.', source: 'PreChecks' },
  'txn-already-known': { rule: 'It is in a block already.', source: 'PreChecks' },
  'mempool min fee not met': { rule: 'The mempool is full of transactions that pay more.', source: 'CheckFeeRate' },
  'min relay fee not met': { rule: 'It pays less than the least that is relayed.', source: 'CheckFeeRate' },
  'max-fee-exceeded': { rule: 'It pays more than the caller allowed.', source: 'AcceptToMemoryPool' },
  'bad-txns-spends-conflicting-tx': { rule: 'It spends from a transaction that it would replace.', source: 'EntriesAndTxidsDisjoint' },
  'too-large-cluster': { rule: 'It would join too many or too large transactions into one cluster.', source: 'CheckMemPoolPolicyLimits' },
  'mempool full': { rule: 'It would be the first to leave the full mempool.', source: 'LimitMempoolSize' },
  'mempool-script-verify-flag-failed': { rule: 'A script fails.', source: 'CheckInputScripts, VerifyScript' },
} as const;

/** Every reason that refuses a transaction without making it invalid, brackets left off. */
export type PolicyReason = keyof typeof RULES;

/** Each of them with what it stands for. */
export const POLICY_RULES: Readonly<Record<PolicyReason, RuleNote>> = RULES;
