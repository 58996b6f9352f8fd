/**
 * Input after input for each parser: what is refused otherwise than it should be, takes long, or takes much memory.
 *
 * @module
 */

import { getHeapStatistics } from 'node:v8';
import type { Chance } from '../differential/chance.ts';
import type { FuzzTarget, FuzzTargets } from './fuzz-target.ts';
import { chanceOf, exhaustive, mutate } from './mutations.ts';

/** Processor time that one input of at most 100,000 bytes may take. */
const INPUT_CPU_MS_MAX = 1_000;

/** Memory that one input may take. */
const INPUT_MEMORY_BYTES_MAX = 300 * 1_048_576;

/** An input that was not dealt with as it should be. */
export interface FuzzFailure {
  readonly parser: string;
  /** Which case of the seed's; undefined for one of the exhaustive ones. */
  readonly number: number | undefined;
  readonly what: string;
  readonly input: Uint8Array;
}

function memoryBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Gives a parser one input. @returns what is wrong with what it did */
export async function tryInput(target: FuzzTarget, input: Uint8Array, chance: Chance): Promise<string | undefined> {
  const before = { cpu: process.cpuUsage(), memory: memoryBytes() };
  try {
    const read = target.read(input, chance);
    if (read !== undefined) await read;
  } catch (error) {
    if (!target.refuses(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(before.cpu);
  const cpuMs = (user + system) / 1_000;
  if (cpuMs > INPUT_CPU_MS_MAX) return `it took ${cpuMs.toFixed(0)} ms of the processor`;
  const grown = memoryBytes() - before.memory;
  return grown > INPUT_MEMORY_BYTES_MAX ? `it took ${(grown / 1_048_576).toFixed(0)} MiB` : undefined;
}

/** The input of a case. */
export function inputOf(
  target: FuzzTarget,
  name: string,
  seed: number,
  number: number,
): { readonly input: Uint8Array; readonly chance: Chance } {
  const chance = chanceOf(seed, name, number);
  return { input: mutate(target.samples, chance), chance };
}

/** Runs one case of a seed. */
export async function tryCase(name: string, target: FuzzTarget, seed: number, number: number): Promise<FuzzFailure | undefined> {
  const { input, chance } = inputOf(target, name, seed, number);
  const what = await tryInput(target, input, chance);
  return what === undefined ? undefined : { parser: name, number, what, input };
}

/**
 * Goes through every cut, bit and count of every sample.
 *
 * @param onInput - told before each how many there were
 * @returns the first failure, and how many inputs there were
 */
export async function tryAll(
  name: string,
  target: FuzzTarget,
  inputsMax: number,
  onInput: (inputs: number) => void = () => {},
): Promise<{ readonly inputs: number; readonly failure?: FuzzFailure }> {
  let inputs = 0;
  for (const sample of target.samples) {
    for (const input of exhaustive(sample)) {
      if (inputs >= inputsMax) return { inputs };
      onInput(inputs);
      const what = await tryInput(target, input, chanceOf(0, name, inputs++));
      if (what !== undefined) return { inputs, failure: { parser: name, number: undefined, what, input } };
    }
  }
  return { inputs };
}

/** Those whose names hold one of the texts; all where there is none. */
export function chosen(parsers: FuzzTargets, only: readonly string[] | undefined): readonly (readonly [string, FuzzTarget])[] {
  return Object.entries(parsers).filter(([name]) => only === undefined || only.some((text) => name.includes(text)));
}
