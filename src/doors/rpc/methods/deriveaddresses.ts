import { addressOfScript } from '../../../core/address/index.ts';
import type { Descriptor } from '../../../core/descriptors/index.ts';
import { classifyOutput } from '../../../core/script/index.ts';
import { Type } from '../../schema.ts';
import { type DescriptorRange, eachPlace, expandAt, parseDescriptors, parseRange } from '../descriptor-arguments.ts';
import { RpcError } from '../errors.ts';
import type { RpcContext, RpcMethod } from '../method.ts';

async function addressesOf(context: RpcContext, descriptor: Descriptor, range: DescriptorRange): Promise<string[]> {
  const addresses: string[] = [];
  await eachPlace(context, range, (position) => {
    const scripts = expandAt(descriptor, position, 'Cannot derive script without private keys');
    for (const { script } of scripts) {
      const address = addressOfScript(script, context.node.params);
      if (address !== undefined) addresses.push(address);
      // Of a `combo` the bare key has no address, and the others are shown.
      else if (scripts.length === 1 || classifyOutput(script).type !== 'pubkey') {
        throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Descriptor does not have a corresponding address');
      }
    }
  });
  return addresses;
}

export const deriveaddresses: RpcMethod = {
  name: 'deriveaddresses',
  category: 'Util',
  description: 'The addresses that a descriptor stands for. Of a multipath descriptor, a list for each that it stands for.',
  params: [
    { name: 'descriptor', schema: Type.String(), required: true, description: 'The descriptor with its checksum.' },
    {
      name: 'range',
      schema: Type.Union([Type.Integer(), Type.Array(Type.Integer())]),
      description: 'For ranged descriptors: the last place, or the first and the last one.',
    },
  ],
  result: Type.Union([Type.Array(Type.String()), Type.Array(Type.Array(Type.String()))]),
  run: async (context, args) => {
    const range = args.has(1) ? parseRange(args.value(1) ?? null) : { begin: 0, end: 0 };
    const descriptors = parseDescriptors(args.string(0), context, true);
    const isRange = descriptors[0]?.isRange === true;
    const isGiven = args.has(1);
    if (!isRange && isGiven) throw new RpcError('INVALID_PARAMETER', 'Range should not be specified for an un-ranged descriptor');
    if (isRange && !isGiven) throw new RpcError('INVALID_PARAMETER', 'Range must be specified for a ranged descriptor');
    const lists: string[][] = [];
    for (const descriptor of descriptors) lists.push(await addressesOf(context, descriptor, range));
    return lists.length === 1 ? lists[0] : lists;
  },
};
