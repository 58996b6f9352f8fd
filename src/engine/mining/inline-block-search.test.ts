import { describe } from 'node:test';
import { blockSearchSuite } from '../../../test/support/block-search-suite.ts';
import { InlineBlockSearch } from './inline-block-search.ts';

const clock = { yield: () => new Promise<void>((resolve) => setImmediate(resolve)) };

describe('searching on the calling thread', () => blockSearchSuite(() => new InlineBlockSearch(clock)));
