import { utf8ToBytes } from '../../../core/base/bytes.ts';
import { signMessage } from '../../../core/signing/index.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { parsePrivateKey } from '../signing-arguments.ts';

export const signmessagewithprivkey: RpcMethod = {
  name: 'signmessagewithprivkey',
  category: 'Util',
  description: 'Signs a message with a private key; verifymessage tells by the P2PKH address of the key.',
  params: [
    { name: 'privkey', schema: Type.String(), required: true, description: 'The private key, in Base58.' },
    { name: 'message', schema: Type.String(), required: true, description: 'The message.' },
  ],
  result: Type.String({ description: 'The signature in base64.' }),
  run: (context, args) => {
    const key = parsePrivateKey(args.string(0), context);
    return Buffer.from(signMessage(utf8ToBytes(args.string(1)), key, context.curve)).toString('base64');
  },
};
