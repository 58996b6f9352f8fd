/**
 * The holes of the first prototype of this idea, S1 to S15, each as an attack that is tried. Those that need a running node (S7's second
 * half, S12) stand in prototype-holes-process.test.ts.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { concatBytes } from '../../src/core/base/bytes.ts';
import { encodeDer } from '../../src/core/crypto/der.ts';
import { sha256 } from '../../src/core/crypto/sha256.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { decodeBlock, encodeBlock, makeBlock } from '../../src/core/primitives/block.ts';
import { zeroHash } from '../../src/core/primitives/ids.ts';
import type { Satoshis, Transaction, TxOutput } from '../../src/core/primitives/transaction.ts';
import { makeTransaction, NULL_VOUT, outPointKey } from '../../src/core/primitives/transaction.ts';
import type { Message } from '../../src/core/wire/messages/table.ts';
import { SERVICES } from '../../src/core/wire/services.ts';
import type { SyncAction } from '../../src/engine/sync/actions.ts';
import { BUCKET_PLACES, NEW_BUCKETS } from '../../src/engine/sync/address-buckets.ts';
import { AddressManager } from '../../src/engine/sync/address-manager.ts';
import type { PeerId } from '../../src/engine/sync/peer.ts';
import { SyncMachine } from '../../src/engine/sync/sync-machine.ts';
import type { BuildOptions } from '../support/chain-builder.ts';
import { buildBlock, buildChain, buildCoinbase, childOf, mineHeader, OP_TRUE, outputOf, rebuild, spend } from '../support/chain-builder.ts';
import { easyQuoin } from '../support/easy-quoin.ts';
import { KEY_OUTPUT_KINDS, TestKey } from '../support/key-spends.ts';
import { MemoryChain } from '../support/memory-chain.ts';
import { silentLog } from '../support/mempool-world.ts';
import { SeededRandom } from '../support/seeded-random.ts';

const REWARD: Satoshis = easyQuoin.consensus.subsidy.initial;
const MATURITY = easyQuoin.consensus.coinbaseMaturity;
const params: NetworkParams = easyQuoin;

let node: MemoryChain;

/** A block on the tip. */
const build = (options: Partial<BuildOptions> = {}): Block => buildBlock({ parent: node.tip, params: node.params, ...options });

/** Pays to nobody in particular. */
const payTrue = (value: Satoshis): TxOutput => ({ value, scriptPubKey: OP_TRUE });

const coinbaseAt = async (height: number): Promise<Transaction> => (await node.blockAt(height)).transactions[0]!;

/** Tries a block and sees that it is refused for this reason and nothing else has changed. */
async function refused(block: Block, reason: string | RegExp): Promise<void> {
  const before = await node.state();
  const found = await node.take(block);
  if (typeof reason === 'string') assert.equal(found, reason);
  else assert.match(found ?? 'accepted', reason);
  assert.deepEqual(await node.state(), before);
}

describe('holes of the prototype: transactions', () => {
  /** Coinbases of OP_TRUE that are mature. */
  let first: Transaction;
  let second: Transaction;

  beforeEach(async () => {
    node = await MemoryChain.open(params);
    await node.mine(MATURITY + 2);
    first = await coinbaseAt(1);
    second = await coinbaseAt(2);
  });

  for (const kind of KEY_OUTPUT_KINDS) {
    it(`S1: refuses a payment from ${kind} whose outputs were changed under its signature`, async () => {
      const key = new TestKey(node.secp256k1, 11);
      const funding = spend({ inputs: [outputOf(first)], outputs: [key.output(kind, REWARD)] });
      assert.equal(await node.take(build({ transactions: [funding] })), undefined);
      const coin = { outPoint: { txid: funding.txid, vout: 0 }, value: REWARD, kind };
      const honest = key.spend([coin], [key.output('wpkh', REWARD - 10_000n)]);
      const thief = new TestKey(node.secp256k1, 12);
      const changed = makeTransaction({ ...honest, outputs: [thief.output('wpkh', REWARD - 10_000n)] });
      assert.match((await node.send(changed)) ?? 'accepted', /^mempool-script-verify-flag-failed/);
      await refused(build({ transactions: [changed], fees: 10_000n }), /^block-script-verify-flag-failed/);
      assert.equal(await node.send(honest), undefined);
    });
  }

  it('S2: refuses a transaction that names one coin twice', async () => {
    const twice = spend({ inputs: [outputOf(first), outputOf(first)], outputs: [payTrue(2n * REWARD)] });
    assert.equal(await node.send(twice), 'bad-txns-inputs-duplicate');
    await refused(build({ transactions: [twice] }), 'bad-txns-inputs-duplicate');
  });

  it('S3: refuses a block in which two transactions spend one coin, and either alone is good', async () => {
    const one = spend({ inputs: [outputOf(first)], outputs: [payTrue(REWARD)] });
    const other = spend({ inputs: [outputOf(first)], outputs: [payTrue(REWARD - 1n)] });
    await refused(build({ transactions: [one, other] }), 'bad-txns-inputs-missingorspent');
    assert.equal(await node.chain.checkBlockProposal(build({ transactions: [one] })), undefined);
    assert.equal(await node.chain.checkBlockProposal(build({ transactions: [other] })), undefined);
  });

  it('S3: lets only one of two payments of the same coin wait', async () => {
    const key = new TestKey(node.secp256k1, 13);
    await node.mine(1, key.scripts.wpkh);
    await node.mine(MATURITY);
    const coinbase = await coinbaseAt(node.tip.height - MATURITY);
    const coin = { outPoint: { txid: coinbase.txid, vout: 0 }, value: REWARD, kind: 'wpkh' } as const;
    assert.equal(await node.send(key.spend([coin], [key.output('tr', REWARD - 20_000n)])), undefined);
    assert.equal(await node.send(key.spend([coin], [key.output('pkh', REWARD - 20_000n)])), 'insufficient fee');
    assert.equal(node.mempool.size, 1);
  });

  it('S4: refuses an ordinary transaction with the input of a coinbase in it', async () => {
    const nothing = { outPoint: { txid: zeroHash<Transaction['txid']>(), vout: NULL_VOUT }, value: REWARD };
    for (const inputs of [
      [nothing, outputOf(first)],
      [outputOf(first), nothing],
    ]) {
      const minting = spend({ inputs, outputs: [payTrue(2n * REWARD)] });
      assert.equal(await node.send(minting), 'bad-txns-prevout-null');
      await refused(build({ transactions: [minting] }), 'bad-txns-prevout-null');
    }
  });

  it('S4: refuses a second coinbase in a block, and one that is sent as a transaction', async () => {
    const minting = buildCoinbase({ parent: node.tip, params, extra: Uint8Array.of(7) });
    assert.equal(await node.send(minting), 'coinbase');
    await refused(build({ transactions: [minting] }), 'bad-cb-multiple');
  });

  it('S5: refuses a negative output that makes room for a larger one', async () => {
    const stealing = spend({ inputs: [outputOf(first)], outputs: [payTrue(-1_000n), payTrue(REWARD + 1_000n)] });
    assert.equal(await node.send(stealing), 'bad-txns-vout-negative');
    await refused(build({ transactions: [stealing] }), 'bad-txns-vout-negative');
  });

  it('S6: refuses a coinbase whose huge and negative outputs sum up to the reward', async () => {
    const { maxMoney } = params.consensus;
    const shapes: readonly (readonly [readonly Satoshis[], string])[] = [
      [[maxMoney + 1n, REWARD - maxMoney - 1n], 'bad-txns-vout-toolarge'],
      [[REWARD - maxMoney, maxMoney], 'bad-txns-vout-negative'],
      // The sum runs over 64 bits and comes out as the reward.
      [[2n ** 63n - 1n, 2n ** 63n - 1n, REWARD + 2n], 'bad-txns-vout-toolarge'],
      [[maxMoney, maxMoney], 'bad-txns-txouttotal-toolarge'],
      [[REWARD, 1n], 'bad-cb-amount'],
    ];
    const honest = build();
    const [coinbase] = honest.transactions as [Transaction];
    for (const [values, reason] of shapes) {
      const greedy = makeTransaction({ ...coinbase, outputs: values.map(payTrue) });
      await refused(rebuild(honest, { transactions: [greedy] }, params), reason);
    }
    assert.equal(await node.take(honest), undefined);
  });

  it('S7: refuses a block without a transaction and goes on', async () => {
    const { header } = build();
    const empty = makeBlock(mineHeader({ ...header, merkleRoot: zeroHash() }, params.consensus), []);
    await refused(decodeBlock(encodeBlock(empty)), 'bad-blk-length');
    // A header that commits to transactions which are not there says nothing about itself.
    await refused(makeBlock(header, []), 'bad-txnmrklroot');
    assert.equal(await node.take(build()), undefined);
  });

  it('S14: forgets what others mined, and mines it no second time', async () => {
    const key = new TestKey(node.secp256k1, 14);
    const funding = spend({ inputs: [outputOf(first), outputOf(second)], outputs: [key.output('tr', REWARD), key.output('tr', REWARD)] });
    assert.equal(await node.take(build({ transactions: [funding] })), undefined);
    const coin = (vout: number) => ({ outPoint: { txid: funding.txid, vout }, value: REWARD, kind: 'tr' }) as const;
    const mined = key.spend([coin(0)], [key.output('wpkh', REWARD - 10_000n)]);
    const overtaken = key.spend([coin(1)], [key.output('wpkh', REWARD - 10_000n)]);
    const rival = key.spend([coin(1)], [key.output('pkh', REWARD - 5_000n)]);
    assert.equal(await node.send(mined), undefined);
    assert.equal(await node.send(overtaken), undefined);
    assert.equal(await node.take(build({ transactions: [mined, rival], fees: 15_000n })), undefined);
    assert.equal(node.mempool.size, 0);
    assert.equal(await node.send(mined), 'txn-already-known');
    await node.mine(1);
    assert.equal((await node.blockAt(node.tip.height)).transactions.length, 1);
  });
});

describe('holes of the prototype: the chain', () => {
  it('S8: refuses a block dated years ahead until the clock comes near it', async () => {
    node = await MemoryChain.open(regtest);
    await node.mine(3);
    const years = node.clock.nowSeconds() + 3 * 31_536_000;
    const ahead = build({ timeSeconds: years });
    await refused(ahead, 'time-too-new');
    assert.equal(await node.take(build({ timeSeconds: node.clock.nowSeconds() + 7_201 })), 'time-too-new');
    assert.equal(await node.take(build({ timeSeconds: node.clock.nowSeconds() + 7_200 })), undefined);
    const parent = node.tip;
    node.clock.setTime(years - 7_200);
    const later = buildBlock({ parent, params: regtest, timeSeconds: years });
    assert.equal(await node.take(later), undefined);
    assert.equal(node.tip.height, 5);
  });

  it('S8: holds a block to two hours after the median where the chain itself is the clock, and mines on', async () => {
    node = await MemoryChain.open(params);
    await node.mine(3);
    await refused(build({ timeSeconds: node.tip.header.timeSeconds + 3 * 31_536_000 }), 'time-too-new');
    await refused(build({ timeSeconds: node.tip.medianTimeSeconds + 7_201 }), 'time-too-new');
    assert.equal(await node.take(build({ timeSeconds: node.tip.medianTimeSeconds + 7_200 })), undefined);
    await node.mine(2);
    assert.equal(node.tip.height, 6);
  });

  /** Two branches of `depth` and one more block behind a common start, with other payments on each. */
  async function fork(depth: number): Promise<{ readonly common: Block[]; readonly lost: Block[]; readonly won: Block[] }> {
    const common = buildChain({ parent: genesis(), params, count: MATURITY + 4 });
    const start = common.reduce((parent, block) => childOf(parent, block), genesis());
    const branch = (coinbase: Transaction, count: number, extra: number): Block[] => {
      const payment = spend({ inputs: [outputOf(coinbase)], outputs: [payTrue(REWARD / 2n), payTrue(REWARD / 2n)] });
      const next = spend({ inputs: [outputOf(payment, 1)], outputs: [payTrue(REWARD / 2n)] });
      const head = buildBlock({ parent: start, params, transactions: [payment, next], extra: Uint8Array.of(extra) });
      const rest = buildChain({ parent: childOf(start, head), params, count: count - 1, extra: Uint8Array.of(extra) });
      return [head, ...rest];
    };
    const [a, b] = [common[0]!.transactions[0]!, common[1]!.transactions[0]!];
    return { common, lost: branch(a, depth, 1), won: branch(b, depth + 1, 2) };
  }

  const genesis = () => ({ header: params.genesis.header, height: 0, medianTimeSeconds: params.genesis.header.timeSeconds });

  for (const depth of [2, 3, 10, 100, 1_000]) {
    it(`${depth === 2 ? 'S9' : 'S10'}: leaves a branch of ${depth} blocks for one of more work and has its coins alone`, async () => {
      const { common, lost, won } = await fork(depth);
      node = await MemoryChain.open(params);
      for (const block of [...common, ...lost]) assert.equal(await node.take(block), undefined);
      for (const block of won.slice(0, -1)) assert.equal(await node.take(block), undefined);
      assert.deepEqual(node.tip.hash, lost.at(-1)!.header.hash, 'of two branches of the same work the first stays');
      assert.equal(await node.take(won.at(-1)!), undefined);
      const never = await MemoryChain.open(params);
      for (const block of [...common, ...won]) assert.equal(await never.take(block), undefined);
      assert.deepEqual(await node.state(), await never.state());
    });
  }

  it('S13: stays on the branch of most work when a longer one of less work comes', async () => {
    const { consensus } = regtest;
    // Retargets every four blocks, so that quick blocks soon count for more than slow ones.
    const pow = { ...consensus.pow, retarget: 'bitcoin', spacingSeconds: 10, timespanSeconds: 40 } as const;
    const changing: NetworkParams = { ...regtest, consensus: { ...consensus, pow } };
    const quick = await MemoryChain.open(changing);
    await quick.mine(12);
    const slow = await MemoryChain.open(changing);
    for (let i = 0; i < 20; i++) {
      slow.clock.setTime(slow.clock.nowSeconds() + 120);
      await slow.mine(1);
    }
    assert.ok(quick.tip.chainWork > slow.tip.chainWork, 'twelve quick blocks are more work than twenty slow ones');
    const blocksOf = (from: MemoryChain) => Promise.all(Array.from({ length: from.tip.height }, (_, i) => from.blockAt(i + 1)));
    const [quickBlocks, slowBlocks] = [await blocksOf(quick), await blocksOf(slow)];
    quick.clock.setTime(slow.clock.nowSeconds());
    const stays = await quick.state();
    for (const block of slowBlocks) assert.equal(await quick.take(block), undefined);
    assert.deepEqual(await quick.state(), stays);
    for (const block of quickBlocks) assert.equal(await slow.take(block), undefined);
    assert.deepEqual(await slow.state(), stays);
  });
});

describe('holes of the prototype: peers and keys', () => {
  const FLOOD = 1_000_000;

  /** An address anywhere on the public network, another one for each number. */
  const publicAddress = (i: number) =>
    ({ network: 'ipv4', bytes: Uint8Array.of(20 + (i % 80), i >>> 16, i >>> 8, i), port: 7333 }) as const;

  it('S11: keeps no more than its share of a million addresses, whoever tells them', () => {
    const manager = new AddressManager(new SeededRandom(11));
    const services = SERVICES.network | SERVICES.witness;
    for (let i = 0; i < FLOOD; i++) {
      const source = publicAddress((i % 1_000) << 16);
      manager.add({ address: publicAddress(i), services, timeSeconds: 1_795_305_600 }, source, 1_795_305_600);
    }
    const most = NEW_BUCKETS * BUCKET_PLACES;
    assert.ok(manager.size > 1_000 && manager.size <= most && manager.memoryBytes < 15_000_000, `${manager.size} addresses`);
  });

  it('S11: looks at a thousand of the addresses that one peer floods us with, and calls none inside our network', async () => {
    node = await MemoryChain.open(params);
    const machine = new SyncMachine({
      params,
      clock: node.clock,
      random: new SeededRandom(12),
      log: silentLog,
      chain: node.chain,
      mempool: node.mempool,
      services: SERVICES.network | SERVICES.witness,
      userAgent: '/quoin:test/',
    });
    const id = 1 as PeerId;
    const dialled: string[] = [];
    const note = (actions: readonly SyncAction[]): void => {
      for (const action of actions) if (action.kind === 'dial') dialled.push(action.address.host);
    };
    const hear = (message: Message): void => note(machine.received(id, message));
    note(machine.start({}, 7333));
    const [remote, local] = [
      { host: '93.184.216.34', port: 40_000 },
      { host: '20.1.2.3', port: 7333 },
    ];
    note(machine.connected({ id, remote, local, connectionType: 'inbound' }));
    const services = SERVICES.network | SERVICES.witness;
    const receiver = publicAddress(0);
    const timeSeconds = node.clock.nowSeconds();
    const version = {
      protocolVersion: 70_016,
      services,
      timeSeconds,
      receiver,
      nonce: 9n,
      userAgent: '/flood/',
      startHeight: 0,
      relay: true,
    };
    hear({ type: 'version', ...version });
    hear({ type: 'verack' });
    const inside = [
      [127, 0, 0, 1],
      [10, 0, 0, 1],
      [192, 168, 1, 1],
      [172, 16, 0, 9],
      [169, 254, 169, 254],
      [0, 0, 0, 0],
      [255, 255, 255, 255],
    ];
    const insiders = inside.map((bytes) => ({
      timeSeconds,
      services,
      address: { network: 'ipv4', bytes: Uint8Array.from(bytes), port: 80 } as const,
    }));
    hear({ type: 'addr', addresses: insiders });
    assert.equal(machine.knownAddresses, 0, 'nobody outside can tell us whom to call inside');
    for (let i = 0; i < FLOOD; i += 1_000) {
      const addresses = Array.from({ length: 1_000 }, (_, k) => ({ timeSeconds, services, address: publicAddress(i + k) }));
      hear({ type: 'addr', addresses });
    }
    const { processed, rateLimited } = machine.peers.get(id)!.addresses;
    assert.equal(processed + rateLimited, FLOOD + inside.length);
    assert.ok(processed <= 1_000, `${processed} addresses were looked at`);
    assert.ok(machine.knownAddresses <= processed);
    for (let i = 0; i < 20; i++) {
      await node.clock.advance(1_000);
      note(machine.tick());
    }
    assert.ok(dialled.length <= 8, `${dialled.length} calls`);
    for (const host of dialled) assert.match(host, /^[2-9][0-9]\./, 'only public addresses are called');
  });

  it('S15: lets nobody spend by an RSA key of 512 bits, however well it signs', async () => {
    node = await MemoryChain.open(params);
    await node.mine(MATURITY + 1);
    // Two primes of 256 bits that everybody knows.
    const [p, q] = [2n ** 256n - 2n ** 32n - 977n, 2n ** 256n - 189n];
    const modulus = Uint8Array.from(Buffer.from((p * q).toString(16).padStart(128, '0'), 'hex'));
    assert.equal(node.secp256k1.isPublicKey(modulus), false);
    const script = concatBytes(Uint8Array.of(modulus.length), modulus, Uint8Array.of(0xac));
    const value = REWARD;
    const funding = spend({ inputs: [outputOf(await coinbaseAt(1))], outputs: [{ value, scriptPubKey: script }] });
    assert.equal(await node.take(build({ transactions: [funding] })), undefined);
    const message = sha256(Buffer.from(outPointKey({ txid: funding.txid, vout: 0 })));
    const rsa = Buffer.from(
      power(BigInt(`0x${Buffer.from(message).toString('hex')}`), inverse(65_537n, (p - 1n) * (q - 1n)), p * q),
      'hex',
    );
    const ecdsa = encodeDer(node.secp256k1.signEcdsa(message, new Uint8Array(32).fill(5)));
    for (const signature of [rsa, concatBytes(ecdsa, Uint8Array.of(1)), new Uint8Array(0)]) {
      const bare = spend({ inputs: [outputOf(funding)], outputs: [payTrue(value)] });
      const scriptSig = concatBytes(Uint8Array.of(signature.length), signature);
      const spending = makeTransaction({ ...bare, inputs: bare.inputs.map((input) => ({ ...input, scriptSig })) });
      await refused(build({ transactions: [spending] }), /^block-script-verify-flag-failed/);
    }
  });
});

/** `base` to the power of `exponent` modulo `modulus`, as 128 hexadecimal digits. */
function power(base: bigint, exponent: bigint, modulus: bigint): string {
  let result = 1n;
  for (let rest = exponent, square = base % modulus; rest > 0n; rest >>= 1n, square = (square * square) % modulus) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
  }
  return result.toString(16).padStart(128, '0');
}

/** The number that gives 1 with `value` modulo `modulus`, by Euclid. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value, modulus, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  assert.equal(a, 1n);
  return ((x % modulus) + modulus) % modulus;
}
