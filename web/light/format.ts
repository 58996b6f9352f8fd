/** Base units of a coin. */
const COIN = 100_000_000n;

/** Digits in groups of three. */
export function formatCount(value: number | bigint): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Base units as coins, with all 8 decimals. */
export function formatCoins(amount: bigint): string {
  const absolute = amount < 0n ? -amount : amount;
  return `${amount < 0n ? '−' : ''}${formatCount(absolute / COIN)}.${String(absolute % COIN).padStart(8, '0')}`;
}

/** The same with a sign in front, for what changes a balance. */
export function formatChange(amount: bigint): string {
  return `${amount > 0n ? '+' : ''}${formatCoins(amount)}`;
}

/** Seconds since 1970 as a day and a time by UTC. */
export function formatTime(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The time alone. */
export function formatClock(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(11, 19);
}

const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** A number of bytes in the unit that suits it. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1_000 && unit < UNITS.length - 1) [value, unit] = [value / 1_000, unit + 1];
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

/** Both ends of a long hash. */
export function shortHash(hash: string): string {
  return hash.length <= 20 ? hash : `${hash.slice(0, 10)}…${hash.slice(-8)}`;
}

/** One of something, or many of it. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
