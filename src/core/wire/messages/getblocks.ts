import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import type { LocatorRequest } from '../locator.ts';
import { readLocatorRequest, writeLocatorRequest } from '../locator.ts';

/** Asks for hashes of blocks after a known block, at most 500. */
export interface GetblocksMessage extends LocatorRequest {
  readonly type: 'getblocks';
}

/** `getblocks`. */
export const getblocksCodec: MessageCodec<GetblocksMessage> = codec(
  'getblocks',
  (writer, message) => writeLocatorRequest(writer, message),
  (reader) => ({ type: 'getblocks', ...readLocatorRequest(reader) }),
);
