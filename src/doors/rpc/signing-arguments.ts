/**
 * What the methods that sign are given: keys, outputs that are spent, kinds of signatures. Core's `src/rpc/rawtransaction_util.cpp`, with
 * its codes and messages.
 *
 * @module
 */

import { decodeWif, isAddressError, type WifKey } from '../../core/address/index.ts';
import { bytesEqual } from '../../core/base/bytes.ts';
import { hash160, sha256 } from '../../core/crypto/index.ts';
import type { HashKey, Txid } from '../../core/primitives/ids.ts';
import { type OutPoint, outPointKey, type Satoshis, type TxInput, type TxOutput } from '../../core/primitives/transaction.ts';
import { isP2sh, p2shScript, p2wshScript, SIGHASH, scriptToAsm, witnessProgramOf } from '../../core/script/index.ts';
import type { KeyRing } from '../../core/signing/index.ts';
import { type Arguments, parseAmount, parseInteger } from './arguments.ts';
import { RpcError } from './errors.ts';
import { JsonObject, type JsonValue } from './json-number.ts';
import type { RpcContext } from './method.ts';
import { checkMembers, hashMember, listOf, parseHex } from './object-argument.ts';

/** Inputs after which others have their turn: some milliseconds' worth. */
const INPUTS_PER_TURN = 16;

/** Length of a witness program for a script. */
const SCRIPT_PROGRAM_SIZE = 32;

/** Names of the kinds of signatures; Core's `SighashFromStr`. */
const HASH_TYPES: ReadonlyMap<string, number> = new Map([
  ['DEFAULT', SIGHASH.DEFAULT],
  ['ALL', SIGHASH.ALL],
  ['ALL|ANYONECANPAY', SIGHASH.ALL | SIGHASH.ANYONECANPAY],
  ['NONE', SIGHASH.NONE],
  ['NONE|ANYONECANPAY', SIGHASH.NONE | SIGHASH.ANYONECANPAY],
  ['SINGLE', SIGHASH.SINGLE],
  ['SINGLE|ANYONECANPAY', SIGHASH.SINGLE | SIGHASH.ANYONECANPAY],
]);

/** The kind of signatures that an argument names. */
export function parseHashType(args: Arguments, index: number): number {
  if (!args.has(index)) return SIGHASH.DEFAULT;
  const name = args.string(index);
  const type = HASH_TYPES.get(name);
  if (type === undefined) throw new RpcError('INVALID_PARAMETER', `'${name}' is not a valid sighash parameter.`);
  return type;
}

/** A private key of this network. */
export function parsePrivateKey(text: string, { node }: RpcContext): WifKey {
  const key = decodeWif(text, node.params);
  if (isAddressError(key)) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Invalid private key');
  return key;
}

/** Outputs by the points that name them. */
export type KnownOutputs = Map<HashKey, TxOutput>;

/** Those of some outputs that the chain or a waiting transaction has, whether or not a waiting one spends them. */
export async function findOutputs({ node, signal }: RpcContext, inputs: readonly TxInput[]): Promise<KnownOutputs> {
  const found: KnownOutputs = new Map();
  for (const { prevout } of inputs) {
    if (signal.aborted) break;
    const coin = node.mempool.coin(prevout) ?? (await node.chain.coin(prevout));
    if (coin !== undefined) found.set(outPointKey(prevout), coin);
  }
  return found;
}

function isP2wsh(script: Uint8Array): boolean {
  const program = witnessProgramOf(script);
  return program?.version === 0 && program.program.length === SCRIPT_PROGRAM_SIZE;
}

/** The script behind the hash of an output, of one or both of the members that may hold it. */
function scriptBehind(members: ReadonlyMap<string, JsonValue>, output: Uint8Array): Uint8Array {
  checkMembers(members, { redeemScript: { type: 'string', optional: true }, witnessScript: { type: 'string', optional: true } });
  const redeem = members.get('redeemScript') ?? null;
  const witness = members.get('witnessScript') ?? null;
  if (redeem === null && witness === null) throw new RpcError('INVALID_PARAMETER', 'Missing redeemScript/witnessScript');
  const script = witness === null ? parseHex(redeem, 'redeemScript') : parseHex(witness, 'witnessScript');
  const program = p2wshScript(sha256(script));
  if (redeem !== null && witness !== null && redeem !== witness && !bytesEqual(parseHex(redeem, 'redeemScript'), program)) {
    throw new RpcError('INVALID_PARAMETER', 'redeemScript does not correspond to witnessScript');
  }
  const fits = isP2sh(output) ? [script, program].map((each) => p2shScript(hash160(each))) : [program];
  if (!fits.some((each) => bytesEqual(each, output))) {
    throw new RpcError('INVALID_PARAMETER', 'redeemScript/witnessScript does not match scriptPubKey');
  }
  return script;
}

function outPointOf(members: ReadonlyMap<string, JsonValue>): OutPoint {
  checkMembers(members, { scriptPubKey: { type: 'string' }, txid: { type: 'string' }, vout: { type: 'number' } });
  const txid = hashMember<Txid>(members, 'txid');
  const vout = parseInteger(members.get('vout'));
  if (vout < 0) throw new RpcError('DESERIALIZATION_ERROR', 'vout cannot be negative');
  return { txid, vout };
}

/**
 * Adds the outputs that an argument lists, and to the keys the scripts behind them. One without an amount is worth all coins there can be.
 * Core's `ParsePrevouts`.
 */
export function addListedOutputs(value: JsonValue | undefined, known: KnownOutputs, keys: KeyRing, maxMoney: Satoshis): void {
  for (const item of value === undefined || value === null ? [] : listOf(value)) {
    if (!(item instanceof JsonObject)) {
      throw new RpcError('DESERIALIZATION_ERROR', 'expected object with {"txid\'","vout","scriptPubKey"}');
    }
    const { members } = item;
    const key = outPointKey(outPointOf(members));
    const scriptPubKey = parseHex(members.get('scriptPubKey'), 'scriptPubKey');
    const other = known.get(key)?.scriptPubKey;
    if (other !== undefined && !bytesEqual(other, scriptPubKey)) {
      const scripts = `${scriptToAsm(other)}\nvs:\n${scriptToAsm(scriptPubKey)}`;
      throw new RpcError('DESERIALIZATION_ERROR', `Previous output scriptPubKey mismatch:\n${scripts}`);
    }
    const amount = members.get('amount');
    known.set(key, { scriptPubKey, value: amount === undefined ? maxMoney : parseAmount(amount, maxMoney) });
    if (isP2sh(scriptPubKey) || isP2wsh(scriptPubKey)) keys.addScript(scriptBehind(members, scriptPubKey));
  }
}

/** Does something with each input, and lets others have their turn; ends with an error when the node stops. */
export async function eachInput<T>({ node, signal }: RpcContext, inputs: readonly TxInput[], visit: (index: number) => T): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < inputs.length; index++) {
    if (signal.aborted) throw new RpcError('MISC_ERROR', 'The node is stopping');
    results.push(visit(index));
    if (index % INPUTS_PER_TURN === INPUTS_PER_TURN - 1) await node.clock.yield();
  }
  return results;
}
