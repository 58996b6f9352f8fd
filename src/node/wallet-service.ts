/**
 * The wallet in the node: told of every block and of what waits, and its payments handed to the mempool.
 *
 * @module
 */

import type { Rejection } from '../core/consensus/rejection.ts';
import type { Block } from '../core/primitives/block.ts';
import { decodeBlock } from '../core/primitives/block.ts';
import { toDisplayHex } from '../core/primitives/ids.ts';
import type { Satoshis } from '../core/primitives/transaction.ts';
import type { Chain } from '../engine/chain/chain.ts';
import { isRecordDamage } from '../engine/chain/damage.ts';
import type { HeaderNode } from '../engine/chain/header-node.ts';
import type { Mempool } from '../engine/mempool/mempool.ts';
import type { Clock, Timer } from '../engine/ports/clock.ts';
import type { Log } from '../engine/ports/log.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { SendOutcome, WalletService } from '../engine/ports/wallet-service.ts';
import type { Wallet } from '../engine/wallet/wallet.ts';

/** Paid unless a payment says otherwise, or the mempool asks for more. Base units per 1,000 virtual bytes. */
const FEE_RATE_DEFAULT_SAT_PER_KVB: Satoshis = 1_000n;

/** What changed is stored this often; a crash costs no more than looking at these blocks again. */
const STORE_INTERVAL_MS = 30_000;

/** Payments that nobody holds any more are sent again this often. */
const RESEND_INTERVAL_MS = 600_000;

/** What the wallet works with in the node. */
export interface WalletParts {
  readonly wallet: Wallet;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly clock: Clock;
  readonly log: Log;
  /** The seed was made at this start: there is no history to look for. */
  readonly isNew: boolean;
  readonly onProgress?: (height: number, target: number) => void;
}

/** The wallet as the doors see it, with its end. */
export interface NodeWallet extends WalletService {
  /** The next unused script, for rewards. */
  script(): Uint8Array;
  close(): Promise<void>;
}

/** Brings a wallet up to the tip and keeps it there. */
export async function attachWallet(parts: WalletParts): Promise<NodeWallet> {
  const attached = new AttachedWallet(parts);
  await attached.begin();
  return attached;
}

class AttachedWallet implements NodeWallet {
  readonly #parts: WalletParts;
  readonly #wallet: Wallet;
  readonly #unsubscribe: (() => void)[] = [];
  readonly #timers = new Map<string, Timer>();
  /** The block that the wallet has got to and cannot read: it follows the chain no further until that is mended. */
  #waitsFor: HeaderNode | undefined;
  /** The wallet must look through blocks below a snapshot: it follows the chain no further until all of them are here. */
  #waitsForHistory = false;
  /** Payments are made one after another, so that no two take the same coin. */
  #sending: Promise<unknown> = Promise.resolve();

  constructor(parts: WalletParts) {
    this.#parts = parts;
    this.#wallet = parts.wallet;
  }

  async begin(): Promise<void> {
    const { chain, isNew } = this.#parts;
    if (isNew && this.#wallet.scanned === undefined) this.#wallet.beginAt(chain.tip);
    else await this.#catchUp();
    this.#follow();
    await this.#wallet.flush();
    this.#every('store', STORE_INTERVAL_MS, () => this.#wallet.flush());
    this.#every('resend', RESEND_INTERVAL_MS, () => this.#resend());
    await this.#resend();
  }

  /** Shows the wallet every block between what it has seen and the tip. Nothing moves the chain meanwhile: this runs before peers do. */
  async #catchUp(): Promise<void> {
    const { chain, onProgress } = this.#parts;
    const kept = chain.pruneHeight();
    const fork = this.#scannedFork();
    if (this.#mustWaitForHistory(fork)) return;
    if (fork.height + 1 < kept) {
      const what = `the wallet must look through the blocks from ${fork.height + 1} on, and those before ${kept} were pruned`;
      throw new NodeError('option-invalid', `${what}: start with --reindex to get them again`);
    }
    this.#wallet.rewind((hash) => {
      const node = chain.tree.get(hash);
      return node !== undefined && chain.active.contains(node);
    }, fork);
    for (let from = chain.active.next(fork); from !== undefined; from = chain.active.next(from)) {
      const block = await this.#read(from);
      if (block === undefined) return;
      this.#wallet.connectBlock(block, from.height);
      onProgress?.(from.height, chain.tip.height);
    }
  }

  /** The last block of the chain that the wallet has seen. A block that is not known any more says nothing about where the branches part. */
  #scannedFork(): HeaderNode {
    const { chain } = this.#parts;
    const { scanned } = this.#wallet;
    const from = scanned === undefined ? undefined : chain.tree.get(scanned.hash);
    return from === undefined ? chain.tree.genesis : chain.active.fork(from);
  }

  /** Whether blocks above one are below a snapshot and not here yet. */
  #mustWaitForHistory(fork: HeaderNode): boolean {
    const { chain, log } = this.#parts;
    const { missing } = chain;
    if (missing === undefined || fork.height >= missing.base.height) return false;
    if (!this.#waitsForHistory) log.warn('wallet-waits', { height: fork.height, why: 'the blocks below the snapshot are not here yet' });
    this.#waitsForHistory = true;
    return true;
  }

  /** A snapshot was loaded, or the history below it has come on. */
  #historyMoved(): void {
    const { chain, log } = this.#parts;
    if (!this.#waitsForHistory) {
      this.#mustWaitForHistory(this.#scannedFork());
      return;
    }
    if (chain.missing !== undefined) return;
    chain
      .run(async () => {
        this.#waitsForHistory = false;
        await this.#catchUp();
      })
      .catch((error: unknown) => log.error('wallet-rescan-failed', { why: error instanceof Error ? error.message : String(error) }));
  }

  /** A block; undefined where it is damaged, and the wallet waits for it to be mended. */
  async #read(node: HeaderNode): Promise<Block | undefined> {
    const { chain, log } = this.#parts;
    try {
      return decodeBlock(await chain.readBlock(node));
    } catch (error) {
      if (!isRecordDamage(error)) throw error;
      this.#waitsFor = node;
      log.warn('wallet-waits', { height: node.height, why: error.message });
      return undefined;
    }
  }

  /** Goes on where a block was damaged. */
  #goOn(mended: HeaderNode): void {
    const { chain, log } = this.#parts;
    if (mended !== this.#waitsFor) return;
    chain
      .run(async () => {
        this.#waitsFor = undefined;
        await this.#catchUp();
      })
      .catch((error: unknown) => log.error('wallet-rescan-failed', { why: error instanceof Error ? error.message : String(error) }));
  }

  #follow(): void {
    const { chain, mempool } = this.#parts;
    // What was learnt of blocks is written before they go.
    chain.beforePrune(() => this.#wallet.flush());
    chain.keepAbove(() => (this.#waitsForHistory ? this.#scannedFork().height : Number.POSITIVE_INFINITY));
    this.#unsubscribe.push(
      chain.subscribe((event) => {
        if (event.kind === 'block-mended') this.#goOn(event.node);
        if (event.kind === 'history-moved') this.#historyMoved();
        if (this.#waitsFor !== undefined || this.#waitsForHistory) return;
        if (event.kind === 'block-connected') this.#wallet.connectBlock(event.block, event.node.height);
        else if (event.kind === 'block-disconnected') this.#wallet.disconnectBlock(event.block, event.node.height);
      }),
      mempool.subscribe((event) => {
        if (event.kind === 'added') this.#wallet.transactionAdded(event.entry.tx, event.entry.timeSeconds);
        else if (event.reason !== 'block') this.#wallet.transactionRemoved(event.entry.tx.txid);
      }),
    );
  }

  address(kind?: 'wpkh' | 'tr'): string {
    return this.#wallet.address(kind);
  }

  newAddress(kind?: 'wpkh' | 'tr'): Promise<string> {
    return this.#wallet.newAddress(kind);
  }

  script(): Uint8Array {
    return this.#wallet.script();
  }

  balance(): ReturnType<WalletService['balance']> {
    return this.#wallet.balance(this.#parts.chain.tip);
  }

  history(options?: { readonly limit?: number; readonly skip?: number }): ReturnType<WalletService['history']> {
    return this.#wallet.history(options);
  }

  transaction(txid: Parameters<WalletService['transaction']>[0]): ReturnType<WalletService['transaction']> {
    return this.#wallet.transaction(txid);
  }

  isMine(script: Uint8Array): boolean {
    return this.#wallet.isMine(script);
  }

  send(options: Parameters<WalletService['send']>[0]): Promise<SendOutcome> {
    const outcome = this.#sending.then(() => this.#pay(options));
    this.#sending = outcome.catch(() => undefined);
    return outcome;
  }

  async #pay(options: Parameters<WalletService['send']>[0]): Promise<SendOutcome> {
    const { chain, mempool } = this.#parts;
    const atLeast = mempool.minFeeRateSatPerKvb();
    const usual = atLeast > FEE_RATE_DEFAULT_SAT_PER_KVB ? atLeast : FEE_RATE_DEFAULT_SAT_PER_KVB;
    const { script, amount, feeRateSatPerKvb = usual } = options;
    const payment = this.#wallet.pay({ script, amount, feeRateSatPerKvb, tip: chain.tip });
    if ('reason' in payment) return { rejection: payment };
    const { rejection } = await mempool.accept(payment.tx);
    if (rejection !== undefined) return { rejection };
    await this.#wallet.flush();
    return { txid: payment.tx.txid, fee: payment.fee };
  }

  sign(tx: Parameters<WalletService['sign']>[0]): ReturnType<WalletService['sign']> {
    const { chain, mempool } = this.#parts;
    return this.#wallet.sign(tx, async (outPoint) => mempool.coin(outPoint) ?? (await chain.coin(outPoint)));
  }

  async close(): Promise<void> {
    for (const end of this.#unsubscribe) end();
    for (const timer of this.#timers.values()) this.#parts.clock.cancel(timer);
    await this.#sending;
    await this.#wallet.close();
  }

  /** Hands payments that nobody holds to the mempool again. One that is refused stays: another branch may still want it. */
  async #resend(): Promise<void> {
    const { mempool, log } = this.#parts;
    for (const tx of this.#wallet.toSendAgain()) {
      const { rejection } = await mempool.accept(tx);
      const facts: { txid: string; reason?: Rejection['reason'] } = { txid: toDisplayHex(tx.txid) };
      if (rejection === undefined) log.info('payment-sent-again', facts);
      else log.debug('payment-not-sent-again', { ...facts, reason: rejection.reason });
    }
  }

  #every(name: string, intervalMs: number, action: () => Promise<void>): void {
    const { clock, log } = this.#parts;
    const run = (): void => {
      action().catch((error: unknown) => log.error(`wallet-${name}-failed`, { why: String(error) }));
      this.#every(name, intervalMs, action);
    };
    this.#timers.set(name, clock.after(intervalMs, run));
  }
}
