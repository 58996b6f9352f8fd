/**
 * One wrong bit in a file of a database: the start or the first use of it tells of damage, or nothing is other than it was.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { NodeError } from '../../src/engine/ports/node-error.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { acceptAll } from '../support/test-chain.ts';
import { checkFolder, makeProcessWorld, type ProcessWorld, withCopy, withFolder } from './process-world.ts';

const SEED = 20_260_803;
/** Flips in each file. */
const FLIPS = 24;

/** Files with rows, and those that say which files there are. */
const DATA_FILE = /\.(ldb|log)$|^MANIFEST|^CURRENT$/;

describe('a wrong bit in a database', () => {
  let world: ProcessWorld;
  let template: string;
  before(async () => {
    world = await makeProcessWorld();
    template = join(temporaryFolder('table-flips'), 'data');
    const { trunk, branch } = world.branches;
    // Opened several times: the rows are in tables, and the last ones in the log.
    for (const blocks of [trunk.slice(0, 4), trunk.slice(4), branch]) {
      await withFolder(template, { params: world.params }, async (chain) => void (await acceptAll(chain, blocks)));
    }
  });

  /** @returns whether it was told */
  async function flipAndStart(path: string, bit: number): Promise<boolean> {
    return withCopy(template, async (folder) => {
      const file = join(folder, path);
      const bytes = readFileSync(file);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(file, bytes);
      try {
        await checkFolder(folder, world.params, world.both, false);
        return false;
      } catch (error) {
        if (!(error instanceof NodeError)) throw new Error(`bit ${bit} of ${path}`, { cause: error });
        assert.match(error.message, /headers|coins/, 'the database is named');
        return true;
      }
    });
  }

  for (const database of ['headers', 'coins']) {
    it(`with ${database} is told, or changes nothing`, async () => {
      const random = new SeededRandom(SEED);
      let told = 0;
      let tables = 0;
      for (const name of readdirSync(join(template, database)).filter((each) => DATA_FILE.test(each))) {
        const path = join(database, name);
        const bits = readFileSync(join(template, path)).length * 8;
        if (name.endsWith('.ldb')) tables++;
        for (let i = 0; i < FLIPS && bits > 0; i++) if (await flipAndStart(path, random.below(bits))) told++;
      }
      assert.ok(tables > 0 && told > tables, `${told} flips were told of, in ${tables} tables among other files`);
    });
  }
});
