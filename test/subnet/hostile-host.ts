/**
 * A host that sends to the subnet whatever may do harm, as fast as it can. Arguments: its address, and how many packets. Prints how many of them
 * the system took.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { encodeDnsMessage, RECORD_TYPES } from '../../src/platform/discovery/dns-message.ts';
import { SERVICE_TYPE, serviceRecords } from '../../src/platform/discovery/quoin-service.ts';

const GROUP = '224.0.0.251';
const PORT = 5_353;
const EMPTY = { id: 0, truncated: false, questions: [], answers: [], additionals: [] };

/** A chain of pointers as long as can be, and names that all begin at its end. */
function pointers(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.writeUInt16BE(0x8400, 2);
  bytes.set([0, 0xff, 0, 0, 1, 0, 0, 0, 1], 12);
  const begin = 23;
  const end = Math.min(sizeBytes >> 1, 0x3ff0);
  let last = 12;
  let at = begin;
  for (; at + 2 <= end; at += 2) {
    bytes.writeUInt16BE(0xc000 | last, at);
    last = at;
  }
  bytes.writeUInt16BE(at - begin, 21);
  let records = 1;
  for (; at + 12 <= sizeBytes; at += 12, records++) {
    bytes.writeUInt16BE(0xc000 | last, at);
    bytes.set([0xff, 0, 0, 1, 0, 0, 0, 1, 0, 0], at + 2);
  }
  bytes.writeUInt16BE(records, 6);
  return bytes;
}

/** A service that nobody has, on a public address. */
function service(number: number): Uint8Array {
  const own = { label: `hostile ${number}`, port: 1 + (number % 65_535), net: number % 2 === 0 ? 'f171756e' : '00000000' };
  const { pointer, srv, txt, addresses } = serviceRecords(own, [Uint8Array.of(40, 1, 2, 3)]);
  return encodeDnsMessage({ ...EMPTY, isResponse: true, answers: [pointer, srv, txt, ...addresses] });
}

const questions = Array.from({ length: 200 }, () => ({ name: SERVICE_TYPE, type: RECORD_TYPES.any, unicast: false }));
const KINDS: readonly ((number: number) => Uint8Array)[] = [
  service,
  () => randomBytes(400),
  () => encodeDnsMessage({ ...EMPTY, isResponse: false, questions }),
  () => pointers(8_900),
  () => pointers(60_000),
];

const [host, countText] = process.argv.slice(2) as [string, string];
const socket = createSocket({ type: 'udp4', reuseAddr: true }).bind(PORT, host);
await once(socket, 'listening');
socket.setMulticastInterface(host);
socket.setMulticastTTL(255);
let taken = 0;
for (let number = 0; number < Number(countText); number++) {
  const packet = KINDS[number % KINDS.length]?.(number) ?? new Uint8Array(0);
  socket.send(packet, PORT, GROUP, (error) => {
    if (error === null) taken++;
  });
  // The queue of the socket stays short, and the others have their turn.
  if (number % 20 === 0) await setImmediate();
}
await new Promise<void>((resolve) => socket.close(() => resolve()));
process.stdout.write(`${taken}\n`);
