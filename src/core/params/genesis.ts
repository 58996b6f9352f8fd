/**
 * The first block of a network, made of a few values in the way Bitcoin's was.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { bytesEqual, concatBytes, printableAscii, utf8ToBytes } from '../base/bytes.ts';
import type { Block, BlockHeader } from '../primitives/block.ts';
import { makeBlock, makeHeader } from '../primitives/block.ts';
import { decodeBits, hashToNumber } from '../primitives/compact-target.ts';
import type { MerkleRoot } from '../primitives/ids.ts';
import { zeroHash } from '../primitives/ids.ts';
import type { Satoshis, Transaction } from '../primitives/transaction.ts';
import { makeTransaction, NULL_VOUT } from '../primitives/transaction.ts';

/** What a genesis block is made of. */
export interface GenesisFields {
  /** What its coinbase says: printable ASCII, 1 to `GENESIS_TEXT_LENGTH_MAX` characters. */
  readonly text: string;
  readonly timeSeconds: number;
  readonly bits: number;
  readonly nonce: number;
  /** Version of the header, signed 32 bits. */
  readonly version: number;
  /** Base units of its only output. Nobody gets them: Core's genesis coinbase never enters the coin set, nor does ours. */
  readonly reward: Satoshis;
  /** Script of its only output. */
  readonly outputScript: Uint8Array;
}

/** Most characters of a genesis text: with what stands before it, the coinbase's script keeps within the 100 bytes that one may have. */
export const GENESIS_TEXT_LENGTH_MAX = 91;

/** What a genesis text must be, for an error. */
export const GENESIS_TEXT_WANTED: string = `1 to ${GENESIS_TEXT_LENGTH_MAX} printable ASCII characters`;

/** OP_RETURN: nobody could spend such an output, even if a genesis coinbase entered the coin set, which it does not. */
export const UNSPENDABLE_SCRIPT: Uint8Array = Uint8Array.of(0x6a);

/**
 * What stands before the text in every genesis coinbase of Core's (`CreateGenesisBlock`): a push of Bitcoin's first `bits`
 * and a push of 4. It carries no meaning; keeping it makes the public networks' blocks come out of the same function.
 */
const SCRIPT_BEFORE_TEXT = Uint8Array.of(4, 0xff, 0xff, 0, 0x1d, 1, 4);

/** Longest push that is its own length opcode; longer ones have OP_PUSHDATA1 and a byte of length. */
const DIRECT_PUSH_MAX = 75;
const OP_PUSHDATA1 = 0x4c;

/** Whether a text can stand in a genesis block. */
export function isGenesisText(text: string): boolean {
  return text.length <= GENESIS_TEXT_LENGTH_MAX && /^[\x20-\x7e]+$/.test(text);
}

/** The genesis block of these values. Core's `CreateGenesisBlock`. Whether its hash meets its target is not looked at. */
export function makeGenesis(fields: GenesisFields): Block {
  assert(isGenesisText(fields.text), 'a genesis text is short printable ASCII');
  const text = utf8ToBytes(fields.text);
  const push = text.length <= DIRECT_PUSH_MAX ? Uint8Array.of(text.length) : Uint8Array.of(OP_PUSHDATA1, text.length);
  const coinbase = makeTransaction({
    version: 1,
    inputs: [
      {
        prevout: { txid: zeroHash(), vout: NULL_VOUT },
        scriptSig: concatBytes(SCRIPT_BEFORE_TEXT, push, text),
        sequence: 0xffffffff,
        witness: [],
      },
    ],
    outputs: [{ value: fields.reward, scriptPubKey: fields.outputScript }],
    lockTime: 0,
  });
  const header = makeHeader({
    version: fields.version,
    prevBlockHash: zeroHash(),
    // The root over one transaction is its id.
    merkleRoot: coinbase.txid as Uint8Array as MerkleRoot,
    timeSeconds: fields.timeSeconds,
    bits: fields.bits,
    nonce: fields.nonce,
  });
  return makeBlock(header, [coinbase]);
}

/** The values a genesis block was made of: `makeGenesis` of them gives the same block. The block must come from `makeGenesis`. */
export function genesisFieldsOf(block: Block): GenesisFields {
  const { version, timeSeconds, bits, nonce } = block.header;
  const coinbase = block.transactions[0] as Transaction | undefined;
  const output = coinbase?.outputs[0];
  const script = coinbase?.inputs[0]?.scriptSig;
  assert(output !== undefined && script !== undefined, 'a genesis block has one transaction with one input and one output');
  const at = SCRIPT_BEFORE_TEXT.length;
  const text = printableAscii(script.subarray(at + (script[at] === OP_PUSHDATA1 ? 2 : 1)));
  const fields = { text, timeSeconds, bits, nonce, version, reward: output.value, outputScript: output.scriptPubKey };
  assert(bytesEqual(makeGenesis(fields).header.hash, block.header.hash), 'a genesis block has the form that makeGenesis gives it');
  return fields;
}

/** Whether a header's hash meets the target that its own `bits` say. */
export function meetsOwnTarget(header: BlockHeader): boolean {
  const { target, negative, overflow } = decodeBits(header.bits);
  return !negative && !overflow && target > 0n && hashToNumber(header.hash) <= target;
}
