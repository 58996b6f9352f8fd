import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import type { LocatorRequest } from '../locator.ts';
import { readLocatorRequest, writeLocatorRequest } from '../locator.ts';

/** Asks for headers after a known block, at most 2,000. */
export interface GetheadersMessage extends LocatorRequest {
  readonly type: 'getheaders';
}

/** `getheaders`. */
export const getheadersCodec: MessageCodec<GetheadersMessage> = codec(
  'getheaders',
  (writer, message) => writeLocatorRequest(writer, message),
  (reader) => ({ type: 'getheaders', ...readLocatorRequest(reader) }),
);
