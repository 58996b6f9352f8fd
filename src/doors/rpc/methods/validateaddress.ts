import { addressOfScript, isAddressError, scriptOfAddress } from '../../../core/address/index.ts';
import { witnessProgramOf } from '../../../core/script/index.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { hexOf } from '../render/numbers.ts';

/** Kinds of addresses that Core counts as scripts. */
const SCRIPT_KINDS: readonly string[] = ['scripthash', 'witness_v0_scripthash', 'witness_v1_taproot', 'anchor'];

export const validateaddress: RpcMethod = {
  name: 'validateaddress',
  category: 'Util',
  description: 'Says whether a text is an address of this network, and what script it stands for.',
  params: [{ name: 'address', schema: Type.String(), required: true, description: 'The text.' }],
  result: Type.Object({
    isvalid: Type.Boolean(),
    address: Type.Optional(Type.String({ description: 'The address in its usual form.' })),
    scriptPubKey: Type.Optional(Type.String()),
    isscript: Type.Optional(Type.Boolean()),
    iswitness: Type.Optional(Type.Boolean()),
    witness_version: Type.Optional(Type.Integer()),
    witness_program: Type.Optional(Type.String()),
    error_locations: Type.Optional(Type.Array(Type.Integer(), { description: 'Indexes of characters that are probably wrong.' })),
    error: Type.Optional(Type.String({ description: 'Why it is none.' })),
  }),
  run: ({ node }, args) => {
    const result = scriptOfAddress(args.string(0), node.params);
    if (isAddressError(result)) return { isvalid: false, error_locations: [...result.positions], error: result.problem };
    const { kind, script } = result;
    const witness = witnessProgramOf(script);
    const program = kind === 'anchor' ? undefined : witness;
    return {
      isvalid: true,
      address: addressOfScript(script, node.params),
      scriptPubKey: hexOf(script),
      // Core leaves this member out where it cannot tell.
      isscript: kind === 'witness_unknown' ? undefined : SCRIPT_KINDS.includes(kind),
      iswitness: witness !== undefined,
      witness_version: program?.version,
      witness_program: program === undefined ? undefined : hexOf(program.program),
    };
  },
};
