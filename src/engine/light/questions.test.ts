import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LightParts } from '../../../test/support/light-parts.ts';
import type { Message, MessageOf } from '../../core/wire/messages/table.ts';
import { ANSWER_TIMEOUT_MS, ASK_AGAIN_MS, QUESTION_TIMEOUT_MS, Questions } from './questions.ts';

const isPong = (message: Message): message is MessageOf<'pong'> => message.type === 'pong';

function asking() {
  const parts = new LightParts();
  const questions = new Questions(parts.context);
  const told: string[] = [];
  const ask = (peer: ReturnType<LightParts['peer']>, name: string, more = false): void =>
    questions.ask(peer, {
      message: { type: 'ping', nonce: 1n },
      isAnswer: isPong,
      answered: () => {
        told.push(`${name} answered`);
        return more;
      },
      failed: () => told.push(`${name} failed`),
    });
  const answer = (peer: ReturnType<LightParts['peer']>): void => questions.received(peer, { type: 'pong', nonce: 1n });
  const letGo = (): readonly string[] => {
    questions.tick();
    return parts.take('disconnect').map(({ why }) => why);
  };
  return { parts, questions, told, ask, answer, letGo };
}

describe('a question to a peer', () => {
  it('is answered by what answers it, in turn; what answers nothing is ignored, and so is what comes from another', () => {
    const { parts, questions, told, ask, answer } = asking();
    const [first, second] = [parts.peer('10.0.0.1'), parts.peer('10.0.0.2')];
    ask(first, 'a');
    ask(first, 'b');
    answer(second);
    questions.received(first, { type: 'verack' });
    assert.deepEqual([told, questions.count(first)], [[], 2]);
    for (let i = 0; i < 3; i++) answer(first);
    assert.deepEqual(told, ['a answered', 'b answered']);
    assert.equal(questions.count(first), 0);
  });

  it('is waited for 20 s, and as long again after each part of its answer', async () => {
    const { parts, ask, answer, letGo } = asking();
    const peer = parts.peer('10.0.0.1');
    ask(peer, 'a', true);
    await parts.clock.advance(ANSWER_TIMEOUT_MS - 1);
    assert.deepEqual(letGo(), []);
    answer(peer);
    await parts.clock.advance(ANSWER_TIMEOUT_MS - 1);
    assert.deepEqual(letGo(), []);
    await parts.clock.advance(1);
    assert.deepEqual(letGo(), ['filters-timeout']);
  });

  it('is answered in a minute or not at all, however steadily its parts come', async () => {
    const { parts, ask, answer, letGo } = asking();
    const peer = parts.peer('10.0.0.1');
    ask(peer, 'a', true);
    for (let ms = 0; ms < QUESTION_TIMEOUT_MS - 1_000; ms += 1_000) {
      await parts.clock.advance(1_000);
      answer(peer);
    }
    await parts.clock.advance(999);
    assert.deepEqual(letGo(), []);
    await parts.clock.advance(1);
    assert.deepEqual(letGo(), ['filters-timeout']);
  });

  it('is put again after a second where the answer is short: a node may not have made the filter of a new block yet', async () => {
    const { parts, questions, ask, letGo } = asking();
    const peer = parts.peer('10.0.0.1');
    const message = { type: 'getcfheaders', filterType: 0, startHeight: 1, stop: new Uint8Array(32) as never } as const;
    questions.ask(peer, { message, isAnswer: isPong, answered: () => false, failed: () => {} });
    ask(peer, 'long');
    parts.take('send');
    const askedAgain: number[] = [];
    for (let ms = 1; ms < ANSWER_TIMEOUT_MS; ms++) {
      await parts.clock.advance(1);
      questions.tick();
      for (const sent of parts.take('send')) {
        assert.deepEqual(sent.message, message);
        askedAgain.push(ms);
      }
    }
    assert.deepEqual(askedAgain, [ASK_AGAIN_MS, 3 * ASK_AGAIN_MS, 9 * ASK_AGAIN_MS]);
    await parts.clock.advance(1);
    assert.deepEqual(letGo(), ['filters-timeout']);
  });

  it('has failed when the peer is gone, each once', () => {
    const { parts, questions, told, ask, answer } = asking();
    const peer = parts.peer('10.0.0.1');
    ask(peer, 'a');
    ask(peer, 'b');
    questions.gone(peer);
    questions.gone(peer);
    answer(peer);
    assert.deepEqual(told, ['a failed', 'b failed']);
  });

  it('goes first to who was quickest last time, or was never asked', async () => {
    const { parts, questions, ask, answer } = asking();
    const [slow, quick, fresh] = [parts.peer('10.0.0.1'), parts.peer('10.0.0.2'), parts.peer('10.0.0.3')];
    ask(slow, 'a');
    ask(quick, 'b');
    await parts.clock.advance(10);
    answer(quick);
    await parts.clock.advance(1);
    answer(slow);
    assert.equal(questions.quickest([slow, quick]), quick);
    assert.equal(questions.quickest([slow, quick, fresh]), fresh);
    assert.equal(questions.quickest([]), undefined);
    questions.gone(quick);
    ask(fresh, 'c');
    await parts.clock.advance(11);
    answer(fresh);
    assert.equal(questions.quickest([slow, fresh]), slow, 'of equal ones the first');
  });
});
