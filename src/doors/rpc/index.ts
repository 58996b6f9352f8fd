/**
 * JSON-RPC in Bitcoin Core's words: its methods, names, errors and numbers, and a client for it.
 *
 * Owns the shape of requests and answers, one method a file in `methods/`. Does not own the node (a port), nor HTTP, logins and
 * limits on bodies (http), nor the command that types requests (cli). Begin with handler.ts, then any file in `methods/`; a new
 * method is one file there and a line in `methods/table.ts`.
 *
 * @module
 */

export { coins, formatCoins, parseCoins } from './amount.ts';
export { RpcCallError, RpcClient, type RpcClientOptions, RpcConnectionError, type RpcParams } from './client.ts';
export { paramsOfWords, RpcArgumentError, resultText } from './command-line.ts';
export { RPC_ERROR, RpcError, type RpcErrorName } from './errors.ts';
export { createRpcHandler, type RpcAnswer, type RpcCall, type RpcHandler, type RpcOptions } from './handler.ts';
export { JsonNumber, JsonObject, type JsonValue } from './json-number.ts';
export { JsonError, parseJson } from './json-parse.ts';
export { type JsonOutput, writeJson, writeJsonIndented } from './json-write.ts';
