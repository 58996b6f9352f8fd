import { assert } from '../core/base/assert.ts';
import { builtInNetworks } from '../core/params/networks.ts';
import type { Block } from '../core/primitives/block.ts';
import type { BlockHash } from '../core/primitives/ids.ts';
import type { Chain } from '../engine/chain/chain.ts';
import { isRecordDamage } from '../engine/chain/damage.ts';
import type { HeaderNode } from '../engine/chain/header-node.ts';
import { isPruned } from '../engine/chain/header-node.ts';
import type { PruneOptions } from '../engine/chain/pruner.ts';
import { SnapshotError } from '../engine/chain/read-snapshot.ts';
import type { Mempool } from '../engine/mempool/mempool.ts';
import type { BlockStore, TakeMemory } from '../engine/ports/block-store.ts';
import type {
  BlockOutcome,
  BlockSummary,
  ChainService,
  ChainStateSummary,
  CoinSetFile,
  LoadedCoins,
  RefusedCoins,
} from '../engine/ports/chain-service.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { DraftFile, DraftFiles } from '../engine/ports/draft-file.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { SourceFile, SourceFiles } from '../engine/ports/snapshot-store.ts';

/** A node of the header tree as the doors see it. */
function summaryOf(chain: Chain, node: HeaderNode): BlockSummary {
  return {
    header: node.header,
    height: node.height,
    chainWork: node.chainWork,
    medianTimeSeconds: node.medianTimeSeconds,
    txCount: node.txCount,
    active: chain.active.contains(node),
    nextHash: chain.active.next(node)?.hash,
    stored: node.block !== undefined,
    pruned: isPruned(node),
  };
}

/** Who asks for a block that is damaged waits this long for the peer that was asked for it. */
const MENDED_WITHIN_MS = 5_000;

/** Waits until a block is mended, as long as a peer may send it. */
async function untilMended(chain: Chain, clock: Clock, node: HeaderNode): Promise<void> {
  if (!chain.wasAsked(node)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      unsubscribe();
      clock.cancel(timer);
      resolve();
    };
    const timer = clock.after(MENDED_WITHIN_MS, done);
    const unsubscribe = chain.subscribe((event) => {
      if (event.kind === 'block-mended' && event.node === node) done();
    });
  });
}

/** Writes coins into a file, which is gone where that does not come to its end. */
async function dumpInto(file: DraftFile, dump: () => ReturnType<Chain['dumpCoins']>): Promise<CoinSetFile | undefined> {
  try {
    const done = await dump();
    if (done === undefined) return undefined;
    const { base, coinCount, hashSerialized } = done;
    return { height: base.height, bestBlock: base.hash, txouts: coinCount, hashSerialized, path: file.path };
  } finally {
    await file.discard();
  }
}

/** Loads coins from a file, which is closed then. */
async function loadFrom(file: SourceFile, load: () => ReturnType<Chain['loadSnapshot']>): Promise<LoadedCoins | RefusedCoins | undefined> {
  const { path } = file;
  try {
    const loaded = await load();
    return loaded && { height: loaded.base.height, baseBlock: loaded.base.hash, txouts: loaded.coinCount, path };
  } catch (error) {
    if (error instanceof SnapshotError) return { what: error.what, why: error.message, path };
    throw error;
  } finally {
    await file.close();
  }
}

/** The chains whose coins are held, the one of most work last. */
function chainStatesOf(chain: Chain): readonly ChainStateSummary[] {
  const { history, missing } = chain;
  const active = {
    tip: summaryOf(chain, chain.tip),
    snapshotBase: history?.base.hash,
    cacheBytesMax: chain.cacheBytesMax,
    validated: missing === undefined,
  };
  if (missing === undefined) return [active];
  const { active: checked, cacheBytesMax } = missing;
  return [{ tip: summaryOf(chain, checked.tip), snapshotBase: undefined, cacheBytesMax, validated: true }, active];
}

/** The chain as the doors see it. */
export function createChainService(parts: {
  readonly chain: Chain;
  readonly blocks: BlockStore;
  readonly prune: PruneOptions | undefined;
  /** With it, who asks for a damaged block waits a little for the peer that was asked for it. */
  readonly clock?: Clock;
  /** Who moves the chain is answered when the waiting transactions have followed. */
  readonly mempool: Pick<Mempool, 'settled' | 'size'>;
  /** Where coins are written on request; undefined: nowhere. */
  readonly drafts?: DraftFiles | undefined;
  /** Where coins are read from on request; undefined: nowhere. */
  readonly sources?: SourceFiles | undefined;
}): ChainService {
  const { chain, blocks, prune, clock, mempool, drafts } = parts;
  const readBlock = async (node: HeaderNode, take?: TakeMemory): Promise<Uint8Array> => {
    try {
      return await chain.readBlock(node, take);
    } catch (error) {
      if (!isRecordDamage(error)) throw error;
      if (clock !== undefined) await untilMended(chain, clock, node);
      return chain.readBlock(node, take);
    }
  };
  const nodeOf = (hash: BlockHash): HeaderNode | undefined => chain.tree.get(hash);
  return {
    tip: () => summaryOf(chain, chain.tip),
    bestHeader: () => summaryOf(chain, chain.bestHeader),
    block: (hash) => {
      const node = nodeOf(hash);
      return node === undefined ? undefined : summaryOf(chain, node);
    },
    hashAt: (height) => chain.active.at(height)?.hash,
    tips: () => chain.tips(),
    blockBytes: async (hash, take) => {
      const node = nodeOf(hash);
      return node?.block === undefined ? undefined : readBlock(node, take);
    },
    spentCoins: async (hash) => {
      const node = nodeOf(hash);
      if (node?.height === 0) return [];
      return node?.undo === undefined ? undefined : chain.readBlockUndo(node);
    },
    coin: (outPoint) => chain.coin(outPoint),
    coinSetStats: (kind) => chain.coinSetStats(kind),
    findCoins: (isWanted, options) => chain.findCoins(isWanted, options),
    dumpCoins: async (path, { at, signal }) => {
      if (drafts === undefined) throw new NodeError('file-unwritable', 'this node writes no files');
      const node = nodeOf(at);
      assert(node !== undefined, 'coins are written of a known block');
      const file = await drafts(path);
      return dumpInto(file, () => chain.dumpCoins(file, node, signal));
    },
    loadCoins: async (path, { signal }) => {
      if (parts.sources === undefined) throw new NodeError('file-unreadable', 'this node reads no files');
      const file = await parts.sources(path);
      return loadFrom(file, () =>
        chain.loadSnapshot({ file, networks: builtInNetworks, signal, isMempoolEmpty: () => mempool.size === 0 }),
      );
    },
    chainStates: () => chainStatesOf(chain),
    submitBlock: async (block: Block, raw?: Uint8Array): Promise<BlockOutcome> => {
      const { node, rejection, isNew } = await chain.acceptBlock(block, raw === undefined ? {} : { raw });
      await mempool.settled();
      return { isNew, active: node !== undefined && chain.active.contains(node), rejection };
    },
    checkProposal: (block) => chain.checkBlockProposal(block),
    submitHeader: async (header) => (await chain.acceptHeaders([header])).rejection,
    invalidateBlock: async (hash) => {
      const node = nodeOf(hash);
      if (node === undefined) return false;
      const done = await chain.invalidateBlock(node);
      await mempool.settled();
      return done;
    },
    reconsiderBlock: async (hash) => {
      const node = nodeOf(hash);
      if (node === undefined) return false;
      await chain.reconsiderBlock(node);
      await mempool.settled();
      return true;
    },
    preciousBlock: async (hash) => {
      const node = nodeOf(hash);
      if (node === undefined) return false;
      await chain.preciousBlock(node);
      await mempool.settled();
      return true;
    },
    transactionCount: async (hash, blocks) => {
      const node = nodeOf(hash);
      assert(node !== undefined, 'transactions are counted up to a known block');
      return chain.transactionCount(node, blocks);
    },
    coinCacheMaxBytes: () => chain.cacheBytesMax,
    pruning: () => {
      if (prune === undefined) return undefined;
      return { targetBytes: prune.targetBytes, firstStoredHeight: chain.pruneHeight() };
    },
    pruneTo: (height) => chain.pruneTo(height),
    refusedReorganisation: () => chain.refusedAt?.height,
    damagedBlocks: () => chain.damagedCount,
    verify: (options) => chain.verify(options),
    sizeOnDiskBytes: () => blocks.sizeBytes(),
  };
}
