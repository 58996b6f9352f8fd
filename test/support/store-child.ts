/**
 * A process that uses a data folder until it is killed. `store-child.js apply|append|hold FOLDER`; it says on its output, a line
 * each, what is on disk for good.
 */
import { join } from 'node:path';
import { openStores, writeFileAtomic } from '../../src/platform/store/index.ts';
import { SAMPLE_PARAMS, sampleBytes, sampleCoinKey, sampleHash } from './store-samples.ts';

/** Coins that each batch replaces, all of them, with values that say which batch it was. */
export const CHILD_COINS = 1_000;

/** Value that batch `n` gives each coin. Together more than one block of LevelDB's log. */
export function childCoinValue(n: number): Uint8Array {
  return sampleBytes(n % 256, 150);
}

type Stores = Awaited<ReturnType<typeof openStores>>;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Batches without end, from the one after `from`. */
async function apply({ coins }: Stores, from: number): Promise<void> {
  for (let n = from + 1; ; n++) {
    const value = childCoinValue(n);
    const puts = Array.from({ length: CHILD_COINS }, (_, i) => [sampleCoinKey(i), value] as const);
    await coins.apply({ puts, deletes: [sampleCoinKey(CHILD_COINS + n - 1)], tip: sampleHash(n) });
    say(String(n));
  }
}

/** Blocks and undo records without end. */
async function append({ blocks }: Stores): Promise<void> {
  for (let n = 0; ; n++) {
    const block = await blocks.append(sampleBytes(n, 50_000));
    const undo = await blocks.appendUndo(block.file, sampleBytes(n + 1, 10_000), sampleHash(n));
    await blocks.sync();
    say(JSON.stringify({ n, block, undo }));
  }
}

async function main(mode: string, folder: string, from: string | undefined): Promise<void> {
  const stores = await openStores({ folder, params: SAMPLE_PARAMS });
  if (mode === 'apply') return apply(stores, Number(from));
  if (mode === 'append') return append(stores);
  await writeFileAtomic(join(folder, 'node.json'), Buffer.from(JSON.stringify({ pid: process.pid })));
  say('open');
  process.stdin.resume(); // Until it is killed.
}

const [mode, folder, from] = process.argv.slice(2);
if (mode !== undefined && folder !== undefined) await main(mode, folder, from);
