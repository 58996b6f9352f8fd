import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatCoins } from './amount.ts';
import { JsonBytes, JsonEncoded, JsonHash, JsonNumber, JsonObject, type JsonValue } from './json-number.ts';
import { JSON_DEPTH_MAX, JSON_VALUES_MAX, JsonError, parseJson, parseJsonBytes } from './json-parse.ts';
import { JsonPen } from './json-pen.ts';
import { type JsonOutput, writeJson, writeJsonIndented } from './json-write.ts';

function plain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.text) + 0;
  if (value instanceof JsonObject) return Object.fromEntries([...value.members].map(([name, member]) => [name, plain(member)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        // Lone surrogates are no text; Core refuses them too.
        fc.pre(!/[\ud800-\udfff]|\\ud[89a-f]/i.test(text) && !text.includes('__proto__'));
        assert.deepEqual(
          plain(parseJson(text)),
          JSON.parse(text, (_name, value) => (Object.is(value, -0) ? 0 : value)),
        );
      }),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[[\]{}":,0-9.eE+\-a-z\\ ]{0,12}$/), (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (valid) parseJson(text);
        else assert.throws(() => parseJson(text), JsonError);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps the digits of numbers that are no integers of up to 15 digits', () => {
    for (const text of ['0.10000000', '1e0', '1.0', '20999999.97690000', '9007199254740993', '-0.00000001', '1E+2']) {
      const value = parseJson(text);
      assert.ok(value instanceof JsonNumber, text);
      assert.equal(value.text, text);
      assert.equal(writeJson(value), text);
    }
    assert.equal(parseJson('999999999999999'), 999_999_999_999_999);
    assert.ok(Object.is(parseJson('-0'), 0));
  });

  it('takes the first of two members with one name and says which was repeated', () => {
    const value = parseJson('{"a":1,"b":2,"a":3}');
    assert.ok(value instanceof JsonObject);
    assert.equal(value.members.get('a'), 1);
    assert.equal(value.repeated, 'a');
  });

  it('holds names such as __proto__ as any other', () => {
    const value = parseJson('{"__proto__":{"polluted":1},"constructor":2}');
    assert.ok(value instanceof JsonObject);
    assert.deepEqual([...value.members.keys()], ['__proto__', 'constructor']);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  it('accepts the deepest nesting and refuses one level more', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    parseJson(nested(JSON_DEPTH_MAX + 1));
    assert.throws(() => parseJson(nested(JSON_DEPTH_MAX + 2)), JsonError);
    assert.throws(() => parseJson('{"a":'.repeat(100_000)), JsonError);
  });

  it('accepts as many values as it may and refuses one more', () => {
    parseJson(`[${'0,'.repeat(JSON_VALUES_MAX - 2)}0]`);
    assert.throws(() => parseJson(`[${'0,'.repeat(JSON_VALUES_MAX - 1)}0]`), JsonError);
  });

  it('refuses half a character and bytes that are not UTF-8', () => {
    assert.equal(parseJson('"\\ud83d\\ude00"'), '😀');
    for (const text of ['"\\ud800"', '"\\udc00x"', '"\\ude00\\ud83d"', '"\ud800"']) assert.throws(() => parseJson(text), JsonError);
    assert.throws(() => parseJsonBytes(Uint8Array.of(0x22, 0xff, 0x22)), JsonError);
    assert.throws(() => parseJsonBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31)), JsonError);
  });
});

describe('writeJson', () => {
  it('writes what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(JSON.parse(writeJson(value as JsonOutput)), JSON.parse(JSON.stringify(value)));
        assert.equal(writeJsonIndented(value as JsonOutput), JSON.stringify(value, null, 2));
      }),
    );
  });

  it('leaves out what is undefined and writes every other kind of value', () => {
    const value = { a: undefined, b: null, c: 12345678901234567890n, d: new JsonNumber('1.50000000'), e: Number.NaN, f: [undefined] };
    assert.equal(writeJson(value), '{"b":null,"c":12345678901234567890,"d":1.50000000,"e":null,"f":[null]}');
  });

  it('writes the same as bytes, in whatever room there was for them', () => {
    const special = fc.constantFrom<JsonOutput>(
      ...[new JsonBytes(Uint8Array.of(0, 0xab, 0xff)), new JsonHash(Uint8Array.from({ length: 32 }, (_, i) => i)), new JsonNumber('1.50')],
      ...[new JsonEncoded(Buffer.from('{"é":1}')), parseJson('{"b":[1]}') as JsonOutput, undefined, 5n, Number.NaN, 'ü\n😀'],
    );
    const values = fc.array(fc.oneof(special, fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<JsonOutput>));
    fc.assert(
      fc.property(values, fc.nat(300), (value, sizeBytes) => {
        const pen = new JsonPen(sizeBytes);
        pen.value({ member: value, é: value });
        assert.equal(pen.written().toString(), writeJson({ member: value, é: value }));
      }),
    );
  });

  it('writes back what was read', () => {
    const text = '{"a":[1,2.50,{"b":"\\u0001\\""}],"__proto__":true}';
    assert.equal(writeJson(parseJson(text) as JsonOutput), text);
  });
});

describe('the pen', () => {
  const written = (write: (pen: JsonPen) => void): string => {
    const pen = new JsonPen(1);
    write(pen);
    return pen.written().toString();
  };

  it('writes whole numbers as they are, from one digit to the largest exact one, and negative ones', () => {
    for (const value of [0, 1, 9, 10, 99, 100, 4_294_967_295, 4_294_967_296, Number.MAX_SAFE_INTEGER, -1, -2_147_483_648]) {
      assert.equal(
        written((pen) => pen.integer(value)),
        String(value),
      );
    }
  });

  it('writes amounts as `formatCoins` does: none, parts, wholes, beyond exact numbers, and negative ones', () => {
    const exact = BigInt(Number.MAX_SAFE_INTEGER);
    for (const amount of [0n, 1n, 99_999_999n, 100_000_000n, 100_000_001n, 2_100_000_000_000_000n, exact, exact + 1n, 2n ** 63n, -1n]) {
      assert.equal(
        written((pen) => pen.coins(amount)),
        formatCoins(amount),
      );
    }
  });

  it('writes hashes of any length from their last byte to their first', () => {
    for (const size of [0, 1, 2, 31, 32]) {
      const hash = Uint8Array.from({ length: size }, (_, i) => 37 * i + 1);
      assert.equal(
        written((pen) => pen.hash(hash)),
        `"${Buffer.from(hash).reverse().toString('hex')}"`,
      );
    }
  });
});
