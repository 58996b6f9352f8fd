/**
 * Keys, which coins are ours, building and signing payments.
 *
 * Owns the seed (BIP-39), the accounts (BIP-84, BIP-86), the ledger of our transactions, coin selection and signatures. Does not own
 * the chain or the mempool: it is told of blocks and of what waits. Begin with wallet.ts, then ledger.ts.
 *
 * @module
 */

export type { ChainNumber, KeychainState, KeyPath, ScriptKind } from './keychain.ts';
export type { BlockPlace, LedgerBalance } from './ledger.ts';
export { createMnemonic, parseMnemonic } from './seed.ts';
export type { SignedPayment, WalletOptions, WalletTip } from './wallet.ts';
export { Wallet } from './wallet.ts';
