import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toHex } from '../../src/core/base/bytes.ts';
import { MESSAGE_TYPES } from '../../src/core/wire/messages/table.ts';
import { type FuzzFailure, inputOf, tryAll, tryCase, tryInput } from './fuzz-run.ts';
import { type FuzzTarget, isDecodeError } from './fuzz-target.ts';
import { chanceOf } from './mutations.ts';
import { PARSERS } from './parsers.ts';

const SEED = 20_261_123;

/** Inputs for the cheapest of the parsers. */
const EXHAUSTIVE_INPUTS = 4_000;
const CASES = 1_500;

function report(failure: FuzzFailure | undefined): void {
  if (failure === undefined) return;
  assert.fail(`${failure.parser}, case ${failure.number ?? 'exhaustive'} of seed ${SEED}: ${failure.what}\ninput: ${toHex(failure.input)}`);
}

describe('every parser', () => {
  it('is among those that are tried: each message is', () => {
    for (const type of MESSAGE_TYPES) assert.ok(PARSERS[type] !== undefined && PARSERS[type].samples.length > 0, type);
  });

  for (const [name, target] of Object.entries(PARSERS)) {
    it(`P18: refuses as it should, quickly and in little memory, what is nearly right: ${name}`, async () => {
      const { cost = 1 } = target;
      for (const sample of target.samples)
        assert.equal(await tryInput({ ...target, refuses: () => false }, sample, chanceOf(0, name, 0)), undefined);
      report((await tryAll(name, target, EXHAUSTIVE_INPUTS / cost)).failure);
      for (let number = 0; number < CASES / cost; number++) report(await tryCase(name, target, SEED, number));
    });
  }
});

describe('the fuzzer', () => {
  const target = (read: FuzzTarget['read']): FuzzTarget => ({ samples: [new Uint8Array(50)], read, refuses: isDecodeError });

  it('gives the same input for the same case, others for others, and no empty choice', () => {
    const at = (seed: number, number: number, name = 'a') =>
      toHex(
        inputOf(
          target(() => {}),
          name,
          seed,
          number,
        ).input,
      );
    assert.equal(at(1, 5), at(1, 5));
    assert.ok(new Set([at(1, 5), at(2, 5), at(1, 6), at(1, 5, 'b')]).size >= 3);
  });

  it('finds a parser that fails otherwise, hangs for a while, or takes what it is told to', async () => {
    const found = async (read: FuzzTarget['read']): Promise<string> =>
      (await tryInput(target(read), new Uint8Array(9), chanceOf(1, 'x', 1))) ?? '';
    assert.match(
      await found(() => {
        throw new RangeError('an index');
      }),
      /an index/,
    );
    assert.match(
      await found(() => {
        const { user, system } = process.cpuUsage();
        for (let used = 0; used < 1_100_000; ) {
          const now = process.cpuUsage();
          used = now.user + now.system - user - system;
        }
      }),
      /ms of the processor/,
    );
    const kept: Uint8Array[] = [];
    assert.match(await found(() => void kept.push(new Uint8Array(400 * 1_048_576))), /MiB/);
  });
});
