import type { Message } from '../../core/wire/messages/table.ts';
import type { Peer, PeerId } from '../sync/peer.ts';
import type { LightContext } from './light-context.ts';

/** A peer that does not answer for so long is let go. */
export const ANSWER_TIMEOUT_MS = 20_000;

/** All that answers one question comes within this time, however steadily: a hundred filters of full blocks are some 2 MB. */
export const QUESTION_TIMEOUT_MS = 60_000;

/**
 * A node tells of a block before it has made its filter, and answers nothing to who asks for it then. What is short to answer is asked again after
 * so long, and each time after twice as long.
 */
export const ASK_AGAIN_MS = 1_000;

/** Questions that are answered in one message of 64 kB at most. */
const SHORT_ANSWERS: ReadonlySet<Message['type']> = new Set<Message['type']>(['getcfheaders', 'getcfcheckpt']);

/** A question about filters that was put to a peer. */
export interface Question<Answer extends Message> {
  readonly message: Message;
  /** Whether a message is the answer, or one of several. */
  readonly isAnswer: (message: Message) => message is Answer;
  /** @returns whether more is to come */
  readonly answered: (answer: Answer) => boolean;
  /** The peer is gone, or let go since it did not answer. */
  readonly failed: () => void;
}

interface Pending {
  readonly question: Question<Message>;
  readonly askedMs: number;
  dueMs: number;
  /** When it is asked again; infinite where it is not. */
  againMs: number;
}

/** Questions that wait for their answers. */
export class Questions {
  readonly #context: LightContext;
  readonly #pending = new Map<PeerId, Pending[]>();
  /** How long peers took for what they answered last. */
  readonly #tookMs = new Map<PeerId, number>();

  constructor(context: LightContext) {
    this.#context = context;
  }

  /** How many questions a peer is at. */
  count(peer: Peer): number {
    return this.#pending.get(peer.id)?.length ?? 0;
  }

  /** Who of several took the shortest time for the last answer; those that were never asked are taken for quick. */
  quickest(peers: Iterable<Peer>): Peer | undefined {
    let best: { readonly peer: Peer; readonly tookMs: number } | undefined;
    for (const peer of peers) {
      const tookMs = this.#tookMs.get(peer.id) ?? 0;
      if (best === undefined || tookMs < best.tookMs) best = { peer, tookMs };
    }
    return best?.peer;
  }

  ask<Answer extends Message>(peer: Peer, question: Question<Answer>): void {
    const askedMs = this.#context.nowMs();
    const dueMs = askedMs + ANSWER_TIMEOUT_MS;
    const list = this.#pending.get(peer.id) ?? [];
    const againMs = SHORT_ANSWERS.has(question.message.type) ? askedMs + ASK_AGAIN_MS : Number.POSITIVE_INFINITY;
    list.push({ question: question as unknown as Question<Message>, askedMs, dueMs, againMs });
    this.#pending.set(peer.id, list);
    this.#context.send(peer, question.message);
    this.#context.wakeBy(Math.min(dueMs, againMs));
  }

  /** A message that can be an answer; one to nothing that was asked is ignored. */
  received(peer: Peer, message: Message): void {
    const list = this.#pending.get(peer.id) ?? [];
    const at = list.findIndex(({ question }) => question.isAnswer(message));
    const pending = list[at];
    if (pending === undefined) return;
    // It is off the list before it is told, since what follows may be another question.
    list.splice(at, 1);
    const nowMs = this.#context.nowMs();
    this.#tookMs.set(peer.id, nowMs - pending.askedMs);
    if (!pending.question.answered(message)) return;
    pending.dueMs = Math.min(nowMs + ANSWER_TIMEOUT_MS, pending.askedMs + QUESTION_TIMEOUT_MS);
    list.splice(at, 0, pending);
  }

  /** Nothing more comes of a peer. */
  gone(peer: Peer): void {
    const list = this.#pending.get(peer.id) ?? [];
    this.#pending.delete(peer.id);
    this.#tookMs.delete(peer.id);
    for (const { question } of list) question.failed();
  }

  /** Asks again who may not have known the answer yet, and lets go who does not answer. */
  tick(): void {
    const now = this.#context.nowMs();
    for (const peer of [...this.#context.ready()]) {
      for (const pending of this.#pending.get(peer.id) ?? []) {
        if (pending.dueMs <= now) {
          this.#context.disconnect(peer, 'filters-timeout');
          break;
        }
        if (pending.againMs <= now) {
          this.#context.send(peer, pending.question.message);
          pending.againMs = now + 2 * (now - pending.askedMs);
        }
        this.#context.wakeBy(Math.min(pending.dueMs, pending.againMs));
      }
    }
  }
}
