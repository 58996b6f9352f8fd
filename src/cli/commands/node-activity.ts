/**
 * Says what a running node does: on a terminal in a last line that is kept up to date, else now and then in the log.
 *
 * @module
 */

import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { LogFields } from '../../engine/ports/log.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import type { OpeningProgress } from '../../node/options.ts';
import type { NodeConsole } from '../output/console.ts';
import { formatDuration, formatHashRate, formatPercent } from '../output/format.ts';
import { activityLine, openingLine } from '../output/progress.ts';

/** Between two lines of the log about a sync or about mining. */
const LOG_INTERVAL_MS = 10_000;

/** Between two looks at the node: for the terminal's last line, and the most often that a new tip is logged. */
const LOOK_INTERVAL_MS = 1_000;

/** What is said while a node opens: at once on a terminal, else every ten seconds. */
export function openingReporter(parts: {
  readonly console: NodeConsole;
  readonly monotonicMs: () => number;
  readonly log: (fields: LogFields) => void;
}): (what: OpeningProgress) => void {
  let nextMs = parts.monotonicMs() + LOG_INTERVAL_MS;
  return (what) => {
    parts.console.status(openingLine(what));
    if (parts.monotonicMs() < nextMs) return;
    nextMs = parts.monotonicMs() + LOG_INTERVAL_MS;
    parts.log({ stage: what.stage, height: what.height, target: what.target });
  };
}

/** Follows a node until its end. */
export class NodeActivity {
  readonly #node: NodePort;
  readonly #console: NodeConsole;
  readonly #clock: Clock;
  readonly #unsubscribe: () => void;
  #tip: { readonly hash: string; readonly height: number } | undefined;
  #wasInSync: boolean;
  #nextLogMs: number;
  #isOver = false;

  constructor(node: NodePort, console: NodeConsole, clock: Clock) {
    this.#node = node;
    this.#console = console;
    this.#clock = clock;
    this.#wasInSync = node.network.sync().inSync;
    this.#nextLogMs = clock.monotonicMs() + LOG_INTERVAL_MS;
    this.#unsubscribe = node.subscribe((event) => {
      if (event.kind === 'tip-changed') this.#tip = { hash: toDisplayHex(event.hash), height: event.height };
    });
    this.#look();
  }

  /** Says nothing more. */
  end(): void {
    this.#isOver = true;
    this.#unsubscribe();
    this.#console.status(undefined);
  }

  #look(): void {
    if (this.#isOver) return;
    this.#logTip();
    this.#logSync();
    if (this.#clock.monotonicMs() >= this.#nextLogMs) {
      this.#nextLogMs += LOG_INTERVAL_MS;
      this.#logWork();
    }
    if (this.#console.isLive) this.#console.status(activityLine(this.#activity()));
    this.#clock.after(LOOK_INTERVAL_MS, () => this.#look());
  }

  #activity(): Parameters<typeof activityLine>[0] {
    const { network, mempool, mining } = this.#node;
    return { sync: network.sync(), peers: network.peers().length, waiting: mempool.info().count, mining: mining.state() };
  }

  #logTip(): void {
    const { inSync } = this.#node.network.sync();
    // During a sync the progress is told instead.
    if (this.#tip !== undefined && inSync) this.#node.log.info('tip', { height: this.#tip.height, hash: this.#tip.hash });
    this.#tip = undefined;
  }

  #logSync(): void {
    const { inSync, height, headers } = this.#node.network.sync();
    if (inSync === this.#wasInSync) return;
    this.#wasInSync = inSync;
    this.#node.log.info(inSync ? 'in-sync' : 'behind', { height, headers });
  }

  /** Lines for a log that somebody reads later: a terminal shows the same in its last line. */
  #logWork(): void {
    const { network, mining, log } = this.#node;
    const { inSync, height, headers, fraction, blocksPerSecond, secondsLeft } = network.sync();
    const write = (event: string, fields: LogFields): void => {
      if (this.#console.isLive) this.#console.silently(() => log.info(event, fields));
      else log.info(event, fields);
    };
    if (!inSync) {
      const left = secondsLeft === undefined ? undefined : formatDuration(secondsLeft);
      write('syncing', { height, headers, done: formatPercent(fraction), blocksPerSecond: Math.round(blocksPerSecond), left });
    }
    const { running, hashRate, blocksFound } = mining.state();
    if (running) write('mining', { hashRate: formatHashRate(hashRate), blocksFound });
  }
}
