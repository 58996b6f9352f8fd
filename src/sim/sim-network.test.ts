import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connection } from '../engine/ports/transport.ts';
import { createSystemClock } from '../platform/system/clock.ts';
import { EventQueue } from './event-queue.ts';
import type { NetworkQuality } from './link-quality.ts';
import { RunDigest } from './run-digest.ts';
import { SimNetwork } from './sim-network.ts';
import { SimRandom } from './sim-random.ts';

const settle = createSystemClock().yield;
const MESSAGE_START = Uint8Array.of(1, 2, 3, 4);
const A = '1.1.1.1';
const B = '2.2.2.2';
const QUIET: NetworkQuality = { latencyMs: [50, 50], jitterMs: 0, loss: 0, uploadBytesPerSecond: 1_000_000 };

/** A network of two hosts, and what comes to each. */
class TestWorld {
  readonly queue = new EventQueue();
  readonly network: SimNetwork;
  readonly seen: string[] = [];

  constructor(quality: Partial<NetworkQuality> = {}, seed = 1) {
    this.network = new SimNetwork({
      ...{ queue: this.queue, random: new SimRandom(seed), digest: new RunDigest(), messageStart: MESSAGE_START },
      quality: { ...QUIET, ...quality },
      patienceMs: 60_000,
    });
  }

  get nowMs(): number {
    return this.queue.nowUs / 1_000;
  }

  /** What was seen, without the times. */
  words(): readonly string[] {
    return this.seen.map((line) => line.replace(/ at .*/, ''));
  }

  async advance(ms: number): Promise<void> {
    const untilUs = this.queue.nowUs + ms * 1_000;
    await settle();
    for (let action = this.queue.next(untilUs); action !== undefined; action = this.queue.next(untilUs)) {
      action();
      await settle();
    }
    this.queue.moveTo(untilUs);
  }

  /** Notes what an end is told. */
  watch(name: string, connection: Connection): Connection {
    connection.handlers = {
      data: (bytes) => this.seen.push(`${name} got ${bytes.join()} at ${this.nowMs}`),
      drained: () => this.seen.push(`${name} drained`),
      closed: (why) => this.seen.push(`${name} closed at ${this.nowMs}: ${why}`),
    };
    return connection;
  }

  /** A stream from A to B. */
  async connect(): Promise<{ near: Connection; far: Connection }> {
    let far: Connection | undefined;
    await this.network.transport(B).listen({ host: B, port: 7 }, (connection) => {
      far = this.watch('far', connection);
    });
    const dialling = this.network.transport(A).dial({ host: B, port: 7 }, { timeoutMs: 5_000 });
    await this.advance(100);
    const near = this.watch('near', await dialling);
    assert.ok(far !== undefined);
    return { near, far };
  }
}

test('a call takes a way there and back, what is written one way, in order', async () => {
  const world = new TestWorld();
  const { near, far } = await world.connect();
  assert.equal(world.nowMs, 100);
  near.write(Uint8Array.of(1));
  near.write(Uint8Array.of(2));
  far.write(Uint8Array.of(3));
  await world.advance(49);
  assert.deepEqual(world.seen, []);
  await world.advance(2);
  assert.deepEqual(world.words(), ['far got 1', 'near got 3', 'far got 2']);
  assert.deepEqual([near.queuedBytes, far.queuedBytes], [0, 0]);
});

test('a host sends no faster than its line, all its streams together', async () => {
  const world = new TestWorld({ uploadBytesPerSecond: 1_000 });
  const { near } = await world.connect();
  near.write(new Uint8Array(500));
  near.write(new Uint8Array(500));
  await world.advance(549);
  assert.equal(world.seen.length, 0);
  await world.advance(1);
  assert.equal(world.seen.length, 1);
  await world.advance(500);
  assert.equal(world.seen.length, 2);
});

test('what is written stays in order whatever chance adds to each piece', async () => {
  const world = new TestWorld({ jitterMs: 80, loss: 0.2 }, 4);
  const { near } = await world.connect();
  for (let i = 0; i < 100; i++) near.write(Uint8Array.of(i));
  await world.advance(120_000);
  assert.deepEqual(
    world.seen.map((line) => Number(/got (\d+)/.exec(line)?.[1])),
    Array.from({ length: 100 }, (_, i) => i),
  );
});

test('a line that loses every packet ends the connection, on the side that sends', async () => {
  const world = new TestWorld();
  const { near } = await world.connect();
  world.network.setLinkQuality(A, B, { loss: 1 });
  near.write(Uint8Array.of(1));
  await world.advance(1);
  assert.deepEqual(world.seen, ['near closed at 100: too many packets were lost']);
});

test('one direction of a way can be slower than the other', async () => {
  const world = new TestWorld();
  const { near, far } = await world.connect();
  world.network.setLinkQuality(B, A, { latencyMs: 900 });
  near.write(Uint8Array.of(1));
  far.write(Uint8Array.of(2));
  await world.advance(60);
  assert.equal(world.seen.length, 1);
  await world.advance(900);
  assert.equal(world.seen.length, 2);
});

test('nobody is reached across a split: calls run out, and what is under way waits until it heals', async () => {
  const world = new TestWorld();
  const { near } = await world.connect();
  world.network.partition([[A], [B]]);
  near.write(Uint8Array.of(1));
  const calling = world.network.transport(A).dial({ host: B, port: 7 }, { timeoutMs: 5_000 });
  const refused = assert.rejects(calling, /no answer/);
  await world.advance(5_000);
  await refused;
  assert.deepEqual(world.seen, []);
  await world.advance(10_000);
  world.network.heal();
  near.write(Uint8Array.of(2));
  await world.advance(15_000);
  assert.deepEqual(world.words(), ['far got 1', 'far got 2']);
});

test('a stream that waits across a split for too long ends where it waits, and the other side hears it when it speaks', async () => {
  const world = new TestWorld();
  const { near, far } = await world.connect();
  world.network.partition([[A], [B]]);
  near.write(Uint8Array.of(1));
  await world.advance(61_000);
  assert.deepEqual(world.seen, ['near closed at 60150.001: timed out']);
  world.network.heal();
  await world.advance(61_000);
  assert.equal(world.seen.length, 1);
  far.write(Uint8Array.of(2));
  await world.advance(200);
  assert.match(world.seen[1] ?? '', /far closed at .*: reset by the other side/);
});

test('where only one way is blocked, what goes the other way arrives, and is not confirmed', async () => {
  const world = new TestWorld();
  const { near, far } = await world.connect();
  world.network.setBlocked(A, B, true);
  far.write(Uint8Array.of(1));
  near.write(Uint8Array.of(2));
  await world.advance(1_000);
  assert.deepEqual(world.words(), ['near got 1']);
  assert.equal(far.queuedBytes, 1);
  world.network.setBlocked(A, B, false);
  await world.advance(10_000);
  assert.equal(far.queuedBytes, 0);
  assert.equal(world.seen.length, 2);
});

test('a host without power is silent; when it is back, who speaks to it learns that the stream is gone', async () => {
  const world = new TestWorld();
  const { near } = await world.connect();
  world.network.powerOff(B);
  await world.advance(30_000);
  near.write(Uint8Array.of(1));
  await world.advance(10_000);
  assert.deepEqual(world.seen, []);
  world.network.powerOn(B);
  await world.advance(20_000);
  assert.match(world.seen.join(), /near closed at .*: reset by the other side/);
});

test('when a process ends, the others are told at once', async () => {
  const world = new TestWorld();
  await world.connect();
  world.network.endProcess(B);
  await world.advance(60);
  assert.deepEqual(world.seen, ['near closed at 150: the other side closed the connection']);
  const calling = world.network.transport(A).dial({ host: B, port: 7 }, { timeoutMs: 5_000 });
  const refused = assert.rejects(calling, /nobody listens/);
  await world.advance(200);
  await refused;
});

test('who writes more than a queue holds is told to wait, and to go on when half of it is gone', async () => {
  const world = new TestWorld();
  const { near } = await world.connect();
  assert.equal(near.write(new Uint8Array(900_000)), true);
  assert.equal(near.write(new Uint8Array(200_000)), false);
  await world.advance(5_000);
  assert.ok(world.seen.includes('near drained'));
  assert.equal(near.write(new Uint8Array(1)), true);
});

test('who does not read is given everything later, in order', async () => {
  const world = new TestWorld();
  const { near, far } = await world.connect();
  far.pause();
  near.write(Uint8Array.of(1));
  near.write(Uint8Array.of(2));
  await world.advance(1_000);
  assert.deepEqual(world.seen, []);
  far.resume();
  assert.deepEqual(world.words(), ['far got 1', 'far got 2']);
});

test('a port that is taken is refused, and free again when its listener has closed', async () => {
  const { network } = new TestWorld();
  const transport = network.transport(A);
  const listener = await transport.listen({ host: A, port: 7 }, () => {});
  await assert.rejects(
    transport.listen({ host: A, port: 7 }, () => {}),
    /something else listens/,
  );
  await listener.close();
  const again = await transport.listen({ host: A, port: 7 }, () => {});
  assert.deepEqual(again.address, { host: A, port: 7 });
});
