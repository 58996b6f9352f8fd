import type { Rejection } from '../../core/consensus/rejection.ts';
import { HEADER_SIZE_BYTES, readHeader } from '../../core/primitives/block.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import type { LightChain } from './light-chain.ts';

/** A file of headers that cannot be taken. Nothing of it was. */
export class HeaderFileError extends Error {
  override readonly name = 'HeaderFileError';
  /** Number of the header in the file, from 0 on. */
  readonly position: number;
  /** The rule that it breaks; undefined where the file ends within it, or has none. */
  readonly rejection: Rejection | undefined;

  constructor(position: number, what: string, rejection?: Rejection) {
    super(`header ${position} of the file, at byte ${position * HEADER_SIZE_BYTES}: ${what}`);
    this.position = position;
    this.rejection = rejection;
  }
}

/**
 * Takes headers from a file: 80 bytes each, one after another. The first is the network's first block or follows a header that is known; of
 * later ones that are known already nothing is new. Every rule of headers is checked, work among them.
 *
 * What was taken is in the chain's memory alone: who stops at an error writes nothing.
 */
export class HeaderImport {
  readonly #chain: LightChain;
  /** The beginning of a header whose end has not come. */
  #rest: Uint8Array = new Uint8Array();
  #count = 0;

  constructor(chain: LightChain) {
    this.#chain = chain;
  }

  /** Headers that were taken. */
  get count(): number {
    return this.#count;
  }

  /** Takes the next bytes, however they are cut. @throws HeaderFileError */
  take(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : joined(this.#rest, chunk);
    const whole = bytes.length - (bytes.length % HEADER_SIZE_BYTES);
    this.#rest = bytes.slice(whole);
    const reader = new ByteReader(bytes.subarray(0, whole));
    const headers = Array.from({ length: whole / HEADER_SIZE_BYTES }, () => readHeader(reader));
    const { accepted, rejection } = this.#chain.acceptHeaders(headers);
    this.#count += accepted.length;
    if (rejection !== undefined) throw new HeaderFileError(this.#count, wordsFor(rejection, this.#count), rejection);
  }

  /** Ends the file. @throws HeaderFileError where it ends within a header, or had none */
  end(): void {
    if (this.#rest.length > 0)
      throw new HeaderFileError(this.#count, `the file ends after ${this.#rest.length} of its ${HEADER_SIZE_BYTES} bytes`);
    if (this.#count === 0) throw new HeaderFileError(0, 'the file is empty');
  }
}

function wordsFor({ reason }: Rejection, position: number): string {
  if (reason !== 'prev-blk-not-found') return `it breaks a rule of the network (${reason})`;
  if (position > 0) return 'it does not follow the one before it';
  return "it is not the network's first block and follows no header that is known: is this a file of raw headers of the network?";
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
