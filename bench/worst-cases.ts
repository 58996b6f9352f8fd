/**
 * Ways to make a block slow to check, each to the limit that the rules set it or to where it takes the C++ node some seconds.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { concatBytes } from '../src/core/base/bytes.ts';
import { encodeDer } from '../src/core/crypto/der.ts';
import type { Secp256k1 } from '../src/core/crypto/secp256k1.ts';
import { hash160, sha256 } from '../src/core/crypto/sha256.ts';
import { ByteWriter } from '../src/core/primitives/byte-writer.ts';
import type { Transaction, TransactionFields, TxOutput } from '../src/core/primitives/transaction.ts';
import { makeTransaction, writeTxOutput } from '../src/core/primitives/transaction.ts';
import { OP } from '../src/core/script/opcodes.ts';
import { p2pkhScript, p2trScript, p2wshScript } from '../src/core/script/output-template.ts';
import { precomputeSighash } from '../src/core/script/precomputed-sighash.ts';
import { encodeNumberPush, encodePush, encodeScript } from '../src/core/script/script-writer.ts';
import { sighashTaproot } from '../src/core/script/sighash-taproot.ts';
import { TAPSCRIPT_LEAF_VERSION, tapleafHash, taprootOutputKey } from '../src/core/script/taproot.ts';
import type { SpendInput } from '../test/support/chain-builder.ts';
import { OP_RETURN, OP_TRUE } from '../test/support/chain-builder.ts';

/** One way to be slow. */
export interface WorstCase {
  /** What `count` counts. */
  readonly name: string;
  /** How much of it a block can hold. */
  readonly count: number;
  /** How much of it shows that both nodes take it. */
  readonly smokeCount: number;
  /** Scripts of the coins that it spends. */
  scripts(count: number): readonly Uint8Array[];
  /** Spends coins of these scripts, in order. */
  spend(coins: readonly SpendInput[], count: number): readonly Transaction[];
}

const PRIVATE_KEY = new Uint8Array(32).fill(11);
const SIGHASH_ALL = 1;
const SIGHASH_DEFAULT = 0;
const NO_BYTES = new Uint8Array();
/** The largest element of a stack. */
const ELEMENT = new Uint8Array(520).fill(1);
const WORTHLESS: readonly TxOutput[] = [{ value: 0n, scriptPubKey: OP_RETURN }];

function repeated(bytes: Uint8Array, times: number): Uint8Array {
  const out = new Uint8Array(bytes.length * times);
  for (let i = 0; i < times; i++) out.set(bytes, i * bytes.length);
  return out;
}

const copiesOf = (script: Uint8Array, count: number): Uint8Array[] => new Array<Uint8Array>(count).fill(script);

/** Spends coins in one transaction, without scripts and signatures. */
function bareSpend(coins: readonly SpendInput[], outputs: readonly TxOutput[]): TransactionFields {
  const inputs = coins.map(({ outPoint }) => ({ prevout: outPoint, scriptSig: NO_BYTES, sequence: 0xffffffff, witness: [] }));
  return { version: 2, inputs, outputs, lockTime: 0 };
}

/** The same witness in each input. */
function withWitness(fields: TransactionFields, witness: readonly Uint8Array[]): Transaction {
  return makeTransaction({ ...fields, inputs: fields.inputs.map((input) => ({ ...input, witness })) });
}

/**
 * Signature hashes of all inputs by the rules of 2009, SIGHASH_ALL, where all spend the same script. What stands before an input is hashed
 * once for all that follow: making the block shall not take as long as checking it.
 */
function legacyHashes({ version, inputs, outputs, lockTime }: TransactionFields, scriptCode: Uint8Array): Uint8Array[] {
  const bare = inputs.map(({ prevout, sequence }) => new ByteWriter().raw(prevout.txid).u32(prevout.vout).u8(0).u32(sequence).finish());
  const inputBytes = bare[0]!.length;
  const all = concatBytes(...bare);
  const tail = new ByteWriter().compactSize(outputs.length);
  for (const output of outputs) writeTxOutput(tail, output);
  const tailBytes = tail.u32(lockTime).u32(SIGHASH_ALL).finish();
  const before = createHash('sha256').update(new ByteWriter().u32(version).compactSize(inputs.length).finish());
  return inputs.map(({ prevout, sequence }, index) => {
    const signed = new ByteWriter().raw(prevout.txid).u32(prevout.vout).varBytes(scriptCode).u32(sequence).finish();
    const hash = before.copy().update(signed);
    before.update(bare[index]!);
    return sha256(
      hash
        .update(all.subarray((index + 1) * inputBytes))
        .update(tailBytes)
        .digest(),
    );
  });
}

/** The transaction with the most inputs that anybody made: each P2PKH input hashes all of it once more. */
function quadratic(secp256k1: Secp256k1): WorstCase {
  const publicKey = secp256k1.publicKeyOf(PRIVATE_KEY)!;
  const script = p2pkhScript(hash160(publicKey));
  const signed = (hash: Uint8Array): Uint8Array =>
    encodeScript([concatBytes(encodeDer(secp256k1.signEcdsa(hash, PRIVATE_KEY)), Uint8Array.of(SIGHASH_ALL)), publicKey]);
  return {
    ...{ name: 'P2PKH inputs of one transaction', count: 5_569, smokeCount: 80 },
    scripts: (count) => copiesOf(script, count),
    spend: (coins) => {
      const fields = bareSpend(coins, WORTHLESS);
      const hashes = legacyHashes(fields, script);
      return [makeTransaction({ ...fields, inputs: fields.inputs.map((input, i) => ({ ...input, scriptSig: signed(hashes[i]!) })) })];
    },
  };
}

/** A signature of something else: it is well formed, so that the curve has to say that it is wrong. */
function strangeSignature(secp256k1: Secp256k1): Uint8Array {
  return concatBytes(encodeDer(secp256k1.signEcdsa(new Uint8Array(32).fill(1), PRIVATE_KEY)), Uint8Array.of(SIGHASH_ALL));
}

/** Nothing of one signature hash can be used for the next, since each is of another part of the script. */
function codeSeparators(secp256k1: Secp256k1): WorstCase {
  const perScript = 50;
  const round = Uint8Array.of(OP.OP_2DUP, OP.OP_CHECKSIG, OP.OP_DROP, OP.OP_CODESEPARATOR);
  const script = concatBytes(
    encodeScript([strangeSignature(secp256k1), secp256k1.publicKeyOf(PRIVATE_KEY)!]),
    repeated(round, perScript),
    Uint8Array.of(OP.OP_2DROP, OP.OP_1),
  );
  const filler: TxOutput = { value: 0n, scriptPubKey: concatBytes(OP_RETURN, new Uint8Array(950_000)) };
  return {
    ...{ name: 'OP_CODESEPARATOR, each with a signature over 950 kB', count: 1_000, smokeCount: perScript },
    scripts: (count) => copiesOf(script, count / perScript),
    spend: (coins) => [makeTransaction(bareSpend(coins, [filler]))],
  };
}

/** Scripts of 10 kB full of the signature that is to be taken out of them before each check. */
function findAndDelete(secp256k1: Secp256k1): WorstCase {
  const signature = strangeSignature(secp256k1);
  const rounds = 66;
  const script = concatBytes(
    repeated(encodePush(signature), 130),
    encodePush(secp256k1.publicKeyOf(PRIVATE_KEY)!),
    repeated(Uint8Array.of(OP.OP_2DUP, OP.OP_CHECKSIG, OP.OP_DROP), rounds),
    OP_TRUE,
  );
  return {
    ...{ name: 'signatures deleted from scripts of 10 kB', count: 95 * rounds, smokeCount: rounds },
    scripts: (count) => copiesOf(script, count / rounds),
    spend: (coins) => [makeTransaction(bareSpend(coins, WORTHLESS))],
  };
}

/** All signature operations that a block may have, none of which is right: a multisignature tries each key. */
function multisignatures(secp256k1: Secp256k1): WorstCase {
  const [keys, perScript] = [20, 9];
  const publicKeys = Array.from({ length: keys }, (_, i) => secp256k1.publicKeyOf(new Uint8Array(32).fill(i + 1))!);
  const signature = strangeSignature(secp256k1);
  const [one, twenty] = [OP.OP_1, encodeNumberPush(keys)];
  const round = concatBytes(encodeScript([OP.OP_0, signature, one, ...publicKeys]), twenty, Uint8Array.of(OP.OP_CHECKMULTISIG, OP.OP_DROP));
  const script = concatBytes(repeated(round, perScript), OP_TRUE);
  const perInput = keys * perScript;
  return {
    ...{ name: 'keys of OP_CHECKMULTISIG', count: 444 * perInput, smokeCount: perInput },
    scripts: (count) => copiesOf(p2wshScript(sha256(script)), count / perInput),
    spend: (coins) => [withWitness(bareSpend(coins, WORTHLESS), [script])],
  };
}

/** An output that is spent by a script, and the end of the witness that does so. */
interface Tapscript {
  readonly scriptPubKey: Uint8Array;
  readonly leafHash: Uint8Array;
  /** Script and control block. */
  readonly witnessEnd: readonly Uint8Array[];
}

function tapscript(secp256k1: Secp256k1, script: Uint8Array): Tapscript {
  const internalKey = secp256k1.publicKeyOf(PRIVATE_KEY)!.subarray(1);
  const leafHash = tapleafHash(TAPSCRIPT_LEAF_VERSION, script);
  const { key, parity } = taprootOutputKey(secp256k1, internalKey, leafHash)!;
  const controlBlock = concatBytes(Uint8Array.of(TAPSCRIPT_LEAF_VERSION | parity), internalKey);
  return { scriptPubKey: p2trScript(key), leafHash, witnessEnd: [script, controlBlock] };
}

/** As many Schnorr signatures as the witness pays for: 50 bytes each, which pushes fill up. */
function schnorrSignatures(secp256k1: Secp256k1): WorstCase {
  const paddingOf = (count: number): Uint8Array =>
    repeated(concatBytes(encodePush(ELEMENT), Uint8Array.of(OP.OP_DROP)), Math.ceil((count * 50) / (ELEMENT.length + 4)));
  const tapscriptOf = (count: number): Tapscript => {
    const checks = repeated(Uint8Array.of(OP.OP_2DUP, OP.OP_CHECKSIGVERIFY), count - 1);
    return tapscript(secp256k1, concatBytes(checks, Uint8Array.of(OP.OP_CHECKSIG), paddingOf(count)));
  };
  const publicKey = secp256k1.publicKeyOf(PRIVATE_KEY)!.subarray(1);
  return {
    ...{ name: 'Schnorr signatures of a tapscript', count: 76_000, smokeCount: 20 },
    scripts: (count) => [tapscriptOf(count).scriptPubKey],
    spend: (coins, count) => {
      const fields = bareSpend(coins, WORTHLESS);
      const { scriptPubKey, leafHash, witnessEnd } = tapscriptOf(count);
      const precomputed = precomputeSighash(makeTransaction(fields), [{ value: coins[0]!.value, scriptPubKey }]);
      const context = { annexHash: undefined, tapleafHash: leafHash, codeSeparatorPosition: 0xffffffff };
      const hash = sighashTaproot(precomputed, 0, SIGHASH_DEFAULT, context)!;
      const signature = secp256k1.signSchnorr(hash, PRIVATE_KEY, new Uint8Array(32));
      return [withWitness(fields, [signature, publicKey, ...witnessEnd])];
    },
  };
}

/** A tapscript that does one thing again and again with what lies on its stack. */
function tapscriptLoop(
  secp256k1: Secp256k1,
  what: Pick<WorstCase, 'name' | 'count'> & {
    readonly stack: readonly Uint8Array[];
    readonly round: Uint8Array;
    readonly end?: Uint8Array;
  },
): WorstCase {
  const scriptOf = (count: number): Tapscript => tapscript(secp256k1, concatBytes(repeated(what.round, count), what.end ?? NO_BYTES));
  return {
    ...{ name: what.name, count: what.count, smokeCount: 10 },
    scripts: (count) => [scriptOf(count).scriptPubKey],
    spend: (coins, count) => [withWitness(bareSpend(coins, WORTHLESS), [...what.stack, ...scriptOf(count).witnessEnd])],
  };
}

/** Most elements on a stack, all of which move when the lowest is brought up. */
function rolls(secp256k1: Secp256k1): WorstCase {
  const elements = 999;
  return tapscriptLoop(secp256k1, {
    ...{ name: 'OP_ROLL of 999 elements', count: 980_000 },
    stack: copiesOf(Uint8Array.of(1), elements),
    round: concatBytes(encodeNumberPush(elements - 1), Uint8Array.of(OP.OP_ROLL)),
    end: repeated(Uint8Array.of(OP.OP_2DROP), (elements - 1) / 2),
  });
}

/** The largest stack: 1,000 elements of 520 bytes, filled and emptied again and again. */
function largeStacks(secp256k1: Secp256k1): WorstCase {
  const round = concatBytes(repeated(Uint8Array.of(OP.OP_3DUP), 332), repeated(Uint8Array.of(OP.OP_2DROP), 498));
  return tapscriptLoop(secp256k1, {
    ...{ name: 'times a stack of 999 elements of 520 bytes', count: 4_600 },
    stack: copiesOf(ELEMENT, 3),
    round,
    end: Uint8Array.of(OP.OP_2DROP),
  });
}

/** One hash of the largest element, as often as a block can hold. */
function hashing(secp256k1: Secp256k1, name: 'OP_HASH256' | 'OP_RIPEMD160' | 'OP_SHA1'): WorstCase {
  return tapscriptLoop(secp256k1, {
    ...{ name: `${name} of 520 bytes`, count: 1_300_000 },
    stack: [ELEMENT],
    round: Uint8Array.of(OP.OP_DUP, OP[name], OP.OP_DROP),
  });
}

/** Hashes of hashes: a byte of script for each, none of which has been worked out before. */
function chainOfHashes(secp256k1: Secp256k1, name: 'OP_HASH256' | 'OP_RIPEMD160' | 'OP_SHA1'): WorstCase {
  return tapscriptLoop(secp256k1, {
    ...{ name: `${name}, each of the one before`, count: 3_900_000 },
    stack: [ELEMENT],
    round: Uint8Array.of(OP[name]),
  });
}

/** Coins that anyone can spend, as many as fit. */
const MOST_OUTPUTS: WorstCase = {
  ...{ name: 'outputs', count: 98_000, smokeCount: 50 },
  scripts: () => [OP_TRUE],
  spend: (coins, count) => [makeTransaction(bareSpend(coins, new Array<TxOutput>(count).fill({ value: 1n, scriptPubKey: OP_TRUE })))],
};

const MOST_INPUTS: WorstCase = {
  ...{ name: 'inputs', count: 24_000, smokeCount: 50 },
  scripts: (count) => copiesOf(OP_TRUE, count),
  spend: (coins) => [makeTransaction(bareSpend(coins, WORTHLESS))],
};

const MOST_TRANSACTIONS: WorstCase = {
  ...{ name: 'transactions', count: 16_000, smokeCount: 50 },
  scripts: (count) => copiesOf(OP_TRUE, count),
  spend: (coins) => coins.map((coin) => makeTransaction(bareSpend([coin], [{ value: coin.value, scriptPubKey: OP_TRUE }]))),
};

/** All ways. */
export function worstCases(secp256k1: Secp256k1): readonly WorstCase[] {
  const signatures = [quadratic, codeSeparators, findAndDelete, multisignatures, schnorrSignatures];
  const stacks = [rolls, largeStacks];
  const names = ['OP_HASH256', 'OP_RIPEMD160', 'OP_SHA1'] as const;
  const hashes = [...names.map((name) => hashing(secp256k1, name)), ...names.map((name) => chainOfHashes(secp256k1, name))];
  return [...[...signatures, ...stacks].map((make) => make(secp256k1)), ...hashes, MOST_OUTPUTS, MOST_INPUTS, MOST_TRANSACTIONS];
}
