/**
 * What a node does, in one line.
 *
 * @module
 */

import type { MiningState } from '../../engine/ports/mining-service.ts';
import type { SyncProgress } from '../../engine/ports/network-service.ts';
import { formatCount, formatDuration, formatHashRate, formatPercent } from './format.ts';

/** What the line tells of. */
export interface Activity {
  readonly sync: SyncProgress;
  readonly peers: number;
  readonly waiting: number;
  readonly mining: Pick<MiningState, 'running' | 'hashRate' | 'blocksFound'>;
}

function syncWords({ inSync, height, headers, fraction, blocksPerSecond, secondsLeft }: SyncProgress): string {
  if (inSync) return `in sync at height ${formatCount(height)}`;
  const parts = [`syncing: block ${formatCount(height)} of ${formatCount(headers)}`, formatPercent(fraction)];
  if (blocksPerSecond > 0) parts.push(`${formatCount(Math.round(blocksPerSecond))} blocks/s`);
  if (secondsLeft !== undefined) parts.push(`${formatDuration(secondsLeft)} left`);
  return parts.join(', ');
}

function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** One line about everything. */
export function activityLine({ sync, peers, waiting, mining }: Activity): string {
  const parts = [syncWords(sync), plural(peers, 'peer', 'peers')];
  if (waiting > 0) parts.push(plural(waiting, 'transaction waits', 'transactions wait'));
  if (mining.running) parts.push(`mining ${formatHashRate(mining.hashRate)}, ${plural(mining.blocksFound, 'block', 'blocks')} found`);
  return parts.join(' · ');
}

const OPENING_WORDS = {
  opening: 'opening the data folder',
  reindexing: 'reading the block files anew, MB',
  replaying: 'replaying blocks after the last flush',
  'rescanning-wallet': 'looking through blocks for the wallet',
} as const;

/** One line about a node that is being opened. */
export function openingLine(what: {
  readonly stage: keyof typeof OPENING_WORDS;
  readonly height: number;
  readonly target: number;
}): string {
  const words = OPENING_WORDS[what.stage];
  return what.target === 0 ? words : `${words}: ${formatCount(what.height)} of ${formatCount(what.target)}`;
}

/** How quick a loading of blocks is. */
export interface LoadingRate {
  readonly blocksPerSecond: number;
  /** Undefined while it cannot be told. */
  readonly secondsLeft: number | undefined;
}

const BAR_CELLS = 24;

/** A bar that fills from the left. */
export function loadingBar({ doneBytes, totalBytes }: { readonly doneBytes: number; readonly totalBytes: number }): string {
  const full = totalBytes === 0 ? BAR_CELLS : Math.floor((BAR_CELLS * Math.min(doneBytes, totalBytes)) / totalBytes);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_CELLS - full)}]`;
}

/** One line about blocks that are loaded from files. */
export function loadingLine(
  what: { readonly found: number; readonly doneBytes: number; readonly totalBytes: number; readonly height: number },
  { blocksPerSecond, secondsLeft }: LoadingRate,
): string {
  const parts = [plural(what.found, 'block', 'blocks'), formatPercent(what.totalBytes === 0 ? 1 : what.doneBytes / what.totalBytes)];
  if (blocksPerSecond > 0) parts.push(`${formatCount(Math.round(blocksPerSecond))} blocks/s`);
  if (secondsLeft !== undefined) parts.push(`${formatDuration(secondsLeft)} left`);
  return `${parts.join(', ')}, height ${formatCount(what.height)}`;
}
