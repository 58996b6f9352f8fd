/**
 * Node's strict assertions, as far as tests that run in a page too need them. Stricter than Node's nowhere and laxer only in its messages.
 *
 * @module
 */

class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

type Message = string | Error | undefined;
type Expected = RegExp | (new (...args: never[]) => Error) | ((error: unknown) => boolean);

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each)) ?? String(value);
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}

function fail(message: Message, otherwise: string): never {
  if (message instanceof Error) throw message;
  throw new AssertionFailure(message === undefined ? otherwise : `${message}: ${otherwise}`);
}

const ownKeys = (value: object): string[] => Object.keys(value).sort();

function sameEntries(left: object, right: object): boolean {
  const keys = ownKeys(left);
  const others = ownKeys(right);
  return keys.length === others.length && keys.every((key, i) => key === others[i] && isSame(left[key as never], right[key as never]));
}

/** Whether two values are the same through and through, prototypes included. */
function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    return left.length === right.length && left.every((byte, i) => byte === right[i]);
  }
  if (left instanceof Map && right instanceof Map) return isSame([...left], [...right]);
  if (left instanceof Set && right instanceof Set) return isSame([...left], [...right]);
  if (left instanceof Error && right instanceof Error && left.message !== right.message) return false;
  return sameEntries(left, right);
}

function fits(error: unknown, expected: Expected | undefined): boolean {
  if (expected === undefined) return true;
  if (expected instanceof RegExp) return expected.test(String(error));
  if (expected.prototype instanceof Error || expected === (Error as unknown)) return error instanceof (expected as new () => Error);
  return (expected as (error: unknown) => boolean)(error) === true;
}

function ok(value: unknown, message?: Message): asserts value {
  if (!value) fail(message, `${show(value)} is not true`);
}

function equal(actual: unknown, expected: unknown, message?: Message): void {
  if (!Object.is(actual, expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
}

function notEqual(actual: unknown, expected: unknown, message?: Message): void {
  if (Object.is(actual, expected)) fail(message, `${show(actual)} is what it should not be`);
}

function deepEqual(actual: unknown, expected: unknown, message?: Message): void {
  if (!isSame(actual, expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
}

function match(text: string, pattern: RegExp, message?: Message): void {
  if (!pattern.test(text)) fail(message, `${show(text)} does not match ${pattern}`);
}

function throws(body: () => unknown, expected?: Expected): void {
  try {
    body();
  } catch (error) {
    if (!fits(error, expected)) fail(undefined, `it threw something else: ${String(error)}`);
    return;
  }
  fail(undefined, 'it did not throw');
}

async function rejects(body: Promise<unknown> | (() => Promise<unknown>), expected?: Expected): Promise<void> {
  try {
    await (typeof body === 'function' ? body() : body);
  } catch (error) {
    if (!fits(error, expected)) fail(undefined, `it failed with something else: ${String(error)}`);
    return;
  }
  fail(undefined, 'it did not fail');
}

/** What `node:assert/strict` exports by default. */
export const assert = Object.assign(ok, {
  ...{ ok, equal, notEqual, deepEqual, match, throws, rejects },
  fail: (message?: Message) => fail(message, 'failed'),
});
