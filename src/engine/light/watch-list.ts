import { isAddressError, scriptOfAddress } from '../../core/address/address.ts';
import { fromHex } from '../../core/base/bytes.ts';
import { type Descriptor, parseDescriptor } from '../../core/descriptors/descriptor.ts';
import { DescriptorError } from '../../core/descriptors/descriptor-error.ts';
import type { KeyCurve } from '../../core/descriptors/extended-key.ts';
import { DESCRIPTOR_LENGTH_MAX } from '../../core/descriptors/parse.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import { type HashKey, hashKey } from '../../core/primitives/ids.ts';

/** Scripts of a range that are watched beyond the last one used, unless said otherwise. */
export const GAP_DEFAULT = 100;

/** Scripts that may be watched: a filter is asked about them in some hundred milliseconds. */
export const WATCHED_SCRIPTS_MAX = 1_000_000;

/** Something to watch: an address, a descriptor, or an output script in hexadecimal. */
interface Source {
  readonly text: string;
  readonly descriptors: readonly Descriptor[];
  /** Places of each descriptor whose scripts are watched. */
  expanded: number;
  /** The highest place that was used, -1 for none. */
  used: number;
}

interface Place {
  readonly script: Uint8Array;
  readonly source: Source;
  readonly position: number;
}

/** Output scripts that are watched; of a range as many beyond the last one used as the gap says. */
export class WatchList {
  readonly #params: NetworkParams;
  readonly #curve: KeyCurve;
  readonly #gap: number;
  readonly #sources = new Map<string, Source>();
  readonly #places = new Map<HashKey, Place>();
  #scripts: Uint8Array[] | undefined;
  /** Scripts by which transactions that are waited for are found, and that are not watched. */
  #signs = new Map<HashKey, Uint8Array>();
  /** Grows when scripts are added. */
  generation = 0;

  constructor(params: NetworkParams, curve: KeyCurve, gap: number = GAP_DEFAULT) {
    this.#params = params;
    this.#curve = curve;
    this.#gap = gap;
  }

  get size(): number {
    return this.#places.size;
  }

  /** Every script that is looked for in filters. */
  scripts(): readonly Uint8Array[] {
    this.#scripts ??= [...Array.from(this.#places.values(), ({ script }) => script), ...this.#signs.values()];
    return this.#scripts;
  }

  /** Looks for these scripts too, in place of those that were said before; what they are paid is none of ours. */
  setSigns(scripts: readonly Uint8Array[]): void {
    const signs = new Map(scripts.filter((script) => !this.has(script)).map((script) => [hashKey(script), script]));
    const isMore = [...signs.keys()].some((key) => !this.#signs.has(key));
    if (!isMore && signs.size === this.#signs.size) return;
    this.#signs = signs;
    this.#scripts = undefined;
    if (isMore) this.generation++;
  }

  has(script: Uint8Array): boolean {
    return this.#places.has(hashKey(script));
  }

  /** What is watched, as it was said, with the highest place of it that was used. */
  *sources(): Generator<{ readonly text: string; readonly used: number }> {
    yield* this.#sources.values();
  }

  /**
   * Watches an address, a descriptor or an output script in hexadecimal.
   *
   * @param used - the highest place that was used before
   * @returns false where it is watched already
   * @throws DescriptorError where the text is none of them, or its scripts cannot be worked out or are too many
   */
  add(text: string, used = -1): boolean {
    if (this.#sources.has(text)) return false;
    if (text.length > DESCRIPTOR_LENGTH_MAX) throw new DescriptorError(`what is watched has at most ${DESCRIPTOR_LENGTH_MAX} characters`);
    const address = scriptOfAddress(text, this.#params);
    const script = isAddressError(address) ? fromHex(text) : address.script;
    const isScript = script !== undefined && script.length > 0;
    const descriptors = isScript ? [] : parseDescriptor(text, { network: this.#params, curve: this.#curve });
    const source: Source = { text, descriptors, expanded: 0, used };
    if (isScript) this.#watch(script, source, 0);
    else this.#expand(source);
    this.#sources.set(text, source);
    return true;
  }

  /** A script was found in a block. @returns whether more scripts are watched since */
  found(script: Uint8Array): boolean {
    const place = this.#places.get(hashKey(script));
    if (place === undefined || place.position <= place.source.used) return false;
    place.source.used = place.position;
    const before = this.generation;
    // At the limit a range grows no more; what is watched already stays so.
    if (this.size + this.#gap * place.source.descriptors.length <= WATCHED_SCRIPTS_MAX) this.#expand(place.source);
    return this.generation !== before;
  }

  #expand(source: Source): void {
    const isRange = source.descriptors.some((each) => each.isRange);
    const end = isRange ? source.used + 1 + this.#gap : 1;
    if (this.size + (end - source.expanded) * source.descriptors.length > WATCHED_SCRIPTS_MAX) {
      throw new DescriptorError(`no more than ${WATCHED_SCRIPTS_MAX} scripts can be watched`);
    }
    for (; source.expanded < end; source.expanded++) {
      for (const descriptor of source.descriptors) {
        const scripts = descriptor.expand(descriptor.isRange ? source.expanded : 0);
        if (scripts === undefined) throw new DescriptorError('its scripts cannot be worked out without private keys');
        for (const { script } of scripts) this.#watch(script, source, source.expanded);
      }
    }
  }

  #watch(script: Uint8Array, source: Source, position: number): void {
    const key = hashKey(script);
    if (this.#places.has(key)) return;
    this.#places.set(key, { script, source, position });
    this.#scripts = undefined;
    this.generation++;
  }
}
