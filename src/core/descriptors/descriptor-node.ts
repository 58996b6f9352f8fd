/**
 * A descriptor taken apart, over whatever stands for its keys: those it names, or those at a place of its range.
 *
 * @module
 */

import { AssertionError, assert } from '../base/assert.ts';
import { compareBytes } from '../base/bytes.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import { hash160, sha256 } from '../crypto/sha256.ts';
import { encodeNumberPush, encodeScript, OP } from '../script/index.ts';
import { multisigScript, p2pkhScript, p2pkScript, p2shScript, p2trScript, p2wpkhScript, p2wshScript } from '../script/output-template.ts';
import { TAPSCRIPT_LEAF_VERSION, tapbranchHash, tapleafHash, taprootOutputKey } from '../script/taproot.ts';
import { type PlacedKey, placedKeyText, xOnlyOf } from './descriptor-key.ts';

/** Kinds that are made of one key. */
export type KeyKind = 'pk' | 'pkh' | 'wpkh' | 'combo' | 'rawtr';

/** Kinds that are made of several. */
export type MultiKind = 'multi' | 'sortedmulti' | 'multi_a' | 'sortedmulti_a';

/** A script expression. */
export type DescriptorNode<K> =
  | { readonly kind: KeyKind; readonly key: K }
  | { readonly kind: MultiKind; readonly threshold: number; readonly keys: readonly K[] }
  | { readonly kind: 'sh' | 'wsh'; readonly inner: DescriptorNode<K> }
  | { readonly kind: 'tr'; readonly key: K; readonly tree: ScriptTree<K> | undefined }
  | { readonly kind: 'raw' | 'addr'; readonly script: Uint8Array; readonly text: string };

/** The scripts of a taproot output: at most 128 levels. */
export type ScriptTree<K> = { readonly leaf: DescriptorNode<K> } | { readonly left: ScriptTree<K>; readonly right: ScriptTree<K> };

/** The same with other keys. */
export function mapKeys<A, B>(node: DescriptorNode<A>, change: (key: A) => B): DescriptorNode<B> {
  if ('keys' in node) return { ...node, keys: node.keys.map(change) };
  if ('inner' in node) return { ...node, inner: mapKeys(node.inner, change) };
  if (node.kind === 'tr') {
    return { ...node, key: change(node.key), tree: node.tree === undefined ? undefined : mapTree(node.tree, change) };
  }
  return 'key' in node ? { ...node, key: change(node.key) } : node;
}

function mapTree<A, B>(tree: ScriptTree<A>, change: (key: A) => B): ScriptTree<B> {
  if ('leaf' in tree) return { leaf: mapKeys(tree.leaf, change) };
  return { left: mapTree(tree.left, change), right: mapTree(tree.right, change) };
}

/** The text of a descriptor, without a checksum. */
export function nodeText<K>(node: DescriptorNode<K>, keyText: (key: K, inTaproot: boolean) => string, inTaproot = false): string {
  if ('keys' in node) return `${node.kind}(${[node.threshold, ...node.keys.map((key) => keyText(key, inTaproot))].join(',')})`;
  if ('inner' in node) return `${node.kind}(${nodeText(node.inner, keyText)})`;
  if (node.kind === 'tr') return `tr(${keyText(node.key, true)}${node.tree === undefined ? '' : `,${treeText(node.tree, keyText)}`})`;
  return 'key' in node ? `${node.kind}(${keyText(node.key, inTaproot || node.kind === 'rawtr')})` : `${node.kind}(${node.text})`;
}

function treeText<K>(tree: ScriptTree<K>, keyText: (key: K, inTaproot: boolean) => string): string {
  if ('leaf' in tree) return nodeText(tree.leaf, keyText, true);
  return `{${treeText(tree.left, keyText)},${treeText(tree.right, keyText)}}`;
}

/** The text of one script's descriptor where its keys are known. */
export function placedText(node: DescriptorNode<PlacedKey>): string {
  return nodeText(node, placedKeyText);
}

/** What one script of a descriptor is made of: `combo` is several, sorted keys are put in their order. Core's `InferDescriptor`. */
export function plainNodes(node: DescriptorNode<PlacedKey>): DescriptorNode<PlacedKey>[] {
  if (node.kind === 'combo') {
    const { key } = node;
    const plain: DescriptorNode<PlacedKey>[] = [
      { kind: 'pk', key },
      { kind: 'pkh', key },
    ];
    if (key.publicKey.length !== 33) return plain;
    const wpkh = { kind: 'wpkh', key } as const;
    return [...plain, wpkh, { kind: 'sh', inner: wpkh }];
  }
  return [withKeysInOrder(node)];
}

function sortedBy(keys: readonly PlacedKey[], bytesOf: (publicKey: Uint8Array) => Uint8Array): PlacedKey[] {
  return [...keys].sort((a, b) => compareBytes(bytesOf(a.publicKey), bytesOf(b.publicKey)));
}

function withKeysInOrder(node: DescriptorNode<PlacedKey>): DescriptorNode<PlacedKey> {
  if (node.kind === 'sortedmulti') return { ...node, kind: 'multi', keys: sortedBy(node.keys, (key) => key) };
  if (node.kind === 'sortedmulti_a') return { ...node, kind: 'multi_a', keys: sortedBy(node.keys, xOnlyOf) };
  if ('inner' in node) return { ...node, inner: withKeysInOrder(node.inner) };
  if (node.kind === 'tr' && node.tree !== undefined) return { ...node, tree: treeInOrder(node.tree).tree };
  return node;
}

/**
 * A tree as it is read back from what spends it, where left and right cannot be told: the branch with the first script, by its bytes,
 * comes first.
 */
function treeInOrder(tree: ScriptTree<PlacedKey>): { readonly tree: ScriptTree<PlacedKey>; readonly first: Uint8Array } {
  if ('leaf' in tree) {
    const leaf = withKeysInOrder(tree.leaf);
    return { tree: { leaf }, first: leafScript(leaf) };
  }
  const [a, b] = [treeInOrder(tree.left), treeInOrder(tree.right)];
  const [left, right] = compareBytes(a.first, b.first) <= 0 ? [a, b] : [b, a];
  return { tree: { left: left.tree, right: right.tree }, first: left.first };
}

/** The output script of a plain node. */
export function nodeScript(node: DescriptorNode<PlacedKey>, curve: Pick<Secp256k1, 'tweakXOnly'>): Uint8Array {
  switch (node.kind) {
    case 'pk':
      return p2pkScript(node.key.publicKey);
    case 'pkh':
      return p2pkhScript(hash160(node.key.publicKey));
    case 'wpkh':
      return p2wpkhScript(hash160(node.key.publicKey));
    case 'multi':
      return multisigScript(
        node.threshold,
        node.keys.map(({ publicKey }) => publicKey),
      );
    case 'sh':
      return p2shScript(hash160(nodeScript(node.inner, curve)));
    case 'wsh':
      return p2wshScript(sha256(nodeScript(node.inner, curve)));
    case 'tr':
      return taprootScript(node, curve);
    case 'rawtr':
      return p2trScript(xOnlyOf(node.key.publicKey));
    case 'raw':
    case 'addr':
      return node.script;
    default:
      throw new AssertionError(`${node.kind} is not plain`);
  }
}

function taprootScript(node: DescriptorNode<PlacedKey> & { readonly kind: 'tr' }, curve: Pick<Secp256k1, 'tweakXOnly'>): Uint8Array {
  const root = node.tree === undefined ? undefined : treeHash(node.tree);
  const output = taprootOutputKey(curve, xOnlyOf(node.key.publicKey), root);
  assert(output !== undefined, 'a hash is no inverse of a key');
  return p2trScript(output.key);
}

function treeHash(tree: ScriptTree<PlacedKey>): Uint8Array {
  if ('leaf' in tree) return tapleafHash(TAPSCRIPT_LEAF_VERSION, leafScript(tree.leaf));
  return tapbranchHash(treeHash(tree.left), treeHash(tree.right));
}

/** The script of a leaf, whose keys are x-only: one key, or several whose signatures are counted (BIP-387). */
function leafScript(leaf: DescriptorNode<PlacedKey>): Uint8Array {
  if (leaf.kind === 'pk') return encodeScript([xOnlyOf(leaf.key.publicKey), OP.OP_CHECKSIG]);
  assert(leaf.kind === 'multi_a', 'a leaf is one key or several');
  const parts = leaf.keys.flatMap(({ publicKey }, i) => [xOnlyOf(publicKey), i === 0 ? OP.OP_CHECKSIG : OP.OP_CHECKSIGADD]);
  return Uint8Array.of(...encodeScript(parts), ...encodeNumberPush(leaf.threshold), OP.OP_NUMEQUAL);
}
