/** A JSON number that must not pass through a float: the text of its token, as it was read or is to be written. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Hexadecimal text: nothing in it is to be escaped, so whole blocks are written without looking at each character. */
export class JsonHex {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Bytes that are written in hexadecimal. An answer that is nothing else, such as a block, goes out without becoming a text first. */
export class JsonBytes {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** JSON that is written already, on one line. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
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
