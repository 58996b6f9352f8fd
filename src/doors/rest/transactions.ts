import { bytesEqual, fromHex } from '../../core/base/bytes.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { fromDisplayHex, type Txid, toDisplayHex } from '../../core/primitives/ids.ts';
import { encodeTransaction, type OutPoint, writeTxOutput } from '../../core/primitives/transaction.ts';
import type { BlockSummary } from '../../engine/ports/chain-service.ts';
import type { RpcContext } from '../rpc/method.ts';
import { transactionHex, transactionJson } from '../rpc/render/transaction.ts';
import {
  anyFormat,
  bytesAnswer,
  hashOf,
  jsonAnswer,
  RestError,
  type RestFormat,
  type RestRequest,
  type RestRoute,
  wholeNumber,
} from './answer.ts';
import { outputJson } from './blocks.ts';

/** Most outputs of one question. Core's `MAX_GETUTXOS_OUTPOINTS`. */
const OUTPOINTS_MAX = 15;

/** Bytes of an outpoint. */
const OUTPOINT_SIZE_BYTES = 36;

/** Height that a waiting transaction's output is shown with. Core's `MEMPOOL_HEIGHT`. */
const WAITING_HEIGHT = 0x7fffffff;

const UINT32_MAX = 0xffffffff;

/** `/rest/tx/TXID`: a transaction that waits, or by the index `tx` any. */
export const transaction: RestRoute = async (context, { format: asked, path }) => {
  const { chain, indexes, mempool } = context.node;
  const txid = hashOf<Txid>(path);
  if (indexes.has('tx')) await indexes.ready('tx');
  const waiting = mempool.get(txid)?.tx;
  const confirmed = waiting === undefined && indexes.has('tx') ? await indexes.transaction(txid) : undefined;
  const tx = waiting ?? confirmed?.tx;
  if (tx === undefined) throw new RestError(404, `${path} not found`);
  const format = anyFormat(asked);
  if (format !== 'json') return bytesAnswer(format, encodeTransaction(tx));
  const block: BlockSummary | undefined = confirmed === undefined ? undefined : chain.block(confirmed.blockHash);
  const blockhash = block === undefined ? undefined : toDisplayHex(block.header.hash);
  return jsonAnswer(transactionJson(tx, context, { after: { blockhash, hex: transactionHex(tx) } }));
};

/** Which outputs are asked for, and whether waiting transactions count. */
interface Question {
  readonly outPoints: readonly OutPoint[];
  readonly withMempool: boolean;
}

/** `TXID-N`; without a hyphen the whole text counts as both, as in Core, and so as neither. */
function parseOutPoint(text: string): OutPoint {
  const hyphen = text.indexOf('-');
  const txid = hyphen < 0 ? undefined : fromDisplayHex<Txid>(text.slice(0, hyphen));
  const vout = wholeNumber(text.slice(hyphen + 1));
  if (txid === undefined || vout === undefined || vout > UINT32_MAX) throw new RestError(400, 'Parse error');
  return { txid, vout };
}

/** The outputs that the address names; undefined where it names none and a body may. */
function questionOfPath(path: string): Question | undefined {
  if (path.length <= 1) return undefined;
  const parts = path.slice(1).split('/');
  const withMempool = parts[0] === 'checkmempool';
  const outPoints = parts.slice(withMempool ? 1 : 0).map(parseOutPoint);
  if (outPoints.length === 0) throw new RestError(400, 'Error: empty request');
  return { outPoints, withMempool };
}

/**
 * The outputs that a body names: their number, and each as bytes. As in Core, where the flag that BIP-64 puts first is read from the length
 * that is written before the body: so the mempool counts unless there is no body, and a flag that is sent is taken for the number.
 */
function questionOfBody(body: Uint8Array): Question {
  try {
    const reader = new ByteReader(new ByteWriter(body.length + 5).varBytes(body).finish());
    const withMempool = reader.u8('mempool flag') !== 0;
    const count = reader.compactSize({ what: 'outpoint count', itemSizeMin: OUTPOINT_SIZE_BYTES });
    const outPoints = Array.from({ length: count }, (): OutPoint => {
      const txid = reader.copy(32, 'txid') as Txid;
      return { txid, vout: reader.u32('output index') };
    });
    return { outPoints, withMempool };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new RestError(400, 'Parse error');
  }
}

/** The bytes of a body, which hexadecimal stands for where the format says so: no bytes where it is none. */
function bodyBytes({ body, format }: RestRequest): Uint8Array {
  if (format !== 'hex') return body;
  return fromHex(Buffer.from(body).toString('latin1').replace(/\s/g, '')) ?? new Uint8Array(0);
}

function questionOf(request: RestRequest): Question {
  const named = questionOfPath(request.path);
  if (named === undefined && request.body.length === 0) throw new RestError(400, 'Error: empty request');
  const format = anyFormat(request.format);
  if (format === 'json') {
    if (named === undefined) throw new RestError(400, 'Error: empty request');
    return named;
  }
  const body = bodyBytes(request);
  if (body.length === 0) return named ?? { outPoints: [], withMempool: false };
  if (named !== undefined) throw new RestError(400, 'Combination of URI scheme inputs and raw post data is not allowed');
  return questionOfBody(body);
}

async function findCoin({ node }: RpcContext, outPoint: OutPoint, withMempool: boolean): Promise<Coin | undefined> {
  if (withMempool) {
    if (node.mempool.spenderOf(outPoint) !== undefined) return undefined;
    const waiting = node.mempool.coin(outPoint);
    if (waiting !== undefined) return { ...waiting, height: WAITING_HEIGHT };
  }
  return node.chain.coin(outPoint);
}

/** How often the coins are asked for anew because the tip moved meanwhile. */
const ATTEMPTS = 3;

/** The coins with the tip that they belong to. Where it moves all the time, the last try is the answer. */
async function findCoins(context: RpcContext, { outPoints, withMempool }: Question) {
  const { chain } = context.node;
  for (let attempt = 1; ; attempt++) {
    const { header, height } = chain.tip();
    const found = await Promise.all(outPoints.map((outPoint) => findCoin(context, outPoint, withMempool)));
    if (bytesEqual(chain.tip().header.hash, header.hash) || attempt === ATTEMPTS) return { header, height, found };
  }
}

/** `/rest/getutxos[/checkmempool]/TXID-N/...`: which outputs are unspent (BIP-64). */
export const unspentOutputs: RestRoute = async (context, request) => {
  const question = questionOf(request);
  const { outPoints } = question;
  if (outPoints.length > OUTPOINTS_MAX) {
    throw new RestError(400, `Error: max outpoints exceeded (max: ${OUTPOINTS_MAX}, tried: ${outPoints.length})`);
  }
  const { header, height, found } = await findCoins(context, question);
  const coins = found.filter((coin) => coin !== undefined);
  const format = request.format as RestFormat;
  if (format === 'json') {
    return jsonAnswer({
      chainHeight: height,
      chaintipHash: toDisplayHex(header.hash),
      bitmap: found.map((coin) => (coin === undefined ? '0' : '1')).join(''),
      utxos: coins.map((coin) => ({ height: coin.height, ...outputJson(coin, context) })),
    });
  }
  const bitmap = new Uint8Array(Math.ceil(found.length / 8));
  found.forEach((coin, i) => {
    if (coin !== undefined) bitmap[i >> 3]! |= 1 << (i & 7);
  });
  const writer = new ByteWriter().u32(height).raw(header.hash).varBytes(bitmap).compactSize(coins.length);
  for (const coin of coins) writeTxOutput(writer.u32(0).u32(coin.height), coin);
  return bytesAnswer(format as 'bin' | 'hex', writer.finish());
};
