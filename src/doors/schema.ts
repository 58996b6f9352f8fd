/**
 * JSON schemas, built with TypeBox's types but without loading TypeBox.
 *
 * TypeBox 1.4 is some 300 modules and takes 150 ms to load, as long as a node may take to start. What its builders make is plain
 * JSON Schema, so the dozen that the doors use are made here in its place; the types, and with them `Static`, are TypeBox's own,
 * and a test holds each builder against the real one.
 *
 * @module
 */

import type { Type as TypeBox } from 'typebox';

export type { Static, TSchema } from 'typebox';

type Json = Record<string, unknown>;

/** Marks a property that may be left out; taken off again by `Object`. */
const OPTIONAL = '~optional';

function isOptional(schema: Json): boolean {
  return OPTIONAL in schema;
}

function objectOf(properties: Record<string, Json>, options?: Json): Json {
  const required = Object.keys(properties).filter((key) => !isOptional(properties[key]!));
  return { type: 'object', ...(required.length > 0 ? { required } : {}), properties, ...options };
}

/** Adds a mark that JSON does not show, as TypeBox does. */
function optional(schema: Json): Json {
  return Object.defineProperty({ ...schema }, OPTIONAL, { value: true, enumerable: false });
}

const builders = {
  Any: (options?: Json): Json => ({ ...options }),
  Array: (items: Json, options?: Json): Json => ({ type: 'array', items, ...options }),
  Boolean: (options?: Json): Json => ({ type: 'boolean', ...options }),
  Enum: (values: readonly unknown[], options?: Json): Json => ({ enum: values, ...options }),
  Integer: (options?: Json): Json => ({ type: 'integer', ...options }),
  Null: (options?: Json): Json => ({ type: 'null', ...options }),
  Number: (options?: Json): Json => ({ type: 'number', ...options }),
  Object: objectOf,
  Optional: optional,
  Record: (_key: Json, value: Json, options?: Json): Json => ({ type: 'object', patternProperties: { '^.*$': value }, ...options }),
  String: (options?: Json): Json => ({ type: 'string', ...options }),
  Union: (anyOf: readonly Json[], options?: Json): Json => ({ anyOf, ...options }),
};

/** TypeBox's builders, as many as the doors use. */
export const Type = builders as unknown as Pick<typeof TypeBox, keyof typeof builders>;
