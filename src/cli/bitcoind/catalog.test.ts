import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { Arguments } from './arguments.ts';
import { BITCOIND_OPTIONS, OPTION_NAMES } from './catalog.ts';
import { planBitcoind } from './plan.ts';
import type { Given } from './values.ts';

/** Options that are read before there is a plan: which network and which files, and what is only printed. */
const READ_EARLIER = ['help', 'h', '?', 'version', 'conf', 'includeconf', 'datadir', 'chain', 'regtest', 'signet', 'testnet', 'testnet4'];

/** Remembers which options were asked for. */
class WatchedArguments extends Arguments {
  readonly asked = new Set<string>();
  #isListing = false;

  override value(name: string): Given | undefined {
    if (!this.#isListing) this.asked.add(name);
    return super.value(name);
  }

  override list(name: string): readonly string[] {
    this.asked.add(name);
    return super.list(name);
  }

  override has(name: string): boolean {
    if (!this.#isListing) this.asked.add(name);
    return super.has(name);
  }

  /** Looks at every option, whatever becomes of it. */
  override said(): ReadonlyMap<string, Given> {
    this.#isListing = true;
    const all = super.said();
    this.#isListing = false;
    return all;
  }
}

/** Ways to start that together come past every option. */
const STARTS = [
  ['-regtest'],
  ['-regtest', '-rpcpassword=x'],
  ['-regtest', '-prune=1'],
  ['-regtest', '-prune=1', '-rpcallowip=::1', '-rpcbind=::1'],
  ['-signet'],
];

describe("the table of bitcoind's options", () => {
  it('calls those used that a plan is made of, and no others', () => {
    const asked = new Set(READ_EARLIER);
    for (const words of STARTS) {
      const args = new WatchedArguments(BITCOIND_OPTIONS, [`-datadir=${tmpdir()}`, ...words]);
      planBitcoind(args);
      for (const name of args.asked) asked.add(name);
    }
    assert.deepEqual([...asked].sort(), [...OPTION_NAMES.used].sort());
  });

  it('has each option once', () => {
    const names = Object.values(OPTION_NAMES).flat();
    assert.deepEqual(
      names.filter((name, at) => names.indexOf(name) !== at || !/^[a-z0-9?-]+$/.test(name)),
      [],
    );
  });
});
