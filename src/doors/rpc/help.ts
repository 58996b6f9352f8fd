/**
 * The help: a list of the methods, and a page for each, made of what a method says about itself.
 *
 * @module
 */

import type { TSchema } from '../schema.ts';
import { expectedType, parameterName } from './arguments.ts';
import type { RpcMethod, RpcParameter } from './method.ts';

const LINE_WIDTH = 100;

/** What the JSON Schemas of results are made of. */
interface ResultSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, ResultSchema>>;
  readonly required?: readonly string[];
  readonly items?: ResultSchema;
  readonly patternProperties?: Readonly<Record<string, ResultSchema>>;
  readonly anyOf?: readonly ResultSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

function shownName(parameter: RpcParameter): string {
  const name = parameterName(parameter);
  const type = expectedType(parameter);
  if (type === 'string') return `"${name}"`;
  return type === 'array' ? `["${name}",...]` : name;
}

/** The line that shows how to call it: optional arguments in one pair of parentheses. */
export function usageLine(method: RpcMethod): string {
  const shown = method.params.filter((parameter) => parameter.hidden !== true);
  const required = shown.filter((parameter) => parameter.required === true).map(shownName);
  const optional = shown.filter((parameter) => parameter.required !== true).map(shownName);
  return [method.name, ...required, ...(optional.length > 0 ? [`( ${optional.join(' ')} )`] : [])].join(' ');
}

/** Breaks a text into lines that fit, each line after the first with this indent. */
function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${indent}`);
}

function argumentLine(parameter: RpcParameter, index: number): string {
  const type = { number: 'numeric', bool: 'boolean', string: 'string', array: 'json array' }[expectedType(parameter) ?? ''] ?? 'any';
  const need =
    parameter.required === true ? 'required' : `optional${parameter.fallback === undefined ? '' : `, default=${parameter.fallback}`}`;
  return `${index + 1}. ${parameterName(parameter)}    (${type}, ${need}) ${wrapped(parameter.description, '      ')}`;
}

function typeOf(schema: ResultSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  return schema.type ?? 'any';
}

/** A schema as an outline: names, types and what they mean. */
function outline(schema: ResultSchema, indent: string): string {
  const inner = `${indent}  `;
  const note = schema.description === undefined ? '' : `  ${schema.description}`;
  if (schema.properties !== undefined) {
    const lines = Object.entries(schema.properties).map(([name, member]) => {
      const left = schema.required?.includes(name) === true ? '' : ' (may be absent)';
      return `${inner}"${name}"${left}: ${outline(member, inner)}`;
    });
    return `{${note}\n${lines.join('\n')}\n${indent}}`;
  }
  if (schema.items !== undefined) return `[${note}\n${inner}${outline(schema.items, inner)}\n${inner}...\n${indent}]`;
  const values = schema.patternProperties?.['^.*$'];
  if (values !== undefined) return `{${note}\n${inner}"key": ${outline(values, inner)}\n${inner}...\n${indent}}`;
  if (schema.anyOf?.some((each) => each.properties !== undefined || each.items !== undefined)) {
    return schema.anyOf.map((each) => outline(each, indent)).join(`\n${indent}or `);
  }
  return `(${typeOf(schema)})${note}`;
}

/** The page of one method. */
export function methodHelp(method: RpcMethod): string {
  const parts = [usageLine(method), wrapped(method.description)];
  const shown = method.params.filter((parameter) => parameter.hidden !== true);
  if (shown.length > 0) parts.push(['Arguments:', ...shown.map(argumentLine)].join('\n'));
  parts.push(`Result:\n${outline(method.result as TSchema & ResultSchema, '')}`);
  return `${parts.join('\n\n')}\n`;
}

/** All methods under their headings, in order of the alphabet. */
export function helpIndex(methods: Iterable<RpcMethod>): string {
  const byCategory = new Map<string, string[]>();
  for (const method of methods) {
    if (method.hidden === true) continue;
    byCategory.set(method.category, [...(byCategory.get(method.category) ?? []), usageLine(method)]);
  }
  const headings = [...byCategory.keys()].sort();
  return headings.map((heading) => [`== ${heading} ==`, ...(byCategory.get(heading) as string[]).sort()].join('\n')).join('\n\n');
}
