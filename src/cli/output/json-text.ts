import { JsonNumber, JsonObject, type JsonValue } from '../../doors/rpc/json-number.ts';

const INDENT = 2;

/** JSON over several lines, as `bitcoin-cli` writes it: numbers stay the text they were, empty lists and objects take two lines. */
export function prettyJson(value: JsonValue, depth = 0): string {
  if (value instanceof JsonNumber) return value.text;
  if (value instanceof JsonObject) {
    const members = [...value.members].map(([name, each]) => `${JSON.stringify(name)}: ${prettyJson(each, depth + 1)}`);
    return lines('{', members, '}', depth);
  }
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map((each) => prettyJson(each, depth + 1));
    return lines('[', items, ']', depth);
  }
  return JSON.stringify(value);
}

function lines(open: string, items: readonly string[], close: string, depth: number): string {
  const inner = ' '.repeat((depth + 1) * INDENT);
  const body = items.length === 0 ? '' : `${inner}${items.join(`,\n${inner}`)}\n`;
  return `${open}\n${body}${' '.repeat(depth * INDENT)}${close}`;
}
