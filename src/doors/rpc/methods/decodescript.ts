import { addressOfScript } from '../../../core/address/index.ts';
import { fromHex } from '../../../core/base/bytes.ts';
import { hash160, sha256 } from '../../../core/crypto/sha256.ts';
import { multisigDescriptor, withChecksum } from '../../../core/descriptors/index.ts';
import {
  classifyOutput,
  isCompressedKeyForm,
  isOpSuccess,
  isUnspendable,
  OP,
  type OutputTemplate,
  p2shScript,
  p2wpkhScript,
  p2wshScript,
  parseScript,
  SCRIPT_ELEMENT_SIZE_MAX,
} from '../../../core/script/index.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcContext, RpcMethod } from '../method.ts';
import { SCRIPT_PUB_KEY, scriptPubKeyJson } from '../render/script.ts';

/** Kinds that no P2SH output is made of. */
const NEVER_WRAPPED: readonly string[] = ['nulldata', 'scripthash', 'witness_unknown', 'witness_v1_taproot', 'anchor'];

/** Whether a script could be run at all as the script of a hash. */
function canBeWrapped(script: Uint8Array, template: OutputTemplate): boolean {
  if (NEVER_WRAPPED.includes(template.type) || isUnspendable(script)) return false;
  const { malformed, ops } = parseScript(script);
  return (
    !malformed &&
    ops.every(({ data, opcode }) => opcode <= OP.OP_NOP10 && (data?.length ?? 0) <= SCRIPT_ELEMENT_SIZE_MAX && !isOpSuccess(opcode))
  );
}

/** The segwit output that could stand for a script, or undefined. */
function segwitScript(script: Uint8Array, template: OutputTemplate): Uint8Array | undefined {
  switch (template.type) {
    case 'pubkey':
      return isCompressedKeyForm(template.publicKey) ? p2wpkhScript(hash160(template.publicKey)) : undefined;
    case 'pubkeyhash':
      return p2wpkhScript(template.hash);
    case 'multisig':
      return template.publicKeys.every(isCompressedKeyForm) ? p2wshScript(sha256(script)) : undefined;
    case 'nonstandard':
      return p2wshScript(sha256(script));
    default:
      return undefined;
  }
}

function segwitJson(context: RpcContext, segwit: Uint8Array, template: OutputTemplate): JsonOutput {
  const shown = scriptPubKeyJson(segwit, context);
  const multisig = multisigDescriptor(template);
  return {
    ...shown,
    ...(multisig === undefined ? {} : { desc: withChecksum(`wsh(${multisig})`) }),
    'p2sh-segwit': addressOfScript(p2shScript(hash160(segwit)), context.node.params),
  };
}

const WITHOUT_HEX = {
  asm: SCRIPT_PUB_KEY.properties.asm,
  desc: SCRIPT_PUB_KEY.properties.desc,
  address: SCRIPT_PUB_KEY.properties.address,
  type: SCRIPT_PUB_KEY.properties.type,
};

export const decodescript: RpcMethod = {
  name: 'decodescript',
  category: 'Rawtransactions',
  description: 'Takes a script apart and shows the addresses that could pay to it.',
  params: [{ name: 'hexstring', schema: Type.String(), required: true, description: 'The script in hexadecimal.' }],
  result: Type.Object({
    ...WITHOUT_HEX,
    p2sh: Type.Optional(Type.String({ description: 'Address of its P2SH output.' })),
    segwit: Type.Optional(Type.Object({ ...SCRIPT_PUB_KEY.properties, 'p2sh-segwit': Type.String() })),
  }),
  run: (context, args) => {
    const hex = args.string(0);
    const script = fromHex(hex);
    if (script === undefined) throw new RpcError('INVALID_PARAMETER', `argument must be hexadecimal string (not '${hex}')`);
    const template = classifyOutput(script);
    const shown = { ...scriptPubKeyJson(script, context), hex: undefined };
    if (!canBeWrapped(script, template)) return shown;
    const segwit = segwitScript(script, template);
    return {
      ...shown,
      p2sh: addressOfScript(p2shScript(hash160(script)), context.node.params),
      segwit: segwit === undefined ? undefined : segwitJson(context, segwit, template),
    };
  },
};
