/**
 * A peer over WebSocket that lies about a chain: it stands for filters that are not those of its blocks, and serves blocks that are not those of
 * their headers.
 *
 * @module
 */

import { fromHex } from '../../src/core/base/bytes.ts';
import { basicFilter } from '../../src/core/filters/basic-filter.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import { type Block, decodeBlock, makeBlock } from '../../src/core/primitives/block.ts';
import { zeroHash } from '../../src/core/primitives/ids.ts';
import { makeTransaction } from '../../src/core/primitives/transaction.ts';
import { encodeFrame } from '../../src/core/wire/frame.ts';
import { PlainStream } from '../../src/core/wire/message-stream.ts';
import { decodeMessage, encodeMessage, type Message } from '../../src/core/wire/messages/table.ts';
import type { Connection } from '../../src/engine/ports/transport.ts';
import { listenWebSocket } from '../../src/platform/net/web-socket-listener.ts';
import { OFFERED, type ServedConnection, ServedPeer, withFilters } from './light-world.ts';
import type { QuoinProcess } from './quoin-process.ts';

/** Every block of a node's best chain, the first one too. */
export async function blocksOf(node: QuoinProcess): Promise<Block[]> {
  const blocks: Block[] = [];
  const height = (await node.rpc('getblockcount')) as number;
  for (let i = 0; i <= height; i++) {
    blocks.push(decodeBlock(fromHex((await node.rpc('getblock', await node.rpc('getblockhash', i), 0)) as string)!));
  }
  return blocks;
}

/** How it lies about one block. */
export type Lie =
  /** Its filter holds nothing: what it pays is hidden. */
  | { readonly kind: 'hide'; readonly height: number }
  /** It is said to pay a script so much: its filter holds the script, and the block that is served has the payment. */
  | { readonly kind: 'pay'; readonly height: number; readonly script: Uint8Array; readonly value: bigint };

/** A filter of nothing. */
const EMPTY_FILTER = Uint8Array.of(0);

/** The same header over one more transaction. */
function withPayment(block: Block, { script, value }: Lie & { readonly kind: 'pay' }): Block {
  const input = { prevout: { txid: zeroHash<never>(), vout: 0 }, scriptSig: new Uint8Array(0), sequence: 0xffffffff, witness: [] };
  const payment = makeTransaction({ version: 2, inputs: [input], outputs: [{ value, scriptPubKey: script }], lockTime: 0 });
  return makeBlock(block.header, [...block.transactions, payment]);
}

/** A connection taken apart into messages. */
function messagesOver(connection: Connection, { messageStart }: NetworkParams): ServedConnection {
  const stream = new PlainStream(messageStart);
  const served: ServedConnection = {
    onMessage: () => {},
    send: (...messages: readonly Message[]) => {
      for (const message of messages) connection.write(encodeFrame(messageStart, message.type, encodeMessage(message)));
    },
  };
  const data = (bytes: Uint8Array): void => {
    stream.push(bytes);
    for (let step = stream.next(); step !== undefined; step = stream.next()) {
      if (step.kind !== 'frame') return;
      const message = decodeMessage(step.command, step.payload);
      if (message !== undefined) served.onMessage(message);
    }
  };
  connection.handlers = { data, drained: () => {}, closed: () => {} };
  return served;
}

/** A liar that waits to be called. */
export interface LyingServer {
  /** `host:port`. */
  readonly address: string;
  /** What it was asked, and by whom. */
  readonly served: ServedPeer<ServedConnection>;
  close(): Promise<void>;
}

/** Opens a liar on this machine. */
export async function serveLies(params: NetworkParams, blocks: readonly Block[], lies: readonly Lie[]): Promise<LyingServer> {
  const lieAt = (height: number): Lie | undefined => lies.find((lie) => lie.height === height);
  const { filters } = withFilters(blocks, (height, right, block) => {
    const lie = lieAt(height);
    if (lie === undefined) return right;
    return lie.kind === 'hide' ? EMPTY_FILTER : basicFilter(block, [lie.script]);
  });
  const told = blocks.map((block, height) => {
    const lie = lieAt(height);
    return lie?.kind === 'pay' ? withPayment(block, lie) : block;
  });
  const served = new ServedPeer<ServedConnection>({ blocks: told, filters });
  const listener = await listenWebSocket({ host: '127.0.0.1', port: 0 }, (connection) => {
    served.called(messagesOver(connection, params), OFFERED);
  });
  return { address: `127.0.0.1:${listener.address.port}`, served, close: () => listener.close() };
}
