/**
 * `quoin import`: says how it goes, and ends in order when it is told to.
 *
 * @module
 */

import { availableParallelism } from 'node:os';
import type { Log } from '../../engine/ports/log.ts';
import { importBlocks } from '../../node/import-blocks.ts';
import type { LoadProgress } from '../../node/load-blocks.ts';
import { DB_CACHE_BYTES_DEFAULT, SCRIPT_WORKERS_MAX } from '../../node/options.ts';
import { returnFreedMemory } from '../../platform/system/freed-memory.ts';
import { keepHeapSmall } from '../../platform/system/heap-growth.ts';
import { CommandError } from '../failure.ts';
import type { IMPORT_OPTIONS } from '../options/node-options.ts';
import { dataFolder, loadNetwork } from '../options/place.ts';
import type { Settings } from '../options/settings.ts';
import { formatCount } from '../output/format.ts';
import { type LoadingRate, loadingBar, loadingLine } from '../output/progress.ts';
import { isLive, LiveLines } from '../output/terminal.ts';
import { onStopSignals } from '../stop-signals.ts';

const BYTES_PER_MIB = 1_048_576;

/** Between two looks on a terminal, and between two lines elsewhere. */
const SHOW_INTERVAL_MS = 200;
const LINE_INTERVAL_MS = 10_000;

/** Shows how far it is: in place on a terminal, else now and then in a line. */
class ImportReport {
  readonly #live = isLive(process.stdout, process.env) ? new LiveLines(process.stdout) : undefined;
  readonly #startedMs = performance.now();
  #nextMs = this.#live === undefined ? this.#startedMs + LINE_INTERVAL_MS : 0;

  readonly show = (progress: LoadProgress): void => {
    const nowMs = performance.now();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + (this.#live === undefined ? LINE_INTERVAL_MS : SHOW_INTERVAL_MS);
    const rate = rateOf(progress, (nowMs - this.#startedMs) / 1_000);
    if (this.#live === undefined) console.log(loadingLine(progress, rate));
    else this.#live.show([`${loadingBar(progress)} ${loadingLine(progress, rate)}`]);
  };

  end(): void {
    this.#live?.clear();
  }
}

/** How quick it is on average since it began. */
function rateOf({ found, doneBytes, totalBytes }: LoadProgress, seconds: number): LoadingRate {
  if (seconds <= 0 || doneBytes === 0) return { blocksPerSecond: 0, secondsLeft: undefined };
  return { blocksPerSecond: found / seconds, secondsLeft: ((totalBytes - doneBytes) * seconds) / doneBytes };
}

/** Warnings and errors of the chain are worth a line; all else is the progress's to tell. */
function logTo(line: (text: string) => void): Log {
  const write = (event: string, fields?: Readonly<Record<string, unknown>>): void =>
    line([event, ...Object.entries(fields ?? {}).map(([key, value]) => `${key}=${String(value)}`)].join(' '));
  return { debug: () => undefined, info: () => undefined, warn: write, error: write };
}

/** Imports until all is done or somebody stops it. @throws CommandError where none of the blocks could be taken */
export async function runImport(from: readonly string[], said: Settings<typeof IMPORT_OPTIONS>): Promise<void> {
  const network = await loadNetwork(said.network);
  const dataDir = dataFolder(said.dataDir, network.name);
  const signal = { aborted: false };
  onStopSignals(process, {
    monotonicMs: () => performance.now(),
    action: (_, isRepeated) => {
      if (isRepeated) process.exit(0);
      signal.aborted = true;
    },
  });
  keepHeapSmall();
  returnFreedMemory();
  const report = new ImportReport();
  const log = logTo((text) => {
    report.end();
    console.log(text);
  });
  const outcome = await importBlocks({
    ...{ network, dataDir, from, log, signal, onProgress: report.show },
    dbCacheBytes: said.dbCache === undefined ? DB_CACHE_BYTES_DEFAULT : said.dbCache * BYTES_PER_MIB,
    ...(said.minFreeDisk !== undefined && { freeBytesMin: said.minFreeDisk * BYTES_PER_MIB }),
    secp256k1: said.secp256k1 ?? 'auto',
    scriptWorkers: said.workers ?? Math.min(availableParallelism(), SCRIPT_WORKERS_MAX),
  }).finally(() => report.end());
  const { found, added, known, invalid, unlinked, firstRefused, height } = outcome;
  const parts = [`${formatCount(added)} new`, `${formatCount(known)} known`];
  if (firstRefused !== undefined) {
    const { path, offset, reason } = firstRefused;
    parts.push(`${formatCount(invalid)} refused (the first: ${reason}, at byte ${offset} of ${path})`);
  }
  if (unlinked > 0) parts.push(`${formatCount(unlinked)} without the block before them`);
  console.log(
    `${signal.aborted ? 'stopped' : 'done'}: ${formatCount(found)} blocks found, ${parts.join(', ')}; height ${formatCount(height)}`,
  );
  if (!signal.aborted && added + known === 0) {
    throw new CommandError(
      found === 0
        ? `no block of the network ${network.name} is in ${from.join(', ')}: is it another network's (--network)?`
        : 'no block could be taken: those that they build on are missing, or they break a rule',
    );
  }
  process.exit(0);
}
