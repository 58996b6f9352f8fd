import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LightParts } from '../../../test/support/light-parts.ts';
import { BAN_SECONDS, LEARNED_MAX, LightCalls, PEERS_MAX } from './light-calls.ts';

const address = (i: number) => ({ host: `10.0.${i >> 8}.${i & 255}`, port: 18444 });
const addressText = (i: number) => `10.0.${i >> 8}.${i & 255}:18444`;

function callsWith(count: number, { named = true, encrypted = false, seeds = [] as readonly string[] } = {}) {
  const parts = new LightParts();
  const calls = new LightCalls(parts.context, seeds, encrypted);
  for (let i = 0; i < count; i++) calls.add(address(i), named);
  const dialled = (): string[] => {
    calls.tick();
    return parts.take('dial').map(({ address: { host } }) => host);
  };
  const fail = (i: number): void => calls.dialFailed(address(i));
  return { parts, calls, dialled, fail };
}

describe('the calls of a light client', () => {
  it('are eight at a time, whoever else is known', () => {
    const { calls, dialled } = callsWith(PEERS_MAX + 1);
    assert.equal(dialled().length, PEERS_MAX);
    assert.ok(calls.isCalling);
    assert.deepEqual(dialled(), []);
  });

  it('are made again after 2 s, and twice that with each failure, up to 300 s', async () => {
    const { parts, dialled, fail } = callsWith(1);
    for (const seconds of [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      assert.equal(dialled().length, 1);
      fail(0);
      await parts.clock.advance(seconds * 1_000 - 1);
      assert.deepEqual(dialled(), [], `${seconds}`);
      await parts.clock.advance(1);
    }
  });

  it('begin again at 2 s after a connection that held for a minute, and not after a shorter one', async () => {
    for (const [heldMs, waitMs] of [
      [60_000, 2_000],
      [59_999, 8_000],
    ] as const) {
      const { parts, calls, dialled, fail } = callsWith(1);
      for (const wait of [2_000, 4_000]) {
        dialled();
        fail(0);
        await parts.clock.advance(wait);
      }
      dialled();
      const peer = { ...parts.peer('10.0.0.0'), dialled: address(0) };
      assert.equal(calls.connected(address(0), peer.id), true);
      await parts.clock.advance(heldMs);
      calls.gone(peer, false);
      await parts.clock.advance(waitMs - 1);
      assert.deepEqual(dialled(), [], `${heldMs}`);
      await parts.clock.advance(1);
      assert.equal(dialled().length, 1, `${heldMs}`);
    }
  });

  it('are answered by none that was not made', () => {
    const { parts, calls } = callsWith(1);
    assert.equal(calls.connected(address(5), parts.peer('10.0.0.5').id), false);
  });

  it('go over the first transport once, where the encrypted one was answered by nothing', () => {
    const { parts, calls } = callsWith(1, { encrypted: true });
    const encrypted = (): boolean[] => {
      calls.tick();
      return parts.take('dial').map((each) => each.encrypted);
    };
    assert.deepEqual(encrypted(), [true]);
    const peer = { ...parts.peer('10.0.0.0'), dialled: address(0) };
    calls.connected(address(0), peer.id);
    calls.gone(peer, true);
    assert.deepEqual(encrypted(), [false]);
  });

  it('are not made with who was proved a liar for a day, to the second, and it is looked again then', async () => {
    const { parts, calls, dialled } = callsWith(1);
    dialled();
    const peer = { ...parts.peer('10.0.0.0'), dialled: address(0) };
    calls.connected(address(0), peer.id);
    assert.equal(calls.ended(peer, 'filters-timeout'), false);
    assert.equal(calls.ended(peer, 'filter-false'), true);
    calls.gone(peer, false);
    assert.deepEqual([...calls.takeBans().begun.keys()], [addressText(0)]);
    assert.equal(calls.takeBans().begun.size, 0, 'each is told once');
    parts.context.awake();
    calls.tick();
    assert.deepEqual(
      parts.take('wake').map(({ atMs }) => atMs),
      [BAN_SECONDS * 1_000],
    );
    await parts.clock.advance(BAN_SECONDS * 1_000 - 1_000);
    assert.deepEqual(dialled(), []);
    await parts.clock.advance(1_000);
    assert.equal(dialled().length, 1);
    assert.deepEqual(calls.takeBans().over, [addressText(0)]);
  });

  it('are not made with who was banned in an earlier run; a ban that is over is forgotten, and its row with it', () => {
    const { parts, calls, dialled } = callsWith(3);
    const now = parts.clock.nowSeconds();
    calls.restoreBan(addressText(0), now + 1);
    calls.restoreBan(addressText(1), now);
    assert.deepEqual(dialled(), [address(1).host, address(2).host]);
    assert.deepEqual(calls.takeBans(), { begun: new Map(), over: [addressText(1)] });
  });

  it('keep a ban by a checkpoint for this run alone: it may be the checkpoint that is wrong', () => {
    const { parts, calls } = callsWith(1);
    const peer = { ...parts.peer('10.0.0.0'), dialled: address(0) };
    assert.equal(calls.ended(peer, 'filter-checkpoint'), true);
    assert.equal(calls.takeBans().begun.size, 0);
  });

  it('know a thousand nodes; those that could not be reached three times make room, and those named by a user never', () => {
    const { parts, calls, dialled, fail } = callsWith(LEARNED_MAX, { named: false });
    const isKnown = (i: number): boolean => calls.connected(address(i), parts.peer(address(i).host).id);
    calls.add(address(LEARNED_MAX), false);
    assert.equal(isKnown(LEARNED_MAX), false);
    dialled();
    for (let i = 0; i < 2; i++) fail(0);
    calls.add(address(LEARNED_MAX), false);
    assert.equal(isKnown(LEARNED_MAX), false);
    fail(0);
    calls.add(address(LEARNED_MAX), false);
    assert.equal(isKnown(LEARNED_MAX), true);
    assert.equal(isKnown(0), false);
    const own = callsWith(LEARNED_MAX, { named: true });
    for (let i = 0; i < 5; i++) own.fail(0);
    own.calls.add(address(LEARNED_MAX), false);
    assert.equal(own.calls.connected(address(0), parts.peer('10.0.0.0').id), true);
  });

  it('ask the names of the network at once, and every ten minutes while peers are lacking', async () => {
    const { parts, calls } = callsWith(0, { seeds: ['a.example', 'b.example'] });
    const asked = (): string[] => {
      calls.tick();
      return parts.take('resolve').map(({ name }) => name);
    };
    assert.deepEqual(asked(), ['a.example', 'b.example']);
    await parts.clock.advance(599_999);
    assert.deepEqual(asked(), []);
    await parts.clock.advance(1);
    assert.equal(asked().length, 2);
    calls.resolved(['10.0.0.9']);
    assert.deepEqual(
      parts.take('dial').map(({ address: { host, port } }) => [host, port]),
      [['10.0.0.9', parts.context.params.ports.p2p]],
    );
  });
});
