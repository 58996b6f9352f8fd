/**
 * What a descriptor says, and the scripts that it stands for.
 *
 * @module
 */

import { addressOfScript } from '../address/address.ts';
import { classifyOutput } from '../script/output-template.ts';
import type { DescriptorKey } from './descriptor-key.ts';
import { type DescriptorNode, mapKeys, nodeScript, nodeText, placedText, plainNodes } from './descriptor-node.ts';
import { inferDescriptor } from './infer.ts';
import { alternativesOf, checkedPayload, parsePayload } from './parse.ts';
import type { ParseContext } from './parse-key.ts';

/** One output script of a descriptor. */
export interface DescriptorScript {
  readonly script: Uint8Array;
  /** The descriptor of this script alone, with the keys' origins and without a checksum. Core's `InferDescriptor`. */
  inferred(): string;
}

/** An output descriptor without alternatives: what it says is one script, `combo`'s two or four, or a range of them. */
export class Descriptor {
  readonly #node: DescriptorNode<DescriptorKey>;
  readonly #context: ParseContext;
  /** Whether it stands for a script at each place of a range. */
  readonly isRange: boolean;
  /** Whether a key in it was written with its private key. */
  readonly hasPrivateKeys: boolean;

  constructor(node: DescriptorNode<DescriptorKey>, context: ParseContext) {
    this.#node = node;
    this.#context = context;
    const keys: DescriptorKey[] = [];
    mapKeys(node, (key) => keys.push(key));
    this.isRange = keys.some((key) => key.isRange);
    this.hasPrivateKeys = keys.some((key) => key.isPrivate);
  }

  /** Whether what spends it is known but for signatures: all but `raw` and `addr`. */
  get isSolvable(): boolean {
    return this.#node.kind !== 'raw' && this.#node.kind !== 'addr';
  }

  /** Its text without private keys and without a checksum. */
  toString(): string {
    return nodeText(this.#node, (key) => key.text(this.#context.network.bip32));
  }

  /** Its scripts at a place, 0 to 2^31 - 1; undefined where they cannot be worked out without private keys. */
  expand(position: number): readonly DescriptorScript[] | undefined {
    const { curve } = this.#context;
    const missing = new Set<DescriptorKey>();
    const placed = mapKeys(this.#node, (key) => key.at(position) ?? missing.add(key));
    if (missing.size > 0) return undefined;
    return plainNodes(placed as Parameters<typeof plainNodes>[0]).map((node) => {
      const script = nodeScript(node, curve);
      const isGiven = node.kind === 'raw' || node.kind === 'addr';
      return { script, inferred: () => (isGiven ? this.#inferGiven(script) : placedText(node)) };
    });
  }

  #inferGiven(script: Uint8Array): string {
    const { curve, network } = this.#context;
    const facts = { template: classifyOutput(script), address: addressOfScript(script, network) };
    return inferDescriptor(script, facts, curve);
  }
}

/**
 * The descriptors of a text: one, or one for each alternative of its multipaths (BIP-389), in their order.
 *
 * @param requireChecksum - false where a text without `#` and the checksum will do; one that is there is always checked
 * @throws DescriptorError in Core's words
 */
export function parseDescriptor(text: string, context: ParseContext, requireChecksum = false): readonly Descriptor[] {
  const node = parsePayload(checkedPayload(text, requireChecksum), context);
  return Array.from({ length: alternativesOf(node) }, (_, at) => {
    return new Descriptor(
      mapKeys(node, (keys) => (keys[at] ?? keys[0]) as DescriptorKey),
      context,
    );
  });
}
