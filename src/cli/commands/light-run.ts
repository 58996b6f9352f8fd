/**
 * `quoin light`: runs the client, says what it does, and ends in order.
 *
 * @module
 */

import { DescriptorError } from '../../core/descriptors/descriptor-error.ts';
import type { FilterCheckpoint, NetworkParams } from '../../core/params/types.ts';
import { decodeTransaction, type Transaction } from '../../core/primitives/transaction.ts';
import type { LightEvent } from '../../engine/light/light-event.ts';
import { checkSendable } from '../../engine/light/sending.ts';
import { openLightClient, type SystemLightClient, type SystemLightOptions } from '../../light/node.ts';
import { CommandError, UsageError } from '../failure.ts';
import { bytesOf, decoded } from '../options/input.ts';
import type { LIGHT_OPTIONS } from '../options/node-options.ts';
import { dataFolder, loadNetwork } from '../options/place.ts';
import type { Settings } from '../options/settings.ts';
import { onStopSignals } from '../stop-signals.ts';
import type { Birthday } from './light.ts';
import { LightReport } from './light-report.ts';
import { Sending } from './light-sending.ts';

/** What is to be done. */
export interface LightPlan {
  readonly watch: readonly string[];
  readonly birthday: Birthday | undefined;
  readonly gap: number | undefined;
  readonly filterCheckpoints: readonly FilterCheckpoint[];
  /** A file of headers. */
  readonly headers: string | undefined;
  /** A transaction in hexadecimal, a file of one, or `-`. */
  readonly send: string | undefined;
  readonly once: boolean;
  readonly json: boolean;
  readonly settings: Settings<typeof LIGHT_OPTIONS>;
}

/** How long `--once` waits for somebody to ask for what is sent, when all else is done. A node waits some seconds before it asks. */
const ASKED_PATIENCE_MS = 60_000;

/** A client that runs for a command, until it is told to stop, it fails, or all that was to be done once is done. */
class LightSession {
  readonly ended: Promise<void>;
  readonly #report: LightReport;
  readonly #sending: Sending | undefined;
  readonly #once: boolean;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #opened: SystemLightClient | undefined;
  #wasDone = false;
  #patience: NodeJS.Timeout | undefined;

  constructor(report: LightReport, sending: Sending | undefined, once: boolean) {
    this.#report = report;
    this.#sending = sending;
    this.#once = once;
    this.ended = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  readonly end = (): void => this.#resolve();
  readonly fail = (error: unknown): void => this.#reject(error);

  readonly event = (event: LightEvent): void => {
    this.#report.event(event);
    this.#sending?.note(event);
    const isNews = event.kind === 'progress' && event.progress.done && !this.#wasDone;
    if (event.kind === 'progress') this.#wasDone = event.progress.done;
    // The event comes from within the client: what it knows is asked for when it is done with it.
    setImmediate(() => this.#look(isNews));
  };

  /** Opens the client and sends what is to be sent. */
  async open(options: SystemLightOptions): Promise<void> {
    this.#opened = await openLightClient({ ...options, onEvent: this.event, onFailure: this.fail });
    this.#sending?.begin(this.#opened.client);
  }

  async close(): Promise<void> {
    clearTimeout(this.#patience);
    await this.#opened?.close();
  }

  #look(isNews: boolean): void {
    if (this.#opened === undefined) return;
    const { client } = this.#opened;
    if (isNews) {
      const { bytesReceived } = client.traffic();
      this.#report.caughtUp({ progress: client.progress(), balance: client.balance(), payments: client.payments(), bytesReceived });
    }
    if (this.#once && client.progress().done) this.#endOnce();
  }

  #endOnce(): void {
    const sending = this.#sending;
    if (sending === undefined || sending.isOut) {
      if (sending !== undefined) this.#report.sent(sending.outcome());
      this.end();
      return;
    }
    this.#patience ??= setTimeout(() => this.fail(sending.unasked(ASKED_PATIENCE_MS)), ASKED_PATIENCE_MS);
  }
}

/** The transaction that is to be sent. @throws UsageError, CommandError where there is none, or it breaks a rule */
async function transactionOf(what: string, { consensus }: NetworkParams): Promise<Transaction> {
  const tx = decoded(decodeTransaction, await bytesOf(what), 'transaction');
  const rejection = checkSendable(tx, consensus);
  if (rejection !== undefined) {
    throw new CommandError(`the transaction is not sent: it breaks a rule (${rejection.reason}); "quoin explain tx" tells more`);
  }
  return tx;
}

/** Follows the chain until it is told to stop, or, if it is to run once, until it has caught up. */
export async function runLight(plan: LightPlan): Promise<void> {
  const { watch, birthday, gap, filterCheckpoints, headers, settings } = plan;
  const params = await loadNetwork(settings.network);
  const peers = settings.peer ?? [];
  if (peers.length === 0 && params.dnsSeeds.length === 0) {
    throw new UsageError(`the network ${params.name} has no names to find nodes by: name some with --peer HOST:PORT`);
  }
  const sending = plan.send === undefined ? undefined : new Sending(await transactionOf(plan.send, params));
  const report = new LightReport(plan.json);
  const session = new LightSession(report, sending, plan.once);
  onStopSignals(process, {
    monotonicMs: () => performance.now(),
    action: (_, isRepeated) => (isRepeated ? process.exit(0) : session.end()),
  });
  const opening = session.open({
    ...{ params, peers, watch, filterCheckpoints },
    ...(settings.memory !== true && { dataDir: dataFolder(settings.dataDir, params.name) }),
    ...(birthday !== undefined && { birthday }),
    ...(gap !== undefined && { gap }),
    ...(headers !== undefined && { headersPath: headers }),
  });
  try {
    // Who stops it while it opens need not wait: of a file of headers nothing is written before all of it was checked.
    await Promise.race([opening.then(() => session.ended), session.ended]);
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    throw new UsageError(`--watch: takes an address, a descriptor or an output script: ${error.message}`);
  } finally {
    report.end();
    await session.close();
  }
  process.exit(0);
}
