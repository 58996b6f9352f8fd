/**
 * Arguments of `quoin rpc` as JSON, in the manner of `bitcoin-cli`: what a method takes as a string is passed as one, all else is read as
 * JSON. Numbers stay the text that was typed, so that no amount passes through a float.
 *
 * @module
 */

import { type JsonError, parseJson } from '../../doors/rpc/json-parse.ts';
import { UsageError } from '../failure.ts';

/** What is known of a parameter: its names, and whether it is a string, anything else, or either. */
export interface KnownParameter {
  readonly names: readonly string[];
  readonly kind: 'string' | 'json' | 'either';
}

/** Parameters of a method; undefined for a method that is not known here, whose arguments are all strings. */
export type KnownParameters = readonly KnownParameter[] | undefined;

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch (error) {
    if ((error as JsonError).name === 'JsonError') return false;
    throw error;
  }
}

/** One argument as JSON text. @throws UsageError where it must be JSON and is not */
function toJson(text: string, parameter: KnownParameter | undefined, what: string): string {
  const kind = parameter?.kind ?? 'string';
  if (kind !== 'string' && isJson(text)) return text.trim();
  if (kind === 'json') throw new UsageError(`${what} "${text}": takes JSON: a number, true, false, null, a list or an object`);
  return JSON.stringify(text);
}

/** Arguments by position, as the text of a JSON list. */
export function positionalJson(args: readonly string[], known: KnownParameters): string {
  return `[${args.map((text, i) => toJson(text, known?.[i], known?.[i]?.names[0] ?? `argument ${i + 1}`)).join(',')}]`;
}

/**
 * Arguments as `name=value`, as the text of a JSON object; those without a name go by position, in `args`. A text whose part before `=`
 * is no parameter's name is taken for a positional one where a string stands in that place (base64 ends with `=`).
 */
export function namedJson(args: readonly string[], known: KnownParameters): string {
  const named = new Map<string, string>();
  const positional: string[] = [];
  for (const arg of args) {
    const equals = arg.indexOf('=');
    const name = arg.slice(0, Math.max(0, equals));
    const parameter = known?.find(({ names }) => names.includes(name));
    const isPositional = equals < 0 || (parameter === undefined && known?.[positional.length]?.kind === 'string');
    if (isPositional) positional.push(arg);
    else if (named.has(name)) throw new UsageError(`"${name}" is given twice`);
    else named.set(name, name === 'args' ? toJson(arg.slice(equals + 1), ARGS, name) : toJson(arg.slice(equals + 1), parameter, name));
  }
  if (positional.length > 0) {
    if (named.has('args')) throw new UsageError('arguments by position and args= exclude each other: give one of them');
    named.set('args', positionalJson(positional, known));
  }
  return `{${[...named].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

/** The list of positional arguments, where it is given by name. */
const ARGS: KnownParameter = { names: ['args'], kind: 'json' };
