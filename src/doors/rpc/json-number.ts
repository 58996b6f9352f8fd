const UTF_8 = new TextDecoder();

/** A JSON number that must not pass through a float: the text of its token, as it was read or is to be written. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Bytes that are written in hexadecimal. An answer that is nothing else, such as a block, goes out without becoming a text first. */
export class JsonBytes {
  readonly bytes: Uint8Array;
  /** To be called when they are written and nobody looks at them any more; undefined where nobody wants to know. */
  readonly written: (() => void) | undefined;

  constructor(bytes: Uint8Array, written?: () => void) {
    this.bytes = bytes;
    this.written = written;
  }
}

/** A hash that is written in display order. */
export class JsonHash {
  readonly hash: Uint8Array;

  constructor(hash: Uint8Array) {
    this.hash = hash;
  }
}

/** JSON that is written already, on one line in UTF-8. */
export class JsonEncoded {
  readonly bytes: Uint8Array;
  /** To be called when the bytes are sent and nobody looks at them any more; undefined where nobody wants to know. */
  readonly sent: (() => void) | undefined;

  constructor(bytes: Uint8Array, sent?: () => void) {
    this.bytes = bytes;
    this.sent = sent;
  }

  text(): string {
    return UTF_8.decode(this.bytes);
  }
}

/** A JSON object as it was read. Of two members with one name the first counts, as in Core. */
export class JsonObject {
  readonly members: ReadonlyMap<string, JsonValue>;
  /** A name that was there twice; undefined where each is unique. */
  readonly repeated: string | undefined;

  constructor(members: ReadonlyMap<string, JsonValue>, repeated?: string) {
    this.members = members;
    this.repeated = repeated;
  }
}

/** What the parser gives: an integer of up to 15 digits as a number, every other number as its text. */
export type JsonValue = null | boolean | number | string | JsonNumber | readonly JsonValue[] | JsonObject;
