import { bytesEqual } from '../../core/base/bytes.ts';
import type { Block } from '../../core/primitives/block.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { FrameStep } from '../../core/wire/frame.ts';
import { decodeMessage, type Message } from '../../core/wire/messages/table.ts';
import type { Clock } from '../ports/clock.ts';
import type { Link } from './link.ts';
import type { SyncChain } from './views.ts';

/** Blocks below this are not worth beginning early: their scripts hardly occupy other threads. */
const BLOCK_BYTES_MIN = 100_000;

/** Where a block's header names its parent. */
const PARENT_FROM = 4;
const PARENT_TO = 36;

/** Tells the chain of the block that a peer has sent next, before its turn. */
export class LookAhead {
  readonly #chain: Pick<SyncChain, 'beginsAhead' | 'expect'>;
  readonly #clock: Pick<Clock, 'yield'>;
  readonly #decoded = new WeakMap<FrameStep, Message>();

  constructor(options: { readonly chain: Pick<SyncChain, 'beginsAhead' | 'expect'>; readonly clock: Pick<Clock, 'yield'> }) {
    this.#chain = options.chain;
    this.#clock = options.clock;
  }

  /** The message of a frame that was decoded before its turn. */
  decoded(step: FrameStep): Message | undefined {
    return this.#decoded.get(step);
  }

  /**
   * While a block that was asked for is judged, decodes its child, if that is what the same peer has sent next. No other is: it would wait,
   * taken apart, for blocks that other peers have yet to bring.
   */
  async after(block: Block, link: Link | undefined): Promise<void> {
    if (!this.#chain.beginsAhead || block.sizeBytes < BLOCK_BYTES_MIN) return;
    const step = link?.peek();
    if (step?.kind !== 'frame' || step.command !== 'block' || step.payload.length < BLOCK_BYTES_MIN) return;
    if (!bytesEqual(step.payload.subarray(PARENT_FROM, PARENT_TO), block.header.hash)) return;
    await this.#clock.yield();
    const message = decodedOrUndefined(step);
    if (message?.type !== 'block') return;
    this.#decoded.set(step, message);
    this.#chain.expect(message.block);
  }
}

/** What is in a frame; undefined where that makes no sense, as will be found when its turn comes. */
function decodedOrUndefined({ command, payload }: FrameStep & { readonly kind: 'frame' }): Message | undefined {
  try {
    return decodeMessage(command, payload);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
