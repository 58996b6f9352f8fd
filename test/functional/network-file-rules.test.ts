import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { addressOfScript, isAddressError, scriptOfAddress } from '../../src/core/address/address.ts';
import { decodeWif, encodeWif } from '../../src/core/address/wif.ts';
import { sha256 } from '../../src/core/crypto/sha256.ts';
import { createNetworkDefinition, planGenesis } from '../../src/core/params/network-definition.ts';
import { loadNetworkFile } from '../../src/core/params/networks.ts';
import { quoin } from '../../src/core/params/quoin.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { blockWeightWu, makeHeader } from '../../src/core/primitives/block.ts';
import { hashToNumber } from '../../src/core/primitives/compact-target.ts';
import type { Transaction, TxOutput } from '../../src/core/primitives/transaction.ts';
import { makeTransaction } from '../../src/core/primitives/transaction.ts';
import { p2wshScript } from '../../src/core/script/output-template.ts';
import { buildBlock, OP_TRUE, outputOf, spend } from '../support/chain-builder.ts';
import { TestKey } from '../support/key-spends.ts';
import { MemoryChain } from '../support/memory-chain.ts';
import { temporaryFolder } from '../support/quoin-process.ts';

const REWARD = 3_500_000_000n;
/** Exactly two rewards. */
const MAX_MONEY = 2n * REWARD;
const HALVING = 12;
const MATURITY = 3;
const WEIGHT = 20_000;
const SIGOPS_COST = 400;
const STEP_SECONDS = 600;
const BASE58 = { pubkeyHash: 70, scriptHash: 71, privateKey: 200 };

/** Writes a network file as a user would have it, its genesis mined, and reads it back. */
function writtenAndRead(): NetworkParams {
  const chosen = createNetworkDefinition({
    name: 'other-rules',
    difficultyBits: 8,
    reward: REWARD,
    halvingInterval: HALVING,
    coinbaseMaturity: MATURITY,
    blockWeightWu: WEIGHT,
    maxMoney: MAX_MONEY,
    futureTime: { kind: 'chain', maxStepSeconds: STEP_SECONDS },
    bech32Prefix: 'othr',
  });
  const definition = {
    ...chosen,
    addresses: { ...chosen.addresses, base58: BASE58 },
    limits: { ...chosen.limits, blockSigopsCost: SIGOPS_COST },
  };
  const plan = planGenesis(definition, { timeSeconds: 1_700_000_000 });
  let nonce = 0;
  while (hashToNumber(makeHeader({ ...plan.header, nonce }).hash) > plan.target) nonce++;
  const path = join(temporaryFolder('network'), 'other-rules.json');
  writeFileSync(path, JSON.stringify(plan.finish(nonce)));
  return loadNetworkFile(readFileSync(path, 'utf8'));
}

/** A coinbase script that can never be spent, of a size. */
const filler = (sizeBytes: number): Uint8Array => new Uint8Array(sizeBytes).fill(0x6a);

/** An output whose spender may put anything before the script: OP_DROP, OP_TRUE. */
const DROP_SCRIPT = Uint8Array.of(0x75, 0x51);

describe('a network of other rules, written in a file', () => {
  let params: NetworkParams;
  let node: MemoryChain;
  /** The coinbase of block 1, which pays to OP_TRUE. */
  let first: Transaction;

  /** A block on the tip. */
  const build = (options: Partial<Parameters<typeof buildBlock>[0]> = {}): Block => buildBlock({ parent: node.tip, params, ...options });

  /** Spends whole coinbases of OP_TRUE. */
  const spendAll = (coinbases: readonly Transaction[], outputs: readonly TxOutput[]): Transaction =>
    spend({ inputs: coinbases.map((tx) => outputOf(tx)), outputs });

  const coinbaseAt = async (height: number): Promise<Transaction> => (await node.blockAt(height)).transactions[0]!;

  before(() => {
    params = writtenAndRead();
  });

  /** A new chain of so many blocks, mined from templates. */
  async function open(height: number): Promise<void> {
    node = await MemoryChain.open(params);
    await node.mine(height);
    if (height > 0) first = await coinbaseAt(1);
  }

  it('has the numbers that were written and a message start of its own', () => {
    const { consensus } = params;
    assert.equal(consensus.subsidy.initial, REWARD);
    assert.equal(consensus.subsidy.halvingInterval, HALVING);
    assert.equal(consensus.coinbaseMaturity, MATURITY);
    assert.equal(consensus.maxBlockWeightWu, WEIGHT);
    assert.equal(consensus.maxBlockSigopsCost, SIGOPS_COST);
    assert.equal(consensus.maxMoney, MAX_MONEY);
    assert.deepEqual(params.base58, BASE58);
    assert.equal(params.bech32Prefix, 'othr');
    assert.notDeepEqual(params.messageStart, quoin.messageStart);
  });

  it('halves its reward at every twelfth block when it is mined', async () => {
    await open(25);
    const rewards = await Promise.all([1, 11, 12, 23, 24].map(async (height) => (await coinbaseAt(height)).outputs[0]!.value));
    assert.deepEqual(rewards, [REWARD, REWARD, REWARD / 2n, REWARD / 2n, REWARD / 4n]);
  });

  it('refuses one base unit more than the halved reward', async () => {
    await open(HALVING - 1);
    assert.equal(await node.take(build({ reward: REWARD / 2n + 1n })), 'bad-cb-amount');
    assert.equal(node.tip.height, HALVING - 1);
    assert.equal(await node.take(build({ reward: REWARD / 2n })), undefined);
    assert.equal(node.tip.height, HALVING);
  });

  it('refuses a reward of the first twelve blocks that is one base unit more', async () => {
    await open(HALVING - 2);
    assert.equal(await node.take(build({ reward: REWARD + 1n })), 'bad-cb-amount');
    assert.equal(await node.take(build({ reward: REWARD })), undefined);
  });

  it('lets a coinbase be spent three blocks later and not two', async () => {
    await open(MATURITY - 1);
    const payment = spendAll([first], [{ value: REWARD, scriptPubKey: OP_TRUE }]);
    assert.equal(await node.take(build({ transactions: [payment] })), 'bad-txns-premature-spend-of-coinbase');
    await node.mine(1);
    assert.equal(node.tip.height, MATURITY);
    assert.equal(await node.take(build({ transactions: [payment] })), undefined);
  });

  it('lets a spend of a coinbase wait from the block on in which it is mature', async () => {
    node = await MemoryChain.open(params);
    const key = new TestKey(node.secp256k1, 3);
    await node.mine(1, key.scripts.tr);
    await node.mine(MATURITY - 2);
    const { txid } = await coinbaseAt(1);
    const payment = key.spend([{ outPoint: { txid, vout: 0 }, value: REWARD, kind: 'tr' }], [key.output('wpkh', REWARD - 10_000n)]);
    assert.equal(await node.send(payment), 'bad-txns-premature-spend-of-coinbase');
    await node.mine(1);
    assert.equal(await node.send(payment), undefined);
    await node.mine(1);
    const { transactions } = await node.blockAt(MATURITY + 1);
    assert.deepEqual(
      transactions.slice(1).map((tx) => tx.txid),
      [payment.txid],
    );
    assert.equal(transactions[0]!.outputs[0]!.value, REWARD + 10_000n);
    assert.equal(node.mempool.size, 0);
  });

  it('takes a block of the whole weight and refuses one byte more', async () => {
    await open(1);
    const sizeWithout = build({ coinbaseScript: filler(1_000) }).strippedSizeBytes - 1_000;
    const full = WEIGHT / 4 - sizeWithout;
    assert.equal(await node.take(build({ coinbaseScript: filler(full + 1) })), 'bad-blk-length');
    const block = build({ coinbaseScript: filler(full) });
    assert.equal(blockWeightWu(block), WEIGHT);
    assert.equal(await node.take(block), undefined);
  });

  it('counts a byte of witness as one unit of weight, and refuses one past the limit', async () => {
    await open(MATURITY);
    const making = spendAll([first], [{ value: REWARD, scriptPubKey: p2wshScript(sha256(DROP_SCRIPT)) }]);
    assert.equal(await node.take(build({ transactions: [making] })), undefined);
    const blockOf = (fillerBytes: number, witnessBytes: number): Block => {
      const bare = spendAll([making], [{ value: REWARD, scriptPubKey: OP_TRUE }]);
      const inputs = bare.inputs.map((input) => ({ ...input, witness: [new Uint8Array(witnessBytes), DROP_SCRIPT] }));
      return build({ transactions: [makeTransaction({ ...bare, inputs })], coinbaseScript: filler(fillerBytes) });
    };
    const missing = WEIGHT - blockWeightWu(blockOf(1_000, 300));
    const [fillerBytes, witnessBytes] = [1_000 + Math.floor(missing / 4), 300 + (missing % 4)];
    const over = blockOf(fillerBytes, witnessBytes + 1);
    assert.equal(blockWeightWu(over), WEIGHT + 1);
    assert.equal(await node.take(over), 'bad-blk-weight');
    assert.equal(await node.take(blockOf(fillerBytes, witnessBytes)), undefined);
  });

  it('fills a block from what waits up to the weight and leaves the rest for the next', async () => {
    node = await MemoryChain.open(params);
    const key = new TestKey(node.secp256k1, 5);
    await node.mine(1, key.scripts.wpkh);
    await node.mine(MATURITY);
    const { txid } = await coinbaseAt(1);
    const share = REWARD / 40n;
    const fanOut = key.spend(
      [{ outPoint: { txid, vout: 0 }, value: REWARD, kind: 'wpkh' }],
      Array.from({ length: 40 }, () => key.output('pkh', share - 1_000n)),
    );
    assert.equal(await node.send(fanOut), undefined);
    await node.mine(1);
    for (let vout = 0; vout < 40; vout++) {
      const coin = { outPoint: { txid: fanOut.txid, vout }, value: share - 1_000n, kind: 'pkh' } as const;
      assert.equal(await node.send(key.spend([coin], [key.output('tr', share - 3_000n)])), undefined);
    }
    await node.mine(1);
    const left = node.mempool.size;
    assert.ok(left > 0 && left < 40, `${left} wait for the next block`);
    assert.ok(blockWeightWu(await node.blockAt(node.tip.height)) <= WEIGHT);
    while (node.mempool.size > 0) await node.mine(1);
    const state = await node.state();
    assert.match(state.coins, /^[0-9a-f]{64}$/);
  });

  it('holds an output to the amount limit and refuses one base unit more', async () => {
    await open(MATURITY + 1);
    const second = await coinbaseAt(2);
    const tooLarge = spendAll([first, second], [{ value: MAX_MONEY + 1n, scriptPubKey: OP_TRUE }]);
    assert.equal(await node.take(build({ transactions: [tooLarge] })), 'bad-txns-vout-toolarge');
    const tooMany = spendAll(
      [first, second],
      [
        { value: MAX_MONEY, scriptPubKey: OP_TRUE },
        { value: 1n, scriptPubKey: OP_TRUE },
      ],
    );
    assert.equal(await node.take(build({ transactions: [tooMany] })), 'bad-txns-txouttotal-toolarge');
    const whole = spendAll([first, second], [{ value: MAX_MONEY, scriptPubKey: OP_TRUE }]);
    assert.equal(await node.take(build({ transactions: [whole] })), undefined);
  });

  it('holds the inputs of a transaction to the amount limit and refuses one base unit more', async () => {
    await open(MATURITY + 2);
    const coinbases = [await coinbaseAt(2), await coinbaseAt(3)];
    const unit = spendAll(
      [first],
      [
        { value: 1n, scriptPubKey: OP_TRUE },
        { value: REWARD - 1n, scriptPubKey: OP_TRUE },
      ],
    );
    assert.equal(await node.take(build({ transactions: [unit] })), undefined);
    const outputs = [{ value: MAX_MONEY, scriptPubKey: OP_TRUE }];
    const over = spend({ inputs: [...coinbases.map((tx) => outputOf(tx)), outputOf(unit)], outputs });
    assert.equal(await node.take(build({ transactions: [over] })), 'bad-txns-inputvalues-outofrange');
    assert.equal(await node.take(build({ transactions: [spendAll(coinbases, outputs)] })), undefined);
  });

  it('takes a hundred signature operations and refuses one more', async () => {
    await open(1);
    const operations = (count: number): Uint8Array => new Uint8Array(count).fill(0xac);
    assert.equal(await node.take(build({ coinbaseScript: operations(SIGOPS_COST / 4 + 1) })), 'bad-blk-sigops');
    assert.equal(await node.take(build({ coinbaseScript: operations(SIGOPS_COST / 4) })), undefined);
  });

  it('lets a block be 600 seconds after the median and not 601, whatever the clock shows', async () => {
    await open(5);
    node.clock.setTime(4_000_000_000);
    const latest = node.tip.medianTimeSeconds + STEP_SECONDS;
    assert.equal(await node.take(build({ timeSeconds: latest + 1 })), 'time-too-new');
    assert.equal(await node.take(build({ timeSeconds: latest })), undefined);
  });

  it('writes addresses with its own prefixes and reads no others', async () => {
    node = await MemoryChain.open(params);
    const { scripts } = new TestKey(node.secp256k1, 9);
    for (const script of Object.values(scripts)) {
      const own = addressOfScript(script, params)!;
      const read = scriptOfAddress(own, params);
      assert.ok(!isAddressError(read), own);
      assert.deepEqual(read.script, script);
      for (const other of [quoin, regtest]) {
        assert.ok(isAddressError(scriptOfAddress(addressOfScript(script, other)!, params)), `an address of ${other.name} is refused`);
        assert.ok(isAddressError(scriptOfAddress(own, other)), `${other.name} refuses an address of ours`);
      }
    }
    assert.match(addressOfScript(scripts.tr, params)!, /^othr1p/);
    const key = { privateKey: new Uint8Array(32).fill(9), compressed: true };
    assert.deepEqual(decodeWif(encodeWif(key, params), params), key);
    assert.ok(isAddressError(decodeWif(encodeWif(key, quoin), params)));
  });
});
