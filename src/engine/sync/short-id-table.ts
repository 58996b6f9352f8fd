/**
 * Places of a block by their short ids. Sorted, so that it takes the same time whatever ids a stranger chooses: a `Map` can be filled with ids
 * that all fall into one of its buckets, and Core, whose table can too, has to give up on such.
 */
export class ShortIdTable {
  /** Ascending. */
  readonly #ids: Float64Array;
  /** By the position in `#ids`. */
  readonly #places: Uint32Array;
  /** Two places have one id. */
  readonly hasTwins: boolean;

  /** @param places - one for each id, less than 2^32 */
  constructor(ids: readonly number[], places: readonly number[]) {
    this.#ids = Float64Array.from(ids).sort();
    this.#places = new Uint32Array(ids.length);
    this.hasTwins = this.#ids.some((id, position) => position > 0 && id === this.#ids[position - 1]);
    for (const [index, id] of ids.entries()) this.#places[this.#positionOf(id)] = places[index]!;
  }

  /** The place of an id, undefined where it has none. */
  find(id: number): number | undefined {
    const position = this.#positionOf(id);
    return this.#ids[position] === id ? this.#places[position] : undefined;
  }

  /** Position of the first id that is not less. */
  #positionOf(id: number): number {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ids[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
