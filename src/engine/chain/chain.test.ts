import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type BuildParent,
  buildBlock,
  buildChain,
  childOf,
  genesisParent,
  OP_TRUE,
  outputOf,
  p2wpkhScript,
  rebuild,
  spend,
} from '../../../test/support/chain-builder.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import {
  acceptAll,
  coinsHash,
  memoryStores,
  nodeOf,
  openTestChain,
  quickRegtest,
  testSecp256k1,
} from '../../../test/support/test-chain.ts';
import { checkBlock } from '../../core/consensus/check-block.ts';
import { nextBits } from '../../core/consensus/next-bits.ts';
import { scriptFlagsAt } from '../../core/consensus/script-flags.ts';
import { quoin } from '../../core/params/quoin.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import { decodeBlock, encodeBlock, makeBlock, makeHeader } from '../../core/primitives/block.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { NodeError } from '../ports/node-error.ts';
import { UNREQUESTED_AHEAD_MAX } from './accept-block.ts';
import type { Chain } from './chain.ts';
import { HEADER_FLUSH_DELAY_MS } from './flusher.ts';
import { isLinked } from './header-node.ts';
import { ancestorOf } from './header-tree.ts';

const params = quickRegtest;
const genesis = genesisParent(params);

/** Where a list of blocks ends, as the parent of the next. */
function endOf(blocks: readonly Block[], from: BuildParent = genesis): BuildParent {
  let parent = from;
  for (const block of blocks) parent = childOf(parent, block);
  return parent;
}

/** Blocks on a parent; branches of different marks differ. */
const branch = (parent: BuildParent, count: number, mark = 0): Block[] => buildChain({ parent, params, count, extra: Uint8Array.of(mark) });

/** What a block pays its miner, to spend it two blocks later. */
const coinbaseOf = (block: Block): ReturnType<typeof outputOf> => outputOf(block.transactions[0]!);

/** A transaction that passes a coinbase on. */
const pass = (block: Block, value = coinbaseOf(block).value): Transaction =>
  spend({ inputs: [coinbaseOf(block)], outputs: [{ value, scriptPubKey: OP_TRUE }] });

/** Everything a chain says while something is done, in short. */
async function eventsOf(chain: Chain, work: () => Promise<unknown>): Promise<string[]> {
  const events: string[] = [];
  const stop = chain.subscribe((event) => {
    const height = event.kind === 'tip-changed' ? `${event.fork.height}-${event.tip.height}` : 'node' in event ? event.node.height : '';
    events.push(`${event.kind} ${height}`);
  });
  await work();
  stop();
  return events;
}

describe('Chain', () => {
  it("begins with the genesis block, whose coins are nobody's", async () => {
    const chain = await openTestChain();
    assert.equal(chain.tip.height, 0);
    assert.deepEqual(await chain.readBlock(chain.tip), encodeBlock(params.genesis));
    assert.deepEqual(await chain.readBlockUndo(chain.tip), []);
    assert.equal(await chain.coin(outputOf(params.genesis.transactions[0]!).outPoint), undefined);
    assert.equal((await chain.coinSetStats('none')).txouts, 0);
    assert.deepEqual(
      chain.tips().map(({ status }) => status),
      ['active'],
    );
  });

  it('connects blocks and holds their coins', async () => {
    const chain = await openTestChain();
    const blocks = branch(genesis, 3);
    const paid = buildBlock({ parent: endOf(blocks), params, transactions: [pass(blocks[0]!, 4_999_999_000n)], fees: 1_000n });
    const outcomes = [];
    for (const block of [...blocks, paid]) outcomes.push(await chain.acceptBlock(block));
    assert.ok(outcomes.every(({ isNew, rejection }) => isNew && rejection === undefined));
    assert.equal(chain.tip.height, 4);
    assert.equal(chain.tip.txCount, 2);
    assert.ok(isLinked(chain.tip));
    assert.equal(await chain.coin(coinbaseOf(blocks[0]!).outPoint), undefined);
    const moved = await chain.coin({ txid: paid.transactions[1]!.txid, vout: 0 });
    assert.deepEqual(moved, { value: 4_999_999_000n, scriptPubKey: OP_TRUE, height: 4, coinbase: false });
    assert.deepEqual(await chain.readBlockUndo(chain.tip), [[{ value: 5_000_000_000n, scriptPubKey: OP_TRUE, height: 1, coinbase: true }]]);
    assert.deepEqual(decodeBlock(await chain.readBlock(chain.tip)).header, paid.header);
  });

  it('knows a block it has', async () => {
    const chain = await openTestChain();
    const [block] = branch(genesis, 1) as [Block];
    await chain.acceptBlock(block);
    const again = await chain.acceptBlock(block);
    assert.deepEqual(again, { node: chain.tip, isNew: false });
  });

  it('S9, S10: follows a longer branch through forks of every depth, and back', async () => {
    const chain = await openTestChain();
    const ours = branch(genesis, 40, 1);
    assert.deepEqual(await acceptAll(chain, ours), []);
    for (const depth of [1, 2, 3, 10, 40]) {
      const from = endOf(ours.slice(0, 40 - depth));
      const spends = depth <= 37 ? [pass(ours[37 - depth]!)] : [];
      const first = buildBlock({ parent: from, params, transactions: spends, extra: Uint8Array.of(100 + depth) });
      const rest = branch(childOf(from, first), depth, 100 + depth);
      const before = await coinsHash(chain);
      const events = await eventsOf(chain, () => acceptAll(chain, [first, ...rest]));
      assert.equal(chain.tip, nodeOf(chain, rest[rest.length - 1]!));
      assert.equal(events.filter((event) => event.startsWith('block-disconnected')).length, depth);
      assert.equal(events.filter((event) => event.startsWith('tip-changed')).at(-1), `tip-changed ${40 - depth}-41`);
      await chain.invalidateBlock(nodeOf(chain, first));
      assert.equal(chain.tip, nodeOf(chain, ours[39]!));
      assert.equal(await coinsHash(chain), before);
    }
  });

  it('tells under which flags it has run the scripts of a block that it leaves, where it has run some', async () => {
    const chain = await openTestChain();
    const empty = branch(genesis, 2, 1);
    const paid = buildBlock({ parent: endOf(empty), params, transactions: [pass(empty[0]!)] });
    await acceptAll(chain, [...empty, paid]);
    const told: (number | undefined)[] = [];
    chain.subscribe((event) => {
      if (event.kind === 'block-disconnected') told.push(event.scriptFlags);
    });
    await chain.invalidateBlock(nodeOf(chain, empty[1]!));
    assert.deepEqual(told, [scriptFlagsAt(3, params.consensus), undefined]);
    // What was valid once is connected without its scripts: they hold as before.
    await chain.reconsiderBlock(nodeOf(chain, empty[1]!));
    await chain.invalidateBlock(nodeOf(chain, paid));
    assert.equal(told[2], told[0]);
  });

  it('tells of each block as it goes, with the coins that it spent', async () => {
    const chain = await openTestChain();
    const ours = branch(genesis, 3, 1);
    await acceptAll(chain, ours);
    const theirs = branch(genesis, 4, 2);
    const events = await eventsOf(chain, () => acceptAll(chain, theirs));
    assert.deepEqual(events, [
      'header-added 1',
      'header-added 2',
      'header-added 3',
      'header-added 4',
      'block-disconnected 3',
      'block-disconnected 2',
      'block-disconnected 1',
      'block-connected 1',
      'block-connected 2',
      'block-connected 3',
      'block-connected 4',
      'tip-changed 0-4',
    ]);
    const spent: unknown[] = [];
    chain.subscribe((event) => {
      if (event.kind === 'block-connected' || event.kind === 'block-disconnected') spent.push(event.spentCoins);
    });
    const paid = buildBlock({ parent: endOf(theirs), params, transactions: [pass(theirs[0]!)] });
    await chain.acceptBlock(paid);
    await chain.invalidateBlock(nodeOf(chain, paid));
    assert.deepEqual(spent[0], [[{ value: 5_000_000_000n, scriptPubKey: OP_TRUE, height: 1, coinbase: true }]]);
    assert.deepEqual(spent[1], spent[0]);
  });

  it('keeps the block it saw first where the work is the same', async () => {
    const chain = await openTestChain();
    const [first] = branch(genesis, 1, 1) as [Block];
    const [second] = branch(genesis, 1, 2) as [Block];
    // The other header comes first: only blocks count.
    chain.acceptHeaders([second.header]);
    await acceptAll(chain, [first, second]);
    assert.equal(chain.tip, nodeOf(chain, first));
    assert.deepEqual(
      chain.tips().map(({ status, branchLength }) => [status, branchLength]),
      [
        ['active', 0],
        ['valid-headers', 1],
      ],
    );
    await chain.preciousBlock(nodeOf(chain, second));
    assert.equal(chain.tip, nodeOf(chain, second));
    assert.equal(chain.tips().find(({ status }) => status === 'valid-fork')?.height, 1);
    await chain.preciousBlock(nodeOf(chain, first));
    assert.equal(chain.tip, nodeOf(chain, first));
    await chain.preciousBlock(chain.tree.genesis);
    assert.equal(chain.tip, nodeOf(chain, first));
  });

  it('S13: stays on the branch of most work, not on the longest', async () => {
    // Blocks come every second instead of every ten: after the first period of four the quick branch is four times as hard.
    const pow = { ...params.consensus.pow, retarget: 'bitcoin' as const, spacingSeconds: 10, timespanSeconds: 40 };
    const network: NetworkParams = { ...params, consensus: { ...params.consensus, pow } };
    const chain = await openTestChain({ params: network });
    const grow = async (count: number, stepSeconds: number, mark: number): Promise<void> => {
      let node = chain.tree.genesis;
      for (let i = 0; i < count; i++) {
        const timeSeconds = node.header.timeSeconds + stepSeconds;
        const toBlock = (each: typeof node) => ({ height: each.height, timeSeconds: each.header.timeSeconds, bits: each.header.bits });
        const context = { prev: toBlock(node), ancestor: (height: number) => toBlock(ancestorOf(node, height)) };
        const bits = nextBits(timeSeconds, context, pow);
        const block = buildBlock({ parent: node, params: network, extra: Uint8Array.of(mark), timeSeconds, bits });
        const outcome = await chain.acceptBlock(block);
        assert.equal(outcome.rejection, undefined);
        node = outcome.node!;
      }
    };
    await grow(8, 10, 1);
    const longest = chain.tip;
    await grow(6, 1, 2);
    assert.equal(chain.tip.height, 6);
    assert.ok(chain.tip.chainWork > longest.chainWork);
    assert.equal(chain.tips()[0]?.height, 8);
  });

  it('goes back to the best valid branch when a new one turns out bad in the middle', async () => {
    const chain = await openTestChain();
    const ours = branch(genesis, 6, 1);
    await acceptAll(chain, ours);
    const coins = await coinsHash(chain);
    const good = branch(genesis, 4, 2);
    // It spends a coin of the other branch.
    const bad = buildBlock({ parent: endOf(good), params, transactions: [pass(ours[0]!)] });
    const rest = branch(endOf([...good, bad]), 3, 2);
    chain.acceptHeaders([...good, bad, ...rest].map(({ header }) => header));
    assert.equal(chain.bestHeader.height, 8);
    assert.deepEqual(await acceptAll(chain, [...good, ...rest]), []);
    const outcome = await chain.acceptBlock(bad);
    assert.equal(outcome.rejection?.reason, 'bad-txns-inputs-missingorspent');
    assert.equal(chain.tip, nodeOf(chain, ours[5]!));
    assert.equal(await coinsHash(chain), coins);
    assert.equal(chain.bestHeader, chain.tip);
    assert.deepEqual(
      chain.tips().map(({ height, status }) => [height, status]),
      [
        [8, 'invalid'],
        [6, 'active'],
      ],
    );
    assert.equal((await chain.acceptBlock(bad)).rejection?.reason, 'duplicate-invalid');
    const [above] = branch(endOf([...good, bad, ...rest]), 1, 2) as [Block];
    assert.equal((await chain.acceptBlock(above)).rejection?.reason, 'bad-prevblk');
    assert.equal(chain.acceptHeaders([above.header]).rejection?.kind, 'invalid-prev');
  });

  it('tells what a block lacks that builds on one which fails at once', async () => {
    const chain = await openTestChain();
    const bad = buildBlock({ parent: genesis, params, reward: 5_000_000_001n });
    const [child] = branch(childOf(genesis, bad), 1) as [Block];
    chain.acceptHeaders([bad.header, child.header]);
    assert.equal((await chain.acceptBlock(child)).rejection, undefined);
    assert.equal((await chain.acceptBlock(bad)).rejection?.reason, 'bad-cb-amount');
    assert.equal((await chain.acceptBlock(child)).rejection?.reason, 'duplicate-invalid');
  });

  it('never takes mutated bytes for the block: the honest one may still come', async () => {
    const chain = await openTestChain();
    const blocks = branch(genesis, 3);
    await acceptAll(chain, blocks);
    const two = [pass(blocks[0]!), pass(blocks[1]!, 1n)];
    const honest = buildBlock({ parent: endOf(blocks), params, transactions: two.slice(0, 1) });
    const longer = buildBlock({
      parent: endOf(blocks),
      params,
      transactions: [two[0]!, spend({ inputs: [outputOf(two[0]!)], outputs: [{ value: 1n, scriptPubKey: OP_TRUE }] })],
    });
    for (const block of [honest, longer]) chain.acceptHeaders([block.header]);
    const repeated = makeBlock(longer.header, [...longer.transactions, longer.transactions[2]!]);
    assert.equal((await chain.acceptBlock(repeated)).rejection?.reason, 'bad-txns-duplicate');
    assert.equal((await chain.acceptBlock(makeBlock(honest.header, [honest.transactions[0]!]))).rejection?.reason, 'bad-txnmrklroot');
    const witness = makeTransaction({ ...two[0]!, inputs: two[0]!.inputs.map((input) => ({ ...input, witness: [new Uint8Array(1)] })) });
    const stuffed = makeBlock(honest.header, [honest.transactions[0]!, witness]);
    assert.equal((await chain.acceptBlock(stuffed)).rejection?.reason, 'unexpected-witness');
    assert.equal((await chain.acceptBlock(longer)).rejection, undefined);
    assert.equal((await chain.acceptBlock(honest)).rejection, undefined);
    assert.equal(chain.tip, nodeOf(chain, longer));
  });

  it('marks a header whose block is invalid by itself or at its height', async () => {
    const chain = await openTestChain();
    const blocks = branch(genesis, 1);
    const parent = endOf(blocks);
    await acceptAll(chain, blocks);
    const twice = spend({ inputs: [coinbaseOf(blocks[0]!), coinbaseOf(blocks[0]!)], outputs: [{ value: 1n, scriptPubKey: OP_TRUE }] });
    const alone = buildBlock({ parent, params, transactions: [twice] });
    const atHeight = buildBlock({ parent: { ...parent, height: 7 }, params });
    for (const [block, reason] of [
      [alone, 'bad-txns-inputs-duplicate'],
      [atHeight, 'bad-cb-height'],
    ] as const) {
      chain.acceptHeaders([block.header]);
      assert.equal(chain.bestHeader, nodeOf(chain, block));
      assert.equal((await chain.acceptBlock(block)).rejection?.reason, reason);
      assert.equal((await chain.acceptBlock(block)).rejection?.reason, 'duplicate-invalid');
      assert.equal(chain.bestHeader, chain.tip);
    }
  });

  it('S1, S15: holds every spend to the signature of its secp256k1 key', async () => {
    const chain = await openTestChain();
    const key = new Uint8Array(32).fill(1);
    const script = p2wpkhScript(key, testSecp256k1);
    const funds = buildChain({ parent: genesis, params, count: 3, coinbaseScript: script });
    await acceptAll(chain, funds);
    const outputs = [{ value: 4_000_000_000n, scriptPubKey: OP_TRUE }];
    const signed = spend({ inputs: [outputOf(funds[0]!.transactions[0]!, 0, key)], outputs, secp256k1: testSecp256k1 });
    const input = signed.inputs[0]!;
    const rerouted = makeTransaction({ ...signed, outputs: [{ value: 4_000_000_000n, scriptPubKey: script }] });
    // 64 bytes as a key of 512 bits would sign, with the right public key beside them.
    const rsa = makeTransaction({ ...signed, inputs: [{ ...input, witness: [new Uint8Array(65).fill(1), input.witness[1]!] }] });
    const attempt = (tx: Transaction) => chain.acceptBlock(buildBlock({ parent: endOf(funds), params, transactions: [tx] }));
    const evalFalse = 'block-script-verify-flag-failed (Script evaluated without error but finished with a false/empty top stack element)';
    const first = await attempt(rerouted);
    assert.equal(first.rejection?.reason, evalFalse);
    assert.deepEqual(first.rejection?.detail, { position: 1, input: 0, error: 'EVAL_FALSE' });
    assert.equal((await attempt(rsa)).rejection?.reason, 'block-script-verify-flag-failed (Non-canonical DER signature)');
    assert.equal(chain.tip.height, 3);
    assert.equal((await attempt(signed)).rejection, undefined);
    assert.equal(chain.tip.height, 4);
  });

  it('S3: leaves the state as it was after a block with a double spend', async () => {
    const chain = await openTestChain();
    const blocks = branch(genesis, 3);
    await acceptAll(chain, blocks);
    const before = await coinsHash(chain);
    const both = [pass(blocks[0]!), pass(blocks[0]!, 1n)];
    const outcome = await chain.acceptBlock(buildBlock({ parent: endOf(blocks), params, transactions: both }));
    assert.equal(outcome.rejection?.reason, 'bad-txns-inputs-missingorspent');
    assert.equal(await coinsHash(chain), before);
  });

  it('S7: refuses a block without transactions and lives', async () => {
    const chain = await openTestChain();
    const [block] = branch(genesis, 1) as [Block];
    assert.equal((await chain.acceptBlock(rebuild(block, { transactions: [] }, params))).rejection?.reason, 'bad-blk-length');
    assert.equal((await chain.acceptBlock(block)).rejection, undefined);
  });

  it('S8: takes a block of the future when its time has come', async () => {
    const clock = new FakeClock(genesis.header.timeSeconds);
    const chain = await openTestChain({ clock });
    const ahead = buildBlock({ parent: genesis, params, timeSeconds: genesis.header.timeSeconds + 7_201 });
    const refused = await chain.acceptBlock(ahead);
    assert.equal(refused.rejection?.reason, 'time-too-new');
    assert.equal(refused.rejection?.kind, 'time-future');
    clock.setTime(genesis.header.timeSeconds + 1);
    assert.equal((await chain.acceptBlock(ahead)).rejection, undefined);
    assert.equal(chain.tip.height, 1);
  });

  it('never asks a clock where the chain keeps its own time', async () => {
    const network: NetworkParams = { ...params, consensus: { ...params.consensus, futureTime: quoin.consensus.futureTime } };
    for (const nowSeconds of [0, 4_000_000_000]) {
      const chain = await openTestChain({ params: network, clock: new FakeClock(nowSeconds) });
      const last = genesis.header.timeSeconds + 7_200;
      const late = await chain.acceptBlock(buildBlock({ parent: genesis, params: network, timeSeconds: last + 1 }));
      assert.equal(late.rejection?.kind, 'header');
      assert.equal((await chain.acceptBlock(buildBlock({ parent: genesis, params: network, timeSeconds: last }))).rejection, undefined);
    }
  });

  it('stops at the first header that is refused and keeps those before it', async () => {
    const chain = await openTestChain();
    const headers = branch(genesis, 3).map(({ header }) => header);
    const loose = branch(childOf(childOf(genesis, branch(genesis, 1, 9)[0]!), branch(genesis, 1, 8)[0]!), 1)[0]!.header;
    const outcome = chain.acceptHeaders([headers[0]!, headers[1]!, loose, headers[2]!]);
    assert.equal(outcome.accepted.length, 2);
    assert.equal(outcome.rejection?.reason, 'prev-blk-not-found');
    assert.equal(outcome.rejection?.kind, 'missing-prev');
    assert.equal(chain.bestHeader.height, 2);
    assert.equal(chain.tip.height, 0);
    assert.equal(chain.acceptHeaders(headers).accepted.length, 3);
    assert.equal(chain.tips()[0]?.status, 'headers-only');
  });

  it('stores blocks that come before their parents and connects them when the gap closes', async () => {
    const chain = await openTestChain();
    const blocks = branch(genesis, 20);
    chain.acceptHeaders(blocks.map(({ header }) => header));
    for (const block of blocks.slice(1).reverse()) assert.equal((await chain.acceptBlock(block)).isNew, true);
    assert.equal(chain.tip.height, 0);
    await chain.acceptBlock(blocks[0]!);
    assert.equal(chain.tip.height, 20);
  });

  it('stores what nobody asked for only near the tip and with enough work', async () => {
    const chain = await openTestChain();
    const blocks = branch(genesis, UNREQUESTED_AHEAD_MAX + 1, 1);
    chain.acceptHeaders(blocks.map(({ header }) => header));
    const far = await chain.acceptBlock(blocks[UNREQUESTED_AHEAD_MAX]!, { requested: false });
    assert.deepEqual([far.isNew, far.node?.height, far.node?.block], [false, UNREQUESTED_AHEAD_MAX + 1, undefined]);
    assert.equal((await chain.acceptBlock(blocks[UNREQUESTED_AHEAD_MAX - 1]!, { requested: false })).isNew, true);
    await acceptAll(chain, blocks.slice(0, 3));
    const [weak] = branch(genesis, 1, 2) as [Block];
    assert.equal((await chain.acceptBlock(weak, { requested: false })).isNew, false);
    assert.equal((await chain.acceptBlock(weak)).isNew, true);
  });

  it('leaves a branch that is called invalid and takes it again when that is taken back', async () => {
    const chain = await openTestChain();
    const ours = branch(genesis, 5, 1);
    const theirs = branch(endOf(ours.slice(0, 2)), 2, 2);
    await acceptAll(chain, [...ours, ...theirs]);
    assert.equal(await chain.invalidateBlock(nodeOf(chain, ours[3]!)), true);
    assert.equal(chain.tip, nodeOf(chain, theirs[1]!), 'of equal work, the branch that was complete first: its blocks beat the three left');
    await chain.invalidateBlock(nodeOf(chain, ours[1]!));
    assert.equal(chain.tip.height, 1);
    assert.equal(chain.bestHeader.height, 1);
    await chain.reconsiderBlock(nodeOf(chain, theirs[1]!));
    assert.equal(chain.tip, nodeOf(chain, theirs[1]!), 'the branch of what was reconsidered, not the sibling that failed by itself');
    await chain.reconsiderBlock(nodeOf(chain, ours[4]!));
    assert.equal(chain.tip, nodeOf(chain, ours[4]!));
    assert.equal(await chain.invalidateBlock(chain.tree.genesis), false);
  });

  it('judges a block before it is mined, and keeps nothing of it', async () => {
    const chain = await openTestChain();
    const blocks = branch(genesis, 3);
    await acceptAll(chain, blocks);
    const size = chain.tree.size;
    const parent = endOf(blocks);
    const check = async (block: Block): Promise<string | undefined> => (await chain.checkBlockProposal(block))?.reason;
    const good = buildBlock({ parent, params, transactions: [pass(blocks[0]!)] });
    let unmined = good;
    for (let nonce = 0; checkBlock(unmined, params.consensus) === undefined; nonce++) {
      unmined = makeBlock(makeHeader({ ...good.header, nonce }), good.transactions);
    }
    assert.equal(await check(unmined), undefined);
    assert.equal(await check(buildBlock({ parent, params, reward: 5_000_000_001n })), 'bad-cb-amount');
    assert.equal(await check(buildBlock({ parent, params, timeSeconds: 1 })), 'time-too-old');
    assert.equal(await check(makeBlock(good.header, good.transactions.slice(0, 1))), 'bad-txnmrklroot');
    assert.equal(await check(buildBlock({ parent: { ...parent, height: 9 }, params })), 'bad-cb-height');
    assert.equal(await check(blocks[2]!), 'inconclusive-not-best-prevblk');
    assert.equal(chain.tree.size, size);
    assert.equal(chain.tip.height, 3);
  });

  it('goes on where it was closed, with every branch and verdict', async () => {
    const stores = memoryStores();
    const first = await openTestChain(stores);
    const ours = branch(genesis, 5, 1);
    const theirs = branch(genesis, 5, 2);
    const bad = buildBlock({ parent: endOf(ours), params, reward: 5_000_000_001n });
    await acceptAll(first, [...ours, ...theirs, bad]);
    const tips = first.tips();
    const coins = await coinsHash(first);
    await first.close();
    const second = await openTestChain(stores);
    assert.equal(second.tip, nodeOf(second, ours[4]!), 'of equal work still the first');
    assert.deepEqual(second.tips(), tips);
    assert.equal(second.bestHeader, second.tip);
    assert.equal(await coinsHash(second), coins);
    assert.equal((await second.acceptBlock(bad)).rejection?.reason, 'duplicate-invalid');
    await acceptAll(second, branch(endOf(theirs), 1, 2));
    assert.equal(second.tip.height, 6);
    assert.equal(second.active.at(1), nodeOf(second, theirs[0]!));
  });

  it('rolls forwards, or back and forwards, from coins that were not written', async () => {
    const stores = memoryStores();
    const clock = new FakeClock();
    const first = await openTestChain({ ...stores, clock });
    const ours = branch(genesis, 5, 1);
    await acceptAll(first, ours);
    await first.flush();
    await acceptAll(first, branch(endOf(ours.slice(0, 2)), 8, 2));
    await clock.advance(HEADER_FLUSH_DELAY_MS);
    assert.deepEqual(await stores.coins.tip(), ours[4]!.header.hash, 'coins still of the old branch');
    const progress: [number, number][] = [];
    const second = await openTestChain({ ...stores, onProgress: (height, target) => progress.push([height, target]) });
    assert.equal(second.tip.height, 10);
    assert.equal(await coinsHash(second), await coinsHash(first));
    assert.deepEqual(progress.slice(0, 4), [
      [4, 10],
      [3, 10],
      [2, 10],
      [3, 10],
    ]);
    assert.deepEqual(progress.at(-1), [10, 10]);
  });

  it('writes header rows a while after they changed', async () => {
    const stores = memoryStores();
    const clock = new FakeClock();
    const chain = await openTestChain({ ...stores, clock });
    await acceptAll(chain, branch(genesis, 3));
    const rows = async (): Promise<number> => {
      let count = 0;
      for await (const loaded of stores.headers.load()) count += loaded.count;
      return count;
    };
    await clock.advance(HEADER_FLUSH_DELAY_MS - 1);
    assert.equal(await rows(), 0);
    await clock.advance(1);
    assert.equal(await rows(), 4);
    assert.equal(clock.pendingTimers, 0);
  });

  it('keeps the same coins with no room in memory at all', async () => {
    const roomy = await openTestChain();
    const tight = await openTestChain({ dbCacheBytes: 0 });
    const ours = branch(genesis, 4, 1);
    const paid = buildBlock({ parent: endOf(ours), params, transactions: [pass(ours[0]!), pass(ours[1]!)] });
    const theirs = branch(endOf(ours.slice(0, 3)), 3, 2);
    for (const chain of [roomy, tight]) await acceptAll(chain, [...ours, paid, ...theirs]);
    assert.equal(await coinsHash(tight), await coinsHash(roomy));
  });

  it('runs a task between two changes', async () => {
    const chain = await openTestChain();
    const blocks = branch(genesis, 2);
    const order: string[] = [];
    const accepting = chain.acceptBlock(blocks[0]!).then(() => order.push('first'));
    const task = chain.run(async () => {
      order.push(`task at ${chain.tip.height}`);
      await Promise.resolve();
      return chain.tip.height;
    });
    const last = chain.acceptBlock(blocks[1]!).then(() => order.push('second'));
    assert.equal(await task, 1);
    await Promise.all([accepting, last]);
    assert.deepEqual(order, ['first', 'task at 1', 'second']);
    await assert.rejects(
      chain.run(() => Promise.reject(new Error('mine'))),
      /mine/,
    );
    assert.equal((await chain.coinSetStats('none')).height, 2);
  });

  it('refuses stores of another network or without the block of their coins', async () => {
    const stores = memoryStores();
    const chain = await openTestChain(stores);
    await acceptAll(chain, branch(genesis, 1));
    await chain.close();
    await assert.rejects(
      openTestChain({ ...stores, params: quoin }),
      (error) => error instanceof NodeError && error.code === 'data-dir-network',
    );
    await assert.rejects(
      openTestChain({ ...memoryStores(), coins: stores.coins }),
      (error) => error instanceof NodeError && error.code === 'database-damaged',
    );
  });

  it('takes a damaged block file for what it is, not for a bad block', async () => {
    const stores = memoryStores();
    const chain = await openTestChain(stores);
    const ours = branch(genesis, 2, 1);
    await acceptAll(chain, ours);
    const damaged = { ...stores.blocks, read: async () => encodeBlock(ours[0]!) };
    await chain.close();
    const second = await openTestChain({ ...stores, blocks: { ...damaged, append: (block) => stores.blocks.append(block) } });
    const theirs = branch(genesis, 3, 2);
    await acceptAll(second, theirs.slice(0, 2));
    assert.deepEqual(await acceptAll(second, theirs.slice(2)), []);
    assert.deepEqual([...second.damagedBlocks()], [nodeOf(second, ours[1]!)]);
    assert.equal(second.tip, nodeOf(second, ours[1]!));
    assert.equal(
      second.tips().some(({ status }) => status === 'invalid'),
      false,
    );
  });

  it('knows regtest as Core does', async () => {
    const chain = await openTestChain({ params: regtest });
    const blocks = buildChain({ parent: genesisParent(regtest), params: regtest, count: 101 });
    await acceptAll(chain, blocks);
    const early = buildBlock({ parent: endOf(blocks, genesisParent(regtest)), params: regtest, transactions: [pass(blocks[2]!)] });
    assert.equal((await chain.acceptBlock(early)).rejection?.reason, 'bad-txns-premature-spend-of-coinbase');
    const mature = buildBlock({
      parent: endOf(blocks, genesisParent(regtest)),
      params: regtest,
      transactions: [pass(blocks[0]!), pass(blocks[1]!)],
    });
    assert.equal((await chain.acceptBlock(mature)).rejection, undefined);
  });
});
