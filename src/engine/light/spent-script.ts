import { hash160, sha256 } from '../../core/crypto/sha256.ts';
import type { TxInput } from '../../core/primitives/transaction.ts';
import { p2pkhScript, p2shScript, p2wpkhScript, p2wshScript } from '../../core/script/output-template.ts';
import { isPushOnly, lastPush, nextOp, openScript } from '../../core/script/script-reader.ts';
import { isCompressedKeyForm, isKeyForm } from '../../core/script/signature-encoding.ts';
import { ANNEX_TAG } from '../../core/script/taproot.ts';

/** Bytes of a DER signature with its sighash type. */
const SIGNATURE_SIZE_MIN = 9;
const SIGNATURE_SIZE_MAX = 73;
const DER_SEQUENCE = 0x30;

/** Bytes of a Schnorr signature, without and with a sighash type (BIP-341). */
const SCHNORR_SIZES: readonly number[] = [64, 65];

/** A control block is a key with a byte before it and some hashes (BIP-341). */
const CONTROL_SIZE_MIN = 33;
const HASH_SIZE = 32;

function isSignatureForm(bytes: Uint8Array): boolean {
  return bytes[0] === DER_SEQUENCE && bytes.length >= SIGNATURE_SIZE_MIN && bytes.length <= SIGNATURE_SIZE_MAX;
}

function isControlForm(bytes: Uint8Array): boolean {
  return bytes.length >= CONTROL_SIZE_MIN && (bytes.length - CONTROL_SIZE_MIN) % HASH_SIZE === 0;
}

/**
 * The script of the coin that an input spends, where the input shows it: P2PKH by its key, P2SH and P2WSH by their script, P2WPKH by its
 * key. Undefined where it does not: taproot, whose key the input keeps to itself, bare keys and multisig, and what fits several kinds.
 *
 * No input says which kind it is. A miner can dress up a coin of a script of his own as one of these, so what is derived is what every
 * usual spender means and not a proof.
 */
export function spentScriptOf({ scriptSig, witness }: Pick<TxInput, 'scriptSig' | 'witness'>): Uint8Array | undefined {
  if (scriptSig.length > 0) return ofScriptSig(scriptSig, witness.length > 0);
  return witness.length === 0 ? undefined : ofWitness(witness);
}

function ofScriptSig(scriptSig: Uint8Array, hasWitness: boolean): Uint8Array | undefined {
  const last = isPushOnly(scriptSig) ? lastPush(scriptSig) : undefined;
  if (last === undefined || last.length === 0) return undefined;
  // With a witness only a witness program in P2SH is valid, and that is the script signature's one push.
  if (hasWitness || !isSignatureForm(last)) {
    return !hasWitness && isKeyForm(last) && pushCount(scriptSig) === 2 ? p2pkhScript(hash160(last)) : p2shScript(hash160(last));
  }
  return undefined;
}

function ofWitness(witness: readonly Uint8Array[]): Uint8Array | undefined {
  const last = witness.at(-1)!;
  if (witness.length === 2 && isCompressedKeyForm(last) && isSignatureForm(witness[0]!)) return p2wpkhScript(hash160(last));
  if (witness.length === 1 && SCHNORR_SIZES.includes(last.length)) return undefined;
  const mayBeTaproot = witness.length > 1 && (isControlForm(last) || last[0] === ANNEX_TAG);
  return mayBeTaproot || last.length === 0 ? undefined : p2wshScript(sha256(last));
}

function pushCount(script: Uint8Array): number {
  const cursor = openScript(script);
  let count = 0;
  while (nextOp(cursor)) count++;
  return count;
}
