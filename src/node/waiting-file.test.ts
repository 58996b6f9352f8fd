import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reject } from '../core/consensus/rejection.ts';
import type { Transaction } from '../core/primitives/transaction.ts';
import { makeTransaction } from '../core/primitives/transaction.ts';
import { EXPIRY_SECONDS } from '../engine/mempool/mempool.ts';
import type { ByteFile, WaitingFileParts } from './waiting-file.ts';
import { WaitingFile } from './waiting-file.ts';

const NOW = 1_800_000_000;
const clock = { nowSeconds: () => NOW, yield: async () => {} };

function transaction(salt: number): Transaction {
  const txid = new Uint8Array(32).fill(salt) as unknown as Transaction['txid'];
  const input = { prevout: { txid, vout: 0 }, scriptSig: new Uint8Array(0), sequence: 0, witness: [] };
  return makeTransaction({
    version: 2,
    inputs: [input],
    outputs: [{ value: BigInt(salt), scriptPubKey: Uint8Array.of(0x51) }],
    lockTime: 0,
  });
}

/** A pool that takes all but what pays 13, and remembers when things came. */
function world(bytes?: Uint8Array, other?: Uint8Array) {
  const waiting: { tx: Transaction; timeSeconds: number }[] = [];
  const events: string[] = [];
  let kept = bytes;
  const mempool = {
    entries: () => waiting,
    expirySeconds: EXPIRY_SECONDS,
    feeDeltaOf: () => 0n,
    feeDeltas: () => [].values(),
    prioritise: () => {},
    accept: async (tx: Transaction, options: { timeSeconds?: number } = {}) => {
      if (tx.outputs[0]?.value === 13n) return { rejection: reject('policy', 'unlucky') };
      waiting.push({ tx, timeSeconds: options.timeSeconds ?? NOW });
      return { entry: undefined };
    },
  } as unknown as WaitingFileParts['mempool'];
  const note = (event: string) => void events.push(event);
  const log = { debug: note, info: note, warn: note, error: note };
  const file: ByteFile = {
    path: '/data/mempool.dat',
    readOther: async (path) => (path === '/other.dat' ? other : undefined),
    read: async () => kept,
    write: async (written) => {
      kept = written;
    },
  };
  return { parts: { mempool, file, clock, log }, waiting, events, kept: () => kept };
}

/** Reads to the end. */
async function load(keeper: WaitingFile): Promise<void> {
  keeper.load();
  while (!keeper.loaded) await new Promise(setImmediate);
}

/** What a pool with these transactions leaves behind. */
async function saved(...entries: readonly { tx: Transaction; timeSeconds: number }[]): Promise<Uint8Array> {
  const { parts, waiting, kept } = world();
  const keeper = new WaitingFile(parts);
  await load(keeper);
  waiting.push(...entries);
  await keeper.close();
  return kept()!;
}

test('what waited at the end waits again after a start, with its time, and what is refused now does not', async () => {
  const bytes = await saved(
    { tx: transaction(1), timeSeconds: NOW - 5 },
    { tx: transaction(13), timeSeconds: NOW },
    { tx: transaction(2), timeSeconds: NOW },
  );
  const { parts, waiting, events } = world(bytes);
  const keeper = new WaitingFile(parts);
  assert.equal(keeper.loaded, false);
  keeper.load();
  await keeper.close();
  assert.equal(keeper.loaded, false, 'a reading that was ended is not done');
  const again = new WaitingFile(parts);
  await load(again);
  assert.deepEqual(
    waiting.map(({ tx, timeSeconds }) => [tx.outputs[0]?.value, timeSeconds]),
    [
      [1n, NOW - 5],
      [2n, NOW],
    ],
  );
  assert.deepEqual(events.at(-1), 'mempool-loaded');
});

test('what the operator added to fees is kept, of transactions that wait and of others, and counts before they are judged', async () => {
  const { parts, waiting, kept } = world();
  const [first, other] = [transaction(1), transaction(2)];
  const deltas = [
    { txid: first.txid, deltaSat: 5n },
    { txid: other.txid, deltaSat: -7n },
  ];
  const of = (txid: Transaction['txid']) => deltas.find((row) => row.txid === txid)?.deltaSat ?? 0n;
  const keeper = new WaitingFile({ ...parts, mempool: { ...parts.mempool, feeDeltas: () => deltas.values(), feeDeltaOf: of } });
  await load(keeper);
  waiting.push({ tx: first, timeSeconds: NOW });
  await keeper.close();
  const again = world(kept());
  const calls: unknown[] = [];
  const accept: typeof parts.mempool.accept = (tx, options) => {
    calls.push(tx.txid);
    return again.parts.mempool.accept(tx, options);
  };
  const prioritise = (txid: Transaction['txid'], deltaSat: bigint) => void calls.push([txid, deltaSat]);
  const all = [[other.txid, -7n], [first.txid, 5n], first.txid];
  await load(new WaitingFile({ ...again.parts, mempool: { ...again.parts.mempool, accept, prioritise } }));
  assert.deepEqual(calls.splice(0), all);
  const importing = world(undefined, kept());
  const importer = new WaitingFile({ ...importing.parts, mempool: { ...importing.parts.mempool, accept, prioritise } });
  for (const applyFeeDeltas of [true, false])
    await importer.importFile('/other.dat', { useCurrentTime: true, applyFeeDeltas, signal: { aborted: false } });
  assert.deepEqual(calls, [...all, first.txid]);
});

test('one that waited too long is passed over, one that waited just so long is not', async () => {
  const bytes = await saved(
    { tx: transaction(1), timeSeconds: NOW - EXPIRY_SECONDS },
    { tx: transaction(2), timeSeconds: NOW - EXPIRY_SECONDS - 1 },
  );
  const { parts, waiting } = world(bytes);
  const keeper = new WaitingFile(parts);
  await load(keeper);
  assert.deepEqual(
    waiting.map(({ tx }) => tx.outputs[0]?.value),
    [1n],
  );
});

test('T13: a file that is cut short, damaged or not ours is passed over, and the node goes on', async () => {
  const whole = await saved({ tx: transaction(1), timeSeconds: NOW });
  for (const bytes of [whole.subarray(0, whole.length - 3), Uint8Array.of(1, 2, 3), new Uint8Array(8).fill(255)]) {
    const { parts, waiting, events } = world(bytes);
    const keeper = new WaitingFile(parts);
    await load(keeper);
    assert.deepEqual([waiting.length, events], [0, ['mempool-file-damaged']]);
  }
});

test('a stop before all is back leaves the file as it was', async () => {
  const bytes = await saved({ tx: transaction(1), timeSeconds: NOW });
  const { parts, kept } = world(bytes);
  const keeper = new WaitingFile(parts);
  keeper.load();
  await keeper.close();
  assert.equal(kept(), bytes);
});

test('what waits is written when it is asked for, and another file is taken in with its times or as if it came now', async () => {
  const bytes = await saved({ tx: transaction(1), timeSeconds: NOW - 5 });
  const { parts, waiting, kept } = world(undefined, bytes);
  const keeper = new WaitingFile(parts);
  await assert.rejects(keeper.save(), { code: 'mempool-not-loaded' });
  await load(keeper);
  const signal = { aborted: false };
  assert.deepEqual(await keeper.importFile('/other.dat', { useCurrentTime: false, applyFeeDeltas: false, signal }), {
    kept: 1,
    accepted: 1,
  });
  await keeper.importFile('/other.dat', { useCurrentTime: true, applyFeeDeltas: false, signal });
  assert.deepEqual(
    waiting.map(({ timeSeconds }) => timeSeconds),
    [NOW - 5, NOW],
  );
  assert.equal(await keeper.save(), '/data/mempool.dat');
  assert.ok(kept()!.length > bytes.length);
  assert.deepEqual(await keeper.importFile('/other.dat', { useCurrentTime: true, applyFeeDeltas: false, signal: { aborted: true } }), {
    kept: 1,
    accepted: 0,
  });
  await assert.rejects(keeper.importFile('/none.dat', { useCurrentTime: true, applyFeeDeltas: false, signal }), {
    code: 'mempool-file-unread',
  });
});
