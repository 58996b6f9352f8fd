/**
 * Descriptors in arguments, with Core's codes and messages (`src/rpc/util.cpp`).
 *
 * @module
 */

import { isAddressError, scriptOfAddress } from '../../core/address/index.ts';
import { assert } from '../../core/base/assert.ts';
import { type Descriptor, DescriptorError, type DescriptorScript, parseDescriptor, withChecksum } from '../../core/descriptors/index.ts';
import { type HashKey, hashKey } from '../../core/primitives/ids.ts';
import { wrongType } from './arguments.ts';
import { RpcError } from './errors.ts';
import { JsonNumber, JsonObject, type JsonValue } from './json-number.ts';
import type { RpcContext } from './method.ts';

/** Places of a range, both ends counted. */
export interface DescriptorRange {
  readonly begin: number;
  readonly end: number;
}

/** The range of a scan object that names none. */
const RANGE_DEFAULT: DescriptorRange = { begin: 0, end: 1000 };
const RANGE_SIZE_MAX = 1_000_000;
const RANGE_END_MAX = 0x7fff_ffff;

/** Keys that are derived before others have their turn: a few milliseconds' worth. */
const PLACES_PER_TURN = 50;

/** Most scripts that one call may look for, so that the node's memory suffices. Core names no limit. */
export const SCRIPTS_MAX = 2_000_000;

/** The descriptors of an argument: several where it has multipaths. */
export function parseDescriptors(text: string, { curve, node }: RpcContext, requireChecksum = false): readonly Descriptor[] {
  try {
    return parseDescriptor(text, { curve, network: node.params }, requireChecksum);
  } catch (error) {
    if (error instanceof DescriptorError) throw new RpcError('INVALID_ADDRESS_OR_KEY', error.message);
    throw error;
  }
}

function isNumber(value: JsonValue | undefined): value is number | JsonNumber {
  return typeof value === 'number' || value instanceof JsonNumber;
}

function integerOf(value: number | JsonNumber): number {
  if (typeof value === 'number') return value;
  throw new RpcError('MISC_ERROR', 'JSON integer out of range');
}

/** A range: its end, or begin and end. Core's `ParseDescriptorRange`. */
export function parseRange(value: JsonValue): DescriptorRange {
  let range: DescriptorRange;
  if (isNumber(value)) {
    range = { begin: 0, end: integerOf(value) };
  } else if (Array.isArray(value) && value.length === 2 && isNumber(value[0]) && isNumber(value[1])) {
    range = { begin: integerOf(value[0]), end: integerOf(value[1]) };
    if (range.begin > range.end) {
      throw new RpcError('INVALID_PARAMETER', 'Range specified as [begin,end] must not have begin after end');
    }
  } else {
    throw new RpcError('INVALID_PARAMETER', 'Range must be specified as end or as [begin,end]');
  }
  if (range.begin < 0) throw new RpcError('INVALID_PARAMETER', 'Range should be greater or equal than 0');
  if (range.end < 0 || range.end > RANGE_END_MAX) throw new RpcError('INVALID_PARAMETER', 'End of range is too high');
  if (range.end >= range.begin + RANGE_SIZE_MAX) throw new RpcError('INVALID_PARAMETER', 'Range is too large');
  return range;
}

/** The scripts of a descriptor at one place. `problem` is the message where they need a private key that is not there. */
export function expandAt(descriptor: Descriptor, position: number, problem: string): readonly DescriptorScript[] {
  const scripts = descriptor.expand(position);
  if (scripts === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', problem);
  return scripts;
}

/** Goes through the places of a range, and lets others have their turn; ends early when the node stops. */
export async function eachPlace({ node, signal }: RpcContext, range: DescriptorRange, visit: (position: number) => void): Promise<void> {
  for (let position = range.begin; position <= range.end && !signal.aborted; position++) {
    visit(position);
    if ((position - range.begin) % PLACES_PER_TURN === PLACES_PER_TURN - 1) await node.clock.yield();
  }
}

/** The one script that a block pays: of `combo` P2WPKH, or P2PKH of an uncompressed key. */
function scriptOfOne([descriptor, ...more]: readonly Descriptor[]): Uint8Array {
  assert(descriptor !== undefined, 'a descriptor that was read stands for at least one');
  if (more.length > 0) throw new RpcError('INVALID_PARAMETER', 'Multipath descriptor not accepted');
  if (descriptor.isRange) {
    throw new RpcError('INVALID_PARAMETER', 'Ranged descriptor not accepted. Maybe pass through deriveaddresses first?');
  }
  const scripts = expandAt(descriptor, 0, 'Cannot derive script without private keys');
  return (scripts[scripts.length / 2] ?? (scripts[0] as DescriptorScript)).script;
}

/** The script that blocks of `generatetodescriptor` pay. */
export function scriptOfDescriptor(text: string, context: RpcContext): Uint8Array {
  return scriptOfOne(parseDescriptors(text, context));
}

/** The script that a block of `generateblock` pays: a descriptor's or an address's. */
export function scriptOfOutput(text: string, { curve, node }: RpcContext): Uint8Array {
  const address = scriptOfAddress(text, node.params);
  if (!isAddressError(address)) return address.script;
  try {
    return scriptOfOne(parseDescriptor(text, { curve, network: node.params }));
  } catch (error) {
    if (error instanceof DescriptorError) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Error: Invalid address or descriptor');
    throw error;
  }
}

/** Scripts that are looked for, each with the way to its descriptor. */
export class WatchedScripts {
  readonly #byScript = new Map<HashKey, { readonly descriptor: Descriptor; readonly position: number; readonly which: number }>();
  readonly #scripts: Uint8Array[] = [];

  /** Each once. */
  get scripts(): readonly Uint8Array[] {
    return this.#scripts;
  }

  has(script: Uint8Array): boolean {
    return this.#byScript.has(hashKey(script));
  }

  /** The descriptor of a script that is in it, with its checksum. Worked out again, since few of them are ever shown. */
  descriptorOf(script: Uint8Array): string {
    const found = this.#byScript.get(hashKey(script));
    const expanded = found?.descriptor.expand(found.position)?.[found.which];
    return expanded === undefined ? '' : withChecksum(expanded.inferred());
  }

  /** Adds the scripts of a descriptor at a place; of one that is there already the first descriptor counts. */
  add(descriptor: Descriptor, position: number, problem: string): void {
    for (const [which, { script }] of expandAt(descriptor, position, problem).entries()) {
      if (this.has(script)) continue;
      if (this.#scripts.length === SCRIPTS_MAX) throw new RpcError('INVALID_PARAMETER', `More than ${SCRIPTS_MAX} scripts to scan for`);
      this.#byScript.set(hashKey(script), { descriptor, position, which });
      this.#scripts.push(script);
    }
  }
}

interface ScanObject {
  readonly text: string;
  readonly range: DescriptorRange;
}

/** A scan object: a descriptor, or one with the range of its keys. */
function readScanObject(value: JsonValue): ScanObject {
  if (typeof value === 'string') return { text: value, range: RANGE_DEFAULT };
  if (!(value instanceof JsonObject)) {
    throw new RpcError('INVALID_PARAMETER', 'Scan object needs to be either a string or an object');
  }
  const text = value.members.get('desc') ?? null;
  if (text === null) throw new RpcError('INVALID_PARAMETER', 'Descriptor needs to be provided in scan object');
  if (typeof text !== 'string') throw new RpcError('TYPE_ERROR', wrongType(text, 'string'));
  const range = value.members.get('range') ?? null;
  return { text, range: range === null ? RANGE_DEFAULT : parseRange(range) };
}

/** The scripts of scan objects. Core's `EvalDescriptorStringOrObject` over a list. */
export async function watchedScripts(value: JsonValue | undefined, context: RpcContext): Promise<WatchedScripts> {
  if (!Array.isArray(value)) throw new RpcError('TYPE_ERROR', wrongType(value, 'array'));
  const watched = new WatchedScripts();
  for (const each of value as readonly JsonValue[]) {
    const { range, text } = readScanObject(each);
    const descriptors = parseDescriptors(text, context);
    const places = descriptors[0]?.isRange === true ? range : { begin: 0, end: 0 };
    const problem = `Cannot derive script without private keys: '${text}'`;
    await eachPlace(context, places, (position) => {
      for (const descriptor of descriptors) watched.add(descriptor, position, problem);
    });
    await context.node.clock.yield();
  }
  return watched;
}
