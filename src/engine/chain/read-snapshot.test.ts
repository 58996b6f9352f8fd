import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes } from '../../core/base/bytes.ts';
import { regtest } from '../../core/params/regtest.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { encodeCoin } from './coin-codec.ts';
import { encodeSnapshotHead } from './coin-snapshot.ts';
import { SnapshotError, SnapshotReader } from './read-snapshot.ts';

const MAX_MONEY = regtest.consensus.maxMoney;
const LIMITS = { heightMax: 8, maxMoney: MAX_MONEY };
const baseBlock = new Uint8Array(32).fill(5) as Uint8Array as BlockHash;
const plain = { value: 1n, scriptPubKey: Uint8Array.of(0x51), height: 1, coinbase: false };

/** Coins of one transaction, in the file's form. */
function group(coins: readonly (typeof plain)[], { count = coins.length, txid = 1 } = {}): Uint8Array {
  const writer = new ByteWriter(64).raw(new Uint8Array(32).fill(txid)).compactSize(count);
  for (const [vout, coin] of coins.entries()) writer.compactSize(vout).raw(encodeCoin(coin));
  return writer.finish();
}

/** How many coins are read of a file that says how many it has. */
async function read(coinCount: number, ...parts: readonly Uint8Array[]): Promise<number> {
  const bytes = concatBytes(encodeSnapshotHead({ messageStart: regtest.messageStart, baseBlock, coinCount }), ...parts);
  async function* source(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const reader = new SnapshotReader(source());
  const head = await reader.head(regtest, []);
  assert.deepEqual([head.baseBlock, head.coinCount], [baseBlock, coinCount]);
  let found = 0;
  for await (const { outPoint } of reader.coins(head, LIMITS)) assert.ok(outPoint.vout <= found++);
  return found;
}

async function refuses(promise: Promise<unknown>, why: string): Promise<void> {
  await assert.rejects(promise, (error: Error) => {
    assert.ok(error instanceof SnapshotError);
    assert.equal(error.message, `Population failed: ${why}`);
    return true;
  });
}

describe('a file of coins that is read', () => {
  it('has as many coins as it says, of the chain below its block', async () => {
    assert.equal(await read(0), 0);
    assert.equal(await read(3, group([plain, plain]), group([plain], { txid: 2 })), 3);
    assert.equal(await read(1, group([{ ...plain, height: 8 }])), 1);
    await refuses(read(1, group([{ ...plain, height: 9 }])), 'Bad snapshot data after deserializing 0 coins');
    await refuses(read(0, Uint8Array.of(0)), 'Bad snapshot - coins left over after deserializing 0 coins');
    await refuses(read(1, group([plain, plain])), 'Mismatch in coins count in snapshot metadata and actual snapshot data');
    await refuses(read(3, group([plain, plain])), 'Bad snapshot format or truncated snapshot after deserializing 2 coins');
    await refuses(read(3, group([plain, plain], { count: 3 })), 'Bad snapshot format or truncated snapshot after deserializing 2 coins');
  });

  it('has amounts of money that there can be', async () => {
    assert.equal(await read(1, group([{ ...plain, value: MAX_MONEY }])), 1);
    const over = group([plain, { ...plain, value: MAX_MONEY + 1n }]);
    await refuses(read(2, over), 'Bad snapshot data after deserializing 1 coins - bad tx out value');
    await refuses(read(1, group([{ ...plain, value: 2n ** 60n }])), 'Bad snapshot data after deserializing 0 coins - bad tx out value');
  });

  it('has scripts that can be spent, and no memory is taken for others', async () => {
    const scriptOf = (size: number) => group([{ ...plain, scriptPubKey: new Uint8Array(size).fill(0x51) }]);
    assert.equal(await read(1, scriptOf(10_000)), 1);
    const words = 'Bad snapshot format or truncated snapshot after deserializing 0 coins';
    await refuses(read(1, scriptOf(10_001)), words);
    const huge = new ByteWriter(64)
      .raw(new Uint8Array(32))
      .compactSize(1)
      .compactSize(0)
      .raw(Uint8Array.of(2, 1, 0x8e, 0xfe, 0xff, 0x7f));
    await refuses(read(1, huge.finish()), words);
  });

  it('may come in pieces of one byte, and ends with its last one', async () => {
    const bytes = concatBytes(encodeSnapshotHead({ messageStart: regtest.messageStart, baseBlock, coinCount: 2 }), group([plain, plain]));
    let isEnded = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (const byte of bytes) yield Uint8Array.of(byte);
      } finally {
        isEnded = true;
      }
    }
    const reader = new SnapshotReader(source());
    const head = await reader.head(regtest, []);
    let found = 0;
    for await (const _ of reader.coins(head, LIMITS)) found++;
    assert.equal(found, 2);
    await reader.end();
    assert.ok(isEnded);
  });
});
