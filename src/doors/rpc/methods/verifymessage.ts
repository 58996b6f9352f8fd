import { isAddressError, scriptOfAddress } from '../../../core/address/index.ts';
import { utf8ToBytes } from '../../../core/base/bytes.ts';
import { classifyOutput } from '../../../core/script/index.ts';
import { isSignedBy } from '../../../core/signing/index.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

/** Bytes of base64, padding and all; undefined for any other text. */
function bytesOfBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

export const verifymessage: RpcMethod = {
  name: 'verifymessage',
  category: 'Util',
  description: 'Says whether the owner of an address has signed a message.',
  params: [
    { name: 'address', schema: Type.String(), required: true, description: 'A P2PKH address.' },
    { name: 'signature', schema: Type.String(), required: true, description: 'The signature in base64.' },
    { name: 'message', schema: Type.String(), required: true, description: 'The message.' },
  ],
  result: Type.Boolean({ description: 'Whether the signature is good.' }),
  run: ({ node }, args) => {
    const found = scriptOfAddress(args.string(0), node.params);
    if (isAddressError(found)) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Invalid address');
    const template = classifyOutput(found.script);
    if (template.type !== 'pubkeyhash') throw new RpcError('TYPE_ERROR', 'Address does not refer to key');
    const signature = bytesOfBase64(args.string(1));
    if (signature === undefined) throw new RpcError('TYPE_ERROR', 'Malformed base64 encoding');
    return isSignedBy(template.hash, utf8ToBytes(args.string(2)), signature);
  },
};
