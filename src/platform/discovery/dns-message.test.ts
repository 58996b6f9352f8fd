import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { DnsMessage, DnsRecord } from './dns-message.ts';
import {
  decodeDnsMessage,
  ENTRIES_MAX,
  encodeDnsMessage,
  LABEL_BYTES_MAX,
  MESSAGE_BYTES_MAX,
  NAME_STEPS_MAX,
  nameKey,
  RECORD_TYPES,
  recordSizeBytes,
  TXT_STRINGS_MAX,
} from './dns-message.ts';

const PLAIN = { noNullPrototype: true } as const;
const label = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => String.fromCharCode(...bytes));
const name = fc.array(label, { maxLength: 6 });
const data = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((address) => ({ type: 'a' as const, address })),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((address) => ({ type: 'aaaa' as const, address })),
  name.map((target) => ({ type: 'ptr' as const, target })),
  fc.record({ type: fc.constant('srv' as const), port: fc.nat(65_535), target: name }, PLAIN),
  fc.array(label, { minLength: 1, maxLength: 5 }).map((strings) => ({ type: 'txt' as const, strings })),
);
const record: fc.Arbitrary<DnsRecord> = fc.record({ name, ttlSeconds: fc.nat(0xffffffff), unique: fc.boolean(), data }, PLAIN);
const message: fc.Arbitrary<DnsMessage> = fc.record(
  {
    id: fc.nat(65_535),
    isResponse: fc.boolean(),
    truncated: fc.boolean(),
    questions: fc.array(fc.record({ name, type: fc.nat(65_535), unicast: fc.boolean() }, PLAIN), { maxLength: 4 }),
    answers: fc.array(record, { maxLength: 4 }),
    additionals: fc.array(record, { maxLength: 4 }),
  },
  PLAIN,
);

/** A message that is read to the end or refused as bytes that make no sense. */
function readOrRefuse(bytes: Uint8Array): DnsMessage | undefined {
  try {
    return decodeDnsMessage(bytes);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return undefined;
  }
}

/** Bytes behind a header that says how many entries follow. */
function packet(counts: readonly [number, number, number, number], ...body: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.of(0, 0, 0x84, 0, ...counts.flatMap((count) => [count >> 8, count & 0xff]), ...body.flat());
}

const ascii = (text: string): number[] => [text.length, ...Buffer.from(text)];
/** Type, class IN, a time to live of 120 seconds and the length of the data. */
const tail = (type: number, length: number): number[] => [type >> 8, type & 0xff, 0, 1, 0, 0, 0, 120, length >> 8, length & 0xff];

describe('messages of multicast DNS', () => {
  it('are read as they were written', () => {
    fc.assert(fc.property(message, (original) => assert.deepEqual(decodeDnsMessage(encodeDnsMessage(original)), original)));
  });

  it('P13: are refused when cut anywhere, and random bytes never do more than be refused', () => {
    fc.assert(
      fc.property(message, fc.nat(), (original, at) => {
        const bytes = encodeDnsMessage(original);
        const cut = bytes.subarray(0, at % bytes.length);
        assert.equal(readOrRefuse(cut), undefined);
      }),
    );
    fc.assert(
      fc.property(message, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), (original, changes) => {
        const bytes = encodeDnsMessage(original);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        readOrRefuse(bytes);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void readOrRefuse(bytes)),
      { numRuns: 500 },
    );
  });

  it('have names that point backwards, as other programs write them', () => {
    const service = [...ascii('_quoin'), ...ascii('_tcp'), ...ascii('local'), 0];
    const pointer = [0xc0, 12];
    const instance = [...ascii('Node'), ...pointer];
    const bytes = packet(
      [0, 2, 0, 0],
      ...[service, tail(RECORD_TYPES.ptr, instance.length), instance],
      ...[[0xc0, 12 + service.length + 10], tail(RECORD_TYPES.srv, 8), [0, 0, 0, 0, 0x1c, 0xa5, ...pointer]],
    );
    const { answers } = decodeDnsMessage(bytes);
    assert.deepEqual(answers[0]?.data, { type: 'ptr', target: ['Node', '_quoin', '_tcp', 'local'] });
    assert.deepEqual(answers[1]?.name, ['Node', '_quoin', '_tcp', 'local']);
    assert.deepEqual(answers[1]?.data, { type: 'srv', port: 7333, target: ['_quoin', '_tcp', 'local'] });
  });

  it('P13: have no names that point at themselves, forward, in a circle or into the header', () => {
    for (const target of [12, 13, 14, 200, 0, 11]) {
      assert.equal(readOrRefuse(packet([1, 0, 0, 0], [0xc0, target, 0, 12, 0, 1])), undefined, `to ${target}`);
    }
    const circle = packet([2, 0, 0, 0], [...ascii('a'), 0xc0, 12, 0, 12, 0, 1], [0xc0, 12, 0, 12, 0, 1]);
    assert.equal(readOrRefuse(circle), undefined);
    assert.equal(readOrRefuse(packet([1, 0, 0, 0], [0x40, 0, 0, 12, 0, 1])), undefined, 'a kind of label that nobody uses');
  });

  it('P13: take a bounded number of steps, however their names point', () => {
    // A chain of pointers in the data of one record, and as many names as there can be at its end.
    const chainOf = (links: number, names: number): Uint8Array => {
      const chain: number[] = [];
      const begin = 12 + 1 + 10;
      for (let i = 0; i < links; i++) {
        const target = i === 0 ? 12 : begin + 2 * (i - 1);
        chain.push(0xc0 | (target >> 8), target & 0xff);
      }
      const last = begin + 2 * (links - 1);
      const end = [0xc0 | (last >> 8), last & 0xff, ...tail(0xff00, 0)];
      return packet([0, 1 + names, 0, 0], [0], tail(0xff00, chain.length), chain, ...Array.from({ length: names }, () => end));
    };
    assert.ok(readOrRefuse(chainOf(1_000, 4)));
    assert.equal(readOrRefuse(chainOf(1_000, 5)), undefined);
    assert.ok(NAME_STEPS_MAX >= 1_000 * 4 && NAME_STEPS_MAX < 1_000 * 5);
  });

  it('keep the limits of names, entries and size', () => {
    const withName = (labels: readonly string[]): Uint8Array =>
      encodeDnsMessage({
        ...{ id: 0, isResponse: false, truncated: false, answers: [], additionals: [] },
        questions: [{ name: labels, type: 12, unicast: false }],
      });
    const full = 'x'.repeat(LABEL_BYTES_MAX);
    assert.ok(readOrRefuse(withName([full, full, full, 'x'.repeat(61)])), '255 bytes');
    assert.equal(readOrRefuse(withName([full, full, full, 'x'.repeat(62)])), undefined, '256 bytes');
    const entries = (count: number): Uint8Array => packet([count, 0, 0, 0], ...Array.from({ length: count }, () => [0, 0, 12, 0, 1]));
    assert.equal(readOrRefuse(entries(ENTRIES_MAX))?.questions.length, ENTRIES_MAX);
    assert.equal(readOrRefuse(entries(ENTRIES_MAX + 1)), undefined);
    const padded = (size: number): Uint8Array => {
      const bytes = new Uint8Array(size);
      bytes.set(packet([1, 0, 0, 0], [0, 0, 12, 0, 1]));
      return bytes;
    };
    assert.ok(readOrRefuse(padded(MESSAGE_BYTES_MAX)));
    assert.equal(readOrRefuse(padded(MESSAGE_BYTES_MAX + 1)), undefined);
  });

  it('leave out what nobody here asks for: other classes, other types, strings beyond a number', () => {
    const other = decodeDnsMessage(
      packet([1, 2, 0, 0], [0, 0, 12, 0, 3], [0, ...tail(47, 1), 7], [0, 0, 1, 0, 3, 0, 0, 0, 1, 0, 4, 1, 2, 3, 4]),
    );
    assert.deepEqual([other.questions, other.answers], [[], []]);
    const strings = Array.from({ length: TXT_STRINGS_MAX + 5 }, () => [1, 65]).flat();
    const [txt] = decodeDnsMessage(packet([0, 1, 0, 0], [0], tail(RECORD_TYPES.txt, strings.length), strings)).answers;
    assert.equal(txt?.data.type === 'txt' && txt.data.strings.length, TXT_STRINGS_MAX);
  });

  it('are refused when their data is not as long as they say, or they are neither question nor answer', () => {
    assert.equal(readOrRefuse(packet([0, 1, 0, 0], [0], tail(RECORD_TYPES.a, 3), [1, 2, 3])), undefined);
    assert.equal(readOrRefuse(packet([0, 1, 0, 0], [0], tail(RECORD_TYPES.ptr, 3), [0, 0, 0])), undefined);
    assert.equal(readOrRefuse(packet([0, 1, 0, 0], [0], tail(RECORD_TYPES.txt, 2), [5, 65])), undefined);
    const update = packet([0, 0, 0, 0]);
    update[2] = 0x28;
    assert.equal(readOrRefuse(update), undefined);
  });

  it('have names that are the same in either case, and never by how they are cut into labels', () => {
    assert.equal(nameKey(['Node', '_QUOIN']), nameKey(['node', '_quoin']));
    assert.notEqual(nameKey(['a.b']), nameKey(['a', 'b']));
    assert.notEqual(nameKey(['É']), nameKey(['é']));
    fc.assert(
      fc.property(name, name, (a, b) =>
        assert.equal(nameKey(a) === nameKey(b), JSON.stringify(a).replace(/[A-Z]/g, low) === JSON.stringify(b).replace(/[A-Z]/g, low)),
      ),
    );
  });

  it('have records whose size is known before they are written', () => {
    fc.assert(
      fc.property(record, (one) => {
        const whole = encodeDnsMessage({ id: 0, isResponse: true, truncated: false, questions: [], answers: [one], additionals: [] });
        assert.equal(recordSizeBytes(one), whole.length - 12);
      }),
    );
  });
});

function low(letter: string): string {
  return letter.toLowerCase();
}
