import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hash, header, ipv4, items, MESSAGE_EXAMPLES, torv3, tx } from '../../../../test/support/message-examples.ts';
import { fromHex, toHex } from '../../base/bytes.ts';
import { DecodeError } from '../../primitives/decode-error.ts';
import type { BlockHash } from '../../primitives/ids.ts';
import { zeroHash } from '../../primitives/ids.ts';
import { encodeTransaction, encodeTransactionStripped } from '../../primitives/transaction.ts';
import type { Message } from './table.ts';
import { decodeMessage, encodeMessage, isMessageType, MESSAGE_TYPES } from './table.ts';

describe('message table', () => {
  it('has an example of each message here', () => {
    assert.deepEqual(MESSAGE_EXAMPLES.map((message) => message.type).sort(), [...MESSAGE_TYPES].sort());
    for (const type of MESSAGE_TYPES) assert.ok(type.length <= 12);
  });

  for (const message of MESSAGE_EXAMPLES) {
    it(`gives back a ${message.type} that it wrote, also with bytes of a later version behind it`, () => {
      const payload = encodeMessage(message);
      assert.deepEqual(decodeMessage(message.type, payload), message);
      const longer = Uint8Array.from([...payload, 1, 2, 3]);
      // The version message alone has fields that may be missing; its own are all here.
      assert.deepEqual(decodeMessage(message.type, longer), message);
    });
  }

  it('refuses each message cut short anywhere, except where a field may be missing', () => {
    for (const message of MESSAGE_EXAMPLES) {
      const payload = encodeMessage(message);
      for (let length = 0; length < payload.length; length++) {
        const cut = payload.slice(0, length);
        if (message.type === 'version' && length >= 46) continue;
        assert.throws(() => decodeMessage(message.type, cut), DecodeError, `${message.type} of ${length} bytes`);
      }
    }
  });

  it('throws nothing but DecodeError, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MESSAGE_TYPES), fc.uint8Array({ maxLength: 200 }), (type, payload) => {
        try {
          decodeMessage(type, payload);
        } catch (error) {
          assert.ok(error instanceof DecodeError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('ignores commands that it does not know, names of object members too', () => {
    for (const command of ['reject', 'alert', '', 'toString', '__proto__', 'sendtxrcncl']) {
      assert.equal(isMessageType(command), false);
      assert.equal(decodeMessage(command, new Uint8Array(3)), undefined);
    }
  });
});

describe('tx', () => {
  it('is sent with its witnesses, or without where asked so', () => {
    assert.equal(toHex(encodeMessage({ type: 'tx', tx })), toHex(encodeTransaction(tx)));
    assert.equal(toHex(encodeMessage({ type: 'tx', tx, stripped: true })), toHex(encodeTransactionStripped(tx)));
  });
});

describe('version', () => {
  it('reads one that ends after the receiver, as the first ones did', () => {
    const full = encodeMessage(MESSAGE_EXAMPLES.find((each) => each.type === 'version')!);
    const message = decodeMessage('version', full.slice(0, 46));
    assert.ok(message?.type === 'version');
    assert.deepEqual([message.userAgent, message.startHeight, message.relay, message.nonce], ['', 0, true, 0n]);
  });

  it('takes a user agent of 256 bytes and refuses one more', () => {
    const example = MESSAGE_EXAMPLES.find((each) => each.type === 'version')!;
    assert.ok(example.type === 'version');
    const long = encodeMessage({ ...example, userAgent: 'a'.repeat(256) });
    assert.deepEqual(decodeMessage('version', long), { ...example, userAgent: 'a'.repeat(256) });
    assert.throws(() => decodeMessage('version', encodeMessage({ ...example, userAgent: 'a'.repeat(257) })), /over the limit of 256/);
  });

  it('shows what is not printable in a user agent as dots', () => {
    const example = MESSAGE_EXAMPLES.find((each) => each.type === 'version')!;
    assert.ok(example.type === 'version');
    const message = decodeMessage('version', encodeMessage({ ...example, userAgent: 'a\u001b[31m\nb' }));
    assert.ok(message?.type === 'version');
    assert.equal(message.userAgent, 'a.[31m.b');
  });
});

describe('limits', () => {
  const many = <T>(count: number, each: T): T[] => new Array<T>(count).fill(each);
  const cases: [string, number, (count: number) => Message][] = [
    ['entries of an inv', 50_000, (count) => ({ type: 'inv', items: many(count, items[0]!) })],
    ['entries of a getdata', 50_000, (count) => ({ type: 'getdata', items: many(count, items[0]!) })],
    ['entries of a notfound', 50_000, (count) => ({ type: 'notfound', items: many(count, items[0]!) })],
    ['headers', 2_000, (count) => ({ type: 'headers', headers: many(count, header) })],
    ['addresses of an addr', 1_000, (count) => ({ type: 'addr', addresses: many(count, { timeSeconds: 1, services: 1n, address: ipv4 }) })],
    ['bytes of a filterload', 36_000, (count) => ({ type: 'filterload', bytes: new Uint8Array(count), hashCount: 1, tweak: 0, flags: 0 })],
    ['hash functions of a filterload', 50, (count) => ({ type: 'filterload', bytes: hash(1), hashCount: count, tweak: 0, flags: 0 })],
    ['bytes of a filteradd', 520, (count) => ({ type: 'filteradd', data: new Uint8Array(count) })],
    [
      'hashes of a cfheaders',
      2_000,
      (count) => ({
        type: 'cfheaders',
        filterType: 0,
        stop: hash(1) as BlockHash,
        previousHeader: hash(4),
        filterHashes: many(count, hash(2)),
      }),
    ],
    [
      'addresses of an addrv2',
      1_000,
      (count) => ({ type: 'addrv2', addresses: many(count, { timeSeconds: 1, services: 1n, address: torv3 }) }),
    ],
    [
      'hashes of a getheaders',
      101,
      (count) => ({ type: 'getheaders', version: 1, locator: many(count, hash(1) as BlockHash), stop: zeroHash<BlockHash>() }),
    ],
    [
      'hashes of a getblocks',
      101,
      (count) => ({ type: 'getblocks', version: 1, locator: many(count, hash(1) as BlockHash), stop: zeroHash<BlockHash>() }),
    ],
  ];
  for (const [what, max, make] of cases) {
    it(`takes ${max} ${what} and refuses one more`, () => {
      const type = make(0).type;
      const whole = decodeMessage(type, encodeMessage(make(max)));
      assert.deepEqual(whole, make(max));
      assert.throws(() => decodeMessage(type, encodeMessage(make(max + 1))), new RegExp(`over the limit of ${max}`));
    });
  }

  it('refuses a count that the payload cannot hold before it reads an entry', () => {
    for (const type of ['inv', 'getdata', 'headers', 'addr'] as const) {
      assert.throws(() => decodeMessage(type, fromHex('fde803')!), /cannot fit/, type);
    }
  });
});

describe('addrv2', () => {
  const decode = (hex: string) => {
    const message = decodeMessage('addrv2', fromHex(hex)!);
    assert.ok(message?.type === 'addrv2');
    return message.addresses;
  };

  it('reads addresses behind one of a network that BIP-155 does not name', () => {
    const addresses = decode('02 01000000 09 63 03 aabbcc 208d 02000000 09 01 04 01020304 208d'.replaceAll(' ', ''));
    assert.deepEqual(
      addresses.map(({ address }) => address.network),
      ['unknown', 'ipv4'],
    );
    assert.deepEqual(addresses[1]?.address, { network: 'ipv4', bytes: Uint8Array.of(1, 2, 3, 4), port: 8333 });
  });

  it('does not understand IPv4 inside IPv6', () => {
    const addresses = decode(`01 01000000 09 02 10 00000000000000000000ffff01020304 208d`.replaceAll(' ', ''));
    assert.equal(addresses[0]?.address.network, 'unknown');
  });

  it('refuses a known network with another length, and more than 512 bytes of any', () => {
    assert.throws(() => decode('010100000009010501020304050000'), DecodeError);
    const long = (count: number) => `01 01000000 09 63 fd${count === 512 ? '0002' : '0102'} ${'00'.repeat(count)} 208d`.replaceAll(' ', '');
    assert.equal(decode(long(512)).length, 1);
    assert.throws(() => decode(long(513)), /over the limit of 512/);
  });

  it('refuses services in a longer form than needed', () => {
    assert.throws(() => decode('01 01000000 fd0900 01 04 01020304 208d'.replaceAll(' ', '')), /non-canonical/);
    assert.throws(() => decode('01 01000000 ffffffffff00000000 01 04 01020304 208d'.replaceAll(' ', '')), /non-canonical/);
  });
});
