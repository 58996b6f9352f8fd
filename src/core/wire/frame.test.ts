import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../base/bytes.ts';
import type { FrameStep } from './frame.ts';
import { encodeFrame, FRAME_HEADER_SIZE_BYTES, FrameParser, PAYLOAD_SIZE_BYTES_MAX } from './frame.ts';

const START = Uint8Array.of(0xf9, 0xbe, 0xb4, 0xd9);

function parseAll(parser: FrameParser): FrameStep[] {
  const steps: FrameStep[] = [];
  for (let step = parser.next(); step !== undefined; step = parser.next()) {
    steps.push(step);
    if (step.kind === 'fault') break;
  }
  return steps;
}

/** A frame's header with any length, for payloads that never come. */
function headerOf(length: number): Uint8Array {
  const frame = encodeFrame(START, 'tx', new Uint8Array(0));
  new DataView(frame.buffer).setUint32(16, length, true);
  return frame;
}

describe('encodeFrame', () => {
  it('makes the bytes of a verack as the protocol documents them', () => {
    // Message start of Bitcoin, "verack", length 0, the checksum of nothing.
    assert.equal(toHex(encodeFrame(START, 'verack', new Uint8Array(0))), 'f9beb4d976657261636b000000000000000000005df6e0e2');
  });
});

describe('FrameParser', () => {
  it('P18: gives the same messages wherever the stream is cut', () => {
    const payload = fc.uint8Array({ maxLength: 60 });
    const command = fc.constantFrom('ping', 'version', 'sendaddrv2', 'aaaaaaaaaaaa', '');
    fc.assert(
      fc.property(fc.array(fc.tuple(command, payload), { maxLength: 5 }), fc.array(fc.nat(400), { maxLength: 8 }), (messages, cuts) => {
        const stream = Buffer.concat(messages.map(([name, body]) => encodeFrame(START, name, body)));
        const parser = new FrameParser(START);
        const steps: FrameStep[] = [];
        const places = [0, ...cuts.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b), stream.length];
        for (let i = 1; i < places.length; i++) {
          parser.push(stream.subarray(places[i - 1], places[i]));
          steps.push(...parseAll(parser));
        }
        assert.equal(steps.length, messages.length);
        for (const [i, [name, body]] of messages.entries()) {
          const step = steps[i];
          assert.ok(step?.kind === 'frame' && step.command === name && toHex(step.payload) === toHex(body));
        }
        assert.equal(parser.bufferedBytes, 0);
      }),
      { numRuns: 100 },
    );
  });

  it('reads a stream that comes byte by byte', () => {
    const parser = new FrameParser(START);
    const frame = encodeFrame(START, 'inv', Uint8Array.of(1, 2, 3));
    for (const [i, byte] of frame.entries()) {
      assert.equal(parser.next(), undefined);
      assert.equal(parser.bufferedBytes, i);
      parser.push(Uint8Array.of(byte));
    }
    const step = parser.next();
    assert.ok(step?.kind === 'frame' && step.command === 'inv' && toHex(step.payload) === '010203');
  });

  it('faults at the first byte that is not the message start', () => {
    for (let right = 0; right < 4; right++) {
      const parser = new FrameParser(START);
      parser.push(START.slice(0, right));
      assert.equal(parser.next(), undefined);
      parser.push(Uint8Array.of(0x00));
      assert.deepEqual(parser.next(), { kind: 'fault', why: 'wrong-network' });
      parser.push(START);
      assert.deepEqual(parser.next(), { kind: 'fault', why: 'wrong-network' }, 'and stays so');
      assert.deepEqual([parser.bufferedBytes, parser.bufferedPieces], [0, 0], 'what comes after it is not kept');
    }
  });

  it('takes a payload of 4,000,000 bytes and faults at one more before it comes', () => {
    const payload = new Uint8Array(PAYLOAD_SIZE_BYTES_MAX).fill(7);
    const parser = new FrameParser(START);
    const frame = encodeFrame(START, 'block', payload);
    for (let at = 0; at < frame.length; at += 65_536) parser.push(frame.subarray(at, at + 65_536));
    const step = parser.next();
    assert.ok(step?.kind === 'frame' && step.payload.length === PAYLOAD_SIZE_BYTES_MAX && step.payload.every((byte) => byte === 7));
    const other = new FrameParser(START);
    other.push(headerOf(PAYLOAD_SIZE_BYTES_MAX + 1));
    assert.deepEqual(other.next(), { kind: 'fault', why: 'oversized-message' });
  });

  it('P18: takes no memory for a payload that is only announced', () => {
    const before = process.memoryUsage().arrayBuffers;
    const parsers = Array.from({ length: 100 }, () => {
      const parser = new FrameParser(START);
      parser.push(headerOf(PAYLOAD_SIZE_BYTES_MAX));
      parser.push(new Uint8Array(10));
      assert.equal(parser.next(), undefined);
      return parser;
    });
    const taken = process.memoryUsage().arrayBuffers - before;
    assert.ok(taken < 10_000_000, `${taken} bytes for ${parsers.length} parsers`);
  });

  it('drops a message whose checksum is wrong in any of its bytes and goes on with the next', () => {
    for (const at of [20, 21, 22, 23]) {
      const parser = new FrameParser(START);
      const bad = encodeFrame(START, 'ping', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
      bad[at] = bad[at]! ^ 1;
      parser.push(bad);
      parser.push(encodeFrame(START, 'pong', new Uint8Array(8)));
      assert.deepEqual(parser.next(), { kind: 'dropped', why: 'checksum', sizeBytes: FRAME_HEADER_SIZE_BYTES + 8 });
      const next = parser.next();
      assert.ok(next?.kind === 'frame' && next.command === 'pong');
    }
  });

  it('drops a command that is not text or goes on after its end', () => {
    for (const command of ['70696e67ff0000000000000000', '70696e6700780000000000', '1b6e670000000000']) {
      const frame = encodeFrame(START, 'x', new Uint8Array(0));
      frame.set((fromHex(command) ?? new Uint8Array(0)).subarray(0, 12), 4);
      const parser = new FrameParser(START);
      parser.push(frame);
      assert.deepEqual(parser.next(), { kind: 'dropped', why: 'command', sizeBytes: FRAME_HEADER_SIZE_BYTES });
    }
  });
});
