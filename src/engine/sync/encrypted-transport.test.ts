import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import type { SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld, versionMessage, WORLD_PORT } from '../../../test/support/sync-world.ts';
import { toHex } from '../../core/base/bytes.ts';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import { chooseTransportEngine } from '../../core/crypto/node/choose-transport-engine.ts';
import { encodeMessage } from '../../core/wire/messages/table.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { SERVICES } from '../../core/wire/services.ts';
import { GARBAGE_SIZE_BYTES_MAX } from '../../core/wire/v2/encrypted-stream.ts';
import { createSessionKey, EncryptedSession } from '../../core/wire/v2/session.ts';
import type { Connection } from '../ports/transport.ts';
import { HANDSHAKE_TIMEOUT_MS } from './handshake.ts';
import { RECEIVE_BUFFER_BYTES_MAX } from './link.ts';

const transportEngine = chooseTransportEngine(chooseSecp256k1('auto'));
const speaks = { transportEngine, outboundTarget: 0 };
const NOTHING = new Uint8Array(0);

let world: SyncWorld;
const at = (host: string) => ({ host, port: WORLD_PORT });

beforeEach(() => {
  world = new SyncWorld();
});
afterEach(() => world.close());

/** Listens and notes the first byte of each call; `answer` plays the other side. */
async function listenRaw(host: string, answer: (connection: Connection, call: number) => void): Promise<{ readonly calls: string[] }> {
  const calls: string[] = [];
  await world.network.transport(host).listen(at(host), (connection) => {
    const call = calls.push('') - 1;
    connection.handlers = {
      data: (bytes) => {
        const start = toHex(world.params.messageStart);
        calls[call] ||= toHex(bytes).startsWith(start) ? 'v1' : 'v2';
        answer(connection, call);
      },
      drained: () => {},
      closed: () => {},
    };
  });
  return { calls };
}

/** Both ends' words about their one connection. */
function transports(...nodes: readonly SyncTestNode[]): string[] {
  return nodes.map((node) => node.peer().transport);
}

describe('two nodes that both speak the encrypted transport', () => {
  it('speak it, whoever calls, with one session, and sync blocks over it', async () => {
    const a = await world.node('10.0.0.1', speaks);
    const b = await world.node('10.0.0.2', { ...speaks, manualPeers: [at('10.0.0.1')] });
    await a.grow(30);
    await world.until(() => b.height === 30);
    assert.deepEqual(transports(a, b), ['v2', 'v2']);
    assert.match(toHex(a.peer().sessionId!), /^[0-9a-f]{64}$/);
    assert.equal(toHex(a.peer().sessionId!), toHex(b.peer().sessionId!));
    assert.ok((a.peer().services & SERVICES.p2pV2) !== 0n, 'each says so by its service bit');
    await b.grow(1);
    await world.until(() => a.height === 31);
    assert.deepEqual(world.closings, []);
    // What one has sent, the other has received, to the byte; the handshake is counted with no message.
    const [sent, received] = [a.peer(), b.peer()];
    assert.equal(sent.bytesSent, received.bytesReceived);
    assert.deepEqual(sent.bytesSentPerMessage, received.bytesReceivedPerMessage);
    assert.ok(sent.bytesSent > Object.values(sent.bytesSentPerMessage).reduce((sum, bytes) => sum + bytes, 64));
  });
});

describe('a node beside one that speaks the first transport alone', () => {
  it('calls it again over the first, once', async () => {
    const old = await world.node('10.0.0.1', { outboundTarget: 0 });
    const node = await world.node('10.0.0.2', speaks);
    assert.equal(node.network.addNode(at('10.0.0.1'), 'onetry'), true);
    await world.until(() => node.network.peers().some(({ protocolVersion }) => protocolVersion > 0));
    assert.deepEqual(transports(old, node), ['v1', 'v1']);
    assert.equal(node.peer().sessionId, undefined);
    assert.deepEqual(world.closings, ['wrong-network']);
  });

  it('is called by it over the first', async () => {
    const node = await world.node('10.0.0.1', speaks);
    const old = await world.node('10.0.0.2', { outboundTarget: 0, manualPeers: [at('10.0.0.1')] });
    await node.grow(3);
    await world.until(() => old.height === 3);
    assert.deepEqual(transports(node, old), ['v1', 'v1']);
    assert.deepEqual(world.closings, []);
  });

  it('calls it over the first at once where a user says so, or its address has not the bit', async () => {
    const node = await world.node('10.0.0.1', { transportEngine });
    const { calls: asked } = await listenRaw('10.0.1.1', () => {});
    node.network.addNode(at('10.0.1.1'), 'onetry', false);
    await world.until(() => asked[0] === 'v1');
    const listening = [await listenRaw('10.1.1.1', () => {}), await listenRaw('10.2.1.1', () => {})];
    const services = SERVICES.network | SERVICES.witness;
    const timeSeconds = world.clock.nowSeconds();
    const told = (host: string, more: bigint) => ({ address: toNetworkAddress(host, WORLD_PORT)!, services: services | more, timeSeconds });
    // Of each peer one address is looked at right away.
    (await world.peer(node, '10.0.9.1')).send({ type: 'addr', addresses: [told('10.1.1.1', 0n)] });
    await world.until(() => (listening[0]!.calls[0] ?? '') !== '');
    (await world.peer(node, '10.0.9.2')).send({ type: 'addr', addresses: [told('10.2.1.1', SERVICES.p2pV2)] });
    await world.until(() => (listening[1]!.calls[0] ?? '') !== '');
    assert.deepEqual(
      listening.map(({ calls }) => calls[0]),
      ['v1', 'v2'],
    );
  });
});

describe('P19: downgrade', () => {
  it('one that hangs up without a word is called once more, over the first transport, and then no more', async () => {
    const node = await world.node('10.0.0.1', speaks);
    const { calls } = await listenRaw('10.0.1.1', (connection) => connection.close('no'));
    node.network.addNode(at('10.0.1.1'), 'onetry');
    await world.advance(600_000);
    assert.deepEqual(calls, ['v2', 'v1']);
  });

  it('one that has said a byte is not called over the first', async () => {
    const node = await world.node('10.0.0.1', speaks);
    const { calls } = await listenRaw('10.0.1.1', (connection) => {
      connection.write(Uint8Array.of(1));
      world.clock.after(10, () => connection.close('no'));
    });
    node.network.addNode(at('10.0.1.1'), 'onetry');
    await world.advance(600_000);
    assert.deepEqual(calls, ['v2']);
  });

  it('one that a user lets go, or that says nothing for a minute, is not called over the first', async () => {
    const node = await world.node('10.0.0.1', speaks);
    const { calls } = await listenRaw('10.0.1.1', () => {});
    node.network.addNode(at('10.0.1.1'), 'onetry');
    await world.until(() => calls[0] === 'v2');
    assert.equal(node.peer().transport, 'detecting');
    assert.ok(node.network.disconnect({ id: node.peer().id }));
    await world.advance(10_000);
    node.network.addNode(at('10.0.1.1'), 'onetry');
    await world.advance(HANDSHAKE_TIMEOUT_MS + 10_000);
    assert.deepEqual(calls, ['v2', 'v2']);
    assert.deepEqual(world.closings, ['requested', 'handshake-timeout']);
  });
});

describe('P19: a caller that does not keep to the encrypted handshake', () => {
  let node: SyncTestNode;
  let caller: Connection;
  let closed: string | undefined;
  let answer: number[];

  beforeEach(async () => {
    node = await world.node('10.0.0.1', speaks);
    closed = undefined;
    answer = [];
    const dialling = world.network.transport('10.0.9.1').dial(at('10.0.0.1'), { timeoutMs: 1_000 });
    await world.advance(2);
    caller = await dialling;
    caller.handlers = { data: (bytes) => answer.push(...bytes), drained: () => {}, closed: (why) => (closed = why) };
  });

  /** Sends a key and makes the session of it. */
  async function agree(): Promise<EncryptedSession> {
    const random = new SeededRandom(3);
    const ours = createSessionKey(transportEngine, (count) => random.bytes(count));
    caller.write(ours.encoding);
    await world.until(() => answer.length >= 64);
    const theirs = Uint8Array.from(answer.slice(0, 64));
    const { messageStart } = world.params;
    return new EncryptedSession({ engine: transportEngine, messageStart, ours, theirs, initiating: true });
  }

  it('is let go after 4,111 bytes without the end of its garbage', async () => {
    await agree();
    caller.write(new Uint8Array(GARBAGE_SIZE_BYTES_MAX + 15));
    await world.advance(1_000);
    assert.equal(closed, undefined);
    caller.write(Uint8Array.of(0));
    await world.until(() => closed !== undefined);
    assert.deepEqual(world.closings, ['encryption-handshake']);
  });

  it('is let go after a minute if it says only the half of its key, or trickles decoys', async () => {
    const session = await agree();
    caller.write(session.sendTerminator);
    for (let seconds = 0; closed === undefined && seconds < 100; seconds++) {
      for (const piece of session.encrypt(NOTHING, new Uint8Array(100), { ignore: true })) caller.write(piece);
      await world.advance(1_000);
    }
    assert.deepEqual(world.closings, ['handshake-timeout']);
  });

  it('floods with decoys and still gets its pong after them, never more waiting than may', async () => {
    const session = await agree();
    const write = (pieces: readonly Uint8Array[]): void => {
      for (const piece of pieces) caller.write(piece);
    };
    caller.write(session.sendTerminator);
    write(session.encrypt(NOTHING, NOTHING));
    const message = (short: number[], payload: Uint8Array): void => write(session.encrypt(Uint8Array.from(short), payload));
    const long = (type: string): number[] => [0, ...Array.from({ length: 12 }, (_, i) => type.charCodeAt(i) || 0)];
    message(long('version'), encodeMessage(versionMessage()));
    message(long('verack'), NOTHING);
    await world.until(() => node.network.peers()[0]?.transport === 'v2');
    const before = node.peer().bytesReceived;
    for (let i = 0; i < 3_000; i++) write(session.encrypt(NOTHING, new Uint8Array(2_000), { ignore: true }));
    message([18], new Uint8Array(8).fill(5));
    await world.until(() => (node.peer().bytesSentPerMessage.pong ?? 0) > 0);
    assert.ok(node.peer().bytesReceived - before > RECEIVE_BUFFER_BYTES_MAX);
    assert.equal(node.peer().bytesReceivedPerMessage['*other*'], undefined);
    assert.deepEqual(world.closings, []);
  });

  it('is let go, without being told why, when one bit of a packet is wrong', async () => {
    const session = await agree();
    const [packet] = session.encrypt(NOTHING, NOTHING);
    packet![3]! ^= 1;
    caller.write(session.sendTerminator);
    caller.write(packet!);
    for (const piece of session.encrypt(NOTHING, NOTHING)) caller.write(piece);
    await world.until(() => closed !== undefined);
    assert.deepEqual(world.closings, ['encryption-broken']);
  });
});
