/**
 * Messages that are one over a limit, or that ask for what is not offered.
 *
 * @module
 */

import type { BlockHash } from '../../core/primitives/ids.ts';
import { zeroHash } from '../../core/primitives/ids.ts';
import { INVENTORY_MAX } from '../../core/wire/inventory.ts';
import { LOCATOR_MAX } from '../../core/wire/locator.ts';
import { ADDRESSES_PER_MESSAGE_MAX } from '../../core/wire/messages/addr.ts';
import { HEADERS_PER_MESSAGE_MAX } from '../../core/wire/messages/headers.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { Attack } from '../attack.ts';
import { sight, Unclear } from '../attack.ts';
import type { Link } from '../link.ts';
import { counted, rudeness } from './rudeness.ts';

/** Bytes of an entry of each list. */
const INVENTORY_ITEM_BYTES = 36;
const HEADER_ITEM_BYTES = 81;
const ADDRESS_ITEM_BYTES = 30;

const locator = {
  version: 70_016,
  locator: new Array<BlockHash>(LOCATOR_MAX + 1).fill(zeroHash<BlockHash>()),
  stop: zeroHash<BlockHash>(),
};

/** Whether the target said that it offers a service. */
function isOffered(link: Link, service: bigint): boolean {
  return offers(link.of('version')[0]?.services ?? 0n, service);
}

const getaddrTwice: Attack = {
  ...{ name: 'getaddr-twice', rows: ['P20', 'P21'], expected: 'I', needs: 'nothing' },
  what: 'asks ten times for addresses on one connection',
  bound: 'answered once',
  play: async (scene) => {
    const link = await scene.meetQuiet();
    scene.begin();
    for (let i = 0; i < 10; i++) link.send({ type: 'getaddr' });
    const settled = await link.settled();
    const answers = link.of('addr').length + link.of('addrv2').length;
    if (settled === 'over') return sight('it hangs up', 'D');
    return answers <= 1 ? sight(`${answers} answers to ten questions`, 'I') : sight(`${answers} answers to ten questions`);
  },
};

/** P20, and the same limits under other numbers. */
export const LIMIT_ATTACKS: readonly Attack[] = [
  rudeness({
    ...{ name: 'getheaders-too-long', rows: ['P20'], expected: 'D', what: 'asks for headers with a locator of 102 hashes' },
    act: (link) => link.send({ type: 'getheaders', ...locator }),
  }),
  rudeness({
    ...{ name: 'getblocks-too-long', rows: ['P20'], expected: 'D', what: 'asks for blocks with a locator of 102 hashes' },
    act: (link) => link.send({ type: 'getblocks', ...locator }),
  }),
  rudeness({
    ...{ name: 'inv-too-long', rows: ['P20'], expected: 'D', what: 'announces 50,001 things in one message' },
    act: (link) => link.sendRaw('inv', counted(INVENTORY_MAX + 1, INVENTORY_ITEM_BYTES * (INVENTORY_MAX + 1))),
  }),
  rudeness({
    ...{
      name: 'getdata-too-long',
      rows: ['P3', 'P20'],
      cves: ['CVE-2024-52920'],
      expected: 'D',
      what: 'asks for 50,001 things in one message',
    },
    act: (link) => link.sendRaw('getdata', counted(INVENTORY_MAX + 1, INVENTORY_ITEM_BYTES * (INVENTORY_MAX + 1))),
  }),
  rudeness({
    ...{ name: 'getdata-boast', rows: ['P3'], cves: ['CVE-2024-52920'], expected: 'D', what: 'asks for 50,000 things and names one' },
    act: (link) => link.sendRaw('getdata', counted(INVENTORY_MAX, INVENTORY_ITEM_BYTES)),
  }),
  rudeness({
    ...{ name: 'headers-too-long', rows: ['P20'], expected: 'D', what: 'sends 2,001 headers in one message' },
    act: (link) => link.sendRaw('headers', counted(HEADERS_PER_MESSAGE_MAX + 1, HEADER_ITEM_BYTES * (HEADERS_PER_MESSAGE_MAX + 1))),
  }),
  rudeness({
    ...{ name: 'addresses-too-long', rows: ['P10', 'P20'], expected: 'D', what: 'tells 1,001 addresses in one message' },
    act: (link) => link.sendRaw('addr', counted(ADDRESSES_PER_MESSAGE_MAX + 1, ADDRESS_ITEM_BYTES * (ADDRESSES_PER_MESSAGE_MAX + 1))),
  }),
  rudeness({
    ...{ name: 'filterload-too-long', rows: ['P20'], expected: 'D', what: 'gives a filter of 36,001 bytes' },
    act: (link) => link.send({ type: 'filterload', bytes: new Uint8Array(36_001), hashCount: 1, tweak: 0, flags: 0 }),
  }),
  rudeness({
    ...{ name: 'filteradd-too-long', rows: ['P20'], expected: 'D', what: 'adds 521 bytes to a filter' },
    act: (link) => link.send({ type: 'filteradd', data: new Uint8Array(521) }),
  }),
  rudeness({
    ...{ name: 'mempool-not-offered', rows: ['P20'], expected: 'D', what: 'asks for all that waits, where that is not offered' },
    act: (link) => {
      if (isOffered(link, SERVICES.bloom)) throw new Unclear('the target offers to tell what waits');
      link.send({ type: 'mempool' });
    },
  }),
  rudeness({
    ...{ name: 'filters-not-offered', rows: ['P20'], expected: 'D', what: 'asks for compact filters, where there are none' },
    act: (link, { params }) => {
      if (isOffered(link, SERVICES.compactFilters)) throw new Unclear('the target offers compact filters');
      link.send({ type: 'getcfilters', filterType: 0, startHeight: 0, stop: params.genesis.header.hash });
    },
  }),
  getaddrTwice,
];
