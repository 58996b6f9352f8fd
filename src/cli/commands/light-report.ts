import type { LightEvent } from '../../engine/light/light-event.ts';
import { NodeConsole } from '../output/console.ts';
import { isLive } from '../output/terminal.ts';
import {
  eventJson,
  eventLine,
  headersLine,
  type LightSummary,
  progressLine,
  type SentOutcome,
  sentJson,
  sentLine,
  summaryJson,
  summaryLine,
} from './light-page.ts';

/** Between two lines about progress where nothing can be written in place. */
const LINE_INTERVAL_MS = 5_000;

/** Says what a light client does: lines for people, or JSON. */
export class LightReport {
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
    else if (event.kind === 'headers-imported') this.#progress(headersLine(event));
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

  sent(outcome: SentOutcome): void {
    if (this.#json) this.#print(sentJson(outcome));
    else this.#console.line(sentLine(outcome));
  }

  end(): void {
    this.#console.status(undefined);
  }

  #print(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}
