import { checkBlock } from '../../core/consensus/check-block.ts';
import { checkBlockInContext } from '../../core/consensus/check-block-in-context.ts';
import type { ConnectedBlock } from '../../core/consensus/connect-block.ts';
import { connectBlock } from '../../core/consensus/connect-block.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { ScriptError } from '../../core/script/script-error.ts';
import { scriptErrorText } from '../../core/script/script-error.ts';
import { checkNewHeader, knownFailure } from '../chain/accept-header.ts';
import type { Chain } from '../chain/chain.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { Clock } from '../ports/clock.ts';
import type { Verdict } from '../ports/explanation.ts';
import { coinsBefore, connectContext, WALK_BLOCKS_MAX } from './coins-before.ts';
import type { ScriptEngines } from './explain-transaction.ts';
import { traceScript } from './trace-script.ts';
import { acceptedAfter, refusedFor } from './verdict.ts';

/** What can be said of a block by itself: its work, its Merkle root, its transactions without their coins. */
export function explainBlockAlone(block: Block, params: ConsensusParams): Verdict {
  const rejection = checkBlock(block, params);
  if (rejection !== undefined) return refusedFor(rejection, block);
  return acceptedAfter(['alone'], 'Its height, the coins that it spends and its scripts need the chain before it.');
}

/** The scripts of a block whose other rules hold. */
async function explainScripts(block: Block, { scriptJobs }: ConnectedBlock, engines: ScriptEngines): Promise<Verdict | undefined> {
  if (scriptJobs.length === 0) return undefined;
  const failure = await engines.verifier.verify(scriptJobs);
  if (failure === undefined) return undefined;
  const { jobIndex, inputIndex, error } = failure;
  const text = scriptErrorText(error as ScriptError);
  // The coinbase has no job.
  const detail = { position: jobIndex + 1, input: inputIndex, error };
  const script = traceScript({ ...scriptJobs[jobIndex]!, inputIndex, secp256k1: engines.secp256k1 });
  return refusedFor(reject('consensus', `block-script-verify-flag-failed (${text})`, detail), block, { script });
}

const WHY_NO_COINS = {
  'too-far': `It does not build on the tip but more than ${WALK_BLOCKS_MAX} blocks away: the coins before it are not worked out.`,
  'not-stored': 'Blocks between the tip and its parent are not stored: the coins before it are not known.',
} as const;

/** Coins and scripts of a block whose place in the chain is right. */
async function explainConnecting(block: Block, parent: HeaderNode, world: ExplainBlockWorld): Promise<Verdict | undefined> {
  const { chain, clock } = world;
  const before = await chain.run(() => coinsBefore(block, parent, chain, clock));
  if (before.why === 'invalid-prev') return refusedFor(reject('invalid-prev', 'bad-prevblk', { height: parent.height + 1 }), block);
  if (before.why !== undefined) return acceptedAfter(['alone', 'header', 'context'], WHY_NO_COINS[before.why]);
  const connected = connectBlock(block, before.coins, connectContext(parent), chain.params.consensus);
  if (connected.rejection !== undefined) return refusedFor(connected.rejection, block);
  return explainScripts(block, connected, world);
}

/** What a block is judged with. */
export interface ExplainBlockWorld extends ScriptEngines {
  readonly chain: Chain;
  readonly clock: Pick<Clock, 'nowSeconds' | 'yield'>;
}

/**
 * Why the chain would refuse a block on whichever known block it builds. One that was refused before is judged anew; where no rule is
 * broken and it is marked all the same (`invalidateblock`), that is the verdict.
 */
export async function explainBlock(block: Block, world: ExplainBlockWorld): Promise<Verdict> {
  const { chain, clock } = world;
  const { consensus } = chain.params;
  const refused = (rejection: Rejection): Verdict => refusedFor(rejection, block);
  const alone = checkBlock(block, consensus);
  if (alone !== undefined) return refused(alone);
  if (hashKey(block.header.hash) === hashKey(consensus.genesisHash)) {
    return acceptedAfter(['alone'], "It is the network's first block, which every node has from the start.");
  }
  const parent = chain.tree.get(block.header.prevBlockHash);
  const header = checkNewHeader(block.header, parent, clock.nowSeconds(), consensus);
  if (header !== undefined || parent === undefined) return refused(header ?? reject('missing-prev', 'prev-blk-not-found'));
  const inContext = checkBlockInContext(block, connectContext(parent), consensus);
  if (inContext !== undefined) return refused(inContext);
  const verdict = await explainConnecting(block, parent, world);
  if (verdict !== undefined) return verdict;
  const known = chain.tree.get(block.header.hash);
  const marked = known === undefined ? undefined : knownFailure(known);
  return marked === undefined ? acceptedAfter(['alone', 'header', 'context', 'coins', 'scripts']) : refused(marked);
}
