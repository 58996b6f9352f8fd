/**
 * What can be wrong, or just right, about one transaction after a place: for blocks and for the mempool.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import type { Txid } from '../../src/core/primitives/ids.ts';
import { zeroHash } from '../../src/core/primitives/ids.ts';
import type { Transaction, TransactionFields, TxInput, TxOutput } from '../../src/core/primitives/transaction.ts';
import { makeTransaction, NULL_VOUT } from '../../src/core/primitives/transaction.ts';
import { OP } from '../../src/core/script/opcodes.ts';
import { encodePush } from '../../src/core/script/script-writer.ts';
import type { Chance } from './chance.ts';
import type { Unlocked } from './locks.ts';
import { OPEN_LOCK } from './locks.ts';
import { SIGNATURE_FLAWS } from './signing.ts';
import type { Spend, SpendPlan } from './spending.ts';
import { buildSpend, isMature, isReady, seemsValid, takeReady } from './spending.ts';
import type { LockedCoin, Place, World } from './world.ts';

const MAX_MONEY = 2_100_000_000_000_000n;
const TIME_LOCK = 0x400000;

/** Spends what it says of a place: undefined where the chain there has not what it takes. */
export interface TransactionMutator {
  readonly name: string;
  make(place: Place, world: World): Spend | undefined;
}

function coinsFor(place: Place, world: World, count = world.chance.between(1, 3)): LockedCoin[] {
  return takeReady([...place.coins], count, place, world);
}

/** A spend that should be valid. */
function good(place: Place, world: World, plan: Partial<SpendPlan> = {}): Spend | undefined {
  for (let tries = 0; tries < 8; tries++) {
    const coins = plan.coins ?? coinsFor(place, world);
    const spend = coins.length === 0 ? undefined : buildSpend({ place, coins, ...plan }, world);
    if (spend !== undefined && seemsValid(spend, place, world)) return spend;
  }
  return undefined;
}

/** A spend of a coin that anyone can take: what its fields say can be changed and no signature breaks. */
function open(place: Place, world: World, plan: Partial<SpendPlan> = {}): Spend | undefined {
  const coins = place.coins.filter((coin) => coin.lock === OPEN_LOCK && isReady(coin, place, world));
  return coins.length === 0 ? undefined : buildSpend({ place, coins: [world.chance.pick(coins)], ...plan }, world);
}

function changed(spend: Spend | undefined, change: (tx: Transaction) => Partial<TransactionFields>): Spend | undefined {
  if (spend === undefined) return undefined;
  const tx = makeTransaction({ ...spend.tx, ...change(spend.tx) });
  const paid = tx.outputs.reduce((sum, { value }) => sum + value, 0n);
  const had = spend.spent.reduce((sum, { value }) => sum + value, 0n);
  return { ...spend, tx, fee: had - paid };
}

const paying =
  (...values: bigint[]) =>
  (): Partial<TransactionFields> => ({ outputs: values.map((value) => ({ value, scriptPubKey: OPEN_LOCK.script })) });

function inputsChanged(change: (inputs: readonly TxInput[], world: World) => readonly TxInput[]): TransactionMutator['make'] {
  return (place, world) => changed(open(place, world), ({ inputs }) => ({ inputs: change(inputs, world) }));
}

const missing = ({ chance }: World): TxInput['prevout'] => ({ txid: chance.bytes(32) as Uint8Array as Txid, vout: chance.below(3) });

/** A coin that the branch has spent already. */
function spentCoin(place: Place, world: World): LockedCoin | undefined {
  const there = new Set(place.coins);
  const before = world.at(place, Math.max(place.parent.height - 8, 0)).coins;
  return before.find((coin) => !there.has(coin) && isReady(coin, place, world));
}

const VALUES: readonly TransactionMutator[] = [
  { name: 'no input', make: inputsChanged(() => []) },
  { name: 'no output', make: (place, world) => changed(open(place, world), paying()) },
  { name: 'a negative value', make: (place, world) => changed(open(place, world), paying(-1n)) },
  { name: 'a value of all money', make: (place, world) => changed(open(place, world), paying(MAX_MONEY)) },
  { name: 'a value over all money', make: (place, world) => changed(open(place, world), paying(MAX_MONEY + 1n)) },
  { name: 'a sum over all money', make: (place, world) => changed(open(place, world), paying(MAX_MONEY, 1n)) },
  {
    name: 'no fee',
    make: (place, world) => {
      const spend = open(place, world);
      return changed(spend, paying(spend?.spent[0]?.value ?? 0n));
    },
  },
  {
    name: 'a fee of -1',
    make: (place, world) => {
      const spend = open(place, world);
      return changed(spend, paying((spend?.spent[0]?.value ?? 0n) + 1n));
    },
  },
];

const INPUTS: readonly TransactionMutator[] = [
  { name: 'an input twice', make: inputsChanged((inputs) => [...inputs, ...inputs]) },
  {
    name: 'a null outpoint beside another',
    make: inputsChanged((inputs) => [...inputs, { ...(inputs[0] as TxInput), prevout: { txid: zeroHash<Txid>(), vout: NULL_VOUT } }]),
  },
  { name: 'coins that are not there', make: inputsChanged((inputs, world) => [{ ...(inputs[0] as TxInput), prevout: missing(world) }]) },
  {
    name: 'an output that its transaction has not',
    make: inputsChanged(([input]) => [{ ...(input as TxInput), prevout: { ...(input as TxInput).prevout, vout: 70_000 } }]),
  },
  {
    name: 'a coin that is spent',
    make: (place, world) => {
      const coin = spentCoin(place, world);
      return coin === undefined ? undefined : buildSpend({ place, coins: [coin] }, world);
    },
  },
  {
    name: 'a coinbase a block too early',
    make: (place, world) => {
      const height = place.parent.height + 2 - world.params.consensus.coinbaseMaturity;
      const coin = place.coins.find((each) => each.coinbase && each.height === height && (!each.lock.witness || world.hasSegwit(place)));
      return coin === undefined ? undefined : buildSpend({ place, coins: [coin] }, world);
    },
  },
  {
    name: 'a coinbase as early as may be',
    make: (place, world) => {
      const height = place.parent.height + 1 - world.params.consensus.coinbaseMaturity;
      const coin = place.coins.find((each) => each.coinbase && each.height === height && isReady(each, place, world));
      return coin === undefined ? undefined : buildSpend({ place, coins: [coin] }, world);
    },
  },
  {
    name: '64 bytes',
    make: (place, world) =>
      open(place, world, { lockTime: 0, outputs: [{ value: 0n, scriptPubKey: Uint8Array.of(0x51, 0x61, 0x61, 0x61) }] }),
  },
  {
    name: '65 bytes',
    make: (place, world) =>
      open(place, world, { lockTime: 0, outputs: [{ value: 0n, scriptPubKey: Uint8Array.of(0x51, 0x61, 0x61, 0x61, 0x61) }] }),
  },
];

/** Lock times at the last height or time that is locked, and at the first that is not. */
function lockTimes(): TransactionMutator[] {
  const at = (name: string, lockTime: (place: Place) => number, sequence: number, version?: number): TransactionMutator => ({
    name,
    make: (place, world) =>
      open(place, world, { lockTime: lockTime(place), sequences: [sequence], ...(version === undefined ? {} : { version }) }),
  });
  return [
    at('the lock time of its height', ({ parent }) => parent.height + 1, 0xfffffffe),
    at('the lock time of the height before', ({ parent }) => parent.height, 0xfffffffe),
    at('the lock time of its height, all sequences final', ({ parent }) => parent.height + 1, 0xffffffff),
    at('the lock time of the median time', ({ parent }) => parent.medianTimeSeconds, 0),
    at('the lock time of a second before the median time', ({ parent }) => parent.medianTimeSeconds - 1, 0x80000000),
    at('the lock time of the time before it', ({ parent }) => parent.header.timeSeconds, 0xfffffffe),
    at('the lock time of the threshold', () => 499_999_999, 0xfffffffe),
    at('the lock time of the threshold, as a time', () => 500_000_000, 0xfffffffe),
  ];
}

function relativeSpend(place: Place, world: World, timed: boolean, more: number, plan: Partial<SpendPlan>): Spend | undefined {
  const coins = place.coins.filter((coin) => coin.lock === OPEN_LOCK && isReady(coin, place, world) && place.parent.height > coin.height);
  if (coins.length === 0) return undefined;
  const coin = world.chance.pick(coins);
  const since = world.at(place, Math.max(coin.height - 1, 0)).parent.medianTimeSeconds;
  const age = timed ? Math.floor((place.parent.medianTimeSeconds - since) / 512) : place.parent.height + 1 - coin.height;
  if (age + more < 0 || age + more > 0xffff) return undefined;
  return buildSpend({ place, coins: [coin], lockTime: 0, sequences: [(timed ? TIME_LOCK : 0) | (age + more)], version: 2, ...plan }, world);
}

const RELATIVE: readonly TransactionMutator[] = [false, true].flatMap((timed) => {
  const what = timed ? 'in time' : 'in blocks';
  const at = (name: string, more: number, plan: Partial<SpendPlan> = {}): TransactionMutator => ({
    name: `a relative lock ${what}: ${name}`,
    make: (place, world) => relativeSpend(place, world, timed, more, plan),
  });
  return [
    at('just over', 0),
    at('one too long', 1),
    at('one too long in version 1', 1, { version: 1 }),
    at('one too long in version -1', 1, { version: 0xffffffff }),
  ];
});

const EMPTY = new Uint8Array();

/** What can be wrong about the two places of an unlocked input, whatever it spends. */
const UNLOCKED_FLAWS: readonly { readonly name: string; readonly change: (unlocked: Unlocked, chance: Chance) => Unlocked }[] = [
  { name: 'a bit of the input script', change: ({ scriptSig, witness }, chance) => ({ scriptSig: chance.bitFlipped(scriptSig), witness }) },
  { name: 'no input script', change: ({ witness }) => ({ scriptSig: EMPTY, witness }) },
  {
    name: 'a push before the input script',
    change: ({ scriptSig, witness }) => ({ scriptSig: concatBytes(Uint8Array.of(OP.OP_1), scriptSig), witness }),
  },
  {
    name: 'a push behind the input script',
    change: ({ scriptSig, witness }) => ({ scriptSig: concatBytes(scriptSig, Uint8Array.of(OP.OP_1)), witness }),
  },
  {
    name: 'an operation in the input script',
    change: ({ scriptSig, witness }) => ({ scriptSig: concatBytes(Uint8Array.of(OP.OP_NOP), scriptSig), witness }),
  },
  {
    name: 'a longer push in the input script',
    change: ({ scriptSig, witness }) => {
      const length = scriptSig[0] ?? 0;
      const longer = length >= 1 && length <= 75 ? concatBytes(Uint8Array.of(OP.OP_PUSHDATA1), scriptSig) : scriptSig;
      return { scriptSig: longer, witness };
    },
  },
  {
    name: 'an input script of 10,001 bytes',
    change: ({ scriptSig, witness }) => ({
      scriptSig: concatBytes(new Uint8Array(Math.max(0, 10_001 - scriptSig.length)).fill(OP.OP_NOP), scriptSig),
      witness,
    }),
  },
  {
    name: 'an input script that ends within a push',
    change: ({ scriptSig, witness }) => ({ scriptSig: concatBytes(scriptSig, Uint8Array.of(5, 1)), witness }),
  },
  {
    name: 'a bit of the witness',
    change: ({ scriptSig, witness }, chance) => {
      const at = chance.below(Math.max(witness.length, 1));
      return { scriptSig, witness: witness.map((item, i) => (i === at ? chance.bitFlipped(item) : item)) };
    },
  },
  { name: 'a bit of the last witness item', change: changeLast((item, chance) => chance.bitFlipped(item)) },
  { name: 'the last witness item longer by a byte', change: changeLast((item) => concatBytes(item, Uint8Array.of(0))) },
  { name: 'the last witness item longer by a node', change: changeLast((item, chance) => concatBytes(item, chance.bytes(32))) },
  { name: 'the last witness item shorter', change: changeLast((item) => item.subarray(0, -1)) },
  { name: 'no last witness item', change: ({ scriptSig, witness }) => ({ scriptSig, witness: witness.slice(0, -1) }) },
  { name: 'no first witness item', change: ({ scriptSig, witness }) => ({ scriptSig, witness: witness.slice(1) }) },
  { name: 'no witness', change: ({ scriptSig }) => ({ scriptSig, witness: [] }) },
  { name: 'an empty witness item before the others', change: ({ scriptSig, witness }) => ({ scriptSig, witness: [EMPTY, ...witness] }) },
  { name: 'an empty witness item behind the others', change: ({ scriptSig, witness }) => ({ scriptSig, witness: [...witness, EMPTY] }) },
  {
    name: 'an annex behind the others',
    change: ({ scriptSig, witness }, chance) => ({ scriptSig, witness: [...witness, concatBytes(Uint8Array.of(0x50), chance.bytes(3))] }),
  },
  { name: 'the witness in another order', change: ({ scriptSig, witness }) => ({ scriptSig, witness: [...witness].reverse() }) },
  {
    name: 'the witness in the input script',
    change: ({ scriptSig, witness }) => ({ scriptSig: concatBytes(scriptSig, ...witness.map(encodePush)), witness: [] }),
  },
];

function changeLast(change: (item: Uint8Array, chance: Chance) => Uint8Array): (unlocked: Unlocked, chance: Chance) => Unlocked {
  return ({ scriptSig, witness }, chance) => ({
    scriptSig,
    witness: witness.map((item, i) => (i === witness.length - 1 ? change(item, chance) : item)),
  });
}

/** Whether a signature is needed to spend a coin, by the name of what locks it. */
function isSigned({ lock }: LockedCoin): boolean {
  return /key|P2W?PKH|multisig|absolute|relative|separator/.test(lock.kind) && !lock.kind.includes('unknown');
}

const always = (): boolean => true;

/** Spends in which one input is not as it should be, which its kind of output may allow. */
function scriptFlaws(): TransactionMutator[] {
  const flawed =
    (
      fits: (coin: LockedCoin) => boolean,
      flaw: (world: World) => Omit<NonNullable<SpendPlan['flawed']>, 'input'>,
    ): TransactionMutator['make'] =>
    (place, world) => {
      for (let tries = 0; tries < 8; tries++) {
        // Nothing else may be wrong: of two failures the C++ node says whichever its threads find first.
        const spend = good(place, world);
        const input = spend?.coins.findIndex(fits) ?? -1;
        if (spend === undefined || input < 0) continue;
        const { version, lockTime, outputs, inputs } = spend.tx;
        const said = { version, lockTime, outputs, sequences: inputs.map(({ sequence }) => sequence) };
        return buildSpend({ place, coins: spend.coins, ...said, flawed: { input, ...flaw(world) } }, world);
      }
      return undefined;
    };
  return [
    ...SIGNATURE_FLAWS.map((signature) => ({ name: `signature: ${signature.name}`, make: flawed(isSigned, () => ({ signature })) })),
    ...UNLOCKED_FLAWS.map(({ name, change }) => ({
      name: `spend: ${name}`,
      make: flawed(always, ({ chance }) => ({ unlocked: (unlocked) => change(unlocked, chance) })),
    })),
  ];
}

/** Spends whose scripts may fail or not, by what they are. */
const SCRIPTS: readonly TransactionMutator[] = [
  {
    name: 'a script that our interpreter refuses',
    make: (place, world) => {
      for (let tries = 0; tries < 12; tries++) {
        const coins = coinsFor(place, world, 1);
        const spend = coins.length === 0 ? undefined : buildSpend({ place, coins }, world);
        if (spend !== undefined && !seemsValid(spend, place, world)) return spend;
      }
      return undefined;
    },
  },
  {
    name: 'a lock in a script that is not over',
    make: (place, world) => {
      const locked = place.coins.filter(
        (coin) =>
          coin.lock.needs !== undefined &&
          isMature(coin, place, world) &&
          !isReady(coin, place, world) &&
          (!coin.lock.witness || world.hasSegwit(place)),
      );
      return locked.length === 0 ? undefined : buildSpend({ place, coins: [world.chance.pick(locked)] }, world);
    },
  },
  {
    name: 'a lock in a script that the transaction does not repeat',
    make: (place, world) => {
      const locked = place.coins.filter((coin) => coin.lock.needs !== undefined && isReady(coin, place, world));
      if (locked.length === 0) return undefined;
      return buildSpend({ place, coins: [world.chance.pick(locked)], lockTime: 0, sequences: [world.chance.pick([0xffffffff, 0])] }, world);
    },
  },
  {
    name: 'a witness of a coin, before segwit or not',
    make: (place, world) => {
      const coins = place.coins.filter((coin) => coin.lock.witness && isMature(coin, place, world) && coin.lock.needs === undefined);
      return coins.length === 0 ? undefined : buildSpend({ place, coins: [world.chance.pick(coins)] }, world);
    },
  },
  { name: 'nothing', make: good },
];

/** All of them by name. */
export const TRANSACTION_MUTATORS: readonly TransactionMutator[] = [
  ...VALUES,
  ...INPUTS,
  ...lockTimes(),
  ...RELATIVE,
  ...scriptFlaws(),
  ...SCRIPTS,
];

/** A spend that should be valid, for other tables. */
export function goodSpend(place: Place, world: World, outputs?: readonly TxOutput[]): Spend | undefined {
  return good(place, world, outputs === undefined ? {} : { outputs });
}

/** The spend of a coin that anyone can take. */
export function openSpend(place: Place, world: World, plan: Partial<SpendPlan> = {}): Spend | undefined {
  return open(place, world, plan);
}
