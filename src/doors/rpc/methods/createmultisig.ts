import { addressOfScript } from '../../../core/address/index.ts';
import { fromHex } from '../../../core/base/bytes.ts';
import { hash160, sha256 } from '../../../core/crypto/sha256.ts';
import { multisigDescriptor, withChecksum } from '../../../core/descriptors/index.ts';
import {
  classifyOutput,
  MULTISIG_KEYS_MAX,
  multisigScript,
  p2shScript,
  p2wshScript,
  SCRIPT_ELEMENT_SIZE_MAX,
} from '../../../core/script/index.ts';
import { Type } from '../../schema.ts';
import type { Arguments } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { RpcContext, RpcMethod } from '../method.ts';
import { hexOf } from '../render/numbers.ts';

/** How the output of each kind is made of the script, and its descriptor of the script's. */
const KINDS = {
  legacy: { output: (script: Uint8Array) => p2shScript(hash160(script)), describe: (inner: string) => `sh(${inner})` },
  'p2sh-segwit': {
    output: (script: Uint8Array) => p2shScript(hash160(p2wshScript(sha256(script)))),
    describe: (inner: string) => `sh(wsh(${inner}))`,
  },
  bech32: { output: (script: Uint8Array) => p2wshScript(sha256(script)), describe: (inner: string) => `wsh(${inner})` },
} as const;

type Kind = keyof typeof KINDS;

const COMPRESSED_SIZE = 33;
const NOT_MADE = 'Unable to make chosen address type, please ensure no uncompressed public keys are present.';

/** A public key in hexadecimal. Core's `HexToPubKey`. */
function publicKeyOf(text: string, { curve }: RpcContext): Uint8Array {
  const refuse = (why: string): RpcError => new RpcError('INVALID_ADDRESS_OR_KEY', `Pubkey "${text}" ${why}`);
  const key = text === '' ? undefined : fromHex(text);
  if (key === undefined) throw refuse('must be a hex string');
  if (key.length !== 33 && key.length !== 65) throw refuse('must have a length of either 33 or 65 bytes');
  if (!curve.isPublicKey(key)) throw refuse('must be cryptographically valid.');
  return key;
}

function kindOf(args: Arguments): Kind {
  if (!args.has(2)) return 'legacy';
  const said = args.string(2);
  if (said === 'bech32m') throw new RpcError('INVALID_ADDRESS_OR_KEY', 'createmultisig cannot create bech32m multisig addresses');
  if (!Object.hasOwn(KINDS, said)) throw new RpcError('INVALID_ADDRESS_OR_KEY', `Unknown address type '${said}'`);
  return said as Kind;
}

/** The script that the keys sign for, within its limits. */
function scriptOf(required: number, keys: readonly Uint8Array[]): Uint8Array {
  const refuse = (why: string): RpcError => new RpcError('INVALID_PARAMETER', why);
  if (required < 1) throw refuse('a multisignature address must require at least one key to redeem');
  if (keys.length < required) {
    throw refuse(`not enough keys supplied (got ${keys.length} keys, but need at least ${required} to redeem)`);
  }
  if (keys.length > MULTISIG_KEYS_MAX) {
    throw refuse(`Number of keys involved in the multisignature address creation > ${MULTISIG_KEYS_MAX}\nReduce the number`);
  }
  return multisigScript(required, keys);
}

export const createmultisig: RpcMethod = {
  name: 'createmultisig',
  category: 'Util',
  description: 'Makes the address of a script that some of several keys can spend.',
  params: [
    { name: 'nrequired', schema: Type.Integer(), required: true, description: 'How many signatures it takes.' },
    { name: 'keys', schema: Type.Array(Type.String()), required: true, description: 'The public keys in hexadecimal.' },
    { name: 'address_type', schema: Type.String(), fallback: '"legacy"', description: 'The kind: legacy, p2sh-segwit or bech32.' },
  ],
  result: Type.Object({
    address: Type.String(),
    redeemScript: Type.String({ description: 'The script that the keys sign for, in hexadecimal.' }),
    descriptor: Type.String(),
    warnings: Type.Optional(Type.Array(Type.String())),
  }),
  run: (context, args) => {
    const required = args.integer(0);
    const keys = args.strings(1).map((text) => publicKeyOf(text, context));
    const wanted = kindOf(args);
    const script = scriptOf(required, keys);
    // A witness script has no uncompressed keys.
    const kind = keys.every((key) => key.length === COMPRESSED_SIZE) ? wanted : 'legacy';
    if (kind === 'legacy' && script.length > SCRIPT_ELEMENT_SIZE_MAX) {
      throw new RpcError('INVALID_PARAMETER', `redeemScript exceeds size limit: ${script.length} > ${SCRIPT_ELEMENT_SIZE_MAX}`);
    }
    const { describe, output } = KINDS[kind];
    const address = addressOfScript(output(script), context.node.params);
    const inner = multisigDescriptor(classifyOutput(script));
    return {
      address,
      redeemScript: hexOf(script),
      descriptor: withChecksum(inner === undefined ? `addr(${address})` : describe(inner)),
      warnings: kind === wanted ? undefined : [NOT_MADE],
    };
  },
};
