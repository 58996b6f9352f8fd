import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import { compactSizeLength } from '../../core/primitives/byte-writer.ts';
import type { Satoshis, Transaction, TxInput, TxOutput } from '../../core/primitives/transaction.ts';
import { transactionWeightWu } from '../../core/primitives/transaction.ts';
import { classifyOutput, isUnspendable, isWitnessProgram } from '../../core/script/output-template.ts';
import { isPushOnly } from '../../core/script/script-reader.ts';
import { feeAtRate } from './fee-rate.ts';
import type { PolicyOptions } from './options.ts';
import {
  BARE_MULTISIG_KEYS_MAX,
  DUST_OUTPUTS_MAX,
  STANDARD_SCRIPT_SIG_BYTES_MAX,
  STANDARD_WEIGHT_WU_MAX,
  TRUC_VERSION,
} from './options.ts';

/** Size of the input that spends an ordinary output: outpoint, sequence, and a script with one signature and one key (107 bytes). */
const SPENDING_INPUT_BYTES = 32 + 4 + 1 + 107 + 4;

/** The same for a witness output, where signature and key count a quarter. */
const SPENDING_WITNESS_INPUT_BYTES = 32 + 4 + 1 + Math.floor(107 / 4) + 4;

/**
 * The least value of an output that is worth spending at the dust fee rate; 0 where it can never be spent. Core's `GetDustThreshold`:
 * 546 base units for P2PKH, 294 for P2WPKH by default.
 */
export function dustThreshold(scriptPubKey: Uint8Array, policy: PolicyOptions): Satoshis {
  if (isUnspendable(scriptPubKey)) return 0n;
  const outputBytes = 8 + compactSizeLength(scriptPubKey.length) + scriptPubKey.length;
  const inputBytes = isWitnessProgram(scriptPubKey) ? SPENDING_WITNESS_INPUT_BYTES : SPENDING_INPUT_BYTES;
  return feeAtRate(policy.dustFeeRateSatPerKvb, outputBytes + inputBytes);
}

/** Whether an output is worth less than spending it costs. */
export function isDust(output: TxOutput, policy: PolicyOptions): boolean {
  return output.value < dustThreshold(output.scriptPubKey, policy);
}

function checkInputScript(input: TxInput, index: number): Rejection | undefined {
  const sizeBytes = input.scriptSig.length;
  if (sizeBytes > STANDARD_SCRIPT_SIG_BYTES_MAX) return reject('policy', 'scriptsig-size', { index, sizeBytes });
  return isPushOnly(input.scriptSig) ? undefined : reject('policy', 'scriptsig-not-pushonly', { index });
}

/** Whether an output's script has a shape that is relayed; the room that OP_RETURN outputs take together is the caller's to check. */
function checkOutputScript(scriptPubKey: Uint8Array, index: number, policy: PolicyOptions): Rejection | undefined {
  const template = classifyOutput(scriptPubKey);
  if (template.type === 'nonstandard') return reject('policy', 'scriptpubkey', { index });
  if (template.type !== 'multisig') return undefined;
  if (template.publicKeys.length > BARE_MULTISIG_KEYS_MAX) return reject('policy', 'scriptpubkey', { index });
  return policy.permitBareMultisig ? undefined : reject('policy', 'bare-multisig', { index });
}

function checkOutputs(outputs: readonly TxOutput[], policy: PolicyOptions): Rejection | undefined {
  let dataBytes = 0;
  let dust = 0;
  for (let index = 0; index < outputs.length; index++) {
    const output = outputs[index]!;
    const unusual = checkOutputScript(output.scriptPubKey, index, policy);
    if (unusual !== undefined) return unusual;
    if (classifyOutput(output.scriptPubKey).type === 'nulldata') {
      dataBytes += output.scriptPubKey.length;
      if (dataBytes > policy.dataCarrierBytesMax) return reject('policy', 'datacarrier', { index, dataBytes });
    }
    if (isDust(output, policy)) dust++;
  }
  return dust > DUST_OUTPUTS_MAX ? reject('policy', 'dust', { outputs: dust }) : undefined;
}

/** Whether a transaction has the form of those that are relayed, as far as it shows without its coins. Core's `IsStandardTx`. */
export function checkStandardTransaction(tx: Transaction, policy: PolicyOptions): Rejection | undefined {
  if (tx.version < 1 || tx.version > TRUC_VERSION) return reject('policy', 'version', { version: tx.version });
  const weightWu = transactionWeightWu(tx);
  if (weightWu > STANDARD_WEIGHT_WU_MAX) return reject('policy', 'tx-size', { weightWu });
  for (let index = 0; index < tx.inputs.length; index++) {
    const unusual = checkInputScript(tx.inputs[index]!, index);
    if (unusual !== undefined) return unusual;
  }
  return checkOutputs(tx.outputs, policy);
}
