import { RpcError } from './errors.ts';
import type { RpcHandler } from './handler.ts';
import { JsonObject, type JsonValue } from './json-number.ts';
import { JsonError, parseJsonBytes } from './json-parse.ts';
import { errorReply, isNotification, type RpcReply, targetOf } from './request.ts';

/** Where a reply goes whose request could not be read. */
const NOBODY = { version: 1, id: null } as const;

function refuse(value: JsonValue, error: RpcError): RpcReply {
  const target = targetOf(value);
  return isNotification(target) ? { status: 204, text: undefined } : errorReply(target, error);
}

function replyTo(body: Uint8Array, error: RpcError): RpcReply {
  let value: JsonValue;
  try {
    value = parseJsonBytes(body);
  } catch (caught) {
    if (!(caught instanceof JsonError)) throw caught;
    return errorReply(NOBODY, new RpcError('PARSE_ERROR', 'Parse error'));
  }
  if (value instanceof JsonObject) return refuse(value, error);
  if (!Array.isArray(value)) return errorReply(NOBODY, new RpcError('PARSE_ERROR', 'Top-level object parse error'));
  const texts = value.flatMap((each) => refuse(each, error).text ?? []);
  return { status: 200, text: `[${texts.join(',')}]` };
}

/**
 * Answers JSON-RPC while a node opens: every call fails with Core's -28 and what the node is doing, so that programs know to ask again.
 */
export function createWarmUpHandler(doing: () => string): RpcHandler {
  return async ({ body }) => {
    const { status, text } = replyTo(body, new RpcError('IN_WARMUP', doing()));
    return { status, body: text === undefined ? '' : `${text}\n` };
  };
}
