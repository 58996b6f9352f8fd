import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../../../../test/support/seeded-random.ts';
import { bytesEqual, concatBytes, toHex, utf8ToBytes } from '../../base/bytes.ts';
import { chooseSecp256k1 } from '../../crypto/node/choose-secp256k1.ts';
import { chooseTransportEngine } from '../../crypto/node/choose-transport-engine.ts';
import { main } from '../../params/main.ts';
import { regtest } from '../../params/regtest.ts';
import { encodeFrame, type FrameStep, PAYLOAD_SIZE_BYTES_MAX } from '../frame.ts';
import { CONTENTS_SIZE_BYTES_MAX, EncryptedStream, GARBAGE_SIZE_BYTES_MAX, HANDSHAKE_DECOY_BYTES_MAX } from './encrypted-stream.ts';
import { createSessionKey, EncryptedSession } from './session.ts';

const NOTHING = new Uint8Array(0);
const engine = chooseTransportEngine(chooseSecp256k1('auto'));
const { messageStart } = regtest;

/** One end, with its own chance. */
function end(initiating: boolean, seed = initiating ? 1 : 2): EncryptedStream {
  return new EncryptedStream({ engine, messageStart, initiating, random: new SeededRandom(seed) });
}

/** All that can be read now. */
function read(stream: EncryptedStream): FrameStep[] {
  const steps: FrameStep[] = [];
  for (let step = stream.next(); step !== undefined; step = stream.next()) {
    steps.push(step);
    if (step.kind === 'fault') break;
  }
  return steps;
}

const output = (stream: EncryptedStream): Uint8Array => concatBytes(...stream.takeOutput().flatMap(({ pieces }) => pieces));
const sent = (stream: EncryptedStream, command: string, payload: Uint8Array): Uint8Array => concatBytes(...stream.encode(command, payload));
const frames = (steps: readonly FrameStep[]) =>
  steps.map((step) => (step.kind === 'frame' ? `${step.command} ${toHex(step.payload)}` : `${step.kind} ${step.why}`));

/** Two ends whose handshake is done. */
function pair(): { caller: EncryptedStream; called: EncryptedStream } {
  const [caller, called] = [end(true), end(false)];
  called.push(output(caller));
  assert.deepEqual(read(called), []);
  caller.push(output(called));
  assert.deepEqual(read(caller), []);
  called.push(output(caller));
  assert.deepEqual(read(called), []);
  return { caller, called };
}

/** Another end made by hand, which can send what ours never would. It calls. */
function handmade(garbage: Uint8Array = NOTHING): { called: EncryptedStream; session: EncryptedSession; garbage: Uint8Array } {
  const random = new SeededRandom(77);
  const called = end(false);
  const ours = createSessionKey(engine, (count) => random.bytes(count));
  called.push(ours.encoding);
  read(called);
  const answer = output(called);
  const session = new EncryptedSession({ engine, messageStart, ours, theirs: answer.slice(0, 64), initiating: true });
  called.push(garbage);
  return { called, session, garbage };
}

describe('an encrypted connection', () => {
  it('carries messages both ways, and both ends have the same session', () => {
    const { caller, called } = pair();
    assert.deepEqual([caller.protocol, called.protocol], ['v2', 'v2']);
    assert.equal(toHex(caller.sessionId!), toHex(called.sessionId!));
    called.push(concatBytes(sent(caller, 'ping', Uint8Array.of(1, 2)), sent(caller, 'unheard-of', NOTHING)));
    assert.deepEqual(frames(read(called)), ['ping 0102', 'unheard-of ']);
    caller.push(sent(called, 'wtxidrelay', Uint8Array.of(9)));
    assert.deepEqual(frames(read(caller)), ['wtxidrelay 09']);
    assert.deepEqual([caller.bufferedBytes, called.bufferedBytes], [0, 0]);
  });

  it('tells a known type by one byte and another by thirteen, as the sizes show', () => {
    const { caller, called } = pair();
    called.push(concatBytes(sent(caller, 'ping', new Uint8Array(8)), sent(caller, 'sendheaders', NOTHING)));
    assert.deepEqual(
      read(called).map((step) => step.kind === 'frame' && step.sizeBytes),
      [3 + 1 + 1 + 8 + 16, 3 + 1 + 13 + 16],
    );
  });

  it('goes on over many changes of keys', () => {
    const { caller, called } = pair();
    for (let i = 0; i < 1_000; i++) {
      called.push(sent(caller, 'ping', Uint8Array.of(i & 255)));
      assert.deepEqual(frames(read(called)), [`ping ${toHex(Uint8Array.of(i & 255))}`], `message ${i}`);
    }
  });

  it('carries the longest message, and takes memory for it only as it comes', () => {
    const { caller, called } = pair();
    const packet = sent(caller, 'a-long-type', new Uint8Array(PAYLOAD_SIZE_BYTES_MAX).fill(7));
    called.push(packet.subarray(0, 3));
    read(called);
    assert.equal(called.bufferedBytes, 0);
    called.push(packet.subarray(3));
    const [step] = read(called);
    assert.ok(step?.kind === 'frame' && step.payload.length === PAYLOAD_SIZE_BYTES_MAX);
  });

  it('keeps what is to be sent until there are keys, then sends it in order', () => {
    const [caller, called] = [end(true), end(false)];
    assert.deepEqual(caller.encode('version', Uint8Array.of(1)), []);
    assert.deepEqual(caller.encode('ping', Uint8Array.of(2)), []);
    assert.equal(caller.waitingBytes, 2);
    called.push(output(caller));
    read(called);
    caller.push(output(called));
    read(caller);
    assert.equal(caller.waitingBytes, 0);
    called.push(output(caller));
    assert.deepEqual(frames(read(called)), ['version 01', 'ping 02']);
  });

  it('keeps no private key once both ends have their session', () => {
    const privateKeys: Uint8Array[] = [];
    const watching = {
      ...engine,
      publicKeyOf: (privateKey: Uint8Array) => {
        privateKeys.push(privateKey);
        return engine.publicKeyOf(privateKey);
      },
    };
    const [caller, called] = [true, false].map(
      (initiating, i) => new EncryptedStream({ engine: watching, messageStart, initiating, random: new SeededRandom(i + 1) }),
    ) as [EncryptedStream, EncryptedStream];
    called.push(output(caller));
    read(called);
    assert.deepEqual(
      privateKeys.map((key) => key.some((byte) => byte !== 0)),
      [true, false],
      'the one who called waits for the answer',
    );
    caller.push(output(called));
    read(caller);
    assert.ok(privateKeys.length === 2 && privateKeys.every((key) => key.every((byte) => byte === 0)));
  });

  it('is the same however its bytes are cut', () => {
    const [caller, called] = [end(true), end(false)];
    const first = output(caller);
    called.push(first);
    read(called);
    caller.push(output(called));
    read(caller);
    const stream = concatBytes(first, output(caller), sent(caller, 'ping', Uint8Array.of(5)), sent(caller, 'sendheaders', NOTHING));
    const whole = ['ping 05', 'sendheaders '];
    const cutAt = (cuts: readonly number[]): void => {
      const other = end(false);
      const steps: FrameStep[] = [];
      let from = 0;
      for (const to of [...cuts, stream.length]) {
        other.push(stream.slice(from, to));
        from = to;
        steps.push(...read(other));
      }
      assert.deepEqual(frames(steps), whole);
    };
    // The other end has the same chance as before, so the keys are the same.
    cutAt(Array.from(stream.keys()).slice(1));
    const cuts = fc.array(fc.nat(stream.length), { maxLength: 6 }).map((all) => all.sort((a, b) => a - b));
    fc.assert(fc.property(cuts, cutAt), { numRuns: 60 });
  });

  it('looks like chance from its first byte: two connections have nothing in common', () => {
    const [one, other] = [output(end(true, 10)), output(end(true, 11))];
    assert.ok(!bytesEqual(one.slice(0, 8), other.slice(0, 8)));
    assert.notEqual(one.length, other.length);
    assert.ok(one.length >= 64 && one.length <= 64 + GARBAGE_SIZE_BYTES_MAX);
  });
});

describe('who is called', () => {
  it('speaks the first transport with a caller that begins with it, byte by byte too', () => {
    const called = end(false);
    const bytes = concatBytes(encodeFrame(messageStart, 'version', Uint8Array.of(3)), encodeFrame(messageStart, 'verack', NOTHING));
    const steps: FrameStep[] = [];
    for (const [i, byte] of bytes.entries()) {
      assert.equal(called.protocol, i < 16 ? 'detecting' : 'v1', `byte ${i}`);
      called.push(Uint8Array.of(byte));
      steps.push(...read(called));
      assert.equal(output(called).length, 0);
    }
    assert.deepEqual(frames(steps), ['version 03', 'verack ']);
    assert.equal(called.sessionId, undefined);
    assert.equal(toHex(sent(called, 'ping', NOTHING)), toHex(encodeFrame(messageStart, 'ping', NOTHING)));
    assert.equal(called.bufferedBytes, 0);
  });

  it('answers with its key as soon as one byte is not of the first transport, whichever it is', () => {
    const start = encodeFrame(messageStart, 'version', NOTHING).slice(0, 16);
    for (let at = 0; at < 16; at++) {
      const called = end(false);
      called.push(start.subarray(0, at));
      read(called);
      assert.equal(output(called).length, 0);
      called.push(Uint8Array.of(start[at]! ^ 1));
      read(called);
      assert.ok(output(called).length >= 64, `byte ${at}`);
    }
  });

  it('ends a connection of the first transport of another network', () => {
    const called = end(false);
    called.push(encodeFrame(main.messageStart, 'version', NOTHING).slice(0, 15));
    assert.deepEqual(read(called), []);
    called.push(Uint8Array.of(0));
    assert.deepEqual(read(called), [{ kind: 'fault', why: 'wrong-network' }]);
  });
});

describe('who calls', () => {
  it('says whether anything came back', () => {
    const caller = end(true);
    assert.ok(caller.isUnanswered);
    caller.push(Uint8Array.of(1));
    assert.ok(!caller.isUnanswered);
    read(caller);
    assert.ok(!caller.isUnanswered);
    assert.ok(!end(false).isUnanswered);
  });
});

describe('P19: an encrypted connection that does not keep to the rules', () => {
  const version = (made: { session: EncryptedSession; garbage: Uint8Array }): Uint8Array =>
    concatBytes(...made.session.encrypt(NOTHING, NOTHING, { associated: made.garbage }));

  it('may have 4,095 bytes of garbage', () => {
    const made = handmade(new SeededRandom(5).bytes(GARBAGE_SIZE_BYTES_MAX));
    made.called.push(concatBytes(made.session.sendTerminator, version(made), ...made.session.encrypt(Uint8Array.of(18), NOTHING)));
    assert.deepEqual(frames(read(made.called)), ['ping ']);
  });

  it('ends at 4,096 bytes of garbage, and keeps nothing', () => {
    const made = handmade(new SeededRandom(5).bytes(GARBAGE_SIZE_BYTES_MAX + 1));
    made.called.push(made.session.sendTerminator);
    assert.deepEqual(read(made.called), [{ kind: 'fault', why: 'encryption-handshake' }]);
    made.called.push(new Uint8Array(100_000));
    assert.equal(made.called.bufferedBytes, 0);
    assert.equal(made.called.next()?.kind, 'fault');
  });

  it('ends where the garbage has no end, at the byte that shows it', () => {
    const made = handmade();
    const wrong = made.session.sendTerminator.slice();
    wrong[15]! ^= 1;
    made.called.push(concatBytes(wrong, new Uint8Array(GARBAGE_SIZE_BYTES_MAX - 1)));
    assert.deepEqual(read(made.called), []);
    made.called.push(Uint8Array.of(0));
    assert.deepEqual(read(made.called), [{ kind: 'fault', why: 'encryption-handshake' }]);
  });

  it('ends where the garbage was changed on its way', () => {
    const made = handmade(Uint8Array.of(1, 2, 3));
    made.called.push(
      concatBytes(made.session.sendTerminator, ...made.session.encrypt(NOTHING, NOTHING, { associated: Uint8Array.of(1, 2, 4) })),
    );
    assert.deepEqual(read(made.called), [{ kind: 'fault', why: 'encryption-broken' }]);
  });

  it('ends where any bit of a packet behind its length was changed', () => {
    const { caller } = pair();
    const size = sent(caller, 'ping', new Uint8Array(8)).length;
    for (let bit = 24; bit < size * 8; bit += 7) {
      const both = pair();
      const packet = sent(both.caller, 'ping', new Uint8Array(8));
      packet[bit >> 3]! ^= 1 << (bit & 7);
      both.called.push(packet);
      assert.deepEqual(read(both.called), [{ kind: 'fault', why: 'encryption-broken' }], `bit ${bit}`);
    }
  });

  it('ends before a packet comes that is longer than the longest message, and takes one that is not', () => {
    for (const [size, isFault] of [
      [CONTENTS_SIZE_BYTES_MAX, false],
      [CONTENTS_SIZE_BYTES_MAX + 1, true],
    ] as const) {
      const made = handmade();
      made.called.push(concatBytes(made.session.sendTerminator, version(made)));
      const packet = concatBytes(...made.session.encrypt(Uint8Array.of(0), new Uint8Array(size - 1)));
      made.called.push(packet.subarray(0, 3));
      assert.deepEqual(read(made.called), isFault ? [{ kind: 'fault', why: 'oversized-message' }] : []);
    }
  });

  it('may send decoys, one step each, before the handshake is done as many bytes of them as one message has', () => {
    const made = handmade();
    const step = 1_000_000;
    made.called.push(made.session.sendTerminator);
    let bytes = 0;
    let associated = made.garbage;
    for (;;) {
      const decoy = concatBytes(...made.session.encrypt(NOTHING, new Uint8Array(step), { ignore: true, associated }));
      associated = NOTHING;
      bytes += decoy.length;
      made.called.push(decoy);
      const steps = read(made.called);
      assert.equal(steps.length, 1);
      if (steps[0]?.kind === 'fault') break;
      assert.deepEqual(steps, [{ kind: 'dropped', why: 'decoy', sizeBytes: decoy.length }]);
      assert.ok(bytes <= HANDSHAKE_DECOY_BYTES_MAX);
    }
    assert.ok(bytes > HANDSHAKE_DECOY_BYTES_MAX && bytes <= HANDSHAKE_DECOY_BYTES_MAX + step + 20);
    assert.deepEqual(made.called.next(), { kind: 'fault', why: 'encryption-handshake' });
  });

  it('may send decoys among messages; none of them is kept', () => {
    const { caller, called } = pair();
    assert.ok(caller.protocol === 'v2');
    const made = handmade();
    made.called.push(concatBytes(made.session.sendTerminator, version(made)));
    for (let i = 0; i < 600; i++) made.called.push(concatBytes(...made.session.encrypt(NOTHING, new Uint8Array(i), { ignore: true })));
    made.called.push(concatBytes(...made.session.encrypt(Uint8Array.of(18), Uint8Array.of(4))));
    const steps = read(made.called);
    assert.equal(steps.filter((each) => each.kind === 'dropped' && each.why === 'decoy').length, 600);
    assert.deepEqual(frames(steps.slice(-1)), ['ping 04']);
    assert.deepEqual([made.called.bufferedBytes, called.bufferedBytes], [0, 0]);
  });

  it('is heard no more after a type that does not exist only as far as that message goes', () => {
    const made = handmade();
    made.called.push(concatBytes(made.session.sendTerminator, version(made)));
    const contents = [
      NOTHING,
      Uint8Array.of(29),
      Uint8Array.of(255, 1),
      Uint8Array.of(0, ...utf8ToBytes('short')),
      Uint8Array.of(0, ...utf8ToBytes('a\0b'), ...new Uint8Array(9)),
      Uint8Array.of(0, 200, ...new Uint8Array(11)),
    ];
    for (const each of contents) made.called.push(concatBytes(...made.session.encrypt(each, NOTHING)));
    made.called.push(concatBytes(...made.session.encrypt(Uint8Array.of(28), NOTHING)));
    assert.deepEqual(frames(read(made.called)), [...contents.map(() => 'dropped command'), 'addrv2 ']);
  });

  it('never makes it crash or keep more than came, whatever bytes come', () => {
    const property = fc.property(fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 6 }), fc.boolean(), (pieces, initiating) => {
      const stream = end(initiating);
      let pushed = 0;
      for (const piece of pieces) {
        stream.push(piece);
        pushed += piece.length;
        read(stream);
        assert.ok(stream.bufferedBytes <= pushed);
      }
    });
    fc.assert(property, { numRuns: 60 });
  });
});
