import { ByteReader } from '../primitives/byte-reader.ts';
import { ByteWriter } from '../primitives/byte-writer.ts';

/** How one peer message is written and read. Its command on the wire is its `type`. */
export interface MessageCodec<M extends { readonly type: string }> {
  readonly type: M['type'];
  encode(message: M): Uint8Array;
  /**
   * Byte strings of the message are views into the payload. Bytes after what is known are ignored, as Core does: that is how
   * messages grow.
   *
   * @throws DecodeError
   */
  decode(payload: Uint8Array): M;
}

/** A codec of a function that writes and one that reads. */
export function codec<M extends { readonly type: string }>(
  type: M['type'],
  write: (writer: ByteWriter, message: M) => void,
  read: (reader: ByteReader) => M,
): MessageCodec<M> {
  return {
    type,
    encode: (message: M): Uint8Array => {
      const writer = new ByteWriter();
      write(writer, message);
      return writer.finish();
    },
    decode: (payload: Uint8Array): M => read(new ByteReader(payload)),
  };
}

/** A codec of a message that says everything by its command. */
export function emptyCodec<T extends string>(type: T): MessageCodec<{ readonly type: T }> {
  return { type, encode: () => new Uint8Array(0), decode: () => ({ type }) };
}
