import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toHex } from '../../core/base/bytes.ts';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import { parseDescriptor } from '../../core/descriptors/descriptor.ts';
import { DescriptorError } from '../../core/descriptors/descriptor-error.ts';
import { regtest } from '../../core/params/regtest.ts';
import { WatchList } from './watch-list.ts';

const curve = chooseSecp256k1('auto');
const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const SCRIPT = '0014751e76e8199196d454941c45d1b3a323f1433bd6';
const XPUB = 'tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B';
const RANGE = `wpkh(${XPUB}/0/*)`;

const scriptAt = (position: number): Uint8Array => {
  const [descriptor] = parseDescriptor(RANGE, { network: regtest, curve });
  return descriptor!.expand(position)![0]!.script;
};

describe('what is watched', () => {
  it('is an address, a script or a descriptor, each once', () => {
    const list = new WatchList(regtest, curve);
    assert.equal(list.add(ADDRESS), true);
    assert.equal(list.add(ADDRESS), false);
    assert.deepEqual(list.scripts().map(toHex), [SCRIPT]);
    assert.equal(list.add(SCRIPT), true);
    assert.equal(list.size, 1);
    assert.equal(list.add(`addr(${ADDRESS})`), true);
    assert.equal(list.size, 1);
    assert.deepEqual(
      Array.from(list.sources(), ({ text }) => text),
      [ADDRESS, SCRIPT, `addr(${ADDRESS})`],
    );
  });

  it('refuses what is none of them, another network, and what needs private keys', () => {
    const list = new WatchList(regtest, curve);
    for (const text of ['', 'nonsense', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', '001', `wpkh(${XPUB}/0'/*)`]) {
      assert.throws(() => list.add(text), DescriptorError, text);
    }
    assert.equal(list.size, 0);
  });

  it('grows with a range as its scripts are found, and begins where it had come to', () => {
    const list = new WatchList(regtest, curve, 5);
    list.add(RANGE);
    assert.equal(list.size, 5);
    assert.equal(list.has(scriptAt(4)), true);
    assert.equal(list.has(scriptAt(5)), false);
    const { generation } = list;
    assert.equal(list.found(scriptAt(0)), true);
    assert.equal(list.has(scriptAt(5)), true);
    assert.equal(list.found(scriptAt(0)), false);
    assert.equal(list.found(scriptAt(5)), true);
    assert.equal(list.size, 11);
    assert.ok(list.generation > generation);
    assert.equal(list.found(Uint8Array.of(0x51)), false);
    const again = new WatchList(regtest, curve, 5);
    for (const { text, used } of list.sources()) again.add(text, used);
    assert.deepEqual(again.scripts(), list.scripts());
  });
});
