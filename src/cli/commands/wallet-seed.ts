import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { createMnemonic, parseMnemonic } from '../../engine/wallet/seed.ts';
import { createSeedFile } from '../../platform/store/seed-file.ts';
import { systemCode, toNodeError } from '../../platform/store/system-error.ts';
import { systemRandom } from '../../platform/system/random.ts';
import { CommandError } from '../failure.ts';
import type { PLACE_OPTIONS } from '../options/node-options.ts';
import { dataFolder, loadNetwork } from '../options/place.ts';
import type { Settings } from '../options/settings.ts';

/** Where a wallet is made. */
type Place = Settings<typeof PLACE_OPTIONS>;

async function folderOf({ network, dataDir }: Place): Promise<string> {
  return dataFolder(dataDir, (await loadNetwork(network)).name);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw toNodeError(error, folder);
  }
}

/** Refuses a folder whose records belong to words that were taken away: they say which blocks were looked through, for other keys. */
async function refuseForeignRecords(folder: string): Promise<void> {
  const wallet = join(folder, 'wallet');
  const names = await namesIn(wallet);
  if (names.some((name) => name !== 'seed.json') && !names.includes('seed.json')) {
    throw new CommandError(`${wallet} holds the records of another wallet: move that folder away first`);
  }
}

async function writeSeed(place: Place, seed: { readonly mnemonic: string; readonly restored: boolean }, json: boolean): Promise<void> {
  const folder = await folderOf(place);
  await refuseForeignRecords(folder);
  const file = await createSeedFile(folder, seed);
  if (json) {
    console.log(JSON.stringify({ file, restored: seed.restored }));
    return;
  }
  console.log(`the wallet's secret words are in ${file}`);
  console.log('whoever has this file has the coins: keep a copy of it in a safe place');
  if (seed.restored) console.log('the next start of the node looks through all blocks for its coins');
}

/** `quoin wallet create`: new words in a data folder that has none. */
export async function createWallet(place: Place, json: boolean): Promise<void> {
  await writeSeed(place, { mnemonic: createMnemonic(systemRandom), restored: false }, json);
}

/** A line that is typed and not shown. */
function typedInSecret(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stdout.write(question);
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.on('close', () => {
      process.stdout.write('\n');
      reject(new CommandError('no words were given: nothing was done'));
    });
  });
}

/** `quoin wallet restore`: words from standard input, since others on this machine may see a command line. */
export async function restoreWallet(place: Place, json: boolean): Promise<void> {
  const text = process.stdin.isTTY ? await typedInSecret('the words of the wallet (not shown): ') : await readAll(process.stdin);
  const mnemonic = parseMnemonic(text);
  if (mnemonic === undefined)
    throw new CommandError('these are no BIP-39 words (a word is unknown, one is missing, or they do not fit together): check them');
  await writeSeed(place, { mnemonic, restored: true }, json);
}
