import { encodeHeader } from '../../core/primitives/block.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { type BlockHash, toDisplayHex } from '../../core/primitives/ids.ts';
import { type TxOutput, writeTxOutput } from '../../core/primitives/transaction.ts';
import type { BlockSummary } from '../../engine/ports/chain-service.ts';
import { coins } from '../rpc/amount.ts';
import type { JsonOutput } from '../rpc/json-write.ts';
import type { RpcContext } from '../rpc/method.ts';
import { blockJson } from '../rpc/methods/getblock.ts';
import { headerJson } from '../rpc/render/header.ts';
import { type ScriptContext, scriptPubKeyJson } from '../rpc/render/script.ts';
import {
  anyFormat,
  bytesAnswer,
  hashOf,
  jsonAnswer,
  queryParameter,
  type RestAnswer,
  RestError,
  type RestRequest,
  type RestRoute,
  textAnswer,
  wholeNumber,
} from './answer.ts';

/** Most headers of one answer. Core's `MAX_REST_HEADERS_RESULTS`. */
const HEADERS_MAX = 2_000;

/** Headers of an answer where no count is asked for. */
const HEADERS_DEFAULT = '5';

/** Characters that Core repeats in a message. */
const UNSAFE_TEXT = /[^A-Za-z0-9!*'();:@&=+$,/?#[\]\-_.~]/g;

const INT32_MAX = 0x7fffffff;

/** A count of headers or filter headers. */
export function headerCount(text: string): number {
  const count = wholeNumber(text);
  if (count !== undefined && count >= 1 && count <= HEADERS_MAX) return count;
  throw new RestError(400, `Header count is invalid or out of acceptable range (1-${HEADERS_MAX}): ${text}`);
}

/** The count in the query, or what counts without. */
export function askedCount(request: RestRequest): string {
  return queryParameter(request, 'count') ?? HEADERS_DEFAULT;
}

/** So many blocks of the active chain from one on; none where it is not on it. */
export function activeFrom({ node }: RpcContext, hash: BlockHash, count: number): BlockSummary[] {
  const found: BlockSummary[] = [];
  let block = node.chain.block(hash);
  while (block?.active === true && found.length < count) {
    found.push(block);
    block = block.nextHash === undefined ? undefined : node.chain.block(block.nextHash);
  }
  return found;
}

/** Bytes one after another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter(parts.reduce((sum, part) => sum + part.length, 0));
  for (const part of parts) writer.raw(part);
  return writer.finish();
}

/** `/rest/headers/HASH?count=N`, and the older `/rest/headers/N/HASH`. */
export const headers: RestRoute = (context, request) => {
  const parts = request.path.split('/');
  if (parts.length > 2) throw new RestError(400, 'Invalid URI format. Expected /rest/headers/<hash>.<ext>?count=<count>');
  const count = headerCount(parts.length === 2 ? parts[0]! : askedCount(request));
  const found = activeFrom(context, hashOf<BlockHash>(parts.at(-1)!), count);
  const format = anyFormat(request.format);
  if (format === 'json') return jsonAnswer(found.map((block) => headerJson(block, context.node.chain)));
  return bytesAnswer(format, joined(found.map(({ header }) => encodeHeader(header))));
};

interface Stored {
  readonly summary: BlockSummary;
  readonly read: () => Promise<Uint8Array>;
}

function storedBlock({ node }: RpcContext, text: string): Stored {
  const hash = hashOf<BlockHash>(text);
  const summary = node.chain.block(hash);
  if (summary === undefined) throw new RestError(404, `${text} not found`);
  if (summary.pruned) throw new RestError(404, `${text} not available (pruned data)`);
  const missing = new RestError(404, `${text} not available (not fully downloaded)`);
  if (!summary.stored) throw missing;
  const read = async (): Promise<Uint8Array> => {
    const bytes = await node.chain.blockBytes(hash);
    if (bytes === undefined) throw missing;
    return bytes;
  };
  return { summary, read };
}

/** A block as bytes, or as `getblock` shows it. */
function blockRoute(verbosity: number): RestRoute {
  return async (context, request): Promise<RestAnswer> => {
    const { read, summary } = storedBlock(context, request.path);
    const format = anyFormat(request.format);
    return format === 'json' ? jsonAnswer(await blockJson(context, summary, verbosity, read)) : bytesAnswer(format, await read());
  };
}

/** `/rest/block/HASH`: in JSON with all transactions and what they spend. */
export const block: RestRoute = blockRoute(3);

/** `/rest/block/notxdetails/HASH`: in JSON with the ids of the transactions. */
export const blockWithoutDetails: RestRoute = blockRoute(1);

function sizeParameter(request: RestRequest, name: string): number {
  const value = wholeNumber(queryParameter(request, name) ?? '');
  if (value === undefined) throw new RestError(400, `Block part ${name} missing or invalid`);
  return value;
}

/** `/rest/blockpart/HASH?offset=N&size=N`: some bytes of a block. */
export const blockPart: RestRoute = async (context, request) => {
  const offset = sizeParameter(request, 'offset');
  const size = sizeParameter(request, 'size');
  const { path } = request;
  const bytes = await storedBlock(context, path).read();
  if (size === 0 || offset + size > bytes.length) throw new RestError(400, `Bad block part offset/size ${offset}/${size} for ${path}`);
  const format = anyFormat(request.format);
  if (format === 'json') throw new RestError(400, 'JSON output is not supported for this request type');
  return bytesAnswer(format, bytes.subarray(offset, offset + size));
};

/** `/rest/blockhashbyheight/HEIGHT`. */
export const blockHashByHeight: RestRoute = ({ node }, { format: asked, path }) => {
  const height = wholeNumber(path);
  if (height === undefined || height > INT32_MAX) throw new RestError(400, `Invalid height: ${path.replace(UNSAFE_TEXT, '')}`);
  const hash = node.chain.hashAt(height);
  if (hash === undefined) throw new RestError(404, 'Block height out of range');
  const format = anyFormat(asked);
  if (format === 'bin') return bytesAnswer(format, hash);
  return format === 'hex' ? textAnswer(toDisplayHex(hash)) : jsonAnswer({ blockhash: toDisplayHex(hash) });
};

/** An output as `spenttxouts` and `getutxos` show it. */
export function outputJson({ scriptPubKey, value }: TxOutput, context: ScriptContext): { readonly [name: string]: JsonOutput } {
  return { value: coins(value), scriptPubKey: scriptPubKeyJson(scriptPubKey, context) };
}

/** `/rest/spenttxouts/HASH`: the outputs that each transaction spends, none for the coinbase. */
export const spentOutputs: RestRoute = async (context, { format: asked, path }) => {
  const { chain } = context.node;
  if (path.includes('/')) throw new RestError(400, 'Invalid URI format. Expected /rest/spenttxouts/<hash>.<ext>');
  const hash = hashOf<BlockHash>(path);
  if (chain.block(hash) === undefined) throw new RestError(404, `${path} not found`);
  const spent = await chain.spentCoins(hash);
  if (spent === undefined) throw new RestError(404, `${path} undo not available`);
  const ofEach = [[], ...spent];
  const format = anyFormat(asked);
  if (format === 'json') return jsonAnswer(ofEach.map((outputs) => outputs.map((output) => outputJson(output, context))));
  const writer = new ByteWriter().compactSize(ofEach.length);
  for (const outputs of ofEach) {
    writer.compactSize(outputs.length);
    for (const output of outputs) writeTxOutput(writer, output);
  }
  return bytesAnswer(format, writer.finish());
};
