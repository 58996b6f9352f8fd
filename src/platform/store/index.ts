/**
 * Disks: block and undo files, the databases of headers and coins, and small files written whole.
 *
 * Owns the data folder: its layout, its lock, its format versions, and what a broken disk is called. Does not own what the bytes
 * mean, nor which of them are valid. Begin with data-folder.ts; docs/data-folder.md draws every file and row. The memory twins
 * behave alike and touch nothing of Node.
 *
 * @module
 */
export { openStores, type Stores } from './data-folder.ts';
export { createMemoryBlockStore } from './memory-block-store.ts';
export { createMemoryCoinStore } from './memory-coin-store.ts';
export { createMemoryHeaderStore } from './memory-header-store.ts';
export { readFileLimited, writeFileAtomic } from './small-files.ts';
