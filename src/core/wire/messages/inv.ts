import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import type { InventoryItem } from '../inventory.ts';
import { readInventory, writeInventory } from '../inventory.ts';

/** What the sender has. At most `INVENTORY_MAX` entries. */
export interface InvMessage {
  readonly type: 'inv';
  readonly items: readonly InventoryItem[];
}

/** `inv`. */
export const invCodec: MessageCodec<InvMessage> = codec(
  'inv',
  (writer, message) => writeInventory(writer, message.items),
  (reader) => ({ type: 'inv', items: readInventory(reader) }),
);
