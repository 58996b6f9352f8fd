/**
 * `quoin light`: runs the client, says what it does, and ends in order.
 *
 * @module
 */

import { DescriptorError } from '../../core/descriptors/descriptor-error.ts';
import type { LightEvent } from '../../engine/light/light-event.ts';
import { openLightClient, type SystemLightClient } from '../../light/node.ts';
import { UsageError } from '../failure.ts';
import type { LIGHT_OPTIONS } from '../options/node-options.ts';
import { dataFolder, loadNetwork } from '../options/place.ts';
import type { Settings } from '../options/settings.ts';
import { NodeConsole } from '../output/console.ts';
import { isLive } from '../output/terminal.ts';
import { onStopSignals } from '../stop-signals.ts';
import type { Birthday } from './light.ts';
import { eventJson, eventLine, type LightSummary, progressLine, summaryJson, summaryLine } from './light-page.ts';

/** What is to be done. */
export interface LightPlan {
  readonly watch: readonly string[];
  readonly birthday: Birthday | undefined;
  readonly gap: number | undefined;
  readonly once: boolean;
  readonly json: boolean;
  readonly settings: Settings<typeof LIGHT_OPTIONS>;
}

/** Between two lines about progress where nothing can be written in place. */
const LINE_INTERVAL_MS = 5_000;

/** Says what happens. */
class LightReport {
  readonly #json: boolean;
  readonly #console = new NodeConsole(process.stdout, { isLive: isLive(process.stdout, process.env) });
  #nextMs = 0;

  constructor(json: boolean) {
    this.#json = json;
  }

  readonly event = (event: LightEvent): void => {
    if (this.#json) {
      this.#print(eventJson(event));
      return;
    }
    const line = eventLine(event);
    if (line !== undefined) this.#console.line(line);
    else if (event.kind === 'progress') this.#progress(progressLine(event.progress));
  };

  #progress(line: string): void {
    const nowMs = performance.now();
    if (this.#console.isLive) this.#console.status(line);
    else if (nowMs >= this.#nextMs) {
      this.#nextMs = nowMs + LINE_INTERVAL_MS;
      this.#console.line(line);
    }
  }

  caughtUp(summary: LightSummary): void {
    if (this.#json) this.#print(summaryJson(summary));
    else this.#console.line(summaryLine(summary));
  }

  end(): void {
    this.#console.status(undefined);
  }

  #print(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}

/** Follows the chain until it is told to stop, or, if it is to run once, until it has caught up. */
export async function runLight({ watch, birthday, gap, once, json, settings }: LightPlan): Promise<void> {
  const params = await loadNetwork(settings.network);
  const peers = settings.peer ?? [];
  if (peers.length === 0 && params.dnsSeeds.length === 0) {
    throw new UsageError(`the network ${params.name} has no names to find nodes by: name some with --peer HOST:PORT`);
  }
  const report = new LightReport(json);
  let end: (error?: unknown) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  onStopSignals(process, {
    monotonicMs: () => performance.now(),
    action: (_, isRepeated) => (isRepeated ? process.exit(0) : end()),
  });
  let opened: SystemLightClient | undefined;
  let wasDone = false;
  const onEvent = (event: LightEvent): void => {
    report.event(event);
    if (event.kind !== 'progress') return;
    const isNews = event.progress.done && !wasDone;
    wasDone = event.progress.done;
    // The event comes from within the client: what it knows is asked for when it is done with it.
    if (isNews) setImmediate(() => opened !== undefined && caughtUp(opened, report, once ? end : undefined));
  };
  try {
    opened = await openLightClient({
      ...{ params, peers, watch, onEvent, onFailure: end },
      ...(settings.memory !== true && { dataDir: dataFolder(settings.dataDir, params.name) }),
      ...(birthday !== undefined && { birthday }),
      ...(gap !== undefined && { gap }),
    });
  } catch (error) {
    if (error instanceof DescriptorError)
      throw new UsageError(`--watch: takes an address, a descriptor or an output script: ${error.message}`);
    throw error;
  }
  await ended.finally(() => report.end()).finally(() => opened?.close());
  process.exit(0);
}

function caughtUp({ client }: SystemLightClient, report: LightReport, end: (() => void) | undefined): void {
  const { bytesReceived } = client.traffic();
  report.caughtUp({ progress: client.progress(), balance: client.balance(), payments: client.payments(), bytesReceived });
  end?.();
}
