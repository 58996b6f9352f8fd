import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { type BlockHash, toDisplayHex } from '../../core/primitives/ids.ts';
import type { RpcContext } from '../rpc/method.ts';
import { hexOf } from '../rpc/render/numbers.ts';
import { anyFormat, bytesAnswer, hashOf, jsonAnswer, RestError, type RestRoute } from './answer.ts';
import { activeFrom, askedCount, headerCount, joined } from './blocks.ts';

/** The only kind of filters there is, and its number (BIP-158). */
const BASIC = 'basic';
const BASIC_NUMBER = 0;

const UNFINISHED = 'Block filters are still in the process of being indexed.';
const UNEXPECTED = 'This error is unexpected and indicates index corruption.';

function checkKind({ node }: RpcContext, kind: string): void {
  if (kind !== BASIC) throw new RestError(400, `Unknown filtertype ${kind}`);
  if (!node.indexes.has('filter')) throw new RestError(400, `Index is not enabled for filtertype ${kind}`);
}

/** `/rest/blockfilter/basic/HASH`. */
export const blockFilter: RestRoute = async (context, request) => {
  const { chain, indexes } = context.node;
  const [kind, text, ...others] = request.path.split('/');
  if (kind === undefined || text === undefined || others.length > 0) {
    throw new RestError(400, 'Invalid URI format. Expected /rest/blockfilter/<filtertype>/<blockhash>');
  }
  const hash = hashOf<BlockHash>(text);
  checkKind(context, kind);
  const block = chain.block(hash);
  if (block === undefined) throw new RestError(404, `${text} not found`);
  const isReady = await indexes.ready('filter');
  const found = await indexes.filter(hash);
  if (found === undefined) {
    const why = isReady ? UNEXPECTED : UNFINISHED;
    throw new RestError(404, `Filter not found. ${block.active ? why : 'Block was not connected to active chain.'}`);
  }
  const format = anyFormat(request.format);
  if (format === 'json') return jsonAnswer({ filter: hexOf(found.filter) });
  return bytesAnswer(format, new ByteWriter().u8(BASIC_NUMBER).raw(hash).varBytes(found.filter).finish());
};

/** `/rest/blockfilterheaders/basic/HASH?count=N`, and the older `/rest/blockfilterheaders/basic/N/HASH`. */
export const blockFilterHeaders: RestRoute = async (context, request) => {
  const { indexes } = context.node;
  const parts = request.path.split('/');
  if (parts.length < 2 || parts.length > 3) {
    throw new RestError(400, 'Invalid URI format. Expected /rest/blockfilterheaders/<filtertype>/<blockhash>.<ext>?count=<count>');
  }
  const count = headerCount(parts.length === 3 ? parts[1]! : askedCount(request));
  const hash = hashOf<BlockHash>(parts.at(-1)!);
  checkKind(context, parts[0]!);
  const isReady = await indexes.ready('filter');
  const found: Uint8Array[] = [];
  for (const { header } of activeFrom(context, hash, count)) {
    const filter = await indexes.filter(header.hash);
    if (filter === undefined) throw new RestError(404, `Filter not found. ${isReady ? UNEXPECTED : UNFINISHED}`);
    found.push(filter.header);
  }
  const format = anyFormat(request.format);
  return format === 'json' ? jsonAnswer(found.map(toDisplayHex)) : bytesAnswer(format, joined(found));
};
