import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../../base/bytes.ts';
import { encodeBlock, makeBlock, makeHeader } from '../../primitives/block.ts';
import { DecodeError } from '../../primitives/decode-error.ts';
import type { BlockHash, MerkleRoot, Txid } from '../../primitives/ids.ts';
import { zeroHash } from '../../primitives/ids.ts';
import { encodeTransaction, encodeTransactionStripped, makeTransaction } from '../../primitives/transaction.ts';
import { INVENTORY } from '../inventory.ts';
import type { Message } from './table.ts';
import { decodeMessage, encodeMessage, isMessageType, MESSAGE_TYPES } from './table.ts';

const hash = (fill: number) => new Uint8Array(32).fill(fill);
const header = makeHeader({
  version: -1,
  prevBlockHash: hash(1) as BlockHash,
  merkleRoot: hash(2) as MerkleRoot,
  timeSeconds: 0xffffffff,
  bits: 0x207fffff,
  nonce: 7,
});
const tx = makeTransaction({
  version: 2,
  inputs: [{ prevout: { txid: hash(9) as Txid, vout: 1 }, scriptSig: Uint8Array.of(1), sequence: 3, witness: [Uint8Array.of(5, 6)] }],
  outputs: [{ value: 10n, scriptPubKey: Uint8Array.of(0x51) }],
  lockTime: 0,
});
const block = makeBlock(header, [tx]);
const ipv4 = { network: 'ipv4', bytes: Uint8Array.of(1, 2, 3, 4), port: 7333 } as const;
const torv3 = { network: 'torv3', bytes: hash(3), port: 9 } as const;
const items = [
  { kind: INVENTORY.witnessBlock, hash: hash(1) },
  { kind: 0xffffffff, hash: hash(2) },
];

/** One of each message. */
const EXAMPLES: readonly Message[] = [
  { type: 'addr', addresses: [{ timeSeconds: 5, services: 9n, address: ipv4 }] },
  {
    type: 'addrv2',
    addresses: [
      { timeSeconds: 5, services: 2n ** 63n, address: ipv4 },
      { timeSeconds: 6, services: 1033n, address: torv3 },
    ],
  },
  { type: 'block', block, raw: encodeBlock(block) },
  { type: 'blocktxn', blockHash: hash(4) as BlockHash, transactions: [tx, tx] },
  { type: 'cfcheckpt', filterType: 0, stop: hash(1) as BlockHash, filterHeaders: [hash(2), hash(3)] },
  { type: 'cfheaders', filterType: 0, stop: hash(1) as BlockHash, previousHeader: hash(4), filterHashes: [hash(2), hash(3)] },
  { type: 'cfilter', filterType: 255, block: hash(1) as BlockHash, filter: Uint8Array.of(1, 2, 3) },
  {
    type: 'cmpctblock',
    header,
    nonce: 2n ** 64n - 1n,
    shortIds: [0xffff_ffff_ffff, 0, 0x1_0000_0000],
    prefilled: [
      { index: 0, tx },
      { index: 4, tx },
    ],
  },
  { type: 'feefilter', feeRateSatPerKvb: 1_000n },
  { type: 'filteradd', data: Uint8Array.of(1, 2) },
  { type: 'filterclear' },
  { type: 'filterload', bytes: Uint8Array.of(0xb5, 0x0f), hashCount: 11, tweak: 0xffffffff, flags: 1 },
  { type: 'getaddr' },
  { type: 'getblocktxn', blockHash: hash(5) as BlockHash, indexes: [0, 1, 300, 0xffff] },
  { type: 'getblocks', version: 70_016, locator: [], stop: zeroHash<BlockHash>() },
  { type: 'getcfcheckpt', filterType: 0, stop: hash(1) as BlockHash },
  { type: 'getcfheaders', filterType: 0, startHeight: 0xffffffff, stop: hash(1) as BlockHash },
  { type: 'getcfilters', filterType: 1, startHeight: 7, stop: hash(1) as BlockHash },
  { type: 'getdata', items },
  { type: 'getheaders', version: 70_016, locator: [hash(4), hash(5)] as BlockHash[], stop: hash(6) as BlockHash },
  { type: 'headers', headers: [header, header] },
  { type: 'inv', items },
  { type: 'mempool' },
  { type: 'merkleblock', header, transactionCount: 7, hashes: [hash(1), hash(2)], flags: Uint8Array.of(0x1d) },
  { type: 'notfound', items: [] },
  { type: 'ping', nonce: 2n ** 64n - 1n },
  { type: 'pong', nonce: 0n },
  { type: 'sendaddrv2' },
  { type: 'sendcmpct', highBandwidth: true, version: 2n },
  { type: 'sendheaders' },
  { type: 'tx', tx },
  { type: 'verack' },
  {
    type: 'version',
    protocolVersion: 70_016,
    services: 0x409n,
    timeSeconds: 1_700_000_000,
    receiver: ipv4,
    nonce: 5n,
    userAgent: '/quoin:0.1.0/',
    startHeight: 12,
    relay: false,
  },
  { type: 'wtxidrelay' },
];

describe('message table', () => {
  it('has an example of each message here', () => {
    assert.deepEqual(EXAMPLES.map((message) => message.type).sort(), [...MESSAGE_TYPES].sort());
    for (const type of MESSAGE_TYPES) assert.ok(type.length <= 12);
  });

  for (const message of EXAMPLES) {
    it(`gives back a ${message.type} that it wrote, also with bytes of a later version behind it`, () => {
      const payload = encodeMessage(message);
      assert.deepEqual(decodeMessage(message.type, payload), message);
      const longer = Uint8Array.from([...payload, 1, 2, 3]);
      // The version message alone has fields that may be missing; its own are all here.
      assert.deepEqual(decodeMessage(message.type, longer), message);
    });
  }

  it('refuses each message cut short anywhere, except where a field may be missing', () => {
    for (const message of EXAMPLES) {
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
    const full = encodeMessage(EXAMPLES.find((each) => each.type === 'version')!);
    const message = decodeMessage('version', full.slice(0, 46));
    assert.ok(message?.type === 'version');
    assert.deepEqual([message.userAgent, message.startHeight, message.relay, message.nonce], ['', 0, true, 0n]);
  });

  it('takes a user agent of 256 bytes and refuses one more', () => {
    const example = EXAMPLES.find((each) => each.type === 'version')!;
    assert.ok(example.type === 'version');
    const long = encodeMessage({ ...example, userAgent: 'a'.repeat(256) });
    assert.deepEqual(decodeMessage('version', long), { ...example, userAgent: 'a'.repeat(256) });
    assert.throws(() => decodeMessage('version', encodeMessage({ ...example, userAgent: 'a'.repeat(257) })), /over the limit of 256/);
  });

  it('shows what is not printable in a user agent as dots', () => {
    const example = EXAMPLES.find((each) => each.type === 'version')!;
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
