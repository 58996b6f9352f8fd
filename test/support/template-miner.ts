/**
 * A miner as a stranger writes one after BIP-22, 23 and 145: it knows the answers of `getblocktemplate` and Node's SHA-256, and shares
 * nothing with the node whose templates it finishes.
 *
 * @module
 */

import { createHash } from 'node:crypto';

/** What it reads of a template. */
export interface BlockTemplateAnswer {
  readonly version: number;
  readonly rules: readonly string[];
  readonly previousblockhash: string;
  readonly transactions: readonly {
    readonly data: string;
    readonly txid: string;
    readonly hash: string;
    readonly depends: readonly number[];
    readonly fee: number;
    readonly sigops: number;
    readonly weight: number;
  }[];
  readonly coinbasevalue: number;
  readonly longpollid: string;
  readonly target: string;
  readonly mintime: number;
  readonly curtime: number;
  readonly bits: string;
  readonly height: number;
  readonly sigoplimit: number;
  readonly sizelimit: number;
  readonly weightlimit: number;
  readonly default_witness_commitment: string;
}

/** Nonces that are tried: on regtest every second one will do. */
const NONCES_MAX = 100_000;

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function sha256d(bytes: Uint8Array): Buffer {
  return sha256(sha256(bytes));
}

/** Hashes are shown with their bytes turned around. */
function turned(hex: string): Buffer {
  return Buffer.from(hex, 'hex').reverse();
}

function little(value: number | bigint, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0, rest = BigInt(value); at < sizeBytes; at++, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

function count(value: number): Buffer {
  return value < 0xfd ? little(value, 1) : Buffer.concat([Buffer.of(0xfd), little(value, 2)]);
}

/** Bytes with their count before them. */
function counted(bytes: Uint8Array): Buffer {
  return Buffer.concat([count(bytes.length), bytes]);
}

function merkleRoot(leaves: readonly Buffer[]): Buffer {
  let row = leaves;
  while (row.length > 1) row = row.flatMap((left, at) => (at % 2 === 1 ? [] : [sha256d(Buffer.concat([left, row[at + 1] ?? left]))]));
  return row[0] as Buffer;
}

/** A height as a script pushes it: a number of as few bytes as its sign leaves. */
function heightPush(height: number): Buffer {
  if (height <= 16) return Buffer.of(0x50 + height, 0);
  let sizeBytes = 1;
  while (height >= 2 ** (8 * sizeBytes - 1)) sizeBytes++;
  return counted(little(height, sizeBytes));
}

/** A transaction with one input, in both forms. */
export interface RawTransaction {
  readonly hex: string;
  readonly txid: string;
}

/** A transaction that spends one output with a witness. */
export function oneInput(options: {
  readonly prevout: Uint8Array;
  readonly script: Uint8Array;
  readonly witness: readonly Uint8Array[];
  readonly outputs: readonly { readonly value: number; readonly script: Uint8Array }[];
}): RawTransaction {
  const { prevout, script, witness, outputs } = options;
  const version = little(2, 4);
  const lockTime = little(0, 4);
  const body = Buffer.concat([
    ...[count(1), prevout, counted(script), little(0xffffffff, 4)],
    ...[count(outputs.length), ...outputs.map((output) => Buffer.concat([little(output.value, 8), counted(output.script)]))],
  ]);
  const whole = Buffer.concat([version, Buffer.of(0, 1), body, count(witness.length), ...witness.map(counted), lockTime]);
  const id = sha256d(Buffer.concat([version, body, lockTime]));
  return { hex: whole.toString('hex'), txid: id.reverse().toString('hex') };
}

/** Where a transaction's output is named in an input. */
export function outputOf(txid: string, vout: number): Buffer {
  return Buffer.concat([turned(txid), little(vout, 4)]);
}

/** The commitment that the template's transactions ask for (BIP-141), worked out anew. */
export function commitmentScript(template: BlockTemplateAnswer): string {
  const root = merkleRoot([Buffer.alloc(32), ...template.transactions.map(({ hash }) => turned(hash))]);
  return `6a24aa21a9ed${sha256d(Buffer.concat([root, Buffer.alloc(32)])).toString('hex')}`;
}

/** The block of a template, with work. `takes` is what the coinbase pays to itself; the template's value unless given. */
export function mineTemplate(
  template: BlockTemplateAnswer,
  script: Uint8Array,
  options: { readonly takes?: number; readonly salt?: number } = {},
): string {
  const { takes = template.coinbasevalue, salt = 0 } = options;
  const coinbase = oneInput({
    prevout: Buffer.concat([Buffer.alloc(32), little(0xffffffff, 4)]),
    script: Buffer.concat([heightPush(template.height), counted(little(salt, 4))]),
    witness: [Buffer.alloc(32)],
    outputs: [
      { value: takes, script },
      { value: 0, script: Buffer.from(template.default_witness_commitment, 'hex') },
    ],
  });
  const root = merkleRoot([turned(coinbase.txid), ...template.transactions.map(({ txid }) => turned(txid))]);
  const head = Buffer.concat([
    ...[little(BigInt.asUintN(32, BigInt(template.version)), 4), turned(template.previousblockhash), root],
    ...[little(template.curtime, 4), turned(template.bits)],
  ]);
  for (let nonce = 0; nonce < NONCES_MAX; nonce++) {
    const header = Buffer.concat([head, little(nonce, 4)]);
    if (sha256d(header).reverse().toString('hex') > template.target) continue;
    const transactions = [coinbase.hex, ...template.transactions.map(({ data }) => data)];
    return header.toString('hex') + count(transactions.length).toString('hex') + transactions.join('');
  }
  throw new Error(`no work for ${template.target} in ${NONCES_MAX} tries`);
}

/** The hash of a block in hexadecimal, as it is shown. */
export function blockHashOf(block: string): string {
  return sha256d(Buffer.from(block.slice(0, 160), 'hex'))
    .reverse()
    .toString('hex');
}
