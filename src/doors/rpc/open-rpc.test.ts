import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Errors } from 'typebox/schema';
import { createRpcCaller } from '../../../test/support/rpc-caller.ts';
import { type TSchema, Type } from '../schema.ts';
import { METHODS } from './methods/table.ts';

/** A JSON Schema as far as the meta schema of OpenRPC says: an object or a boolean. */
const SCHEMA = Type.Record(Type.String(), Type.Any());

/** The main points of OpenRPC's meta schema: what must be there, and of which type; nothing else may be. */
const CONTENT = Type.Object(
  { name: Type.String(), description: Type.Optional(Type.String()), required: Type.Optional(Type.Boolean()), schema: SCHEMA },
  { additionalProperties: false },
);
const DOCUMENT = Type.Object(
  {
    openrpc: Type.String({ pattern: '^1\\.[0-3]\\.\\d+$' }),
    info: Type.Object({ title: Type.String(), version: Type.String() }, { additionalProperties: false }),
    methods: Type.Array(
      Type.Object(
        {
          name: Type.String({ minLength: 1 }),
          tags: Type.Array(Type.Object({ name: Type.String() }, { additionalProperties: false })),
          description: Type.String(),
          paramStructure: Type.Enum(['by-position', 'by-name', 'either']),
          params: Type.Array(CONTENT),
          result: CONTENT,
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

interface Row {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly required: boolean; readonly schema: unknown }[];
}

describe('rpc.discover', () => {
  it('answers an OpenRPC document', async () => {
    const document = await createRpcCaller().call('rpc.discover');
    const [valid, errors] = Errors(DOCUMENT as TSchema, document);
    assert.ok(valid, JSON.stringify(errors));
  });

  it('has a row for every method, each name once, required parameters first', async () => {
    const { methods } = (await createRpcCaller().call('rpc.discover')) as { methods: readonly Row[] };
    assert.deepEqual(
      methods.map(({ name }) => name),
      [...METHODS.keys()].sort(),
    );
    for (const { name, params } of methods) {
      assert.equal(new Set(params.map((each) => each.name)).size, params.length, name);
      assert.equal(params.length, METHODS.get(name)?.params.length, name);
      const lastRequired = params.findLastIndex(({ required }) => required);
      assert.ok(
        params.slice(0, lastRequired + 1).every(({ required }) => required),
        name,
      );
    }
  });

  it('has null for an optional parameter before a required one', async () => {
    const { methods } = (await createRpcCaller().call('rpc.discover')) as { methods: readonly Row[] };
    const dummy = methods.find(({ name }) => name === 'prioritisetransaction')?.params[1];
    assert.deepEqual(dummy?.schema, { anyOf: [{ type: 'number' }, { type: 'null' }] });
  });

  it('takes no arguments', async () => {
    await createRpcCaller().fails(-1, /^rpc\.discover\n/, 'rpc.discover', 1);
  });
});
