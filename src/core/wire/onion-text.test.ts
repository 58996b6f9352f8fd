import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toHex } from '../base/bytes.ts';
import { formatHost, toNetworkAddress } from './network-address.ts';
import { formatOnion, parseOnion } from './onion-text.ts';

/** A name that the Tor project published, with its key (rend-spec-v3 has others of this form). */
const NAME = '2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion';

describe('names of onion services', () => {
  it('are read with their checksum, and written again', () => {
    const key = parseOnion(NAME);
    assert.equal(key?.length, 32);
    assert.equal(formatOnion(key!), NAME);
    assert.deepEqual(parseOnion(NAME.toUpperCase().replace('.ONION', '.onion')), key);
  });

  it('are those of every key, by a checksum that another library agrees with', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        const name = formatOnion(key);
        assert.match(name, /^[a-z2-7]{55}d\.onion$/);
        assert.equal(toHex(parseOnion(name)!), toHex(key));
        const checksum = createHash('sha3-256').update('.onion checksum').update(key).update(Uint8Array.of(3)).digest();
        const last = Buffer.from([...key.subarray(30), ...checksum.subarray(0, 2), 3]).toString('hex');
        const bits = [...name.slice(48, 56)].map((letter) =>
          'abcdefghijklmnopqrstuvwxyz234567'.indexOf(letter).toString(2).padStart(5, '0'),
        );
        assert.equal(
          BigInt(`0b${bits.join('')}`)
            .toString(16)
            .padStart(10, '0'),
          last,
        );
      }),
    );
  });

  it('with one letter changed are no names, nor are those of the second version and other texts', () => {
    for (let at = 0; at < 56; at++) {
      const other = NAME[at] === 'a' ? 'b' : 'a';
      assert.equal(parseOnion(NAME.slice(0, at) + other + NAME.slice(at + 1)), undefined, `letter ${at}`);
    }
    for (const text of ['', '.onion', 'kpvz7ki2v5agwt35.onion', NAME.slice(1), `a${NAME}`, NAME.replace('.onion', ''), `${NAME}.`]) {
      assert.equal(parseOnion(text), undefined, text);
    }
  });

  it('are addresses like those of the other networks', () => {
    const address = toNetworkAddress(NAME, 8333);
    assert.deepEqual([address?.network, address?.port, address?.bytes.length], ['torv3', 8333, 32]);
    assert.equal(formatHost(address!), NAME);
    assert.equal(formatHost(toNetworkAddress('1.2.3.4', 1)!), '1.2.3.4');
    assert.match(formatHost({ network: 'i2p', bytes: new Uint8Array(32) }), /^a{52}\.b32\.i2p$/);
  });
});
