/**
 * A pool with a believed chain around it, and transactions for it that need no signatures.
 *
 * @module
 */

import { sha256 } from '../../src/core/crypto/sha256.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { OutPoint, Satoshis, Transaction, TxOutput } from '../../src/core/primitives/transaction.ts';
import { makeTransaction } from '../../src/core/primitives/transaction.ts';
import { p2wshScript } from '../../src/core/script/output-template.ts';
import type { MempoolEntry } from '../../src/engine/mempool/entry.ts';
import type { AcceptOptions, MempoolEvent, MempoolOptions } from '../../src/engine/mempool/mempool.ts';
import { Mempool } from '../../src/engine/mempool/mempool.ts';
import type { Log } from '../../src/engine/ports/log.ts';
import type { ScriptFailure, ScriptJob, ScriptVerifier } from '../../src/engine/ports/script-verifier.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeMempoolChain } from './fake-mempool-chain.ts';

/** A witness script that is always true, and the standard output that pays to it. */
export const TRUE_WITNESS_SCRIPT: Uint8Array = Uint8Array.of(0x51);
export const TRUE_OUTPUT: Uint8Array = p2wshScript(sha256(TRUE_WITNESS_SCRIPT));

/** Says nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Refuses the inputs of the transactions it was told to. */
export class FakeVerifier implements ScriptVerifier {
  readonly refused = new Set<Transaction['txid']>();
  runs = 0;
  /** What was asked last. */
  jobs: readonly ScriptJob[] = [];
  /** Set to hold back answers until it resolves. */
  gate: Promise<void> | undefined;

  async verify(jobs: readonly ScriptJob[]): Promise<ScriptFailure | undefined> {
    this.runs++;
    this.jobs = jobs;
    await this.gate;
    const jobIndex = jobs.findIndex(({ tx }) => [...this.refused].some((txid) => txid.every((byte, i) => byte === tx.txid[i])));
    return jobIndex < 0 ? undefined : { jobIndex, inputIndex: 0, error: 'EVAL_FALSE' };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Something that waits until the test lets it go on. */
export function makeGate(): { readonly closed: Promise<void>; open(): void } {
  let open = (): void => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open: () => open() };
}

/** What a transaction of a test spends and pays. */
export interface PayOptions {
  readonly inputs: readonly OutPoint[];
  readonly outputs: readonly TxOutput[];
  readonly sequence?: number;
  readonly lockTime?: number;
  readonly version?: number;
}

/** Spends outputs of `TRUE_OUTPUT`. */
export function pay({ inputs, outputs, sequence = 0xfffffffd, lockTime = 0, version = 2 }: PayOptions): Transaction {
  const noScript = new Uint8Array();
  const witness = [TRUE_WITNESS_SCRIPT];
  return makeTransaction({
    version,
    inputs: inputs.map((prevout) => ({ prevout, scriptSig: noScript, sequence, witness })),
    outputs,
    lockTime,
  });
}

/** An output of `TRUE_OUTPUT`. */
export function output(value: Satoshis): TxOutput {
  return { value, scriptPubKey: TRUE_OUTPUT };
}

/** A pool on a believed chain, with its clock and what it told. */
export class MempoolWorld {
  readonly chain = new FakeMempoolChain();
  readonly clock = new FakeClock();
  readonly verifier = new FakeVerifier();
  readonly events: MempoolEvent[] = [];
  readonly pool: Mempool;

  constructor(options: Partial<MempoolOptions> = {}) {
    const { chain, clock, verifier } = this;
    this.pool = new Mempool({ chain, clock, verifier, params: regtest.consensus, log: silentLog, ...options });
    this.pool.subscribe((event) => this.events.push(event));
  }

  /** A confirmed output of `TRUE_OUTPUT`. */
  coin(value: Satoshis = 1_000_000n, options: { readonly height?: number; readonly coinbase?: boolean } = {}): OutPoint {
    return this.chain.addCoin(TRUE_OUTPUT, value, options);
  }

  /** A transaction that spends a new coin, or a given output of a million, and pays a fee. */
  payment(fee: Satoshis, from?: OutPoint, value: Satoshis = 1_000_000n): Transaction {
    return pay({ inputs: [from ?? this.coin(value)], outputs: [output(value - fee)] });
  }

  /** Accepts and expects it. */
  async add(tx: Transaction, options?: AcceptOptions): Promise<MempoolEntry> {
    const result = await this.pool.accept(tx, options);
    if (result.rejection !== undefined) throw new Error(`refused: ${result.rejection.reason}`);
    return result.entry;
  }

  /** The reason why it is refused; undefined where it is not. */
  async reason(tx: Transaction): Promise<string | undefined> {
    return (await this.pool.accept(tx)).rejection?.reason;
  }

  /** What left, with why, since the last call. */
  removals(): { readonly txid: Transaction['txid']; readonly reason: string }[] {
    const left = this.events.flatMap((event) => (event.kind === 'removed' ? [{ txid: event.entry.tx.txid, reason: event.reason }] : []));
    this.events.length = 0;
    return left;
  }
}

/** An output of a transaction as something to spend. */
export function from(tx: Transaction, vout = 0): OutPoint {
  return { txid: tx.txid, vout };
}
