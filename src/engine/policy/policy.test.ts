import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Coin } from '../../core/consensus/coin.ts';
import { hash160, sha256 } from '../../core/crypto/sha256.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import type { Transaction, TransactionFields, TxInput } from '../../core/primitives/transaction.ts';
import { makeTransaction, transactionWeightWu } from '../../core/primitives/transaction.ts';
import { OP } from '../../core/script/opcodes.ts';
import {
  anchorScript,
  multisigScript,
  nullDataScript,
  p2pkhScript,
  p2shScript,
  p2trScript,
  p2wpkhScript,
  p2wshScript,
  witnessProgramScript,
} from '../../core/script/output-template.ts';
import { encodePush, encodeScript } from '../../core/script/script-writer.ts';
import { checkInputsStandard, checkWitnessStandard, spendsWitnessProgram } from './check-inputs-standard.ts';
import { checkStandardTransaction, dustThreshold, isDust } from './check-standard.ts';
import { improvesFeeDiagram } from './fee-diagram.ts';
import { compareFeeRates, feeAtRate } from './fee-rate.ts';
import { DEFAULT_POLICY } from './options.ts';
import { checkReplacement } from './replacement.ts';
import { checkTruc } from './truc.ts';

const HASH20 = new Uint8Array(20).fill(7);
const P2PKH = p2pkhScript(HASH20);
const P2WPKH = p2wpkhScript(HASH20);
const KEY = Uint8Array.of(2, ...new Uint8Array(32).fill(9));
const EMPTY: Uint8Array = new Uint8Array();

function input(fields: Partial<TxInput> = {}): TxInput {
  return { prevout: { txid: new Uint8Array(32).fill(1) as Txid, vout: 0 }, scriptSig: EMPTY, sequence: 0xffffffff, witness: [], ...fields };
}

function transaction(fields: Partial<TransactionFields> = {}): Transaction {
  return makeTransaction({ version: 2, inputs: [input()], outputs: [{ value: 100_000n, scriptPubKey: P2WPKH }], lockTime: 0, ...fields });
}

function reasonOf(tx: Transaction, policy = DEFAULT_POLICY): string | undefined {
  return checkStandardTransaction(tx, policy)?.reason;
}

function paying(...scripts: readonly Uint8Array[]): Transaction {
  return transaction({ outputs: scripts.map((scriptPubKey) => ({ value: 100_000n, scriptPubKey })) });
}

describe('the form of a standard transaction', () => {
  it('has version 1, 2 or 3', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((version) => reasonOf(transaction({ version }))),
      ['version', undefined, undefined, undefined, 'version'],
    );
    assert.equal(reasonOf(transaction({ version: 0xffffffff })), 'version');
  });

  it('weighs at most 400,000', () => {
    const base = transactionWeightWu(transaction({ inputs: [input({ witness: [new Uint8Array(70_000)] })] })) - 70_000;
    const of = (weightWu: number) => transaction({ inputs: [input({ witness: [new Uint8Array(weightWu - base)] })] });
    assert.equal(transactionWeightWu(of(400_000)), 400_000);
    assert.equal(reasonOf(of(400_000)), undefined);
    assert.equal(reasonOf(of(400_001)), 'tx-size');
  });

  it('has input scripts of at most 1,650 bytes that only push', () => {
    const pushes = (sizeBytes: number) => Uint8Array.from({ length: sizeBytes }, () => OP.OP_1);
    assert.equal(reasonOf(transaction({ inputs: [input({ scriptSig: pushes(1_650) })] })), undefined);
    assert.equal(reasonOf(transaction({ inputs: [input({ scriptSig: pushes(1_651) })] })), 'scriptsig-size');
    assert.equal(reasonOf(transaction({ inputs: [input({ scriptSig: Uint8Array.of(OP.OP_NOP) })] })), 'scriptsig-not-pushonly');
  });

  it('pays to scripts of known shape', () => {
    assert.equal(
      reasonOf(paying(P2PKH, P2WPKH, p2shScript(HASH20), p2wshScript(sha256(EMPTY)), p2trScript(KEY.subarray(1)), anchorScript())),
      undefined,
    );
    assert.equal(reasonOf(paying(witnessProgramScript(2, KEY))), undefined, 'witness versions to come may be paid to');
    assert.equal(reasonOf(paying(Uint8Array.of(OP.OP_1))), 'scriptpubkey');
    assert.equal(reasonOf(paying(witnessProgramScript(0, HASH20.subarray(1)))), 'scriptpubkey');
  });

  it('has bare multisignature outputs of up to three keys, where they are permitted', () => {
    const keys = (count: number) => Array.from({ length: count }, () => KEY);
    assert.equal(reasonOf(paying(multisigScript(1, keys(3)))), undefined);
    assert.equal(reasonOf(paying(multisigScript(1, keys(4)))), 'scriptpubkey');
    assert.equal(reasonOf(paying(multisigScript(1, keys(1))), { ...DEFAULT_POLICY, permitBareMultisig: false }), 'bare-multisig');
  });

  it('carries as much data as the option says, over all outputs together', () => {
    const policy = { ...DEFAULT_POLICY, dataCarrierBytesMax: 83 };
    const data = (sizeBytes: number) => nullDataScript(new Uint8Array(sizeBytes));
    assert.equal(data(80).length, 83);
    assert.equal(reasonOf(paying(P2WPKH, data(80)), policy), undefined);
    assert.equal(reasonOf(paying(P2WPKH, data(81)), policy), 'datacarrier');
    assert.equal(reasonOf(paying(data(40), data(39)), policy), undefined);
    assert.equal(reasonOf(paying(data(40), data(40)), policy), 'datacarrier');
    assert.equal(reasonOf(paying(P2WPKH, nullDataScript()), { ...DEFAULT_POLICY, dataCarrierBytesMax: 0 }), 'datacarrier');
  });

  it('has at most one output of dust, which is 546 for P2PKH and 294 for P2WPKH', () => {
    assert.equal(dustThreshold(P2PKH, DEFAULT_POLICY), 546n);
    assert.equal(dustThreshold(P2WPKH, DEFAULT_POLICY), 294n);
    assert.equal(dustThreshold(nullDataScript(KEY), DEFAULT_POLICY), 0n);
    assert.equal(isDust({ value: 294n, scriptPubKey: P2WPKH }, DEFAULT_POLICY), false);
    assert.equal(isDust({ value: 293n, scriptPubKey: P2WPKH }, DEFAULT_POLICY), true);
    const dusty = (count: number) => transaction({ outputs: Array.from({ length: count }, () => ({ value: 293n, scriptPubKey: P2WPKH })) });
    assert.equal(reasonOf(dusty(1)), undefined);
    assert.equal(reasonOf(dusty(2)), 'dust');
  });
});

describe('what a standard transaction spends', () => {
  const coin = (scriptPubKey: Uint8Array): Coin => ({ value: 1n, scriptPubKey, height: 1, coinbase: false });
  const inputsReason = (inputs: readonly TxInput[], scripts: readonly Uint8Array[]) =>
    checkInputsStandard(transaction({ inputs }), scripts.map(coin))?.reason;
  const p2sh = (redeemScript: Uint8Array) => p2shScript(hash160(redeemScript));

  it('are outputs of known shape', () => {
    assert.equal(inputsReason([input()], [P2PKH]), undefined);
    assert.equal(inputsReason([input()], [Uint8Array.of(OP.OP_1)]), 'bad-txns-nonstandard-inputs');
    assert.equal(inputsReason([input()], [witnessProgramScript(2, KEY)]), 'bad-txns-nonstandard-inputs');
    assert.equal(inputsReason([input()], [p2sh(EMPTY)]), 'bad-txns-nonstandard-inputs', 'no redeem script at all');
  });

  it('are redeem scripts with at most 15 signature operations', () => {
    const checks = (count: number) => new Uint8Array(count).fill(OP.OP_CHECKSIG);
    assert.equal(inputsReason([input({ scriptSig: encodePush(checks(15)) })], [p2sh(checks(15))]), undefined);
    assert.equal(inputsReason([input({ scriptSig: encodePush(checks(16)) })], [p2sh(checks(16))]), 'bad-txns-nonstandard-inputs');
  });

  it('run at most 2,500 legacy signature operations together (BIP-54)', () => {
    const spend = (p2pkh: number, redeemSigops: number) => {
      const redeem = new Uint8Array(redeemSigops).fill(OP.OP_CHECKSIG);
      const inputs = [...Array.from({ length: p2pkh }, () => input()), input({ scriptSig: encodePush(redeem) })];
      return inputsReason(inputs, [...Array.from({ length: p2pkh }, () => P2PKH), p2sh(redeem)]);
    };
    assert.equal(spend(2_490, 10), undefined);
    assert.equal(spend(2_490, 11), 'bad-txns-nonstandard-inputs');
  });

  const witnessReason = (witness: readonly Uint8Array[], scriptPubKey: Uint8Array, scriptSig = EMPTY) =>
    checkWitnessStandard(transaction({ inputs: [input({ witness, scriptSig })] }), [coin(scriptPubKey)])?.reason;
  const items = (count: number, sizeBytes: number) => Array.from({ length: count }, () => new Uint8Array(sizeBytes));

  it('that are unusual are not refused for good: anybody on the way may have changed the witness', () => {
    const tx = transaction({ inputs: [input({ witness: [KEY] })] });
    assert.equal(checkWitnessStandard(tx, [coin(P2PKH)])?.kind, 'mutated');
  });

  it('have witnesses only where they belong', () => {
    assert.equal(witnessReason([KEY], P2WPKH), undefined);
    assert.equal(witnessReason([KEY], P2PKH), 'bad-witness-nonstandard');
    assert.equal(witnessReason([KEY], anchorScript()), 'bad-witness-nonstandard');
    assert.equal(witnessReason([KEY], p2sh(P2WPKH), encodePush(P2WPKH)), undefined);
    assert.equal(witnessReason([KEY], p2sh(P2PKH), encodePush(P2PKH)), 'bad-witness-nonstandard');
  });

  it('have P2WSH scripts of 3,600 bytes with 100 items of 80 bytes', () => {
    const script = p2wshScript(sha256(EMPTY));
    assert.equal(witnessReason([...items(100, 80), new Uint8Array(3_600)], script), undefined);
    assert.equal(witnessReason([...items(101, 80), new Uint8Array(3_600)], script), 'bad-witness-nonstandard');
    assert.equal(witnessReason([...items(100, 81), new Uint8Array(3_600)], script), 'bad-witness-nonstandard');
    assert.equal(witnessReason([...items(100, 80), new Uint8Array(3_601)], script), 'bad-witness-nonstandard');
  });

  it('have taproot witnesses without annex and with small items for a tapscript', () => {
    const script = p2trScript(KEY.subarray(1));
    const leaf = (version: number, sizeBytes: number) => [new Uint8Array(sizeBytes), EMPTY, Uint8Array.of(version, ...KEY.subarray(1))];
    assert.equal(witnessReason([new Uint8Array(64)], script), undefined);
    assert.equal(witnessReason([new Uint8Array(64), Uint8Array.of(0x50)], script), 'bad-witness-nonstandard');
    assert.equal(witnessReason(leaf(0xc0, 80), script), undefined);
    assert.equal(witnessReason(leaf(0xc0, 81), script), 'bad-witness-nonstandard');
    assert.equal(witnessReason(leaf(0xc2, 81), script), undefined, 'leaf versions to come have no limit');
    assert.equal(witnessReason([EMPTY, EMPTY], script), 'bad-witness-nonstandard', 'an empty control block');
  });

  it('tell a stripped transaction by the program it spends', () => {
    const spends = (scriptPubKey: Uint8Array, scriptSig = EMPTY) =>
      spendsWitnessProgram(transaction({ inputs: [input({ scriptSig })] }), [coin(scriptPubKey)]);
    assert.equal(spends(P2WPKH), true);
    assert.equal(spends(p2sh(P2WPKH), encodePush(P2WPKH)), true);
    assert.equal(spends(anchorScript()), false, 'an anchor needs no witness');
    assert.equal(spends(P2PKH, encodeScript([KEY])), false);
  });
});

describe('fee rates', () => {
  it('round a fee up', () => {
    assert.deepEqual([feeAtRate(100n, 110), feeAtRate(100n, 111), feeAtRate(1n, 1), feeAtRate(0n, 1)], [11n, 12n, 1n, 0n]);
  });

  it('are compared exactly, near ties too', () => {
    const of = (feeSat: bigint, adjustedWeightWu: number) => ({ feeSat, adjustedWeightWu });
    assert.equal(compareFeeRates(of(100n, 400), of(200n, 800)), 0);
    assert.ok(compareFeeRates(of(101n, 400), of(100n, 400)) > 0);
    const large = 2_000_000_000_000_000n;
    assert.ok(compareFeeRates(of(large + 1n, 400_000), of(large, 400_000)) > 0);
    assert.ok(compareFeeRates(of(large, 400_000), of(large + 1n, 400_000)) < 0);
  });
});

describe('a replacement', () => {
  const chunk = (feeSat: bigint, adjustedWeightWu = 400) => ({ feeSat, adjustedWeightWu });
  const judge = (feeSat: bigint, fields: Partial<Parameters<typeof checkReplacement>[0]> = {}) =>
    checkReplacement(
      { feeSat, vsizeBytes: 100, replacedFeeSat: 1_000n, conflictClusters: 1, before: [chunk(1_000n)], after: [chunk(feeSat)], ...fields },
      DEFAULT_POLICY,
    )?.reason;

  it('pays what it replaces and its own relay on top', () => {
    assert.equal(judge(1_010n), undefined);
    assert.equal(judge(1_009n), 'insufficient fee');
  });

  it('touches at most 100 clusters with its conflicts', () => {
    assert.equal(judge(9_000n, { conflictClusters: 100 }), undefined);
    assert.equal(judge(9_000n, { conflictClusters: 101 }), 'too many potential replacements');
  });

  it('may not make the pool worse anywhere', () => {
    assert.equal(judge(2_000n, { after: [chunk(2_000n, 801)] }), 'replacement-failed');
  });
});

describe('diagrams of fee rates', () => {
  const chunk = (feeSat: bigint, adjustedWeightWu: number) => ({ feeSat, adjustedWeightWu });

  it('improve where some weight pays more and none less', () => {
    assert.equal(improvesFeeDiagram([chunk(100n, 100)], [chunk(101n, 100)]), true);
    assert.equal(improvesFeeDiagram([chunk(100n, 100)], [chunk(100n, 99)]), true);
    assert.equal(improvesFeeDiagram([chunk(100n, 100)], [chunk(100n, 100)]), false, 'the same is no improvement');
    assert.equal(improvesFeeDiagram([chunk(100n, 100)], [chunk(150n, 200)]), false, 'more in all, less for the first weight');
    assert.equal(improvesFeeDiagram([chunk(100n, 100)], [chunk(99n, 50)]), false, 'a better rate, less in all');
    assert.equal(improvesFeeDiagram([chunk(10n, 100), chunk(100n, 100)], [chunk(111n, 200)]), false, 'order does not matter');
    assert.equal(improvesFeeDiagram([], [chunk(1n, 1)]), true);
  });
});

describe('transactions of version 3 (BIP-431)', () => {
  const parent = { version: 3, hasParents: false, hasOtherChild: false };
  const judge = (vsizeBytes: number, parents: readonly (typeof parent)[] = [], version = 3) =>
    checkTruc({ version, vsizeBytes, parents })?.detail?.rule;

  it('have 10,000 virtual bytes, and 1,000 where they spend an unconfirmed output', () => {
    assert.equal(judge(10_000), undefined);
    assert.equal(judge(10_001), 'too-large');
    assert.equal(judge(1_000, [parent]), undefined);
    assert.equal(judge(1_001, [parent]), 'child-too-large');
  });

  it('have one unconfirmed parent and one child', () => {
    assert.equal(judge(100, [parent, parent]), 'too-many-ancestors');
    assert.equal(judge(100, [{ ...parent, hasParents: true }]), 'too-many-ancestors');
    assert.equal(judge(100, [{ ...parent, hasOtherChild: true }]), 'too-many-descendants');
  });

  it('do not mix with other versions', () => {
    assert.equal(judge(100, [{ ...parent, version: 2 }]), 'truc-spends-other-version');
    assert.equal(judge(100, [parent], 2), 'other-version-spends-truc');
    assert.equal(judge(100, [{ ...parent, version: 2 }], 2), undefined);
  });
});
