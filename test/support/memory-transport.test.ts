import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from './fake-clock.ts';
import { MemoryNetwork } from './memory-transport.ts';
import { transportSuite } from './transport-suite.ts';

transportSuite('memory transport', () => {
  const clock = new FakeClock();
  return {
    transport: new MemoryNetwork(clock, { latencyMs: 5 }).transport('10.0.0.1'),
    address: { host: '10.0.0.1', port: 0 },
    until: (condition) => clock.advanceUntil(condition, 10_000, 5),
  };
});

describe('MemoryNetwork', () => {
  it('cuts streams between hosts that no longer reach each other, and lets no new ones begin', async () => {
    const clock = new FakeClock();
    const network = new MemoryNetwork(clock);
    const ends: string[] = [];
    await network.transport('10.0.0.1').listen({ host: '10.0.0.1', port: 1 }, (connection) => {
      connection.handlers = { data: () => {}, drained: () => {}, closed: (why) => ends.push(why) };
    });
    const dialling = network.transport('10.0.0.2').dial({ host: '10.0.0.1', port: 1 }, { timeoutMs: 1 });
    await clock.advance(10);
    await dialling;
    assert.equal(network.connections.size, 2);
    network.setReachable((from, to) => from === to);
    await clock.advance(10);
    assert.equal(network.connections.size, 0);
    assert.equal(ends.length, 1);
    const again = assert.rejects(network.transport('10.0.0.2').dial({ host: '10.0.0.1', port: 1 }, { timeoutMs: 1 }));
    await clock.advance(10);
    await again;
  });
});
