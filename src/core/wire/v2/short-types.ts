import { commandOf } from '../command.ts';

/** Messages whose type is one byte, by that byte; 0 says that the type follows in 12 bytes (BIP-324, "v2 Bitcoin P2P message structure"). */
const SHORT_TYPES: readonly string[] = [
  '',
  'addr',
  'block',
  'blocktxn',
  'cmpctblock',
  'feefilter',
  'filteradd',
  'filterclear',
  'filterload',
  'getblocks',
  'getblocktxn',
  'getdata',
  'getheaders',
  'headers',
  'inv',
  'mempool',
  'merkleblock',
  'notfound',
  'ping',
  'pong',
  'sendcmpct',
  'tx',
  'getcfilters',
  'cfilter',
  'getcfheaders',
  'cfheaders',
  'getcfcheckpt',
  'cfcheckpt',
  'addrv2',
];

const SHORT_BY_TYPE: ReadonlyMap<string, number> = new Map(SHORT_TYPES.map((type, short) => [type, short]));

/** Bytes of a type that is written out. */
const LONG_TYPE_SIZE_BYTES = 12;

/** Longest type on the wire: the zero, then the letters. */
export const TYPE_SIZE_BYTES_MAX: number = 1 + LONG_TYPE_SIZE_BYTES;

/** Writes how a command is told at `target[at…]`. @returns where it ends */
export function writeType(command: string, target: Uint8Array, at: number): number {
  const short = SHORT_BY_TYPE.get(command) ?? 0;
  target[at] = short;
  if (short !== 0) return at + 1;
  for (let i = 0; i < LONG_TYPE_SIZE_BYTES; i++) target[at + 1 + i] = i < command.length ? command.charCodeAt(i) : 0;
  return at + TYPE_SIZE_BYTES_MAX;
}

/** Bytes that `writeType` writes. */
export function typeSizeBytes(command: string): number {
  return (SHORT_BY_TYPE.get(command) ?? 0) === 0 ? TYPE_SIZE_BYTES_MAX : 1;
}

/** The command and the payload, a view, of a packet's contents; undefined where there is no such type: the packet is ignored. */
export function readContents(contents: Uint8Array): { readonly command: string; readonly payload: Uint8Array } | undefined {
  const [short] = contents;
  if (short === undefined) return undefined;
  if (short !== 0) {
    const command = SHORT_TYPES[short];
    return command === undefined ? undefined : { command, payload: contents.subarray(1) };
  }
  if (contents.length < TYPE_SIZE_BYTES_MAX) return undefined;
  const command = commandOf(contents.subarray(1, TYPE_SIZE_BYTES_MAX));
  return command === undefined ? undefined : { command, payload: contents.subarray(TYPE_SIZE_BYTES_MAX) };
}
