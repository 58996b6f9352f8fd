/**
 * Every word with which a block or a transaction is refused by a rule, as Core writes it.
 *
 * The comment at each says which rule it is and whether whoever sent it may be blamed. The kind that a `Rejection` carries beside its
 * reason says the same to the program: `mutated` and `time-future` never mark a block invalid.
 *
 * @module
 */

/** Rules about a transaction alone. All of them may be blamed on the sender, and on a block's maker. */
export type TransactionReason =
  /** It has no input. */
  | 'bad-txns-vin-empty'
  /** It has no output. */
  | 'bad-txns-vout-empty'
  /** Four times its stripped size is more than a block's weight. */
  | 'bad-txns-oversize'
  /** An output's value is negative (CVE-2010-5139 began with a sum that overflowed). */
  | 'bad-txns-vout-negative'
  /** An output's value is over `maxMoney`. */
  | 'bad-txns-vout-toolarge'
  /** The sum of the outputs is over `maxMoney` (CVE-2010-5139). */
  | 'bad-txns-txouttotal-toolarge'
  /** Two inputs spend the same output (CVE-2018-17144). */
  | 'bad-txns-inputs-duplicate'
  /** A coinbase's script is shorter than 2 bytes or longer than 100. */
  | 'bad-cb-length'
  /** A transaction that is no coinbase has an input that spends nothing. */
  | 'bad-txns-prevout-null';

/** Rules about a transaction and the coins it spends. */
export type InputReason =
  /** A coin is unknown or spent. A block's maker is to blame; a relayed transaction may only have come before its parents. */
  | 'bad-txns-inputs-missingorspent'
  /** It spends a coinbase before it is mature. Not blamed when relayed: it becomes valid. */
  | 'bad-txns-premature-spend-of-coinbase'
  /** A coin's value, or their sum, is over `maxMoney`. Blamed. */
  | 'bad-txns-inputvalues-outofrange'
  /** It pays out more than it takes in. Blamed. */
  | 'bad-txns-in-belowout';

/** Rules about a header. Blamed, except `time-too-new` where a wall clock decides and what only lacks a parent. */
export type HeaderReason =
  /** The hash is over the target, or the target is none or easier than allowed. */
  | 'high-hash'
  /** `bits` are not what the chain requires at this height. */
  | 'bad-diffbits'
  /** The time is not after the median of the eleven blocks before (BIP-113 calls it median time past). */
  | 'time-too-old'
  /** The time is too far ahead: of the wall clock (it may be valid later, nobody is to blame) or of the median (final). */
  | 'time-too-new'
  /** A retarget period begins more than 600 seconds before the last one ended (BIP-94). */
  | 'time-timewarp-attack'
  /** A version that BIP-34, 66 or 65 retired, as in Core with the version in the text. */
  | `bad-version(0x${string})`
  /** Its parent is unknown. Not blamed: headers may come out of order. */
  | 'prev-blk-not-found'
  /** Its parent is invalid. Blamed only where the parent was known to be. */
  | 'bad-prevblk'
  /** This very block was found invalid before. */
  | 'duplicate-invalid';

/**
 * Rules about a whole block. The maker is to blame, and the sender too; where the block is `mutated`, the bytes are not what the header
 * commits to and the sender alone is to blame.
 */
export type BlockReason =
  /** The header's Merkle root is not that of the transactions. Mutated. */
  | 'bad-txnmrklroot'
  /** A tail of the transactions is repeated, which leaves the Merkle root as it was (CVE-2012-2459). Mutated. */
  | 'bad-txns-duplicate'
  /** Nothing in the block satisfies the challenge of a signet (BIP-325). */
  | 'bad-signet-blksig'
  /** It has no transaction, or its stripped size is over a quarter of the weight limit. */
  | 'bad-blk-length'
  /** The first transaction is no coinbase. Mutated if any has 64 bytes: it may be an inner node of the tree (CVE-2017-12842). */
  | 'bad-cb-missing'
  /** Another transaction is a coinbase. */
  | 'bad-cb-multiple'
  /** Too many signature operations; BIP-141 counts their cost. */
  | 'bad-blk-sigops'
  /** A transaction is not final at this height and time, by its lock time (BIP-113) or its sequences (BIP-68). */
  | 'bad-txns-nonfinal'
  /** The coinbase does not begin with the block's height (BIP-34). */
  | 'bad-cb-height'
  /** The coinbase's witness is not one item of 32 bytes (BIP-141). Mutated. */
  | 'bad-witness-nonce-size'
  /** The witness commitment is not that of the transactions (BIP-141). Mutated. */
  | 'bad-witness-merkle-match'
  /** There are witnesses and no commitment to them (BIP-141). Mutated. */
  | 'unexpected-witness'
  /** The weight is over the limit (BIP-141). */
  | 'bad-blk-weight'
  /** A transaction would make a coin that exists already (BIP-30, CVE-2012-1909). */
  | 'bad-txns-BIP30'
  /** All fees together are over `maxMoney`. */
  | 'bad-txns-accumulated-fee-outofrange'
  /** The coinbase pays more than subsidy and fees. */
  | 'bad-cb-amount'
  /** A script fails; Core's sentence for the error stands in the brackets. */
  | `block-script-verify-flag-failed (${string})`;

/** Every reason of the rules. */
export type ConsensusReason = TransactionReason | InputReason | HeaderReason | BlockReason;
