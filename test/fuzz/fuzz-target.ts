/**
 * What a parser is to the fuzzer.
 *
 * @module
 */

import { bytesEqual, utf8ToBytes } from '../../src/core/base/bytes.ts';
import { DecodeError } from '../../src/core/primitives/decode-error.ts';
import type { Chance } from '../differential/chance.ts';

/** One parser. */
export interface FuzzTarget {
  readonly samples: readonly Uint8Array[];
  /** Reads bytes, and sees that what it reads holds together. @throws what `refuses` knows, where the bytes are not what they should be */
  readonly read: (bytes: Uint8Array, chance: Chance) => void | Promise<void>;
  /** Whether an error is the one that this parser refuses bytes with. */
  readonly refuses: (error: unknown) => boolean;
  /** How much more one input costs than the cheapest: it has so many times fewer of them. 1 unless given. */
  readonly cost?: number;
}

/** Targets by their names. */
export type FuzzTargets = Readonly<Record<string, FuzzTarget>>;

/** Something that was read and is not what it should be: the parser's fault, never the input's. */
export class FuzzFinding extends Error {
  override readonly name = 'FuzzFinding';
}

/** @throws FuzzFinding where something does not hold */
export function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new FuzzFinding(what);
}

/** @throws FuzzFinding where what was read, written and read again is written differently */
export function expectStable(first: Uint8Array, second: Uint8Array): void {
  expect(bytesEqual(first, second), 'what is written of what was read is read as something else');
}

export const isDecodeError = (error: unknown): boolean => error instanceof DecodeError;

/** For those that have an answer for anything. */
export const refusesNothing = (): boolean => false;

/** Texts as bytes. */
export const texts = (...all: readonly string[]): readonly Uint8Array[] => all.map(utf8ToBytes);

/** Bytes as text: as UTF-8 where they are that, else a character a byte. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}
