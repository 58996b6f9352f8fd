/**
 * A transaction out of what `createrawtransaction` is given. Core's `ConstructTransaction`, with its codes and messages.
 *
 * @module
 */

import { isAddressError, scriptOfAddress } from '../../core/address/index.ts';
import { toHex } from '../../core/base/bytes.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { makeTransaction, type Transaction, type TxInput, type TxOutput } from '../../core/primitives/transaction.ts';
import { nullDataScript } from '../../core/script/index.ts';
import { type Arguments, parseAmount, parseInteger } from './arguments.ts';
import { RpcError } from './errors.ts';
import { JsonNumber, JsonObject, type JsonValue } from './json-number.ts';
import { hashMember, listOf, objectOf, parseHex } from './object-argument.ts';

/** Sequences: final; not final, so that the lock time binds; replaceable by BIP-125. */
const SEQUENCE_FINAL = 0xffffffff;
const SEQUENCE_LOCKED = 0xfffffffe;
const SEQUENCE_REPLACEABLE = 0xfffffffd;

const UINT32_MAX = 0xffffffff;
const VERSION_DEFAULT = 2;
const VERSION_MAX = 3;

const WHOLE = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

function inputOf(value: JsonValue, sequenceDefault: number): TxInput {
  const members = objectOf(value);
  const txid = hashMember<Txid>(members, 'txid');
  const given = members.get('vout');
  if (typeof given !== 'number' && !(given instanceof JsonNumber)) {
    throw new RpcError('INVALID_PARAMETER', 'Invalid parameter, missing vout key');
  }
  const vout = parseInteger(given);
  if (vout < 0) throw new RpcError('INVALID_PARAMETER', 'Invalid parameter, vout cannot be negative');
  const wanted = members.get('sequence');
  const hasSequence = typeof wanted === 'number' || wanted instanceof JsonNumber;
  const sequence = hasSequence ? parseInteger(wanted, WHOLE) : sequenceDefault;
  if (sequence < 0 || sequence > UINT32_MAX) {
    throw new RpcError('INVALID_PARAMETER', 'Invalid parameter, sequence number is out of range');
  }
  return { prevout: { txid, vout }, scriptSig: new Uint8Array(0), sequence, witness: [] };
}

/** Names and values of the outputs, of either form that they may have. */
function outputPairs(value: JsonValue | undefined): readonly (readonly [string, JsonValue])[] {
  if (value === undefined || value === null) {
    throw new RpcError('INVALID_PARAMETER', 'Invalid parameter, output argument must be non-null');
  }
  if (value instanceof JsonObject) {
    const { repeated, members } = value;
    return repeated === undefined ? [...members] : [...members, [repeated, members.get(repeated) as JsonValue]];
  }
  return listOf(value).map((item) => {
    if (!(item instanceof JsonObject)) {
      throw new RpcError('INVALID_PARAMETER', 'Invalid parameter, key-value pair not an object as expected');
    }
    const [pair, ...others] = item.members;
    if (pair === undefined || others.length > 0 || item.repeated !== undefined) {
      throw new RpcError('INVALID_PARAMETER', 'Invalid parameter, key-value pair must contain exactly one key');
    }
    return pair;
  });
}

function outputsOf(value: JsonValue | undefined, params: NetworkParams): readonly TxOutput[] {
  const pairs = outputPairs(value);
  const paid = new Set<string>();
  return pairs.map(([name, amount]): TxOutput => {
    if (name === 'data') {
      if (paid.has(name)) throw new RpcError('INVALID_PARAMETER', 'Invalid parameter, duplicate key: data');
      paid.add(name);
      const text = amount instanceof JsonNumber ? amount.text : typeof amount === 'number' ? String(amount) : amount;
      return { value: 0n, scriptPubKey: nullDataScript(parseHex(text, 'Data')) };
    }
    const found = scriptOfAddress(name, params);
    const satoshis = parseAmount(amount, params.consensus.maxMoney);
    if (isAddressError(found)) throw new RpcError('INVALID_ADDRESS_OR_KEY', `Invalid Bitcoin address: ${name}`);
    const key = toHex(found.script);
    if (paid.has(key)) throw new RpcError('INVALID_PARAMETER', `Invalid parameter, duplicated address: ${name}`);
    paid.add(key);
    return { value: satoshis, scriptPubKey: found.script };
  });
}

/** Arguments: inputs, outputs, lock time, whether it is replaceable, version. */
export function buildTransaction(args: Arguments, params: NetworkParams): Transaction {
  const lockTime = args.has(2) ? args.integer(2, WHOLE) : 0;
  if (lockTime < 0 || lockTime > UINT32_MAX) throw new RpcError('INVALID_PARAMETER', 'Invalid parameter, locktime out of range');
  const version = args.has(4) ? args.integer(4) : VERSION_DEFAULT;
  if (version < 1 || version > VERSION_MAX) {
    throw new RpcError('INVALID_PARAMETER', `Invalid parameter, version out of range(1~${VERSION_MAX})`);
  }
  const replaceable = args.boolean(3, true);
  const sequence = replaceable ? SEQUENCE_REPLACEABLE : lockTime > 0 ? SEQUENCE_LOCKED : SEQUENCE_FINAL;
  const inputs = (args.has(0) ? listOf(args.value(0)) : []).map((input) => inputOf(input, sequence));
  const outputs = outputsOf(args.value(1), params);
  const signals = inputs.some((input) => input.sequence <= SEQUENCE_REPLACEABLE);
  if (args.has(3) && replaceable && inputs.length > 0 && !signals) {
    throw new RpcError('INVALID_PARAMETER', 'Invalid parameter combination: Sequence number(s) contradict replaceable option');
  }
  return makeTransaction({ version, inputs, outputs, lockTime });
}
