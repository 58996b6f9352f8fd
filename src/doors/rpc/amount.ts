/**
 * Amounts as JSON-RPC shows them: coins with always eight decimals, written and read as decimal text, never through a float.
 *
 * @module
 */

import type { Satoshis } from '../../core/primitives/transaction.ts';
import { JsonNumber } from './json-number.ts';

/** Base units of one coin. */
export const COIN = 100_000_000n;

/** Decimals that amounts are written with. */
export const COIN_DECIMALS = 8;

/** Largest magnitude that is read, in base units; Core's `ParseFixedPoint` stops there too. */
const UNITS_MAX = 10n ** 18n - 1n;

const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Longest decimal that is looked at; exponents are limited by their digits. */
const TEXT_LENGTH_MAX = 64;

/** `150000000n` as `1.50000000`. */
export function formatCoins(amount: Satoshis): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(COIN_DECIMALS + 1, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -COIN_DECIMALS)}.${digits.slice(-COIN_DECIMALS)}`;
}

/** An amount as a JSON number with eight decimals. */
export function coins(amount: Satoshis): JsonNumber {
  return new JsonNumber(formatCoins(amount));
}

/**
 * Base units of decimal text in coins, such as `0.001` or `1e-3`; undefined where it is no decimal, has more than eight decimals or
 * is 10^10 coins or more. Core's `ParseFixedPoint`.
 */
export function parseCoins(text: string): Satoshis | undefined {
  const match = text.length <= TEXT_LENGTH_MAX ? DECIMAL.exec(text) : null;
  if (match === null) return undefined;
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = match;
  const digits = (whole + decimals).replace(/^0+/, '').replace(/0+$/, '');
  if (digits === '') return 0n;
  const trailing = (whole + decimals).length - (whole + decimals).replace(/0+$/, '').length;
  const shift = COIN_DECIMALS + Number(exponent) - decimals.length + trailing;
  if (shift < 0 || digits.length + shift > 18) return undefined;
  const units = BigInt(digits) * 10n ** BigInt(shift);
  if (units > UNITS_MAX) return undefined;
  return sign === '-' ? -units : units;
}
