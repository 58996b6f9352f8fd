/**
 * Attacks on the way of transactions: twins, orphans, withheld ones, and what a fork does to those that wait.
 *
 * @module
 */

import type { Block } from '../../core/primitives/block.ts';
import type { Transaction, TxInput } from '../../core/primitives/transaction.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import type { KeyCoin } from '../../core/signing/single-key.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { Attack } from '../attack.ts';
import { sight, Unclear } from '../attack.ts';
import { buildChain, childOf } from '../build-block.ts';
import type { Scene } from '../scene.ts';
import { FEE, hears, isAnnounced, isServed, payment } from './transactions.ts';

/** The same transaction under another witness, which satisfies nothing. */
function spoiledTwin(tx: Transaction): Transaction {
  const [input, ...rest] = tx.inputs as [TxInput];
  const [signature, key] = input.witness as [Uint8Array, Uint8Array];
  return makeTransaction({ ...tx, inputs: [{ ...input, witness: [signature.slice().fill(9, 12, 20), key] }, ...rest] });
}

const twin: Attack = {
  ...{ name: 'tx-witness-twin', rows: ['T8'], expected: 'R C', needs: 'blocks' },
  what: 'sends an honest payment under a witness that satisfies nothing, before the honest one comes',
  bound: 'the honest one is passed on',
  play: async (scene) => {
    const [coin] = (await scene.fund(1)) as [KeyCoin];
    const honest = payment(scene, coin);
    const spoiled = spoiledTwin(honest);
    const [attacker, sender, watcher] = [await scene.meetQuiet(), await scene.meetQuiet('honest'), await scene.meetQuiet('honest')];
    scene.begin();
    attacker.send({ type: 'tx', tx: spoiled });
    await attacker.settled();
    sender.send({ type: 'tx', tx: honest });
    if (!(await hears(watcher, honest))) return sight('the honest payment is not passed on');
    if (await isServed(watcher, spoiled)) return sight('the twin can be had from the target', 'C');
    return sight('the twin is refused, the honest payment passed on', 'R', 'C');
  },
};

/** Twice as many are below the 5,000 announcements of one peer that Core keeps: beyond, it takes no more of its orphans. */
const ORPHANS = 2_000;

/** As many are sent in any case: where orphans are dropped by chance, fewer would leave the honest one its chance. */
const ORPHANS_MIN = 600;

const orphansAround: Attack = {
  ...{ name: 'orphan-storm', rows: ['T1'], expected: 'C B', needs: 'blocks' },
  what: `sends ${ORPHANS} transactions whose parents nobody has, and again as many, around an honest one that comes before its parent`,
  bound: 'the honest one is passed on with its parent',
  play: async (scene) => {
    const [coin] = (await scene.fund(1)) as [KeyCoin];
    const parent = payment(scene, coin);
    const child = payment(scene, { outPoint: { txid: parent.txid, vout: 0 }, value: coin.value - FEE });
    const orphan = (): Transaction => {
      const prevout = { txid: scene.random.bytes(32) as Transaction['txid'], vout: 0 };
      const input = { ...(child.inputs[0] as TxInput), prevout };
      return makeTransaction({ ...child, inputs: [input] });
    };
    const [attacker, sender, watcher] = [await scene.meetQuiet(), await scene.meetQuiet('honest'), await scene.meetQuiet('honest')];
    const storm = async (): Promise<void> => {
      const count = Math.max(ORPHANS_MIN, scene.times(ORPHANS));
      // Each of the two has its half of the time.
      const untilMs = scene.clock.monotonicMs() + scene.size.seconds * 500;
      for (let i = 0; i < count && scene.clock.monotonicMs() < untilMs && attacker.over === undefined; i++) {
        attacker.send({ type: 'tx', tx: orphan() });
        await attacker.taken();
        if (i % 20 === 0) await scene.pause(0);
      }
      await attacker.settled(120_000);
    };
    scene.begin();
    await storm();
    sender.send({ type: 'tx', tx: child });
    await sender.settled();
    await storm();
    sender.send({ type: 'tx', tx: parent });
    if (!(await hears(watcher, parent))) throw new Unclear('the target does not pass on an honest payment');
    if (await hears(watcher, child, 60_000)) return sight('the honest child is passed on when its parent comes', 'C', 'B');
    return sight('the honest child is lost');
  },
};

const HEAVY_INPUTS = 50;
const HEAVY = 100;

const heavyOrphans: Attack = {
  ...{ name: 'heavy-orphans', rows: ['T2'], cves: ['CVE-2024-52914'], expected: 'R B', needs: 'blocks' },
  what: `sends ${HEAVY} orphans of ${HEAVY_INPUTS} inputs whose last signature is wrong, then the parent of all of them`,
  bound: 'honest peers are answered meanwhile',
  play: async (scene) => {
    const { purse } = scene;
    const [coin] = (await scene.fund(1)) as [KeyCoin];
    const value = (coin.value - FEE) / BigInt(HEAVY_INPUTS);
    const parent = purse.spend([coin], new Array(HEAVY_INPUTS).fill(purse.output(value)));
    const coins = parent.outputs.map((_, vout): KeyCoin => ({ outPoint: { txid: parent.txid, vout }, value }));
    const total = value * BigInt(HEAVY_INPUTS);
    const orphans = Array.from({ length: scene.times(HEAVY) }, (_, i) => {
      const good = purse.spend(coins, [purse.output(total - FEE * 10n - BigInt(i))]);
      const last = spoiledTwin({ ...good, inputs: good.inputs.slice(-1) }).inputs[0] as TxInput;
      return makeTransaction({ ...good, inputs: [...good.inputs.slice(0, -1), last] });
    });
    const [attacker, watcher] = [await scene.meetQuiet(), await scene.meetQuiet('honest')];
    scene.begin();
    for (const tx of orphans) attacker.send({ type: 'tx', tx });
    attacker.send({ type: 'tx', tx: parent });
    if ((await attacker.settled(120_000)) === 'silent') return sight('it does not come to an end with them within two minutes');
    if (!(await hears(watcher, parent))) throw new Unclear('the target does not pass on an honest payment');
    const passed = orphans.filter((tx) => isAnnounced(watcher, tx)).length;
    return passed === 0 ? sight('the parent is passed on, none of them', 'R', 'B') : sight(`${passed} of them are passed on`);
  },
};

/** Core asks another peer after a minute; and some for chance. */
const OTHER_MS_MAX = 75_000;

const withheld: Attack = {
  ...{ name: 'withheld-transaction', rows: ['T3'], cves: ['CVE-2024-52913'], expected: 'C', needs: 'blocks', isSlow: true },
  what: 'announces an honest payment first and does not send it when it is asked to',
  bound: 'another peer that has it is asked within 75 s, and it is passed on',
  play: async (scene) => {
    const [coin] = (await scene.fund(1)) as [KeyCoin];
    const tx = payment(scene, coin);
    const [attacker, other, watcher] = [await scene.meetQuiet(), await scene.meetQuiet('honest'), await scene.meetQuiet('honest')];
    const items = [{ kind: INVENTORY.wtx, hash: tx.wtxid }];
    scene.begin();
    attacker.send({ type: 'inv', items });
    const first = await attacker.waitFor(() => attacker.of('getdata')[0], 20_000);
    if (first === undefined) throw new Unclear('the target does not ask for a transaction that is announced to it');
    other.send({ type: 'inv', items });
    const startMs = scene.clock.monotonicMs();
    const asked = await other.waitFor(() => other.of('getdata')[0], OTHER_MS_MAX);
    if (asked === undefined) return sight(`nobody else is asked for it within ${OTHER_MS_MAX / 1_000} s`);
    const seconds = Math.round((scene.clock.monotonicMs() - startMs) / 1_000);
    other.send({ type: 'tx', tx });
    return (await hears(watcher, tx)) ? sight(`another peer is asked after ${seconds} s`, 'C') : sight('it is not passed on');
  },
};

const unannounced: Attack = {
  ...{ name: 'unannounced-transaction', rows: ['P26'], expected: 'I', needs: 'blocks' },
  what: 'asks for a payment that the target got a moment ago and has announced to nobody yet, to learn who was first',
  bound: 'it is not served before it is announced',
  play: async (scene) => {
    const [coin] = (await scene.fund(1)) as [KeyCoin];
    const tx = payment(scene, coin);
    const [attacker, sender] = [await scene.meetQuiet(), await scene.meetQuiet('honest')];
    scene.begin();
    sender.send({ type: 'tx', tx });
    await sender.settled();
    const served = await isServed(attacker, tx);
    if (isAnnounced(attacker, tx)) throw new Unclear('the payment was announced at once');
    if (served) return sight('it is served before it is announced');
    if (!(await hears(attacker, tx))) throw new Unclear('the target does not announce an honest payment');
    return (await isServed(attacker, tx)) ? sight('it is served only once it is announced', 'I') : sight('it is announced and not served');
  },
};

const CHAIN = 100;

/** Core's limit until 30 is a chain of 25, from 31 on a cluster of 64, as ours. */
const CLUSTER_MAX = 64;

const longChain: Attack = {
  ...{ name: 'tx-long-chain', rows: ['T5'], expected: 'R B', needs: 'blocks' },
  what: `sends a chain of ${CHAIN} payments, each of which spends the one before`,
  bound: `at most ${CLUSTER_MAX} of them wait`,
  play: async (scene) => {
    const [coin] = (await scene.fund(1)) as [KeyCoin];
    const chain: Transaction[] = [];
    for (let from = coin; chain.length < CHAIN; ) {
      const tx = payment(scene, from);
      chain.push(tx);
      from = { outPoint: { txid: tx.txid, vout: 0 }, value: from.value - FEE };
    }
    const [attacker, watcher] = [await scene.meetQuiet(), await scene.meetQuiet('honest')];
    scene.begin();
    for (const tx of chain) attacker.send({ type: 'tx', tx });
    await attacker.settled();
    if (!(await hears(watcher, chain[0] as Transaction))) throw new Unclear('the target does not pass on an honest payment');
    let waiting = 0;
    for (const tx of chain) if (await isServed(watcher, tx)) waiting++;
    const seen = `${waiting} of them wait`;
    return waiting <= CLUSTER_MAX ? sight(seen, 'R', 'B') : sight(seen);
  },
};

/** Sees what becomes of a payment that waits when another branch wins. */
async function afterFork(scene: Scene, tx: Transaction, branch: readonly Block[]) {
  const [sender, watcher] = [await scene.meetQuiet(), await scene.meetQuiet('honest')];
  scene.begin();
  sender.send({ type: 'tx', tx });
  if (!(await hears(watcher, tx))) throw new Unclear('the target does not take a payment that is valid so far');
  if (!(await isServed(watcher, tx))) throw new Unclear('the target does not serve what it has announced');
  await scene.honest.offer(branch);
  if (!(await scene.followsTo((branch.at(-1) as Block).header.hash))) return sight('the branch of more work is not followed');
  // What a fork does to those that wait is done after the blocks.
  const untilMs = scene.clock.monotonicMs() + 10_000;
  while (scene.clock.monotonicMs() < untilMs) {
    if (!(await isServed(watcher, tx))) return sight('it is gone with the branch it was valid on', 'R', 'C');
    await scene.pause(100);
  }
  return sight('it still waits, though it can be in no next block', 'C');
}

const forkBeforeReward: Attack = {
  ...{ name: 'fork-takes-reward', rows: ['T12'], expected: 'R C', needs: 'blocks' },
  what: 'spends a reward that has just become mature, then shows a branch without it',
  bound: 'the payment is gone from those that wait',
  play: async (scene) => {
    const { chain, params, purse, random } = scene;
    await scene.fund(1);
    const reward = purse.takeReward(chain, params.consensus.coinbaseMaturity, 'youngest');
    if (reward === undefined) throw new Unclear('there is no reward to spend');
    const height = chain.heightOf(reward.blockHash) as number;
    const count = chain.tip.height - height + 2;
    const branch = buildChain({ parent: chain.at(height - 1), params, count, extra: random.bytes(8), coinbaseScript: purse.script });
    return afterFork(scene, payment(scene, reward), branch);
  },
};

/** Blocks of which the median time is taken, and the seconds between them on the branch whose time runs quickly. */
const SPAN = 11;
const QUICK_SECONDS = 600;

const forkTakesTime: Attack = {
  ...{ name: 'fork-takes-time', rows: ['T11'], expected: 'R C', needs: 'blocks' },
  what: 'sends a payment that is final by the time of its branch, then shows a branch of an earlier time',
  bound: 'the payment is gone from those that wait',
  play: async (scene) => {
    const { purse, params, random } = scene;
    const [coin] = (await scene.fund(1)) as [KeyCoin];
    const base = scene.chain.tip;
    const start = Math.max(base.medianTimeSeconds, base.header.timeSeconds - QUICK_SECONDS);
    for (let i = 1; i <= SPAN; i++) {
      const timeSeconds = start + i * QUICK_SECONDS;
      if (!(await scene.isTaken(scene.build({ timeSeconds })))) throw new Unclear('the target does not take blocks of a quick branch');
    }
    const lock = { lockTime: scene.chain.tip.medianTimeSeconds - 1, sequence: 0xfffffffe };
    const tx = purse.spend([coin], [purse.output(coin.value - FEE)], lock);
    const first = scene.build({ parent: base, timeSeconds: base.medianTimeSeconds + 1 });
    const after = childOf(base, first);
    const rest = buildChain({ parent: after, params, count: SPAN, extra: random.bytes(8), coinbaseScript: purse.script });
    return afterFork(scene, tx, [first, ...rest]);
  },
};

/** T1, T2, T3, T5, T8, T11, T12 and P26. */
export const TRANSACTION_RELAY_ATTACKS: readonly Attack[] = [
  twin,
  orphansAround,
  heavyOrphans,
  withheld,
  unannounced,
  longChain,
  forkBeforeReward,
  forkTakesTime,
];
