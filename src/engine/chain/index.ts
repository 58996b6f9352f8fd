/**
 * Which chain is best, and what a block changes.
 *
 * Owns the header tree, the coins of the tip, connecting and disconnecting blocks, and the order in which all of it is written. Does not
 * own where it is kept (ports), any rule (`consensus`), nor what is asked of peers (`sync`). Begin with chain.ts, then accept-block.ts, how
 * a block comes in, and chain-state.ts, how it is connected; coin-queries.ts answers what is asked of the coins. docs/adr/0003 tells why a
 * crash can come at any moment.
 *
 * @module
 */

export type { AcceptBlockOptions, AcceptOutcome } from './accept-block.ts';
export type { HeadersOutcome } from './accept-header.ts';
export { ActiveChain } from './active-chain.ts';
export { createCachingVerifier } from './caching-verifier.ts';
export { Chain } from './chain.ts';
export type { BlockEvent, ChainEvent, ChainListener } from './chain-event.ts';
export type { ChainOptions } from './chain-options.ts';
export { COIN_CACHE_BYTES_DEFAULT } from './chain-options.ts';
export { coinKey, decodeCoin, encodeCoin } from './coin-codec.ts';
export type { HeaderNode } from './header-node.ts';
export { isFailed, isLinked, isPruned, isStored } from './header-node.ts';
export { ancestorOf, buildLocator, findFork, HeaderTree, isAncestorOf } from './header-tree.ts';
export { createInlineVerifier } from './inline-verifier.ts';
export { decodeUndo, encodeUndo } from './undo-codec.ts';
