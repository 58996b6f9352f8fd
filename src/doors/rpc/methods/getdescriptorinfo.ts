import { descriptorChecksum, withChecksum } from '../../../core/descriptors/index.ts';
import { Type } from '../../schema.ts';
import { parseDescriptors } from '../descriptor-arguments.ts';
import type { RpcMethod } from '../method.ts';

export const getdescriptorinfo: RpcMethod = {
  name: 'getdescriptorinfo',
  category: 'Util',
  description: 'Reads an output descriptor. Miniscript is not read.',
  params: [{ name: 'descriptor', schema: Type.String(), required: true, description: 'The descriptor, with or without its checksum.' }],
  result: Type.Object({
    descriptor: Type.String({ description: 'The descriptor in its usual form, without private keys; of several the first.' }),
    multipath_expansion: Type.Optional(Type.Array(Type.String(), { description: 'Each of those that a multipath stands for.' })),
    checksum: Type.String({ description: 'The checksum of the descriptor as it was given.' }),
    isrange: Type.Boolean({ description: 'Whether it stands for a script at each place of a range.' }),
    issolvable: Type.Boolean({ description: 'Whether what spends it is known but for signatures.' }),
    hasprivatekeys: Type.Boolean(),
  }),
  run: (context, args) => {
    const text = args.string(0);
    const descriptors = parseDescriptors(text, context);
    const shown = descriptors.map((descriptor) => withChecksum(descriptor.toString()));
    const [first] = descriptors;
    return {
      descriptor: shown[0],
      multipath_expansion: shown.length > 1 ? shown : undefined,
      checksum: descriptorChecksum(text.split('#')[0] ?? ''),
      isrange: first?.isRange,
      issolvable: first?.isSolvable,
      hasprivatekeys: descriptors.some((descriptor) => descriptor.hasPrivateKeys),
    };
  },
};
