import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type as TypeBox } from 'typebox';
import { Type } from '../schema.ts';

/** The same schema by our builders and by TypeBox's. */
function both(make: (type: typeof Type) => unknown): [ours: unknown, theirs: unknown] {
  return [make(Type), make(TypeBox)];
}

const CASES: readonly (readonly [name: string, make: (type: typeof Type) => unknown])[] = [
  ['Any', (type) => type.Any({ description: 'x' })],
  ['Array', (type) => type.Array(type.Integer(), { maxItems: 3 })],
  ['Boolean', (type) => type.Boolean()],
  ['Enum', (type) => type.Enum(['a', 'b'], { description: 'x' })],
  ['Integer', (type) => type.Integer({ minimum: 0 })],
  ['Null', (type) => type.Null()],
  ['Number', (type) => type.Number({ maximum: 1 })],
  ['Object', (type) => type.Object({ a: type.String(), b: type.Optional(type.Integer()) }, { additionalProperties: false })],
  ['an object of nothing but optional members', (type) => type.Object({ b: type.Optional(type.Integer()) })],
  ['Record', (type) => type.Record(type.String(), type.Number())],
  ['String', (type) => type.String({ pattern: '^a$' })],
  ['Union', (type) => type.Union([type.String(), type.Null()])],
];

describe('the schema builders', () => {
  for (const [name, make] of CASES) {
    it(`make of ${name} what TypeBox makes`, () => {
      const [ours, theirs] = both(make);
      assert.deepEqual(JSON.parse(JSON.stringify(ours)), JSON.parse(JSON.stringify(theirs)));
    });
  }
});
