import { bytesEqual, concatBytes } from '../../core/base/bytes.ts';
import type { SignetScriptCheck, SignetSolution } from '../../core/consensus/check-signet-block.ts';
import { encodeDer } from '../../core/crypto/der.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import { hash160 } from '../../core/crypto/sha256.ts';
import { OP } from '../../core/script/opcodes.ts';
import { classifyOutput, p2pkhScript } from '../../core/script/output-template.ts';
import { precomputeSighash } from '../../core/script/precomputed-sighash.ts';
import { encodeScript } from '../../core/script/script-writer.ts';
import { sighashLegacy } from '../../core/script/sighash-legacy.ts';
import { SIGHASH } from '../../core/script/sighash-type.ts';
import { sighashV0 } from '../../core/script/sighash-v0.ts';
import { verifyTransactionScripts } from '../../core/script/verify-script.ts';

/** A private key that signs blocks. */
export interface SigningKey {
  /** 32 bytes, from 1 to the order of secp256k1 minus 1. */
  readonly privateKey: Uint8Array;
  /** Whether its public key is written in 33 bytes, not 65. */
  readonly compressed: boolean;
}

/** Satisfies the challenge of a signet, where it can (BIP-325). */
export interface BlockSigner {
  /** Whether a solution is good. */
  isSolved(check: SignetScriptCheck): boolean;
  /** What satisfies the challenge; undefined where the keys do not. */
  solve(check: SignetScriptCheck): SignetSolution | undefined;
}

const NOTHING = new Uint8Array();

/**
 * A signer with private keys, of which there may be none. It knows challenges that pay to a key (P2PK), to the hash of one (P2PKH, P2WPKH) and to some
 * of several (bare multisignature).
 */
export function createBlockSigner(secp256k1: Secp256k1, signingKeys: readonly SigningKey[]): BlockSigner {
  const keys = signingKeys.map(({ privateKey, compressed }) => ({ privateKey, publicKey: publicKeyOf(secp256k1, privateKey, compressed) }));
  return {
    isSolved: ({ tx, spentOutputs, flags }) => verifyTransactionScripts(tx, spentOutputs, flags, secp256k1) === undefined,
    solve: ({ tx, spentOutputs }) => {
      const challenge = spentOutputs[0]?.scriptPubKey ?? NOTHING;
      const precomputed = precomputeSighash(tx, spentOutputs);
      const sign = (privateKey: Uint8Array, hash: Uint8Array): Uint8Array =>
        concatBytes(encodeDer(secp256k1.signEcdsa(hash, privateKey)), Uint8Array.of(SIGHASH.ALL));
      const signLegacy = (privateKey: Uint8Array): Uint8Array => sign(privateKey, sighashLegacy(precomputed, 0, challenge, SIGHASH.ALL));
      const keyOf = (isIt: (publicKey: Uint8Array) => boolean) => keys.find(({ publicKey }) => isIt(publicKey));
      const template = classifyOutput(challenge);
      if (template.type === 'pubkey') {
        const key = keyOf((publicKey) => bytesEqual(publicKey, template.publicKey));
        return key && { scriptSig: encodeScript([signLegacy(key.privateKey)]), witness: [] };
      }
      if (template.type === 'pubkeyhash') {
        const key = keyOf((publicKey) => bytesEqual(hash160(publicKey), template.hash));
        return key && { scriptSig: encodeScript([signLegacy(key.privateKey), key.publicKey]), witness: [] };
      }
      if (template.type === 'witness_v0_keyhash') {
        const key = keyOf((publicKey) => bytesEqual(hash160(publicKey), template.hash));
        if (key === undefined) return undefined;
        const hash = sighashV0(precomputed, 0, p2pkhScript(template.hash), SIGHASH.ALL);
        return { scriptSig: NOTHING, witness: [sign(key.privateKey, hash), key.publicKey] };
      }
      if (template.type !== 'multisig') return undefined;
      const signers = template.publicKeys.flatMap((each) => keyOf((publicKey) => bytesEqual(publicKey, each)) ?? []);
      if (signers.length < template.required) return undefined;
      // The operation takes one item more than it uses (BIP-147: an empty one); signatures stand in the order of the keys.
      const signatures = signers.slice(0, template.required).map(({ privateKey }) => signLegacy(privateKey));
      return { scriptSig: encodeScript([OP.OP_0, ...signatures]), witness: [] };
    },
  };
}

function publicKeyOf(secp256k1: Secp256k1, privateKey: Uint8Array, compressed: boolean): Uint8Array {
  const publicKey = secp256k1.publicKeyOf(privateKey, compressed);
  if (publicKey === undefined) throw new RangeError('a private key is 32 bytes below the order');
  return publicKey;
}
