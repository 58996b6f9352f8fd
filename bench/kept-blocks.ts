/**
 * Blocks that took long to sign, kept in the system's folder for temporary files from one run to the next.
 *
 * What is read back need not be trusted: nodes check every block of it.
 *
 * @module
 */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseSecp256k1 } from '../src/core/crypto/node/choose-secp256k1.ts';
import { encodeBlock } from '../src/core/primitives/block.ts';
import { denseChain } from './dense-chain.ts';

/** A dense chain as bytes. */
export interface DenseBlocks {
  /** What makes the first coins. */
  readonly base: readonly Uint8Array[];
  readonly dense: readonly Uint8Array[];
}

/** The chain that several benchmarks share: 300 blocks of 185 kB. */
export const DENSE_BLOCKS = 300;
export const DENSE_INPUTS = 1_000;

const LENGTH_BYTES = 4;

function readKept(path: string): Uint8Array[] | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined; // It was never made, or the system has cleared its folder.
  }
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at + LENGTH_BYTES;
    at = start + bytes.readUInt32LE(at);
    blocks.push(bytes.subarray(start, at));
  }
  return blocks;
}

/** Written beside its place first, so that no half of it is ever found there. */
function keep(path: string, blocks: readonly Uint8Array[]): void {
  const parts = blocks.flatMap((block) => {
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(block.length);
    return [length, block];
  });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, Buffer.concat(parts));
  renameSync(draft, path);
}

/** The chain of `denseChain`, the same at every call. */
export function denseBlocks(blocks: number, inputsPerBlock: number): DenseBlocks {
  const folder = join(tmpdir(), 'quoin-bench');
  const path = join(folder, `dense-${blocks}-of-${inputsPerBlock}.blocks`);
  let all = readKept(path);
  if (all === undefined) {
    const { base, dense } = denseChain({ secp256k1: chooseSecp256k1('auto'), blocks, inputsPerBlock });
    all = [...base, ...dense].map((block) => encodeBlock(block));
    mkdirSync(folder, { recursive: true });
    keep(path, all);
  }
  return { base: all.slice(0, -blocks), dense: all.slice(-blocks) };
}
