/**
 * Holds the JSON-RPC answers of two nodes against each other, down to how each number is written.
 *
 * @module
 */

/** An answer as it came over HTTP. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
}

/** A node that answers JSON-RPC at `http` to `user:password`. */
export interface RpcPlace {
  readonly http: string;
  readonly login: string;
}

/** Sends a body as it is. */
export async function askRaw({ http, login }: RpcPlace, body: string): Promise<RawAnswer> {
  const headers = { authorization: `Basic ${Buffer.from(login).toString('base64')}`, 'content-type': 'application/json' };
  const response = await fetch(http, { method: 'POST', headers, body });
  return { status: response.status, contentType: response.headers.get('content-type'), text: await response.text() };
}

/** A string, or a number outside of strings. */
const STRING_OR_NUMBER = /("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/** JSON whose numbers are texts that begin with `#`: what a float would lose, such as the zeros of an amount, stays to be compared. */
export function parseExact(json: string): unknown {
  return JSON.parse(json.replace(STRING_OR_NUMBER, (_all, text?: string, number?: string) => text ?? `"#${number}"`));
}

/** What a method answered: its result, or the code and message of its error. The help that goes with a wrong count is each node's own. */
export async function answerOf(place: RpcPlace, method: string, params: readonly unknown[]): Promise<unknown> {
  const { text } = await askRaw(place, JSON.stringify({ id: 1, method, params }));
  const { result, error } = parseExact(text) as { result: unknown; error: { code: string; message: string } | null };
  if (error === null) return { result };
  const isHelp = error.code === '#-1' && error.message.startsWith(method);
  return { error: { code: error.code, message: isHelp ? 'the help' : error.message } };
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

/** Names that both have, in the order of the first. */
function shared(first: object, second: object): string {
  return Object.keys(first)
    .filter((name) => name in second)
    .join();
}

/** Every place where two values differ, as `path: ours | theirs`; members in another order too. */
export function differences(ours: unknown, theirs: unknown, path = ''): string[] {
  if (!isContainer(ours) || !isContainer(theirs) || Array.isArray(ours) !== Array.isArray(theirs)) {
    return ours === theirs ? [] : [`${path}: ${shown(ours)} | ${shown(theirs)}`];
  }
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const found = [...names].flatMap((name) => differences(ours[name], theirs[name], `${path}.${name}`));
  const order = [shared(ours, theirs), shared(theirs, ours)] as const;
  return order[0] === order[1] ? found : [...found, `${path} in another order: ${order[0]} | ${order[1]}`];
}
