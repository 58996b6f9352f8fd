/**
 * The door of mining. Begin with block-template.ts.
 *
 * @module
 */

export { type AssemblyOptions, FEE_RATE_MIN_SAT_PER_KVB, RESERVED_WEIGHT_WU, RESERVED_WEIGHT_WU_MIN } from './assembly.ts';
export type { BlockSigner, SigningKey } from './block-signer.ts';
export { createBlockSigner } from './block-signer.ts';
export type { BlockTemplate, TemplateOptions } from './block-template.ts';
export { assembleBlock, blockOfTemplate, createTemplate, searchJobOf } from './block-template.ts';
export type { MiningChain, MiningTip } from './chain-view.ts';
export type { GenerateOptions } from './generate.ts';
export { generateBlocks, isEasyTarget, MinedBlockRefused } from './generate.ts';
export { InlineBlockSearch } from './inline-block-search.ts';
export type { MinerOptions } from './miner.ts';
export { Miner } from './miner.ts';
export type { MinableOptions } from './signed-template.ts';
export { createMinableTemplate } from './signed-template.ts';
