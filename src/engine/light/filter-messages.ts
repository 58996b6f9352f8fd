import { bytesEqual } from '../../core/base/bytes.ts';
import { BASIC_FILTER_TYPE } from '../../core/filters/basic-filter.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { Message, MessageOf } from '../../core/wire/messages/table.ts';

/** Whether a message is the filter of a block. */
export function isFilterOf(message: Message, block: BlockHash): message is MessageOf<'cfilter'> {
  return message.type === 'cfilter' && message.filterType === BASIC_FILTER_TYPE && bytesEqual(message.block, block);
}

/** Whether a message has the hashes of so many filters up to a block. */
export function areHashesTo(message: Message, stop: BlockHash, count: number): message is MessageOf<'cfheaders'> {
  return (
    message.type === 'cfheaders' &&
    message.filterType === BASIC_FILTER_TYPE &&
    message.filterHashes.length === count &&
    bytesEqual(message.stop, stop)
  );
}

/** Whether a message has the filter header at every thousandth block up to one. */
export function areCheckpointsTo(message: Message, stop: BlockHash): message is MessageOf<'cfcheckpt'> {
  return message.type === 'cfcheckpt' && message.filterType === BASIC_FILTER_TYPE && bytesEqual(message.stop, stop);
}
