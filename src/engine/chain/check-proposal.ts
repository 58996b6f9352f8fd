import { checkBlock } from '../../core/consensus/check-block.ts';
import { checkBlockInContext } from '../../core/consensus/check-block-in-context.ts';
import { checkHeaderInContext } from '../../core/consensus/check-header.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Clock } from '../ports/clock.ts';
import { headerContext } from './accept-header.ts';
import type { ChainState } from './chain-state.ts';

/** What a proposal is held to. */
export interface ProposalParts {
  readonly params: Pick<NetworkParams, 'consensus'>;
  readonly clock: Pick<Clock, 'nowSeconds'>;
  readonly state: Pick<ChainState, 'tip' | 'judge'>;
}

/** What a block on the tip would be refused for. It need not show work, and nothing of it is kept. Core's `TestBlockValidity`. */
export async function checkProposal({ params, clock, state }: ProposalParts, block: Block): Promise<Rejection | undefined> {
  const { consensus } = params;
  const { tip } = state;
  if (hashKey(block.header.prevBlockHash) !== hashKey(tip.hash)) return reject('missing-prev', 'inconclusive-not-best-prevblk');
  const context = { height: tip.height + 1, prevMedianTimeSeconds: tip.medianTimeSeconds };
  const wrong =
    checkHeaderInContext(block.header, headerContext(tip, clock.nowSeconds()), consensus) ??
    checkBlock(block, consensus, { proofOfWork: false, merkleRoot: true }) ??
    checkBlockInContext(block, context, consensus);
  return wrong ?? (await state.judge(block)).rejection;
}
