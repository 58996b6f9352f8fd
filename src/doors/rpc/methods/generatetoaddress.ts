import { isAddressError, scriptOfAddress } from '../../../core/address/index.ts';
import { decodeBits } from '../../../core/primitives/compact-target.ts';
import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

/** Tries that are made unless told otherwise where blocks are found in two tries, as on regtest. Core's `DEFAULT_MAX_TRIES`. */
const TRIES_MAX_DEFAULT = 1_000_000n;

/** Targets from here on are as easy as regtest's. */
const EASY_TARGET_MIN = 1n << 253n;

export const generatetoaddress: RpcMethod = {
  name: 'generatetoaddress',
  category: 'Mining',
  hidden: true,
  description:
    'Mines blocks one after another, their rewards to an address. Ends early when the tries are used up or the node stops; what was found stays.',
  params: [
    { name: 'nblocks', schema: Type.Integer(), required: true, description: 'How many blocks.' },
    { name: 'address', schema: Type.String(), required: true, description: 'Who is paid.' },
    {
      name: 'maxtries',
      schema: Type.Integer(),
      fallback: '1000000 at the difficulty of regtest, else no limit',
      description: 'How many hashes to try at most.',
    },
  ],
  result: Type.Array(Type.String(), { description: 'The hashes of the blocks.' }),
  run: async ({ node, signal }, args) => {
    const count = args.integer(0);
    // Core reads a negative number as an unsigned one, so it stands for no limit.
    const tries = args.has(2) ? BigInt.asUintN(64, BigInt(args.integer(2, { max: Number.MAX_SAFE_INTEGER }))) : undefined;
    const address = scriptOfAddress(args.string(1), node.params);
    if (isAddressError(address)) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Error: Invalid address');
    const easy = decodeBits(node.params.consensus.pow.bits).target >= EASY_TARGET_MIN;
    const maxTries = tries ?? (easy ? TRIES_MAX_DEFAULT : undefined);
    if (count <= 0) return [];
    const { script } = address;
    const hashes = await node.mining.generate({ count, script, signal, ...(maxTries === undefined ? {} : { maxTries }) });
    return hashes.map(toDisplayHex);
  },
};
