/**
 * Signature hashes: Core's sighash.json (500 random transactions, the hash of 2009) and the wallet vectors of BIP-341.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hex } from '../../../test/support/core-script-text.ts';
import { engines } from '../../../test/support/secp256k1-engines.ts';
import { describeVectors, readVectorJson } from '../../../test/support/vectors.ts';
import { toHex } from '../base/bytes.ts';
import { toDisplayHex } from '../primitives/ids.ts';
import { decodeTransaction, makeTransaction, type TxOutput } from '../primitives/transaction.ts';
import { MANDATORY_FLAGS } from './flags.ts';
import { p2trScript } from './output-template.ts';
import { precomputeSighash } from './precomputed-sighash.ts';
import { sighashLegacy } from './sighash-legacy.ts';
import { sighashTaproot } from './sighash-taproot.ts';
import { sighashV0 } from './sighash-v0.ts';
import type { TaprootContext } from './signature-checker.ts';
import { tapbranchHash, tapleafHash, taprootMerkleRoot, taprootOutputKey, taptweakHash } from './taproot.ts';
import { verifyScript } from './verify-script.ts';

const KEY_PATH: TaprootContext = { annexHash: undefined, tapleafHash: undefined, codeSeparatorPosition: 0xffffffff };

type Tree = { readonly script: string; readonly leafVersion: number } | readonly [Tree, Tree];

interface OutputVector {
  readonly given: { readonly internalPubkey: string; readonly scriptTree: Tree | null };
  readonly intermediary: {
    readonly leafHashes?: readonly string[];
    readonly merkleRoot: string | null;
    readonly tweak: string;
    readonly tweakedPubkey: string;
  };
  readonly expected: { readonly scriptPubKey: string; readonly scriptPathControlBlocks?: readonly string[] };
}

interface SpendVector {
  readonly given: {
    readonly rawUnsignedTx: string;
    readonly utxosSpent: readonly { readonly scriptPubKey: string; readonly amountSats: number }[];
  };
  readonly intermediary: Readonly<Record<'hashAmounts' | 'hashOutputs' | 'hashPrevouts' | 'hashScriptPubkeys' | 'hashSequences', string>>;
  readonly inputSpending: readonly {
    readonly given: {
      readonly txinIndex: number;
      readonly internalPrivkey: string;
      readonly merkleRoot: string | null;
      readonly hashType: number;
    };
    readonly intermediary: {
      readonly internalPubkey: string;
      readonly tweak: string;
      readonly tweakedPrivkey: string;
      readonly sigHash: string;
    };
    readonly expected: { readonly witness: readonly [string] };
  }[];
}

interface WalletVectors {
  readonly scriptPubKey: readonly OutputVector[];
  readonly keyPathSpending: readonly SpendVector[];
}

/** Leaves of a tree from left to right, as hashes, and the hash of the whole. */
function hashTree(tree: Tree): { leaves: Uint8Array[]; root: Uint8Array } {
  if ('script' in tree) {
    const leaf = tapleafHash(tree.leafVersion, hex(tree.script));
    return { leaves: [leaf], root: leaf };
  }
  const [left, right] = tree.map(hashTree) as [ReturnType<typeof hashTree>, ReturnType<typeof hashTree>];
  return { leaves: [...left.leaves, ...right.leaves], root: tapbranchHash(left.root, right.root) };
}

describeVectors('core sighash.json', () => {
  it('gives all 500 hashes', () => {
    const rows = readVectorJson<[string, string, number, number, string][]>('core/sighash.json').filter((row) => row.length > 1);
    assert.equal(rows.length, 500);
    for (const [raw, script, inputIndex, hashType, expected] of rows) {
      const precomputed = precomputeSighash(decodeTransaction(hex(raw)), []);
      assert.equal(toDisplayHex(sighashLegacy(precomputed, inputIndex, hex(script), hashType)), expected, raw);
      // A second time, from what was computed the first time.
      assert.equal(toDisplayHex(sighashLegacy(precomputed, inputIndex, hex(script), hashType)), expected, raw);
    }
  });
});

describeVectors('BIP-341 wallet vectors', () => {
  const vectors = () => readVectorJson<WalletVectors>('core/bip341_wallet_vectors.json');

  for (const engine of engines) {
    it(`gives tree hashes, tweaks and output scripts with ${engine.name}`, () => {
      const { scriptPubKey } = vectors();
      assert.equal(scriptPubKey.length, 7);
      let controlBlocks = 0;
      for (const { given, intermediary, expected } of scriptPubKey) {
        const internalKey = hex(given.internalPubkey);
        const tree = given.scriptTree === null ? undefined : hashTree(given.scriptTree);
        assert.deepEqual(tree?.leaves.map(toHex), intermediary.leafHashes);
        assert.equal(tree === undefined ? null : toHex(tree.root), intermediary.merkleRoot);
        assert.equal(toHex(taptweakHash(internalKey, tree?.root)), intermediary.tweak);
        const output = taprootOutputKey(engine, internalKey, tree?.root);
        assert.ok(output !== undefined);
        assert.equal(toHex(output.key), intermediary.tweakedPubkey);
        assert.equal(toHex(p2trScript(output.key)), expected.scriptPubKey);
        for (const [i, text] of (expected.scriptPathControlBlocks ?? []).entries()) {
          const block = hex(text);
          assert.equal(block[0]! & 1, output.parity);
          assert.deepEqual(taprootMerkleRoot(block, tree!.leaves[i]!), tree!.root);
          controlBlocks++;
        }
      }
      assert.equal(controlBlocks, 12);
    });

    it(`gives the parts and the whole of each signature hash, and its signature verifies, with ${engine.name}`, () => {
      const { keyPathSpending } = vectors();
      assert.equal(keyPathSpending.length, 1);
      const { given, intermediary, inputSpending } = keyPathSpending[0]!;
      const tx = decodeTransaction(hex(given.rawUnsignedTx));
      const spentOutputs: TxOutput[] = given.utxosSpent.map((each) => ({
        value: BigInt(each.amountSats),
        scriptPubKey: hex(each.scriptPubKey),
      }));
      const precomputed = precomputeSighash(tx, spentOutputs);
      const { hashPrevouts, hashAmounts, hashScriptPubkeys, hashSequences, hashOutputs } = intermediary;
      assert.equal(toHex(precomputed.taproot()), hashPrevouts + hashAmounts + hashScriptPubkeys + hashSequences + hashOutputs);
      assert.equal(inputSpending.length, 7);
      for (const { given: input, intermediary: steps, expected } of inputSpending) {
        const hash = sighashTaproot(precomputed, input.txinIndex, input.hashType, KEY_PATH);
        assert.equal(hash && toHex(hash), steps.sigHash);
        const witness = expected.witness.map(hex);
        const inputs = tx.inputs.map((each, i) => (i === input.txinIndex ? { ...each, witness } : each));
        const signed = makeTransaction({ ...tx, inputs });
        const verification = { inputIndex: input.txinIndex, spentOutputs, flags: MANDATORY_FLAGS, secp256k1: engine };
        assert.equal(verifyScript({ ...verification, tx: signed }), undefined);
        const changed = makeTransaction({ ...signed, lockTime: tx.lockTime ^ 1 });
        assert.equal(verifyScript({ ...verification, tx: changed }), 'SCHNORR_SIG');
      }
    });
  }
});

describe('BIP-143', () => {
  it('gives the example of a native P2WPKH input', () => {
    const tx = decodeTransaction(
      hex(
        '0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffff' +
          'ef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac' +
          '9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000',
      ),
    );
    const spent = [
      { value: 0n, scriptPubKey: new Uint8Array(0) },
      { value: 600_000_000n, scriptPubKey: hex('00141d0f172a0ecb48aee1be1f2687d2963ae33f71a1') },
    ];
    const scriptCode = hex('76a9141d0f172a0ecb48aee1be1f2687d2963ae33f71a188ac');
    assert.equal(
      toHex(sighashV0(precomputeSighash(tx, spent), 1, scriptCode, 1)),
      'c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670',
    );
  });
});
