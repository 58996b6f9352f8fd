/**
 * Messages of the domain name system as multicast DNS uses them (RFC 1035, RFC 6762): read with a limit on everything, written plainly.
 *
 * Whoever is on the subnet can send such a message, so reading one costs no more than its size: names may point only backwards, and all names
 * of a message together take a bounded number of steps. What is of no use here (other classes, other kinds of records) is stepped over.
 *
 * @module
 */

import { DecodeError } from '../../core/primitives/decode-error.ts';

/** Longest message (RFC 6762, section 17, without the headers below). */
export const MESSAGE_BYTES_MAX = 8_952;

/** Questions and records of one message. A full one of ours has six. */
export const ENTRIES_MAX = 256;

/** Labels and pointers that the names of one message take together. */
export const NAME_STEPS_MAX = 4_096;

/** Bytes of a name with its lengths, and of one label (RFC 1035, section 2.3.4). */
export const NAME_BYTES_MAX = 255;
export const LABEL_BYTES_MAX = 63;

/** Strings of one TXT record that are kept. */
export const TXT_STRINGS_MAX = 32;

/** Types of records, by their numbers; `any` only in questions. */
export const RECORD_TYPES = { a: 1, ptr: 12, txt: 16, aaaa: 28, srv: 33, any: 255 } as const;

const CLASS_IN = 1;
const CLASS_ANY = 255;
/** Highest bit of a class: in questions "answer me alone", in records "there is no other" (RFC 6762, sections 5.4 and 10.2). */
const TOP_BIT = 0x8000;
const FLAG_RESPONSE = 0x8000;
const FLAG_AUTHORITATIVE = 0x0400;
const FLAG_TRUNCATED = 0x0200;
const OPCODE_AND_RCODE = 0x780f;

const POINTER = 0xc0;
const HEADER_BYTES = 12;

/** Labels of a name, one character a byte; compared without regard to the case of ASCII letters (`nameKey`). */
export type DnsName = readonly string[];

/** What is asked. */
export interface DnsQuestion {
  readonly name: DnsName;
  /** One of `RECORD_TYPES`, or another number. */
  readonly type: number;
  /** An answer to the asker alone is welcome. */
  readonly unicast: boolean;
}

/** What a record says. */
export type DnsRecordData =
  | { readonly type: 'a' | 'aaaa'; readonly address: Uint8Array }
  | { readonly type: 'ptr'; readonly target: DnsName }
  | { readonly type: 'srv'; readonly port: number; readonly target: DnsName }
  | { readonly type: 'txt'; readonly strings: readonly string[] };

/** A record of a name. */
export interface DnsRecord {
  readonly name: DnsName;
  /** 0: it holds no longer. */
  readonly ttlSeconds: number;
  /** There is no other record of this name and type. */
  readonly unique: boolean;
  readonly data: DnsRecordData;
}

/** A message. Its records of authority are stepped over. */
export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  /** More known answers follow in another message. */
  readonly truncated: boolean;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** The same for names that are the same. */
export function nameKey(name: DnsName): string {
  return name.map((label) => `${label.length}.${label.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}`).join('');
}

/** Reads a message. @throws DecodeError for one that is malformed, over a limit, or of another purpose than asking and answering */
export function decodeDnsMessage(bytes: Uint8Array): DnsMessage {
  if (bytes.length > MESSAGE_BYTES_MAX) throw new DecodeError('message', 0, `${bytes.length} bytes are too many`);
  return new Reader(bytes).message();
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #steps = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  message(): DnsMessage {
    const id = this.#u16('id');
    const flags = this.#u16('flags');
    if ((flags & OPCODE_AND_RCODE) !== 0) throw new DecodeError('flags', 2, 'not a plain question or answer');
    const counts = [this.#u16('count'), this.#u16('count'), this.#u16('count'), this.#u16('count')] as const;
    const entries = counts[0] + counts[1] + counts[2] + counts[3];
    if (entries > ENTRIES_MAX) throw new DecodeError('count', 4, `${entries} entries are too many`);
    const questions = this.#many(counts[0], () => this.#question());
    const answers = this.#many(counts[1], () => this.#record());
    this.#many(counts[2], () => this.#record());
    const additionals = this.#many(counts[3], () => this.#record());
    return { id, isResponse: (flags & FLAG_RESPONSE) !== 0, truncated: (flags & FLAG_TRUNCATED) !== 0, questions, answers, additionals };
  }

  #many<T>(count: number, read: () => T | undefined): T[] {
    const found: T[] = [];
    for (let i = 0; i < count; i++) {
      const one = read();
      if (one !== undefined) found.push(one);
    }
    return found;
  }

  #question(): DnsQuestion | undefined {
    const name = this.#name();
    const type = this.#u16('type');
    const inClass = this.#u16('class');
    const kind = inClass & ~TOP_BIT;
    return kind === CLASS_IN || kind === CLASS_ANY ? { name, type, unicast: (inClass & TOP_BIT) !== 0 } : undefined;
  }

  #record(): DnsRecord | undefined {
    const name = this.#name();
    const type = this.#u16('type');
    const inClass = this.#u16('class');
    const ttlSeconds = this.#u16('time to live') * 0x10000 + this.#u16('time to live');
    const length = this.#u16('data length');
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new DecodeError('data', this.#at, `${length} bytes go beyond the end`);
    const data = (inClass & ~TOP_BIT) === CLASS_IN ? this.#data(type, end) : undefined;
    this.#at = end;
    return data && { name, ttlSeconds, unique: (inClass & TOP_BIT) !== 0, data };
  }

  #data(type: number, end: number): DnsRecordData | undefined {
    if (type === RECORD_TYPES.a || type === RECORD_TYPES.aaaa) {
      const size = type === RECORD_TYPES.a ? 4 : 16;
      if (end - this.#at !== size) throw new DecodeError('address', this.#at, `${end - this.#at} bytes where ${size} belong`);
      return { type: size === 4 ? 'a' : 'aaaa', address: this.#bytes.slice(this.#at, end) };
    }
    if (type === RECORD_TYPES.ptr) return this.#upTo(end, { type: 'ptr', target: this.#name() });
    if (type === RECORD_TYPES.srv) {
      this.#u16('priority');
      this.#u16('weight');
      const port = this.#u16('port');
      return this.#upTo(end, { type: 'srv', port, target: this.#name() });
    }
    return type === RECORD_TYPES.txt ? { type: 'txt', strings: this.#strings(end) } : undefined;
  }

  /** The data, which must end where the record says. */
  #upTo<T extends DnsRecordData>(end: number, data: T): T {
    if (this.#at !== end) throw new DecodeError('data', this.#at, `ends at ${this.#at}, not at ${end}`);
    return data;
  }

  #strings(end: number): string[] {
    const strings: string[] = [];
    while (this.#at < end) {
      const length = this.#u8('string length');
      if (this.#at + length > end) throw new DecodeError('string', this.#at, 'goes beyond its record');
      if (strings.length < TXT_STRINGS_MAX) strings.push(text(this.#bytes.subarray(this.#at, this.#at + length)));
      this.#at += length;
    }
    return strings;
  }

  /** A name, followed to the places that it points to: each before where the name, or the last such place, began. */
  #name(): DnsName {
    const labels: string[] = [];
    let begin = this.#at;
    let at = this.#at;
    let sizeBytes = 1;
    let resume: number | undefined;
    for (;;) {
      const length = this.#bytes[at];
      if (length === undefined) throw new DecodeError('name', at, 'goes beyond the end');
      if (++this.#steps > NAME_STEPS_MAX) throw new DecodeError('name', at, 'the names of this message take too many steps');
      if (length === 0) break;
      if (length <= LABEL_BYTES_MAX) {
        sizeBytes += length + 1;
        if (sizeBytes > NAME_BYTES_MAX) throw new DecodeError('name', at, 'too long');
        if (at + 1 + length > this.#bytes.length) throw new DecodeError('label', at, 'goes beyond the end');
        labels.push(text(this.#bytes.subarray(at + 1, at + 1 + length)));
        at += 1 + length;
        continue;
      }
      const low = this.#bytes[at + 1];
      if ((length & POINTER) !== POINTER || low === undefined) throw new DecodeError('label', at, 'of no known kind');
      resume ??= at + 2;
      const target = ((length & ~POINTER) << 8) | low;
      if (target >= begin || target < HEADER_BYTES) throw new DecodeError('name', at, 'points to what is not before it');
      at = target;
      begin = target;
    }
    this.#at = resume ?? at + 1;
    return labels;
  }

  #u8(what: string): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new DecodeError(what, this.#at, 'goes beyond the end');
    this.#at++;
    return value;
  }

  #u16(what: string): number {
    return this.#u8(what) * 0x100 + this.#u8(what);
  }
}

/** Bytes as text, one character a byte. */
function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Writes a message, without pointers. The caller sees to it that names and strings keep their limits. */
export function encodeDnsMessage(message: DnsMessage): Uint8Array {
  const bytes: number[] = [];
  const { questions, answers, additionals } = message;
  const flags = (message.isResponse ? FLAG_RESPONSE | FLAG_AUTHORITATIVE : 0) | (message.truncated ? FLAG_TRUNCATED : 0);
  for (const value of [message.id, flags, questions.length, answers.length, 0, additionals.length]) putU16(bytes, value);
  for (const { name, type, unicast } of questions) {
    putName(bytes, name);
    putU16(bytes, type);
    putU16(bytes, CLASS_IN | (unicast ? TOP_BIT : 0));
  }
  for (const record of [...answers, ...additionals]) putRecord(bytes, record);
  return Uint8Array.from(bytes);
}

/** Bytes that a record takes. */
export function recordSizeBytes(record: DnsRecord): number {
  const bytes: number[] = [];
  putRecord(bytes, record);
  return bytes.length;
}

function putRecord(bytes: number[], { name, ttlSeconds, unique, data }: DnsRecord): void {
  putName(bytes, name);
  putU16(bytes, RECORD_TYPES[data.type]);
  putU16(bytes, CLASS_IN | (unique ? TOP_BIT : 0));
  putU16(bytes, Math.floor(ttlSeconds / 0x10000));
  putU16(bytes, ttlSeconds % 0x10000);
  const body = encodeData(data);
  putU16(bytes, body.length);
  bytes.push(...body);
}

function encodeData(data: DnsRecordData): readonly number[] {
  if ('address' in data) return [...data.address];
  const bytes: number[] = [];
  if ('strings' in data) {
    // A record without strings has one that is empty (RFC 6763, section 6.1).
    for (const string of data.strings.length === 0 ? [''] : data.strings) putText(bytes, string);
    return bytes;
  }
  if (data.type === 'srv') bytes.push(0, 0, 0, 0, data.port >> 8, data.port & 0xff);
  putName(bytes, data.target);
  return bytes;
}

function putName(bytes: number[], name: DnsName): void {
  for (const label of name) putText(bytes, label);
  bytes.push(0);
}

function putText(bytes: number[], string: string): void {
  bytes.push(string.length);
  for (let i = 0; i < string.length; i++) bytes.push(string.charCodeAt(i) & 0xff);
}

function putU16(bytes: number[], value: number): void {
  bytes.push((value >> 8) & 0xff, value & 0xff);
}
