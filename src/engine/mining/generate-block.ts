import type { Rejection } from '../../core/consensus/rejection.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { assembleBlock, blockOfTemplate, searchJobOf } from './block-template.ts';
import type { GenerateOptions } from './generate.ts';
import { findOne, isEasyTarget, MinedBlockRefused } from './generate.ts';
import { createMinableTemplate } from './signed-template.ts';

/** Hashes that are tried for one block. Core's `DEFAULT_MAX_TRIES`. */
const TRIES_MAX = 1_000_000n;

/** What one block is made of. */
export interface GenerateBlockOptions extends Omit<GenerateOptions, 'count' | 'maxTries'> {
  readonly transactions: readonly Transaction[];
  /** Whether the chain is given the block. */
  readonly submit: boolean;
  /** What a block without work would be refused for. */
  readonly check: (block: Block) => Promise<Rejection | undefined>;
}

/** The block; `rejection` says why it would be refused. Neither where no work was found or another tip came. */
export interface GeneratedBlock {
  readonly block?: Block;
  readonly rejection?: Rejection;
}

/**
 * Mines one block of given transactions, whose fees nobody gets. Core's `generateblock`.
 *
 * @throws MinedBlockRefused where the chain does not take it
 */
export async function generateBlock(options: GenerateBlockOptions): Promise<GeneratedBlock> {
  const { chain, check, submit, inline, openSearch } = options;
  const template = await createMinableTemplate(options);
  const rejection = await check(blockOfTemplate(template));
  if (rejection !== undefined) return { rejection };
  const isEasy = isEasyTarget(template.bits);
  const search = isEasy ? inline : openSearch();
  try {
    const result = await findOne(search, searchJobOf(template, 1), { ...options, triesLeft: TRIES_MAX, isSigned: template.signed });
    if (result === undefined) return {};
    const block = assembleBlock(template, result);
    const refused = submit ? await chain.submit(block) : undefined;
    if (refused !== undefined) throw new MinedBlockRefused(refused);
    return { block };
  } finally {
    if (!isEasy) await search.close();
  }
}
