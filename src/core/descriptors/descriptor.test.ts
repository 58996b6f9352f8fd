import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toHex } from '../base/bytes.ts';
import { createWasmSecp256k1 } from '../crypto/wasm-secp256k1.ts';
import { main } from '../params/main.ts';
import { withChecksum } from './checksum.ts';
import { type Descriptor, parseDescriptor } from './descriptor.ts';
import { DescriptorError } from './descriptor-error.ts';
import { DESCRIPTOR_LENGTH_MAX } from './parse.ts';
import { MULTIPATH_MAX } from './parse-key.ts';

const context = { network: main, curve: createWasmSecp256k1() };

function read(text: string): Descriptor {
  const [descriptor, ...more] = parseDescriptor(text, context);
  assert.ok(descriptor !== undefined && more.length === 0);
  return descriptor;
}

function scriptsOf(text: string, position = 0): string[] | undefined {
  return read(text)
    .expand(position)
    ?.map(({ script }) => toHex(script));
}

function refused(text: string, message: string | RegExp): void {
  assert.throws(
    () => parseDescriptor(text, context),
    (error) => {
      assert.ok(error instanceof DescriptorError);
      if (typeof message === 'string') assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    },
  );
}

const WIF = 'L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1';
const KEY = '03a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd';
const XPRV = 'xprvA1RpRA33e1JQ7ifknakTFpgNXPmW2YvmhqLQYMmrj4xJXXWYpDPS3xz7iAxn8L39njGVyuoseXzU6rcxFLJ8HFsTjSyQbLYnMpCqE2VbFWc';
const XPUB = 'xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL';

describe('a descriptor', () => {
  it('stands for the scripts that the vectors of BIP-381 to 386 say', () => {
    const hash = '9a1c78a507689f6f54b847ad1cef1e614ee23f1e';
    const vectors: readonly (readonly [string, readonly string[]])[] = [
      [`pk(${WIF})`, [`21${KEY}ac`]],
      [`pkh([deadbeef/1/2'/3/4']${WIF})`, [`76a914${hash}88ac`]],
      [`wpkh(${WIF})`, [`0014${hash}`]],
      [`combo(${KEY})`, [`21${KEY}ac`, `76a914${hash}88ac`, `0014${hash}`, 'a91484ab21b1b2fd065d4504ff693d832434b6108d7b87']],
      [`sh(wpkh(${KEY}))`, ['a91484ab21b1b2fd065d4504ff693d832434b6108d7b87']],
      [`tr(${KEY.slice(2)})`, ['512077aab6e066f8a7419c5ab714c12c67d25007ed55a43cadcacb4d7a970a093f11']],
    ];
    for (const [text, scripts] of vectors) assert.deepEqual(scriptsOf(text), scripts, text);
  });

  it('derives by the public key what it derives by the private one', () => {
    for (const position of [0, 1, 2, 7, 0x7fff_ffff]) {
      assert.deepEqual(scriptsOf(`wpkh(${XPUB}/1/2/*)`, position), scriptsOf(`wpkh(${XPRV}/1/2/*)`, position));
    }
    assert.equal(read(`wpkh(${XPUB}/1'/*)`).expand(0), undefined);
    assert.equal(read(`wpkh(${XPUB}/*h)`).expand(0), undefined);
    assert.equal(scriptsOf(`wpkh(${XPRV}/1'/*h)`)?.length, 1);
  });

  it('shows itself without private keys, its steps as they were written', () => {
    assert.equal(read(`pkh([DEADBEEF/1h/2]${XPRV}/3/4h/*h)`).toString(), `pkh([deadbeef/1h/2]${XPUB}/3/4h/*h)`);
    assert.equal(read(`pkh([deadbeef/1']${XPRV}/*)`).toString(), `pkh([deadbeef/1']${XPUB}/*)`);
    assert.equal(read(`tr(${WIF})`).toString(), `tr(${KEY.slice(2)})`);
    assert.deepEqual([read(`pk(${WIF})`).hasPrivateKeys, read(`pk(${KEY})`).hasPrivateKeys], [true, false]);
    assert.deepEqual([read(`pk(${XPUB}/*)`).isRange, read(`pk(${XPUB})`).isRange], [true, false]);
    assert.deepEqual([read('raw(51)').isSolvable, read(`pk(${KEY})`).isSolvable], [false, true]);
  });

  it('tells of each script where its keys come from', () => {
    const inferred = (text: string): string[] | undefined =>
      read(text)
        .expand(3)
        ?.map((each) => each.inferred());
    assert.match(inferred(`wpkh(${XPUB}/2/*)`)?.[0] ?? '', /^wpkh\(\[[0-9a-f]{8}\/2\/3\]0[23][0-9a-f]{64}\)$/);
    assert.match(inferred(`pk([deadbeef/1']${XPUB}/*)`)?.[0] ?? '', /^pk\(\[deadbeef\/1h\/3\]0/);
    assert.deepEqual(
      inferred(`combo(${KEY})`)?.map((each) => each.split('(')[0]),
      ['pk', 'pkh', 'wpkh', 'sh'],
    );
    assert.deepEqual(inferred(`raw(76a914751e76e8199196d454941c45d1b3a323f1433bd688ac)`), ['addr(1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH)']);
  });

  it('stands for several where it has a multipath, in their order', () => {
    const texts = parseDescriptor(`wsh(multi(1,${XPUB}/<0;2h;1>/*,${KEY}))`, context).map((each) => each.toString());
    assert.deepEqual(
      texts,
      ['0', '2h', '1'].map((step) => `wsh(multi(1,${XPUB}/${step}/*,${KEY}))`),
    );
    const steps = (count: number): string => Array.from({ length: count }, (_, i) => i).join(';');
    assert.equal(parseDescriptor(`wpkh(${XPUB}/<${steps(MULTIPATH_MAX)}>)`, context).length, MULTIPATH_MAX);
    refused(`wpkh(${XPUB}/<${steps(MULTIPATH_MAX + 1)}>)`, /must have at most 1000 items$/);
  });
});

describe('parseDescriptor', () => {
  it('takes a checksum, refuses a wrong one, and asks for one where it is told to', () => {
    const text = withChecksum('raw(deadbeef)');
    assert.equal(text, 'raw(deadbeef)#89f8spxm');
    assert.equal(read(text).toString(), 'raw(deadbeef)');
    refused('raw(deadbeef)#', 'Expected 8 character checksum, not 0 characters');
    refused('raw(deadbeef)#89f8spxmx', 'Expected 8 character checksum, not 9 characters');
    refused('raw(deadbeef)#89f8spxq', "Provided checksum '89f8spxq' does not match computed checksum '89f8spxm'");
    refused('raw(deadbeef)##', "Multiple '#' symbols");
    refused('raw(é)', 'Invalid characters in payload');
    assert.throws(() => parseDescriptor('raw(51)', context, true), new DescriptorError('Missing checksum'));
  });

  it('takes keys of a script up to their limits and no more', () => {
    const keys = (count: number): string => Array(count).fill(KEY).join();
    for (const [inside, most] of [
      [(list: string) => `multi(1,${list})`, 3],
      [(list: string) => `sh(multi(1,${list}))`, 15],
      [(list: string) => `wsh(multi(1,${list}))`, 20],
      [(list: string) => `tr(${KEY},multi_a(1,${list}))`, 999],
    ] as const) {
      assert.equal(scriptsOf(inside(keys(most)))?.length, 1);
      refused(inside(keys(most + 1)), /^Cannot have|^P2SH script is too large/);
    }
  });

  it('takes trees of 128 levels and texts of a million characters, and no more', () => {
    const leaf = `pk(${KEY})`;
    const tree = (levels: number): string => `tr(${KEY},${`{${leaf},`.repeat(levels)}${leaf}${'}'.repeat(levels)})`;
    assert.equal(scriptsOf(tree(128))?.length, 1);
    refused(tree(129), 'tr() supports at most 128 nesting levels');
    const raw = (length: number): string => `raw(${'0'.repeat(length - 5)})`;
    assert.equal(read(raw(DESCRIPTOR_LENGTH_MAX - 1)).isRange, false);
    refused(raw(DESCRIPTOR_LENGTH_MAX + 1), /^Descriptor is longer than/);
  });

  it('reads no miniscript', () => {
    refused(`wsh(and_v(v:pk(${KEY}),older(1)))`, 'A function is needed within P2WSH');
    refused(`tr(${KEY},and_v(v:pk(${KEY}),older(1)))`, /is not a valid descriptor function$/);
  });
});
