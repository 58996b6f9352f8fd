import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import type { InventoryItem } from '../inventory.ts';
import { readInventory, writeInventory } from '../inventory.ts';

/** What of a `getdata` the sender does not have. At most `INVENTORY_MAX` entries. */
export interface NotfoundMessage {
  readonly type: 'notfound';
  readonly items: readonly InventoryItem[];
}

/** `notfound`. */
export const notfoundCodec: MessageCodec<NotfoundMessage> = codec(
  'notfound',
  (writer, message) => writeInventory(writer, message.items),
  (reader) => ({ type: 'notfound', items: readInventory(reader) }),
);
