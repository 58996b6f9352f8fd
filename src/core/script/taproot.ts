/**
 * The tree of scripts behind a taproot output (BIP-341).
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { compareBytes } from '../base/bytes.ts';
import type { Secp256k1, TweakedKey } from '../crypto/secp256k1.ts';
import { taggedHash } from '../crypto/sha256.ts';
import { hashInput } from './hash-input.ts';

/** First byte of the last witness item where that item is an annex. */
export const ANNEX_TAG = 0x50;

/** Version of the leaves that are tapscript (BIP-342). */
export const TAPSCRIPT_LEAF_VERSION = 0xc0;

/** Bits of a control block's first byte that are the leaf's version; the lowest is the parity of the output key. */
export const LEAF_VERSION_MASK = 0xfe;

/** Bytes of a control block before the path: leaf version and parity, internal key. */
const CONTROL_BASE_SIZE = 33;
/** Bytes of one node of the path. */
const CONTROL_NODE_SIZE = 32;
/** Longest path: trees are at most so deep. */
const CONTROL_NODES_MAX = 128;

/** Hash of a leaf. Core's `ComputeTapleafHash`. */
export function tapleafHash(leafVersion: number, script: Uint8Array): Uint8Array {
  return hashInput.beginTagged('TapLeaf').u8(leafVersion).varBytes(script).sha256();
}

/** Hash of two nodes, in whichever order they are given. Core's `ComputeTapbranchHash`. */
export function tapbranchHash(a: Uint8Array, b: Uint8Array): Uint8Array {
  return compareBytes(a, b) < 0 ? taggedHash('TapBranch', a, b) : taggedHash('TapBranch', b, a);
}

/** Whether a control block has a possible length: an internal key and up to 128 nodes. */
export function isControlBlockSize(sizeBytes: number): boolean {
  const path = sizeBytes - CONTROL_BASE_SIZE;
  return path >= 0 && path <= CONTROL_NODES_MAX * CONTROL_NODE_SIZE && path % CONTROL_NODE_SIZE === 0;
}

/** Root of the tree, of a leaf's hash and the path in its control block. Core's `ComputeTaprootMerkleRoot`. */
export function taprootMerkleRoot(controlBlock: Uint8Array, leafHash: Uint8Array): Uint8Array {
  assert(isControlBlockSize(controlBlock.length), 'control block of a possible size');
  let node = leafHash;
  for (let at = CONTROL_BASE_SIZE; at < controlBlock.length; at += CONTROL_NODE_SIZE) {
    node = tapbranchHash(node, controlBlock.subarray(at, at + CONTROL_NODE_SIZE));
  }
  return node;
}

/** What an internal key of 32 bytes is tweaked by; without a root where no script can spend. */
export function taptweakHash(internalKey: Uint8Array, merkleRoot: Uint8Array | undefined): Uint8Array {
  return merkleRoot === undefined ? taggedHash('TapTweak', internalKey) : taggedHash('TapTweak', internalKey, merkleRoot);
}

/** The output key of an internal key and a tree, with the parity a control block needs. Undefined where the internal key is none. */
export function taprootOutputKey(
  secp256k1: Pick<Secp256k1, 'tweakXOnly'>,
  internalKey: Uint8Array,
  merkleRoot: Uint8Array | undefined,
): TweakedKey | undefined {
  return secp256k1.tweakXOnly(internalKey, taptweakHash(internalKey, merkleRoot));
}

/**
 * Whether an output key commits to a leaf by this control block. Core's `VerifyTaprootCommitment`. The block's size has been checked.
 */
export function isTaprootCommitment(
  secp256k1: Pick<Secp256k1, 'checkTweak'>,
  controlBlock: Uint8Array,
  outputKey: Uint8Array,
  leafHash: Uint8Array,
): boolean {
  const internalKey = controlBlock.subarray(1, CONTROL_BASE_SIZE);
  const root = taprootMerkleRoot(controlBlock, leafHash);
  const parity = (controlBlock[0]! & 1) === 0 ? 0 : 1;
  return secp256k1.checkTweak(internalKey, taptweakHash(internalKey, root), outputKey, parity);
}
