/**
 * The wallet: keys, which coins are ours, building and signing payments. It is told of blocks and of the mempool by whoever
 * runs it, and hands payments back to be sent.
 *
 * @module
 */

import { addressOfScript } from '../../core/address/address.ts';
import { bytesEqual, utf8ToBytes } from '../../core/base/bytes.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction, TxOutput } from '../../core/primitives/transaction.ts';
import { isCoinbase } from '../../core/primitives/transaction.ts';
import { NodeError } from '../ports/node-error.ts';
import type { Random } from '../ports/random.ts';
import type { RowStore } from '../ports/row-store.ts';
import type { WalletEntry } from '../ports/wallet-service.ts';
import type { KeychainState, ScriptKind } from './keychain.ts';
import { Keychain } from './keychain.ts';
import type { BlockPlace, LedgerBalance, LedgerTransaction } from './ledger.ts';
import { Ledger } from './ledger.ts';
import { planPayment } from './payment.ts';
import { seedOf } from './seed.ts';
import { signInputs } from './sign.ts';
import type { StoredTransaction } from './wallet-rows.ts';
import {
  decodeScannedRow,
  decodeTransactionRow,
  encodeScannedRow,
  encodeTransactionRow,
  isTransactionRow,
  transactionRowKey,
  WALLET_FORMAT_VERSION,
  WALLET_ROWS,
} from './wallet-rows.ts';

/** What a wallet is made of. */
export interface WalletOptions {
  readonly params: NetworkParams;
  readonly store: RowStore;
  /** BIP-39 words, already checked. */
  readonly mnemonic: string;
  /** What follows from the words, where it was worked out already by something quicker than `seedOf`. */
  readonly seed?: Uint8Array;
  readonly secp256k1: Secp256k1;
  readonly random: Random;
}

/** A payment, signed and recorded. */
export interface SignedPayment {
  readonly tx: Transaction;
  readonly fee: Satoshis;
}

/** Where the chain stands, as far as the wallet asks. */
export interface WalletTip {
  readonly height: number;
}

/** What the store held. */
interface StoredWallet {
  keys: KeychainState | undefined;
  scanned: BlockPlace | undefined;
  readonly transactions: StoredTransaction[];
}

/** Keys and coins of one seed on one network. */
export class Wallet {
  readonly #params: NetworkParams;
  readonly #store: RowStore;
  readonly #secp256k1: Secp256k1;
  readonly #random: Random;
  readonly #keychain: Keychain;
  readonly #ledger: Ledger;
  #scanned: BlockPlace | undefined;

  private constructor(options: WalletOptions, stored: StoredWallet) {
    this.#params = options.params;
    this.#store = options.store;
    this.#secp256k1 = options.secp256k1;
    this.#random = options.random;
    this.#keychain = new Keychain({
      seed: options.seed ?? seedOf(options.mnemonic),
      coinType: options.params.coinType,
      secp256k1: options.secp256k1,
      ...(stored.keys === undefined ? {} : { state: stored.keys }),
    });
    this.#ledger = new Ledger(this.#keychain);
    for (const each of stored.transactions.sort((a, b) => a.sequence - b.sequence)) this.#ledger.restore(each.tx, each);
    this.#scanned = stored.scanned;
  }

  /** Opens a wallet with what its store holds. @throws NodeError `wallet-file` */
  static async open(options: WalletOptions): Promise<Wallet> {
    return new Wallet(options, await readStore(options.store));
  }

  /** The last block that was connected; undefined in a wallet that has seen none. */
  get scanned(): BlockPlace | undefined {
    return this.#scanned;
  }

  /** A wallet that was just made has no history: it need not look for any before this block. */
  beginAt(place: BlockPlace): void {
    this.#scanned = place;
  }

  /** After a start: forgets what lies in blocks that left the active chain while it was not told. `fork` is the last block still active. */
  rewind(isActive: (hash: BlockHash) => boolean, fork: BlockPlace | undefined): void {
    this.#ledger.keepBlocks(isActive);
    this.#scanned = fork;
  }

  connectBlock(block: Block, height: number): void {
    const place = { hash: block.header.hash, height };
    this.#ledger.connect(block, place);
    this.#scanned = place;
  }

  disconnectBlock(block: Block, height: number): void {
    this.#ledger.disconnect(block.header.hash);
    this.#scanned = { hash: block.header.prevBlockHash, height: height - 1 };
  }

  transactionAdded(tx: Transaction, timeSeconds: number): void {
    this.#ledger.addPending(tx, timeSeconds);
  }

  /** The mempool dropped it, other than because a block holds it. */
  transactionRemoved(txid: Txid): void {
    this.#ledger.removePending(txid);
  }

  /** Payments of ours that nobody holds now: they are to be sent again. */
  toSendAgain(): Transaction[] {
    return this.#ledger.toSendAgain();
  }

  /** The next unused receiving address; the same until it is used. */
  address(kind: ScriptKind = 'wpkh'): string {
    return this.#addressOf(this.#keychain.nextScript(kind, 0));
  }

  /** The script of that address. */
  script(kind: ScriptKind = 'wpkh'): Uint8Array {
    return this.#keychain.nextScript(kind, 0);
  }

  /** An address that was never handed out before; stored before it is. */
  async newAddress(kind: ScriptKind = 'wpkh'): Promise<string> {
    const script = this.#keychain.nextScript(kind, 0);
    const path = this.#keychain.pathOf(script);
    if (path !== undefined) this.#keychain.markUsed(path);
    await this.flush();
    return this.#addressOf(script);
  }

  isMine(script: Uint8Array): boolean {
    return this.#keychain.pathOf(script) !== undefined;
  }

  balance(tip: WalletTip): LedgerBalance {
    return this.#ledger.balance(tip.height + 1, this.#params.consensus.coinbaseMaturity);
  }

  /** Newest first: what waits, then by height. */
  history(options: { readonly limit?: number; readonly skip?: number } = {}): readonly WalletEntry[] {
    const { limit = Number.POSITIVE_INFINITY, skip = 0 } = options;
    return [...this.#ledger.transactions()]
      .sort((a, b) => place(b) - place(a) || b.sequence - a.sequence)
      .slice(skip, skip + limit)
      .map((entry) => this.#entryOf(entry));
  }

  transaction(txid: Txid): WalletEntry | undefined {
    const entry = this.#ledger.transaction(txid);
    return entry === undefined ? undefined : this.#entryOf(entry);
  }

  /** Builds and signs a payment. It counts once the mempool has told of it. */
  pay(options: {
    readonly script: Uint8Array;
    readonly amount: Satoshis;
    readonly feeRateSatPerKvb: Satoshis;
    readonly tip: WalletTip;
  }): SignedPayment | Rejection {
    const { tip } = options;
    const kind = options.script.length === 34 && options.script[0] === 0x51 ? 'tr' : 'wpkh';
    const payment = planPayment({
      script: options.script,
      amount: options.amount,
      feeRateSatPerKvb: options.feeRateSatPerKvb,
      coins: this.#ledger.spendable(tip.height + 1, this.#params.consensus.coinbaseMaturity),
      changeScript: this.#keychain.nextScript(kind, 1),
      tipHeight: tip.height,
      maxMoney: this.#params.consensus.maxMoney,
      changePosition: this.#random.below(2),
    });
    if ('reason' in payment) return payment;
    const spentOutputs = payment.coins.map((coin) => coin.output);
    return { tx: this.#signed(payment.fields, spentOutputs).tx, fee: payment.fee };
  }

  /**
   * Signs the inputs that spend coins of ours.
   *
   * @param coinOf - outputs that are not ours; taproot signatures cover them too
   */
  async sign(
    tx: Transaction,
    coinOf: (outPoint: OutPoint) => Promise<TxOutput | undefined>,
  ): Promise<{ readonly tx: Transaction; readonly complete: boolean }> {
    const spentOutputs: (TxOutput | undefined)[] = [];
    for (const { prevout } of tx.inputs) spentOutputs.push(this.#ledger.coin(prevout)?.output ?? (await coinOf(prevout)));
    return this.#signed(tx, spentOutputs);
  }

  /** Stores what changed, with the block it belongs to, as one. */
  async flush(): Promise<void> {
    const changed = this.#ledger.takeChanged();
    const puts: [string, Uint8Array][] = changed.map((entry) => [transactionRowKey(entry.tx.txid), encodeTransactionRow(entry)]);
    puts.push([WALLET_ROWS.version, Uint8Array.of(WALLET_FORMAT_VERSION)]);
    puts.push([WALLET_ROWS.keys, utf8ToBytes(JSON.stringify(this.#keychain.state()))]);
    if (this.#scanned !== undefined) puts.push([WALLET_ROWS.scanned, encodeScannedRow(this.#scanned)]);
    try {
      await this.#store.apply({ puts, deletes: [] });
    } catch (error) {
      this.#ledger.keepChanged(changed);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#store.close();
  }

  #signed(
    fields: Parameters<typeof signInputs>[0]['fields'],
    spentOutputs: readonly (TxOutput | undefined)[],
  ): ReturnType<typeof signInputs> {
    return signInputs({ fields, spentOutputs, keychain: this.#keychain, secp256k1: this.#secp256k1, random: this.#random });
  }

  #addressOf(script: Uint8Array): string {
    return addressOfScript(script, this.#params) ?? '';
  }

  #entryOf(entry: LedgerTransaction): WalletEntry {
    const paid = this.#ledger.paidByUs(entry.tx);
    return {
      txid: entry.tx.txid,
      amount: this.#ledger.netOf(entry.tx),
      fee: paid ? this.#ledger.feeOf(entry.tx) : undefined,
      block: entry.state === 'confirmed' ? entry.block : undefined,
      conflicted: entry.state === 'conflicted' || (entry.state === 'inactive' && isCoinbase(entry.tx)),
      coinbase: isCoinbase(entry.tx),
      timeSeconds: entry.timeSeconds,
      tx: entry.tx,
    };
  }
}

/** Height to sort by; what is in no block comes after all that is. */
function place(entry: LedgerTransaction): number {
  return entry.state === 'confirmed' && entry.block !== undefined ? entry.block.height : Number.MAX_SAFE_INTEGER;
}

/** Reads every row of a store. @throws NodeError `wallet-file` */
async function readStore(store: RowStore): Promise<StoredWallet> {
  const stored: StoredWallet = { keys: undefined, scanned: undefined, transactions: [] };
  try {
    for await (const [key, value] of store.entries()) {
      if (key === WALLET_ROWS.version) checkVersion(value);
      else if (key === WALLET_ROWS.keys) stored.keys = JSON.parse(String.fromCharCode(...value)) as KeychainState;
      else if (key === WALLET_ROWS.scanned) stored.scanned = decodeScannedRow(value);
      else if (isTransactionRow(key)) stored.transactions.push(decodeTransactionRow(value));
    }
  } catch (cause) {
    if (cause instanceof NodeError) throw cause;
    throw new NodeError('wallet-file', 'the wallet database cannot be read; restore it from its words', { cause });
  }
  return stored;
}

function checkVersion(value: Uint8Array): void {
  if (bytesEqual(value, Uint8Array.of(WALLET_FORMAT_VERSION))) return;
  throw new NodeError(
    'wallet-file',
    `the wallet has format ${value[0] ?? 0}, this version reads ${WALLET_FORMAT_VERSION}: use a newer quoin`,
  );
}
