/**
 * Reading descriptors (BIP-380 to 387, 389). Core's `Parse` and `ParseScript`, with its words; miniscript is not read.
 *
 * @module
 */

import { addressOfScript, isAddressError, scriptOfAddress } from '../address/address.ts';
import { fromHex, toHex, utf8ToBytes } from '../base/bytes.ts';
import { MULTISIG_KEYS_MAX, SCRIPT_ELEMENT_SIZE_MAX } from '../script/limits.ts';
import { CHECKSUM_LENGTH, descriptorChecksum, hasDescriptorCharacters } from './checksum.ts';
import { DescriptorError, within } from './descriptor-error.ts';
import type { DescriptorKey } from './descriptor-key.ts';
import type { DescriptorNode, KeyKind, MultiKind, ScriptTree } from './descriptor-node.ts';
import { type DescriptorPlace, type ParseContext, parseKey, parseUint32 } from './parse-key.ts';
import { argumentsOf, TextCursor } from './text-cursor.ts';

/** Most characters of a descriptor. Core names no limit; 999 keys with their paths have a fifth of it. */
export const DESCRIPTOR_LENGTH_MAX = 1_000_000;

/** Most keys of `multi_a`: as many as fit the stack with the number. Core's `MAX_PUBKEYS_PER_MULTI_A`. */
const MULTI_A_KEYS_MAX = 999;

/** Most keys of a bare `multi`. */
const BARE_MULTI_KEYS_MAX = 3;

/** Longest way from the root of a script tree to a leaf. Core's `TAPROOT_CONTROL_MAX_NODE_COUNT`. */
const TREE_DEPTH_MAX = 128;

/** Keys with all alternatives of their multipaths. */
type KeyAlternatives = readonly DescriptorKey[];

/** A descriptor with its alternatives in its keys. */
export type ParsedNode = DescriptorNode<KeyAlternatives>;

interface Reader {
  readonly context: ParseContext;
  readonly place: DescriptorPlace;
}

/** The descriptor's own text, its checksum checked and taken off. Core's `CheckChecksum`. */
export function checkedPayload(text: string, requireChecksum: boolean): string {
  if (text.length > DESCRIPTOR_LENGTH_MAX) throw new DescriptorError(`Descriptor is longer than ${DESCRIPTOR_LENGTH_MAX} characters`);
  const [payload = '', checksum, ...more] = text.split('#');
  if (more.length > 0) throw new DescriptorError("Multiple '#' symbols");
  if (checksum === undefined && requireChecksum) throw new DescriptorError('Missing checksum');
  const length = checksum === undefined ? CHECKSUM_LENGTH : utf8ToBytes(checksum).length;
  if (length !== CHECKSUM_LENGTH) throw new DescriptorError(`Expected ${CHECKSUM_LENGTH} character checksum, not ${length} characters`);
  if (!hasDescriptorCharacters(payload)) throw new DescriptorError('Invalid characters in payload');
  const computed = descriptorChecksum(payload);
  if (checksum !== undefined && checksum !== computed) {
    throw new DescriptorError(`Provided checksum '${checksum}' does not match computed checksum '${computed}'`);
  }
  return payload;
}

/** A whole descriptor without its checksum. */
export function parsePayload(payload: string, context: ParseContext): ParsedNode {
  const cursor = new TextCursor(payload);
  const node = parseNode(cursor.expression(), { context, place: 'top' });
  if (!cursor.isAtEnd) throw new DescriptorError('');
  return node;
}

/** How many descriptors stand for the alternatives of a node's keys. Core asks this of every key that has some. */
export function alternativesOf(node: ParsedNode): number {
  if ('keys' in node) return Math.max(...node.keys.map((keys) => keys.length));
  if ('inner' in node) return alternativesOf(node.inner);
  if (node.kind === 'tr') return Math.max(node.key.length, node.tree === undefined ? 1 : leavesMax(node.tree));
  return 'key' in node ? node.key.length : 1;
}

function leavesMax(tree: ScriptTree<KeyAlternatives>): number {
  return 'leaf' in tree ? alternativesOf(tree.leaf) : Math.max(leavesMax(tree.left), leavesMax(tree.right));
}

/** One function of the language: where it may stand, and how its arguments are read. */
interface FunctionRule {
  readonly places: readonly DescriptorPlace[];
  /** What is said where it stands elsewhere; undefined where it is then no function at all. */
  readonly misplaced?: string;
  readonly read: (text: string, reader: Reader) => ParsedNode;
}

const EVERYWHERE: readonly DescriptorPlace[] = ['top', 'sh', 'wsh', 'tr'];
const LEGACY: readonly DescriptorPlace[] = ['top', 'sh', 'wsh'];
const OUTER: readonly DescriptorPlace[] = ['top', 'sh'];
const TOP: readonly DescriptorPlace[] = ['top'];
const MULTI_MISPLACED = 'Can only have multi/sortedmulti at top level, in sh(), or in wsh()';
const MULTI_A_MISPLACED = 'Can only have multi_a/sortedmulti_a inside tr()';

const FUNCTIONS: Readonly<Record<string, FunctionRule>> = {
  pk: { places: EVERYWHERE, read: keyReader('pk') },
  pkh: { places: LEGACY, read: keyReader('pkh') },
  combo: { places: TOP, misplaced: 'Can only have combo() at top level', read: keyReader('combo') },
  multi: { places: LEGACY, misplaced: MULTI_MISPLACED, read: multiReader('multi') },
  sortedmulti: { places: LEGACY, misplaced: MULTI_MISPLACED, read: multiReader('sortedmulti') },
  multi_a: { places: ['tr'], misplaced: MULTI_A_MISPLACED, read: multiReader('multi_a') },
  sortedmulti_a: { places: ['tr'], misplaced: MULTI_A_MISPLACED, read: multiReader('sortedmulti_a') },
  wpkh: { places: OUTER, misplaced: 'Can only have wpkh() at top level or inside sh()', read: keyReader('wpkh', 'wpkh') },
  sh: { places: TOP, misplaced: 'Can only have sh() at top level', read: wrapReader('sh') },
  wsh: { places: OUTER, misplaced: 'Can only have wsh() at top level or inside sh()', read: wrapReader('wsh') },
  addr: { places: TOP, misplaced: 'Can only have addr() at top level', read: readAddress },
  tr: { places: TOP, misplaced: 'Can only have tr at top level', read: readTaproot },
  rawtr: { places: TOP, misplaced: 'Can only have rawtr at top level', read: readRawTaproot },
  raw: { places: TOP, misplaced: 'Can only have raw() at top level', read: readRaw },
};

function parseNode(text: string, reader: Reader): ParsedNode {
  for (const [name, rule] of Object.entries(FUNCTIONS)) {
    const inner = argumentsOf(name, text);
    if (inner === undefined) continue;
    if (rule.places.includes(reader.place)) return rule.read(inner, reader);
    if (rule.misplaced !== undefined) throw new DescriptorError(rule.misplaced);
  }
  if (reader.place === 'sh') throw new DescriptorError('A function is needed within P2SH');
  if (reader.place === 'wsh') throw new DescriptorError('A function is needed within P2WSH');
  throw new DescriptorError(`'${text}' is not a valid descriptor function`);
}

/** Reads the only key of a function. `inside` says what its key stands in, where that is not what the function stands in. */
function keyReader(kind: KeyKind, inside?: DescriptorPlace): FunctionRule['read'] {
  return (text, { context, place }) => {
    return { kind, key: within(`${kind}(): `, () => parseKey(text, inside ?? place, context)) };
  };
}

function wrapReader(kind: 'sh' | 'wsh'): FunctionRule['read'] {
  return (text, { context }) => {
    const cursor = new TextCursor(text);
    const inner = parseNode(cursor.expression(), { context, place: kind });
    if (!cursor.isAtEnd) throw new DescriptorError('');
    return { kind, inner };
  };
}

function multiReader(kind: MultiKind): FunctionRule['read'] {
  return (text, reader) => {
    const cursor = new TextCursor(text);
    const said = cursor.expression();
    const threshold = parseUint32(said);
    if (threshold === undefined) throw new DescriptorError(`Multi threshold '${said}' is not valid`);
    const keys: KeyAlternatives[] = [];
    while (!cursor.isAtEnd) {
      if (!cursor.skip(',')) throw new DescriptorError(`Multi: expected ',', got '${cursor.rest[0]}'`);
      keys.push(within('Multi: ', () => parseKey(cursor.expression(), reader.place, reader.context)));
    }
    checkMulti(kind, threshold, keys, reader.place);
    return { kind, threshold, keys };
  };
}

function checkMulti(kind: MultiKind, threshold: number, keys: readonly KeyAlternatives[], place: DescriptorPlace): void {
  const isCounted = kind === 'multi_a' || kind === 'sortedmulti_a';
  const most = isCounted ? MULTI_A_KEYS_MAX : MULTISIG_KEYS_MAX;
  const count = keys.length;
  if (count < 1 || count > most) {
    throw new DescriptorError(
      `Cannot have ${count} keys in ${isCounted ? 'multi_a' : 'multisig'}; must have between 1 and ${most} keys, inclusive`,
    );
  }
  if (threshold < 1) throw new DescriptorError(`Multisig threshold cannot be ${threshold}, must be at least 1`);
  if (threshold > count) {
    throw new DescriptorError(
      `Multisig threshold cannot be larger than the number of keys; threshold is ${threshold} but only ${count} keys specified`,
    );
  }
  if (place === 'top' && count > BARE_MULTI_KEYS_MAX) {
    throw new DescriptorError(`Cannot have ${count} pubkeys in bare multisig; only at most ${BARE_MULTI_KEYS_MAX} pubkeys`);
  }
  // A push for each key, and the two numbers with the operation.
  const scriptSize = keys.reduce((sum, [key]) => sum + (key?.sizeBytes ?? 0) + 1, 3);
  if (place === 'sh' && scriptSize > SCRIPT_ELEMENT_SIZE_MAX) {
    throw new DescriptorError(`P2SH script is too large, ${scriptSize} bytes is larger than ${SCRIPT_ELEMENT_SIZE_MAX} bytes`);
  }
  const alternatives = Math.max(...keys.map((each) => each.length));
  if (keys.some((each) => each.length !== 1 && each.length !== alternatives)) {
    throw new DescriptorError('multi(): Multipath derivation paths have mismatched lengths');
  }
}

function readAddress(text: string, { context }: Reader): ParsedNode {
  const address = scriptOfAddress(text, context.network);
  if (isAddressError(address)) throw new DescriptorError('Address is not valid');
  const { script } = address;
  return { kind: 'addr', script, text: addressOfScript(script, context.network) ?? text };
}

function readRaw(text: string): ParsedNode {
  const script = text === '' ? undefined : fromHex(text);
  if (script === undefined) throw new DescriptorError('Raw script is not hex');
  return { kind: 'raw', script, text: toHex(script) };
}

function readRawTaproot(text: string, { context }: Reader): ParsedNode {
  const cursor = new TextCursor(text);
  const argument = cursor.expression();
  if (!cursor.isAtEnd) throw new DescriptorError('rawtr(): only one key expected.');
  return { kind: 'rawtr', key: within('rawtr(): ', () => parseKey(argument, 'tr', context)) };
}

function readTaproot(text: string, { context }: Reader): ParsedNode {
  const cursor = new TextCursor(text);
  const key = within('tr(): ', () => parseKey(cursor.expression(), 'tr', context));
  if (cursor.isAtEnd) return { kind: 'tr', key, tree: undefined };
  if (!cursor.skip(',')) throw new DescriptorError(`tr: expected ',', got '${cursor.rest[0]}'`);
  const leaves: ParsedNode[] = [];
  const tree = readTree(cursor, { context, place: 'tr' }, leaves);
  if (!cursor.isAtEnd) throw new DescriptorError("tr(): expected ')' after script expression");
  // As Core counts them: what is longest of the key and the leaves so far, which all leaves must then have.
  const most = leaves.reduce((longest, leaf) => Math.max(longest, alternativesOf(leaf)), key.length);
  if (leaves.map(alternativesOf).some((count) => count !== 1 && count !== most)) {
    throw new DescriptorError('tr(): Multipath subscripts have mismatched lengths');
  }
  if (key.length > 1 && key.length !== most) {
    throw new DescriptorError('tr(): Multipath internal key mismatches multipath subscripts lengths');
  }
  return { kind: 'tr', key, tree };
}

/** A tree from its first brace on; each of its leaves is also put into `leaves`, in their order. */
function readTree(cursor: TextCursor, reader: Reader, leaves: ParsedNode[], depth = 0): ScriptTree<KeyAlternatives> {
  if (!cursor.skip('{')) {
    const leaf = parseNode(cursor.expression(), reader);
    leaves.push(leaf);
    return { leaf };
  }
  if (depth === TREE_DEPTH_MAX) throw new DescriptorError(`tr() supports at most ${TREE_DEPTH_MAX} nesting levels`);
  const left = readTree(cursor, reader, leaves, depth + 1);
  if (!cursor.skip(',')) throw new DescriptorError("tr(): expected ',' after script expression");
  const right = readTree(cursor, reader, leaves, depth + 1);
  if (!cursor.skip('}')) throw new DescriptorError("tr(): expected '}' after script expression");
  return { left, right };
}
