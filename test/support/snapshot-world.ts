/**
 * A short chain with spends, the file of its coins at one block, and a network that knows them.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import type { Chain } from '../../src/engine/chain/chain.ts';
import type { LoadedSnapshot, LoadSnapshotOptions } from '../../src/engine/chain/snapshots.ts';
import { buildBlock, childOf, genesisParent, OP_TRUE, outputOf, spend } from './chain-builder.ts';
import { acceptAll, nodeOf, openTestChain, quickRegtest } from './test-chain.ts';

/** Blocks of the chain, and the height whose coins are in the file. */
export const COUNT = 12;
export const BASE_HEIGHT = 8;

/** Blocks each of which spends the coinbase of the third before it. */
export function spendingBlocks(params: NetworkParams, count: number = COUNT, extra = 1): Block[] {
  const blocks: Block[] = [];
  let parent = genesisParent(params);
  for (let height = 1; height <= count; height++) {
    const from = blocks[height - 4];
    const outputs = [{ value: BigInt(height) * 1_000n, scriptPubKey: OP_TRUE }];
    const transactions = from === undefined ? [] : [spend({ inputs: [outputOf(from.transactions[0]!)], outputs })];
    const block = buildBlock({ parent, params, transactions, extra: Uint8Array.of(extra) });
    blocks.push(block);
    parent = childOf(parent, block);
  }
  return blocks;
}

/** The file of the coins of a block, and their hash. */
export async function fileOf(chain: Chain, block: Block): Promise<{ readonly bytes: Uint8Array; readonly coinsHash: Uint8Array }> {
  const chunks: Uint8Array[] = [];
  let head = new Uint8Array(0);
  const file = {
    path: 'coins.dat',
    append: async (bytes: Uint8Array) => void chunks.push(bytes),
    keep: async (bytes: Uint8Array) => {
      head = bytes.slice();
    },
    discard: async () => {},
  };
  const { hashSerialized } = (await chain.dumpCoins(file, nodeOf(chain, block), { aborted: false }))!;
  return { bytes: concatBytes(head, concatBytes(...chunks).subarray(head.length)), coinsHash: hashSerialized };
}

/** What a test of snapshots begins with. */
export interface SnapshotWorld {
  readonly params: NetworkParams;
  readonly blocks: readonly Block[];
  readonly base: Block;
  readonly bytes: Uint8Array;
}

/** Makes one. @param falsify - changes what the network knows of the coins */
export async function snapshotWorld(falsify = false): Promise<SnapshotWorld> {
  const blocks = spendingBlocks(quickRegtest);
  const base = blocks[BASE_HEIGHT - 1]!;
  const full = await openTestChain();
  await acceptAll(full, blocks);
  const { bytes, coinsHash } = await fileOf(full, base);
  const chainTxCount = (await full.transactionCount(nodeOf(full, base)))!;
  const known = { height: BASE_HEIGHT, blockHash: base.header.hash, coinsHash, chainTxCount };
  if (!falsify) return { params: { ...quickRegtest, assumeUtxo: [known] }, blocks, base, bytes };
  // The amount of one coin is another, in the file and in what the network knows of it.
  const false_ = await openTestChain({ params: quickRegtest });
  const other = spendingBlocks(quickRegtest, COUNT, 2);
  await acceptAll(false_, other);
  const { bytes: falseBytes, coinsHash: falseHash } = await fileOf(false_, other[BASE_HEIGHT - 1]!);
  falseBytes.set(base.header.hash, HEAD_BASE_AT);
  return { params: { ...quickRegtest, assumeUtxo: [{ ...known, coinsHash: falseHash }] }, blocks, base, bytes: falseBytes };
}

/** Where the base's hash stands in the file. */
const HEAD_BASE_AT = 11;

/** Loads a file that is in memory, in pieces of some bytes. */
export function load(
  chain: Chain,
  bytes: Uint8Array,
  options: Partial<LoadSnapshotOptions> & { readonly pieceBytes?: number } = {},
): Promise<LoadedSnapshot | undefined> {
  const { pieceBytes = bytes.length, ...others } = options;
  async function* read(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  return chain.loadSnapshot({
    file: { path: 'coins.dat', read, close: async () => {} },
    networks: [],
    signal: { aborted: false },
    isMempoolEmpty: () => true,
    ...others,
  });
}
