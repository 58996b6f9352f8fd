import type { Rejection } from '../../core/consensus/rejection.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import { decodeBits } from '../../core/primitives/compact-target.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { Mempool } from '../mempool/mempool.ts';
import type { BlockSearch, SearchJob, SearchResult } from '../ports/block-search.ts';
import type { CancelSignal } from '../ports/cancel-signal.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { BlockSigner } from './block-signer.ts';
import type { BlockTemplate, TemplateOptions } from './block-template.ts';
import { assembleBlock, searchJobOf } from './block-template.ts';
import type { MiningChain } from './chain-view.ts';
import { createMinableTemplate } from './signed-template.ts';

/** Targets above this are found in some thousand tries: the calling thread is done before a worker has woken up. */
const EASY_TARGET = 1n << 240n;

/** Between two looks at whether to go on, while workers search. */
const POLL_MS = 50;

/** What is signed has only so many nonces, after which another template must be signed: it is after so long, long before they are used up. */
const SIGNED_POLLS_MAX = 200;

/** What to mine, and with what. */
export interface GenerateOptions extends Pick<TemplateOptions, 'assembly' | 'version'> {
  readonly chain: MiningChain;
  readonly mempool: Mempool;
  readonly params: ConsensusParams;
  readonly clock: Clock;
  /** Gives each template its salt. */
  readonly random: Pick<Random, 'below'>;
  readonly count: number;
  readonly coinbaseScript: Uint8Array;
  /** Hashes in all blocks together; no limit unless given. Looked at every 50 ms. */
  readonly maxTries?: bigint;
  readonly signal?: CancelSignal;
  /** For a network whose blocks are signed. */
  readonly signer?: BlockSigner | undefined;
  /** Told of each template. */
  readonly made?: (template: BlockTemplate) => void;
  /** The search for easy targets, on the calling thread. */
  readonly inline: BlockSearch;
  /** The search for all others, opened when it is first needed and closed in the end. */
  readonly openSearch: () => BlockSearch;
}

/** The chain did not take a block that we mined. */
export class MinedBlockRefused extends Error {
  override readonly name = 'MinedBlockRefused';
  readonly rejection: Rejection;

  constructor(rejection: Rejection) {
    super(`the chain refused a block that was mined here: ${rejection.reason}`);
    this.rejection = rejection;
  }
}

/** Whether a target is one that the calling thread finds in no time. */
export function isEasyTarget(bits: number): boolean {
  return decodeBits(bits).target > EASY_TARGET;
}

/**
 * Mines a number of blocks one after another and hands each to the chain. Ends early when the tries are used up or the signal says so; what was
 * mined stays. A block that another tip overtakes is begun anew.
 *
 * @returns hashes of the blocks that the chain took
 * @throws NodeError `option-invalid` where blocks must be signed by others; MinedBlockRefused where the chain does not take our own block, for instance because the clock was set back by hours
 */
export async function generateBlocks(options: GenerateOptions): Promise<readonly BlockHash[]> {
  const { chain, clock, count, inline } = options;
  const hashes: BlockHash[] = [];
  let pool: BlockSearch | undefined;
  let triesLeft = options.maxTries;
  try {
    while (hashes.length < count && options.signal?.aborted !== true && (triesLeft === undefined || triesLeft > 0n)) {
      const template = await createMinableTemplate(options);
      let search = inline;
      if (!isEasyTarget(template.bits)) {
        pool ??= options.openSearch();
        search = pool;
      }
      const before = search.hashes();
      const result = await findOne(search, searchJobOf(template, hashes.length + 1), { ...options, triesLeft, isSigned: template.signed });
      if (triesLeft !== undefined) triesLeft -= search.hashes() - before;
      if (result === undefined) continue;
      const block = assembleBlock(template, result);
      const rejection = await chain.submit(block);
      if (rejection !== undefined) throw new MinedBlockRefused(rejection);
      hashes.push(block.header.hash);
      await clock.yield();
    }
  } finally {
    await pool?.close();
  }
  return hashes;
}

/** One job's result; undefined where it was given up: too many tries, the signal, or another tip. */
export function findOne(
  search: BlockSearch,
  job: SearchJob,
  options: Pick<GenerateOptions, 'chain' | 'clock' | 'signal'> & { readonly triesLeft: bigint | undefined; readonly isSigned: boolean },
): Promise<SearchResult | undefined> {
  const { chain, clock, signal, triesLeft, isSigned } = options;
  return new Promise((resolve) => {
    const before = search.hashes();
    let timer: Timer;
    let polls = 0;
    const end = (result: SearchResult | undefined): void => {
      clock.cancel(timer);
      unsubscribe();
      search.pause();
      resolve(result);
    };
    const poll = (): void => {
      const usedUp = triesLeft !== undefined && search.hashes() - before >= triesLeft;
      const isOld = isSigned && ++polls >= SIGNED_POLLS_MAX;
      if (usedUp || isOld || signal?.aborted === true) end(undefined);
      else timer = clock.after(POLL_MS, poll);
    };
    const unsubscribe = chain.onTip(() => end(undefined));
    timer = clock.after(POLL_MS, poll);
    search.start(job, end);
  });
}
