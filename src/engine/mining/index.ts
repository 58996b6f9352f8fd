/**
 * The door of mining. Begin with block-template.ts.
 *
 * @module
 */

export type { BlockTemplate, TemplateOptions } from './block-template.ts';
export { assembleBlock, createTemplate, searchJobOf } from './block-template.ts';
export type { MiningChain, MiningTip } from './chain-view.ts';
export type { GenerateOptions } from './generate.ts';
export { generateBlocks, isEasyTarget, MinedBlockRefused } from './generate.ts';
export { InlineBlockSearch } from './inline-block-search.ts';
export type { MinerOptions } from './miner.ts';
export { Miner } from './miner.ts';
