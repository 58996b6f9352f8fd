/**
 * Between requests and their schemas: numbers in paths and queries, and what a broken schema is told as.
 *
 * @module
 */

import type { FastifyError, FastifyRequest } from 'fastify';
import type { ProblemFacts } from './problem.ts';

interface PropertySchemas {
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
}

/** Longest run of digits that a float surely holds. */
const INTEGER = /^-?\d{1,15}$/;

function integersOf(values: Record<string, unknown>, schema: PropertySchemas | undefined): void {
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    const value = values[name];
    if (property.type === 'integer' && typeof value === 'string' && INTEGER.test(value)) values[name] = Number(value);
  }
}

/**
 * Paths and queries are text; what a schema calls an integer becomes one. Bodies are left as they are: Fastify's own conversion would
 * take `true` for 1 and null for 0, also where an amount is meant.
 */
export function withNumbers(request: FastifyRequest): void {
  const { schema } = request.routeOptions;
  integersOf(request.params as Record<string, unknown>, schema?.params as PropertySchemas | undefined);
  integersOf(request.query as Record<string, unknown>, schema?.querystring as PropertySchemas | undefined);
}

/** The part of the request that a schema refused, and why. */
export function validationFacts(error: FastifyError): ProblemFacts {
  const [first] = error.validation ?? [];
  const { additionalProperty, missingProperty } = (first?.params ?? {}) as { additionalProperty?: string; missingProperty?: string };
  const path = (first?.instancePath ?? '').split('/').slice(1);
  const named = missingProperty ?? additionalProperty;
  const field = [...path, ...(named === undefined ? [] : [named])].join('.');
  const part = { querystring: 'query', params: 'path', body: 'body', headers: 'headers' }[error.validationContext ?? 'body'];
  const unknown = additionalProperty === undefined ? undefined : `has no ${additionalProperty}`;
  const problem = unknown ?? first?.message ?? 'is not as described';
  return { field: field === '' ? part : field, detail: `The ${[part, ...path].join('.')} ${problem}.` };
}
