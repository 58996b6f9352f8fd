import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { from, output, pay, TRUE_OUTPUT } from '../../../test/support/mempool-world.ts';
import type { MiningWorld } from '../../../test/support/mining-world.ts';
import { createMiningWorld } from '../../../test/support/mining-world.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { bytesEqual } from '../../core/base/bytes.ts';
import { merkleRootOf } from '../../core/crypto/merkle.ts';
import { createNonceSearch } from '../../core/crypto/search-nonce.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { ConsensusParams, NetworkParams } from '../../core/params/types.ts';
import { blockWeightWu } from '../../core/primitives/block.ts';
import type { OutPoint, Transaction } from '../../core/primitives/transaction.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { makeCluster } from '../mempool/cluster.ts';
import type { GraphEntry, MempoolEntry } from '../mempool/entry.ts';
import { makeEntry } from '../mempool/entry.ts';
import { chunksBestFirst } from '../mempool/graph.ts';
import { RESERVED_WEIGHT_WU } from './assembly.ts';
import type { BlockTemplate } from './block-template.ts';
import { assembleBlock, createTemplate, searchJobOf } from './block-template.ts';
import { merkleBranch, merkleRootFrom } from './merkle-branch.ts';
import { SlicedSearch } from './search-slice.ts';
import type { BlockRoom } from './select-transactions.ts';
import { selectTransactions } from './select-transactions.ts';

function network(consensus: Partial<ConsensusParams>): NetworkParams {
  return { ...regtest, consensus: { ...regtest.consensus, coinbaseMaturity: 1, ...consensus } };
}

/** Any block of a template, without proof of work. */
function unsolved(template: BlockTemplate, extranonce = 5) {
  const job = searchJobOf(template, 1);
  const search = new SlicedSearch({ ...job, target: new Uint8Array(32).fill(255) }, { index: extranonce, of: 1 }, createNonceSearch());
  const outcome = search.slice(1);
  assert.equal(outcome.kind, 'found');
  return assembleBlock(template, outcome.kind === 'found' ? outcome.result : assert.fail());
}

/** The salt as the coinbase's script has it. */
function saltBytes({ salt }: BlockTemplate): number[] {
  return [salt & 255, (salt >>> 8) & 255, (salt >>> 16) & 255, salt >>> 24];
}

describe('a template', () => {
  it('is searched through other headers than the one before it, though nothing has changed and time stands still', async () => {
    const world = await createMiningWorld(network({}));
    await world.generate(20);
    const first = await createTemplate(world.template);
    const second = await createTemplate(world.template);
    assert.deepEqual({ ...second, salt: first.salt }, first);
    assert.notDeepEqual(unsolved(second, 0).header.merkleRoot, unsolved(first, 0).header.merkleRoot);
  });

  it('of an empty pool is a coinbase with height, subsidy and commitment', async () => {
    const world = await createMiningWorld(network({}));
    await world.generate(20);
    const template = await createTemplate(world.template);
    assert.equal(template.height, 21);
    const block = unsolved(template);
    const coinbase = block.transactions[0]!;
    assert.deepEqual([...coinbase.inputs[0]!.scriptSig], [1, 21, 8, ...saltBytes(template), 5, 0, 0, 0]);
    assert.equal(coinbase.inputs[0]!.sequence, 0xfffffffe);
    assert.equal(coinbase.lockTime, 20);
    assert.equal(coinbase.outputs[0]!.value, 5_000_000_000n);
    assert.equal(coinbase.outputs.length, 2);
    assert.equal(block.header.version, 0x20000000);
    assert.equal(await world.chain.checkBlockProposal(block), undefined);
  });

  it('has no witness before witnesses are in force, and leaves transactions with one out', async () => {
    const world = await createMiningWorld(network({ heights: { ...regtest.consensus.heights, segwit: 6 } }));
    const [coin] = await world.matureCoins(1);
    await world.pool.accept(pay({ inputs: [coin!], outputs: [output(4_999_999_000n)] }));
    assert.equal(world.pool.size, 1);
    const early = await createTemplate(world.template);
    assert.equal(early.transactions.length, 0);
    assert.equal(unsolved(early).transactions[0]!.outputs.length, 1);
    assert.equal(await world.chain.checkBlockProposal(unsolved(early)), undefined);
    await world.generate(6 - early.height);
    const later = await createTemplate(world.template);
    assert.equal(later.transactions.length, 1);
    assert.equal(await world.chain.checkBlockProposal(unsolved(later)), undefined);
  });

  it('takes its time from the clock, within what the chain allows (N7)', async () => {
    const chainTime = { kind: 'chain', maxStepSeconds: 7_200 } as const;
    for (const futureTime of [chainTime, regtest.consensus.futureTime]) {
      const clock = new FakeClock(regtest.genesis.header.timeSeconds + 100);
      const world = await createMiningWorld(network({ futureTime }), clock);
      const median = world.chain.tip.medianTimeSeconds;
      const timeAt = async (nowSeconds: number) => {
        clock.setTime(nowSeconds);
        const template = await createTemplate(world.template);
        assert.equal(await world.chain.checkBlockProposal(unsolved(template)), undefined);
        return template.timeSeconds - median;
      };
      assert.equal(await timeAt(median + 500), 500);
      assert.equal(await timeAt(median - 500), 1);
      assert.equal(await timeAt(median + 7_200), 7_200);
      assert.equal(await timeAt(median + 7_201), futureTime === chainTime ? 7_200 : 7_201);
    }
  });

  it('is none where the clock is two hours behind the median: every block would be too new', async () => {
    const clock = new FakeClock(regtest.genesis.header.timeSeconds + 100);
    const world = await createMiningWorld(network({}), clock);
    const median = world.chain.tip.medianTimeSeconds;
    clock.setTime(median + 1 - 7_200);
    assert.equal((await createTemplate(world.template)).timeSeconds, median + 1);
    clock.setTime(median - 7_200);
    await assert.rejects(createTemplate(world.template), {
      code: 'clock-behind',
      message: 'CreateNewBlock: TestBlockValidity failed: time-too-new, block timestamp too far in the future',
    });
  });

  it('of any pool is a valid block that keeps to small limits', async () => {
    for (const seed of [1, 2, 3]) {
      const random = new SeededRandom(seed);
      const world = await createMiningWorld(network({ maxBlockWeightWu: RESERVED_WEIGHT_WU + 20_000, maxBlockSigopsCost: 400 }));
      const coins = await world.matureCoins(12);
      await fillPool(world, coins, random);
      assert.ok(world.pool.size > 60, `${world.pool.size} wait`);
      for (let waiting = world.pool.size; waiting > 0; waiting = world.pool.size) {
        const template = await createTemplate(world.template);
        assert.ok(template.transactions.length > 0, `seed ${seed}`);
        const block = unsolved(template);
        assert.equal(await world.chain.checkBlockProposal(block), undefined, `seed ${seed}`);
        assert.ok(blockWeightWu(block) <= world.params.consensus.maxBlockWeightWu);
        await world.generate(1);
        assert.equal(world.pool.size, waiting - template.transactions.length);
      }
    }
  });
});

/** Random transactions that spend coins and one another, with random fees. */
async function fillPool(world: MiningWorld, coins: readonly OutPoint[], random: SeededRandom): Promise<void> {
  const free: { readonly point: OutPoint; readonly value: bigint }[] = coins.map((point) => ({ point, value: 5_000_000_000n }));
  for (let i = 0; i < 120; i++) {
    const inputs = Array.from({ length: 1 + random.below(2) }, () => free.splice(random.below(free.length), 1)[0]!);
    const total = inputs.reduce((sum, { value }) => sum + value, 0n) - BigInt(500 + random.below(100_000));
    const parts = BigInt(1 + random.below(3));
    const tx = pay({
      inputs: inputs.map(({ point }) => point),
      outputs: Array.from({ length: Number(parts) }, () => output(total / parts)),
    });
    const { rejection } = await world.pool.accept(tx);
    if (rejection !== undefined) assert.equal(rejection.reason, 'too-large-cluster');
    if (rejection !== undefined) free.push(...inputs);
    else tx.outputs.forEach(({ value }, vout) => void free.push({ point: from(tx, vout), value }));
  }
}

describe('choosing transactions', () => {
  const ROOM: BlockRoom = {
    height: 100,
    medianTimeSeconds: 1_000_000_000,
    weightWu: 100_000,
    sigopsCost: 1_000,
    witness: true,
    feeRateMinSatPerKvb: 0n,
  };
  let made = 0;

  function entryOf(
    feeSat: bigint,
    options: { readonly sigopsCost?: number; readonly lockTime?: number; readonly parent?: GraphEntry } = {},
  ): GraphEntry {
    const prevout: OutPoint =
      options.parent === undefined
        ? { txid: merkleRootFrom(new Uint8Array(32), []) as Transaction['txid'], vout: made++ }
        : from(options.parent.tx);
    const tx = pay({ inputs: [prevout], outputs: [output(1_000n)], lockTime: options.lockTime ?? 0 });
    const entry = makeEntry({
      feeDeltaSat: 0n,
      tx,
      feeSat,
      sigopsCost: options.sigopsCost ?? 0,
      bytesPerSigop: 20,
      timeSeconds: 0,
      height: 0,
      coinHeightMax: 0,
      spendsCoinbase: false,
    });
    if (options.parent !== undefined) {
      entry.parents.add(options.parent);
      options.parent.children.add(entry);
    }
    return entry;
  }

  function choose(groups: readonly (readonly MempoolEntry[])[], room: Partial<BlockRoom>): readonly MempoolEntry[] {
    return selectTransactions(chunksBestFirst(groups.map((group) => makeCluster(group))), { ...ROOM, ...room });
  }

  it('fills the weight to the last unit', () => {
    const entries = [entryOf(3_000n), entryOf(2_000n), entryOf(1_000n)];
    const all = entries.reduce((sum, entry) => sum + entry.weightWu, 0);
    const groups = entries.map((entry) => [entry]);
    assert.deepEqual(choose(groups, { weightWu: all }), entries);
    assert.deepEqual(choose(groups, { weightWu: all - 1 }), entries.slice(0, 2));
  });

  it('leaves out what pays less than the least, to the last unit', () => {
    const [rich, poor] = [entryOf(1_000n), entryOf(100n)];
    const { vsizeBytes } = poor;
    const exact = (100n * 1_000n) / BigInt(vsizeBytes);
    assert.deepEqual(choose([[rich], [poor]], { feeRateMinSatPerKvb: exact }), [rich, poor]);
    assert.deepEqual(choose([[rich], [poor]], { feeRateMinSatPerKvb: exact + 1n }), [rich]);
    const free = entryOf(0n);
    assert.deepEqual([choose([[free]], {}), choose([[free]], { feeRateMinSatPerKvb: 1n })], [[free], []]);
  });

  it('fills the signature operations to the last one', () => {
    const entries = [entryOf(3_000n, { sigopsCost: 40 }), entryOf(2_000n, { sigopsCost: 40 })];
    const groups = entries.map((entry) => [entry]);
    assert.equal(choose(groups, { sigopsCost: 80 }).length, 2);
    assert.equal(choose(groups, { sigopsCost: 79 }).length, 1);
  });

  it('goes on with smaller groups where one does not fit, but never with what stands behind it', () => {
    const parent = entryOf(9_000n, { sigopsCost: 100 });
    const child = entryOf(1_000n, { parent });
    const other = entryOf(500n);
    assert.deepEqual(choose([[parent, child], [other]], { sigopsCost: 99 }), [other]);
    assert.deepEqual(choose([[parent, child], [other]], { sigopsCost: 100 }), [parent, child, other]);
  });

  it('leaves out what is not final', () => {
    const entries = [entryOf(1_000n, { lockTime: 99 }), entryOf(1_000n, { lockTime: 100 })];
    assert.deepEqual(
      choose(
        entries.map((entry) => [entry]),
        {},
      ),
      [entries[0]],
    );
  });
});

describe('a Merkle branch', () => {
  it('leads from any first transaction to the root', () => {
    for (let count = 1; count <= 20; count++) {
      const txids = Array.from(
        { length: count },
        (_, vout) => makeTransaction({ version: 1, inputs: [], outputs: [output(BigInt(vout))], lockTime: 0 }).txid,
      );
      const root = merkleRootFrom(txids[0]!, merkleBranch(txids.slice(1)));
      assert.ok(bytesEqual(root, merkleRootOf(txids).root), `${count} transactions`);
    }
  });
});

describe('the payment of a template', () => {
  it('is subsidy and fees, to the script that was asked for', async () => {
    const world = await createMiningWorld(network({}));
    const coins = await world.matureCoins(2);
    for (const fee of [1_000n, 2_345n]) await world.pool.accept(pay({ inputs: [coins.pop()!], outputs: [output(5_000_000_000n - fee)] }));
    const template = await createTemplate(world.template);
    assert.equal(template.feesSat, 3_345n);
    assert.deepEqual(template.coinbaseOutputs[0], { value: 5_000_003_345n, scriptPubKey: TRUE_OUTPUT });
  });
});
