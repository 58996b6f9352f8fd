/**
 * One example of each peer message.
 *
 * @module
 */

import { encodeBlock, makeBlock, makeHeader } from '../../src/core/primitives/block.ts';
import type { BlockHash, MerkleRoot, Txid } from '../../src/core/primitives/ids.ts';
import { zeroHash } from '../../src/core/primitives/ids.ts';
import { makeTransaction } from '../../src/core/primitives/transaction.ts';
import { INVENTORY } from '../../src/core/wire/inventory.ts';
import type { Message } from '../../src/core/wire/messages/table.ts';

/** 32 equal bytes. */
export const hash = (fill: number) => new Uint8Array(32).fill(fill);
/** A header with its fields at their ends. */
export const header = makeHeader({
  version: -1,
  prevBlockHash: hash(1) as BlockHash,
  merkleRoot: hash(2) as MerkleRoot,
  timeSeconds: 0xffffffff,
  bits: 0x207fffff,
  nonce: 7,
});
/** A transaction with a witness. */
export const tx = makeTransaction({
  version: 2,
  inputs: [{ prevout: { txid: hash(9) as Txid, vout: 1 }, scriptSig: Uint8Array.of(1), sequence: 3, witness: [Uint8Array.of(5, 6)] }],
  outputs: [{ value: 10n, scriptPubKey: Uint8Array.of(0x51) }],
  lockTime: 0,
});
/** A block of the one transaction. */
export const block = makeBlock(header, [tx]);
/** An address of each kind. */
export const ipv4 = { network: 'ipv4', bytes: Uint8Array.of(1, 2, 3, 4), port: 7333 } as const;
export const torv3 = { network: 'torv3', bytes: hash(3), port: 9 } as const;
export const items = [
  { kind: INVENTORY.witnessBlock, hash: hash(1) },
  { kind: 0xffffffff, hash: hash(2) },
];

/** One of each message, with the ends of what its fields may be. */
export const MESSAGE_EXAMPLES: readonly Message[] = [
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
