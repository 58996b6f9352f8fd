import { bytesEqual } from '../../../core/base/bytes.ts';
import type { ConsensusParams } from '../../../core/params/types.ts';
import { type BlockHash, hashKey, type Txid } from '../../../core/primitives/ids.ts';
import { encodeMerkleBlock, makeMerkleBlock } from '../../../core/primitives/merkle-block.ts';
import type { BlockSummary } from '../../../engine/ports/chain-service.ts';
import { Type } from '../../schema.ts';
import { type Arguments, parseHash } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import { JsonBytes } from '../json-number.ts';
import type { RpcContext, RpcMethod } from '../method.ts';
import { storedBlock } from '../stored-block.ts';

/** Weight of the smallest output: an amount and an empty script, four times. */
const OUTPUT_WEIGHT_MIN = 36;

/** Outputs that are looked for at once. */
const OUTPUTS_PER_TURN = 256;

/** Height of the block that made a transaction, found by an output of it that is unspent. Core's `AccessByTxid`. */
async function heightByCoins({ node, signal }: RpcContext, txid: Txid, params: ConsensusParams): Promise<number | undefined> {
  const outputsMax = Math.floor(params.maxBlockWeightWu / OUTPUT_WEIGHT_MIN);
  for (let first = 0; first < outputsMax && !signal.aborted; first += OUTPUTS_PER_TURN) {
    const places = Array.from({ length: Math.min(OUTPUTS_PER_TURN, outputsMax - first) }, (_, i) => ({ txid, vout: first + i }));
    const coins = await Promise.all(places.map((place) => node.chain.coin(place)));
    const found = coins.find((coin) => coin !== undefined);
    if (found !== undefined) return found.height;
    await node.clock.yield();
  }
  return undefined;
}

/** The block that has one of the transactions: that of an unspent output, else what the index knows of the first. */
async function findBlock(context: RpcContext, txids: readonly Txid[]): Promise<BlockSummary> {
  const { chain, indexes, mempool, params } = context.node;
  const confirmed = txids.filter((txid) => mempool.get(txid) === undefined);
  for (const txid of confirmed) {
    const height = await heightByCoins(context, txid, params.consensus);
    const hash = height === undefined ? undefined : chain.hashAt(height);
    const block = hash === undefined ? undefined : chain.block(hash);
    if (block !== undefined) return block;
  }
  const [first] = confirmed;
  const indexed = first !== undefined && bytesEqual(first, txids[0]!) && indexes.has('tx') && (await indexes.ready('tx'));
  const place = indexed ? await indexes.transaction(first) : undefined;
  const block = place === undefined ? undefined : chain.block(place.blockHash);
  if (block === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Transaction not yet in block');
  return block;
}

function wantedTxids(args: Arguments): Txid[] {
  const texts = args.strings(0);
  if (texts.length === 0) throw new RpcError('INVALID_PARAMETER', "Parameter 'txids' cannot be empty");
  const seen = new Set<string>();
  return texts.map((text) => {
    const txid = parseHash<Txid>(text, 'txid');
    const key = hashKey(txid);
    if (seen.has(key)) throw new RpcError('INVALID_PARAMETER', `Invalid parameter, duplicated txid: ${text}`);
    seen.add(key);
    return txid;
  });
}

export const gettxoutproof: RpcMethod = {
  name: 'gettxoutproof',
  category: 'Blockchain',
  description:
    'Proves that transactions are in one block. Without the block it is found by an unspent output of one of them, or by the index "tx".',
  params: [
    { name: 'txids', schema: Type.Array(Type.String()), required: true, description: 'The transactions.' },
    { name: 'blockhash', schema: Type.String(), description: 'The block that they are in.' },
  ],
  result: Type.String({ description: "The proof in hexadecimal: BIP-37's merkle block." }),
  run: async (context, args) => {
    const { chain } = context.node;
    const txids = wantedTxids(args);
    const summary = args.has(1) ? chain.block(args.hash<BlockHash>(1, 'blockhash')) : await findBlock(context, txids);
    if (summary === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found');
    const block = await storedBlock(chain, summary);
    const wanted = new Set<string>(txids.map(hashKey));
    const all = block.transactions.map((tx) => tx.txid);
    const isWanted = (position: number): boolean => wanted.has(hashKey(all[position]!));
    if (all.filter((_, position) => isWanted(position)).length !== wanted.size) {
      throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Not all transactions found in specified or retrieved block');
    }
    return new JsonBytes(encodeMerkleBlock(makeMerkleBlock(block.header, all, isWanted)));
  },
};
