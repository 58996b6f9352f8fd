import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import type { InventoryItem } from '../inventory.ts';
import { readInventory, writeInventory } from '../inventory.ts';

/** What the sender wants. At most `INVENTORY_MAX` entries. */
export interface GetdataMessage {
  readonly type: 'getdata';
  readonly items: readonly InventoryItem[];
}

/** `getdata`. */
export const getdataCodec: MessageCodec<GetdataMessage> = codec(
  'getdata',
  (writer, message) => writeInventory(writer, message.items),
  (reader) => ({ type: 'getdata', items: readInventory(reader) }),
);
