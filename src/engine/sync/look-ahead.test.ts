import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildBlock, childOf, genesisParent, outputOf, spend } from '../../../test/support/chain-builder.ts';
import { blocksOn, SyncWorld } from '../../../test/support/sync-world.ts';
import { testSecp256k1 } from '../../../test/support/test-chain.ts';
import { concatBytes } from '../../core/base/bytes.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { Block } from '../../core/primitives/block.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import { encodeFrame, type FrameStep } from '../../core/wire/frame.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { createInlineVerifier } from '../chain/inline-verifier.ts';
import type { ScriptVerifier } from '../ports/script-verifier.ts';
import type { Link } from './link.ts';
import { LookAhead } from './look-ahead.ts';

const LARGE = 100_000;
const base = blocksOn(regtest, 104);

/** Blocks after the base that spend a coinbase each, into an output whose script takes so many bytes. */
function blocksOf(count: number, scriptBytes: number): Block[] {
  let parent = base.reduce(childOf, genesisParent(regtest));
  return base.slice(0, count).map((mature) => {
    const input = outputOf(mature.transactions[0]!);
    const tx = spend({ inputs: [input], outputs: [{ value: input.value, scriptPubKey: new Uint8Array(scriptBytes) }] });
    const block = buildBlock({ parent, params: regtest, transactions: [tx] });
    parent = childOf(parent, block);
    return block;
  });
}

describe('looking ahead in what a peer has sent', () => {
  let world: SyncWorld;
  let nodes: number;

  beforeEach(() => {
    world = new SyncWorld();
    nodes = 0;
  });

  afterEach(() => world.close());

  /** How far below each block the tip was when its scripts were begun, on a node that syncs from one peer. */
  async function lags(blocks: readonly Block[], isElsewhere: boolean): Promise<number[]> {
    const inline = createInlineVerifier({ secp256k1: testSecp256k1 });
    const begun: number[] = [];
    const heights = new Map(blocks.map((block, i) => [hashKey(block.transactions[1]!.txid), base.length + 1 + i]));
    const verifier: ScriptVerifier = {
      isElsewhere,
      verify: (jobs) => {
        begun.push(heights.get(hashKey(jobs[0]!.tx.txid))! - node.height);
        return inline.verify(jobs);
      },
      close: () => inline.close(),
    };
    const node = await world.node(`10.0.0.${++nodes}`, { verifier });
    await node.give(base);
    const peer = await world.call(node, '10.0.9.1');
    await peer.greet();
    peer.send({ type: 'headers', headers: blocks.map((block) => block.header) });
    await world.until(() => peer.requested(INVENTORY.witnessBlock).length === blocks.length);
    // In one piece, as from a peer that is faster than we are.
    peer.connection.write(concatBytes(...blocks.map((block) => encodeFrame(regtest.messageStart, 'block', encodeBlock(block)))));
    await world.until(() => node.height === base.length + blocks.length);
    return begun;
  }

  it('has the next large block begun while the scripts of the one before it run on other threads', async () => {
    assert.deepEqual(await lags(blocksOf(4, LARGE), true), [1, 2, 2, 2]);
  });

  it('leaves it where scripts run on the same thread, and where blocks are small', async () => {
    assert.deepEqual(await lags(blocksOf(4, LARGE), false), [1, 1, 1, 1]);
    assert.deepEqual(await lags(blocksOf(4, LARGE / 2), true), [1, 1, 1, 1]);
  });

  it('leaves a large block that is no child of the one before it, and one that nobody asked for', async () => {
    const [first, second, third] = blocksOf(3, LARGE) as [Block, Block, Block];
    const expected: Block[] = [];
    const chain = { beginsAhead: true, expect: (block: Block) => void expected.push(block) };
    const lookAhead = new LookAhead({ chain, clock: { yield: async () => {} } });
    const linkOf = (block: Block): Link => {
      const payload = encodeBlock(block);
      const step: FrameStep = { kind: 'frame', command: 'block', payload, sizeBytes: payload.length };
      return { peek: () => step } as unknown as Link;
    };
    await lookAhead.after(first, linkOf(third));
    await lookAhead.after(second, linkOf(first));
    assert.equal(expected.length, 0);
    await lookAhead.after(first, linkOf(second));
    assert.deepEqual(
      expected.map(({ header }) => header.hash),
      [second.header.hash],
    );
    const node = await world.node('10.0.0.1', { verifier: { ...createInlineVerifier({ secp256k1: testSecp256k1 }), isElsewhere: true } });
    await node.give(base);
    node.chain.expect = chain.expect;
    expected.length = 0;
    const peer = await world.call(node, '10.0.9.1');
    await peer.greet();
    peer.connection.write(concatBytes(...[first, second].map((block) => encodeFrame(regtest.messageStart, 'block', encodeBlock(block)))));
    await world.until(() => node.height === base.length + 2);
    assert.equal(expected.length, 0);
  });

  it('ends with a peer whose next message makes no sense when its turn comes, and not before', async () => {
    const blocks = blocksOf(2, LARGE);
    const verifier = { ...createInlineVerifier({ secp256k1: testSecp256k1 }), isElsewhere: true };
    const node = await world.node('10.0.0.1', { verifier });
    await node.give(base);
    const peer = await world.call(node, '10.0.9.1');
    await peer.greet();
    peer.send({ type: 'headers', headers: blocks.map((block) => block.header) });
    await world.until(() => peer.requested(INVENTORY.witnessBlock).length > 0);
    const [first, second] = blocks.map((block) => encodeBlock(block)) as [Uint8Array, Uint8Array];
    const payloads = [first, second.subarray(0, LARGE + 50)];
    peer.connection.write(concatBytes(...payloads.map((payload) => encodeFrame(regtest.messageStart, 'block', payload))));
    await world.until(() => peer.closed !== undefined);
    assert.equal(node.height, base.length + 1);
    assert.deepEqual(node.failures, []);
    assert.ok(world.closings.includes('malformed-message'), world.closings.join());
  });
});
