/**
 * Arguments that were typed, for `quoin rpc`: which are text and which JSON, as bitcoin-cli decides it.
 *
 * @module
 */

import { expectedType } from './arguments.ts';
import type { RpcParams } from './client.ts';
import type { JsonValue } from './json-number.ts';
import { JsonError, parseJson } from './json-parse.ts';
import { type JsonOutput, writeJsonIndented } from './json-write.ts';
import type { RpcParameter } from './method.ts';
import { METHODS } from './methods/table.ts';

/** An argument that cannot be what the method takes. */
export class RpcArgumentError extends Error {
  override readonly name = 'RpcArgumentError';
}

/** Text stays text where the method wants text; elsewhere it is JSON, and where it may be either, text is tried last. */
function typedValue(text: string, parameter: RpcParameter | undefined): JsonOutput {
  const expected = parameter === undefined ? undefined : expectedType(parameter);
  if (expected === 'string') return text;
  try {
    return parseJson(text) as JsonOutput;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    if (expected === undefined) return text;
    throw new RpcArgumentError(`${parameter?.name} must be JSON of type ${expected}, not: ${text}`);
  }
}

/**
 * What to send for a method and what was typed after it. With `named`, words of the form `name=value` go by name and the others,
 * which come first, by position.
 *
 * @throws RpcArgumentError
 */
export function paramsOfWords(method: string, words: readonly string[], named: boolean): RpcParams {
  const parameters = METHODS.get(method)?.params ?? [];
  if (!named) return words.map((word, index) => typedValue(word, parameters[index]));
  const byName: Record<string, JsonOutput> = Object.create(null);
  const args: JsonOutput[] = [];
  for (const word of words) {
    const split = word.indexOf('=');
    if (split < 0) {
      args.push(typedValue(word, parameters[args.length]));
      continue;
    }
    const name = word.slice(0, split);
    const parameter = parameters.find((each) => each.name.split('|').includes(name));
    byName[name] = typedValue(word.slice(split + 1), parameter);
  }
  return args.length === 0 ? byName : { ...byName, args };
}

/** A result for people: text as it is, nothing for null, everything else as indented JSON. */
export function resultText(result: JsonValue): string {
  if (result === null) return '';
  return typeof result === 'string' ? result : writeJsonIndented(result as JsonOutput);
}
