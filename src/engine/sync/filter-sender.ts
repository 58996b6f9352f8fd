import { sha256d } from '../../core/crypto/sha256.ts';
import { BASIC_FILTER_TYPE } from '../../core/filters/basic-filter.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { BlockFilter } from '../ports/index-service.ts';
import type { FilterAnswer } from './filter-serving.ts';

/** Filters that are looked up before others have their turn. */
const FILTERS_PER_TURN = 100;

/** Where filters are, and who is told. */
export interface FilterWay {
  /** Undefined where the index has not come to the block. */
  find(hash: BlockHash): Promise<BlockFilter | undefined>;
  send(message: Message): void;
  /** Whether more was sent than was taken. */
  isFull(): boolean;
  /** Waits until there is room for more, and others had their turn. @returns whether there is still somebody to send to */
  room(): Promise<boolean>;
}

const filterType = BASIC_FILTER_TYPE;
const NO_HEADER = new Uint8Array(32);

/** Reads what a peer wants to know of filters and sends it; nothing but what came before where a filter is not there yet, as Core does. */
export async function sendFilters(answer: FilterAnswer, way: FilterWay): Promise<void> {
  switch (answer.form) {
    case 'filters':
      await eachFilter(answer.blocks, way, ({ hash }, { filter }) => way.send({ type: 'cfilter', filterType, block: hash, filter }));
      return;
    case 'hashes': {
      const before = answer.before === undefined ? NO_HEADER : (await way.find(answer.before.hash))?.header;
      const filterHashes: Uint8Array[] = [];
      const isWhole = await eachFilter(answer.blocks, way, (_, { filter }) => void filterHashes.push(sha256d(filter)));
      if (!isWhole || before === undefined) return;
      way.send({ type: 'cfheaders', filterType, stop: answer.stop.hash, previousHeader: before, filterHashes });
      return;
    }
    case 'headers': {
      const filterHeaders: Uint8Array[] = [];
      const isWhole = await eachFilter(answer.blocks, way, (_, { header }) => void filterHeaders.push(header.slice()));
      if (isWhole) way.send({ type: 'cfcheckpt', filterType, stop: answer.stop.hash, filterHeaders });
    }
  }
}

/** Looks up one filter after another, with room for others in between. @returns whether all were there, and wanted to the end */
async function eachFilter(
  blocks: readonly HeaderNode[],
  way: FilterWay,
  visit: (block: HeaderNode, filter: BlockFilter) => void,
): Promise<boolean> {
  for (const [place, block] of blocks.entries()) {
    if ((place % FILTERS_PER_TURN === 0 || way.isFull()) && !(await way.room())) return false;
    const filter = await way.find(block.hash);
    if (filter === undefined) return false;
    visit(block, filter);
  }
  return true;
}
