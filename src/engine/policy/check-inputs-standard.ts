import type { Coin } from '../../core/consensus/coin.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { Transaction, TxInput } from '../../core/primitives/transaction.ts';
import type { WitnessProgram } from '../../core/script/output-template.ts';
import { classifyOutput, isAnchorProgram, isP2sh, isWitnessProgram, witnessProgramOf } from '../../core/script/output-template.ts';
import { lastPush } from '../../core/script/script-reader.ts';
import { countSigops, p2shSigops } from '../../core/script/sigops.ts';
import { ANNEX_TAG, LEAF_VERSION_MASK, TAPSCRIPT_LEAF_VERSION } from '../../core/script/taproot.ts';
import {
  LEGACY_SIGOPS_MAX,
  P2SH_SIGOPS_MAX,
  P2WSH_SCRIPT_BYTES_MAX,
  P2WSH_STACK_ITEM_BYTES_MAX,
  P2WSH_STACK_ITEMS_MAX,
  TAPSCRIPT_STACK_ITEM_BYTES_MAX,
} from './options.ts';

/** Legacy signature operations that an input may run: of its script, and of the output's script or the redeem script (BIP-54). */
function executedLegacySigops({ scriptSig }: TxInput, scriptPubKey: Uint8Array): number {
  const spent = isP2sh(scriptPubKey) ? p2shSigops(scriptSig, scriptPubKey) : countSigops(scriptPubKey, true);
  return countSigops(scriptSig, true) + spent;
}

/** Whether an output of known shape is spent in a way that is cheap to check. */
function isInputStandard({ scriptSig }: TxInput, scriptPubKey: Uint8Array): boolean {
  const { type } = classifyOutput(scriptPubKey);
  if (type === 'nonstandard' || type === 'witness_unknown') return false;
  if (type !== 'scripthash') return true;
  const redeemScript = scriptSig.length === 0 ? undefined : lastPush(scriptSig);
  return redeemScript !== undefined && countSigops(redeemScript, true) <= P2SH_SIGOPS_MAX;
}

/**
 * Whether the spent outputs and the scripts that P2SH inputs bring are of known shape and cheap to run. Core's `ValidateInputsStandardness`.
 *
 * @param spent - what each input spends, in order
 */
export function checkInputsStandard(tx: Transaction, spent: readonly Coin[]): Rejection | undefined {
  let sigops = 0;
  for (let index = 0; index < tx.inputs.length; index++) {
    sigops += executedLegacySigops(tx.inputs[index]!, spent[index]!.scriptPubKey);
    if (sigops > LEGACY_SIGOPS_MAX) return reject('policy', 'bad-txns-nonstandard-inputs', { index, sigops });
  }
  for (let index = 0; index < tx.inputs.length; index++) {
    if (!isInputStandard(tx.inputs[index]!, spent[index]!.scriptPubKey)) return reject('policy', 'bad-txns-nonstandard-inputs', { index });
  }
  return undefined;
}

function isP2wshStandard(witness: readonly Uint8Array[]): boolean {
  const script = witness[witness.length - 1]!;
  return (
    script.length <= P2WSH_SCRIPT_BYTES_MAX &&
    witness.length - 1 <= P2WSH_STACK_ITEMS_MAX &&
    witness.slice(0, -1).every((item) => item.length <= P2WSH_STACK_ITEM_BYTES_MAX)
  );
}

/** No annex, which has no meaning yet, and small items where a tapscript is run. */
function isTaprootStandard(witness: readonly Uint8Array[]): boolean {
  const last = witness[witness.length - 1]!;
  if (witness.length === 1) return true;
  if (last[0] === ANNEX_TAG) return false;
  if (last.length === 0) return false;
  if ((last[0]! & LEAF_VERSION_MASK) !== TAPSCRIPT_LEAF_VERSION) return true;
  return witness.slice(0, -2).every((item) => item.length <= TAPSCRIPT_STACK_ITEM_BYTES_MAX);
}

/** The witness program that an input runs, its own or within P2SH; undefined where it runs none. */
function programOf({ scriptSig }: TxInput, scriptPubKey: Uint8Array): WitnessProgram | undefined {
  if (!isP2sh(scriptPubKey)) return witnessProgramOf(scriptPubKey);
  const redeemScript = lastPush(scriptSig);
  return redeemScript === undefined ? undefined : witnessProgramOf(redeemScript);
}

/** Whether a witness belongs to its output and is no larger than what is relayed. */
function isWitnessStandard(input: TxInput, scriptPubKey: Uint8Array): boolean {
  const { witness } = input;
  if (witness.length === 0) return true;
  const found = programOf(input, scriptPubKey);
  if (found === undefined) return false;
  const { version, program } = found;
  const nested = isP2sh(scriptPubKey);
  if (!nested && isAnchorProgram(version, program)) return false;
  if (version === 0 && program.length === 32) return isP2wshStandard(witness);
  return version === 1 && program.length === 32 && !nested ? isTaprootStandard(witness) : true;
}

/**
 * Whether all witnesses are of a size that is relayed. Core's `IsWitnessStandard`. The kind is `mutated`: another may have
 * stuffed the witness of a good transaction, so the txid must not be remembered for it.
 */
export function checkWitnessStandard(tx: Transaction, spent: readonly Coin[]): Rejection | undefined {
  const index = tx.inputs.findIndex((input, i) => !isWitnessStandard(input, spent[i]!.scriptPubKey));
  return index < 0 ? undefined : reject('mutated', 'bad-witness-nonstandard', { index });
}

/** Whether an input spends a witness program that asks for a witness: then a transaction without one was stripped of it. */
export function spendsWitnessProgram(tx: Transaction, spent: readonly Coin[]): boolean {
  return tx.inputs.some((input, i) => {
    const { scriptPubKey } = spent[i]!;
    if (isWitnessProgram(scriptPubKey)) return classifyOutput(scriptPubKey).type !== 'anchor';
    return programOf(input, scriptPubKey) !== undefined;
  });
}
