import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signedBlock } from '../../../test/support/signet-block.ts';
import { concatBytes } from '../base/bytes.ts';
import { chooseSecp256k1 } from '../crypto/node/choose-secp256k1.ts';
import { signet, signetWithChallenge } from '../params/signet.ts';
import { type Block, makeBlock, makeHeader } from '../primitives/block.ts';
import { makeTransaction, type Transaction } from '../primitives/transaction.ts';
import { verifyTransactionScripts } from '../script/verify-script.ts';
import { signetScriptCheck } from './check-signet-block.ts';

const secp256k1 = chooseSecp256k1('auto');
const KEY = new Uint8Array(32).fill(7);
const publicKey = secp256k1.publicKeyOf(KEY) ?? assert.fail();
const CHALLENGE = concatBytes(Uint8Array.of(33), publicKey, Uint8Array.of(0xac));
const MARK = Uint8Array.of(0xec, 0xc7, 0xda, 0xa2);

/** What the interpreter says of a block's signature: its error, undefined where it is good, `nothing` where there is none to judge. */
function verdict(block: Block, challenge: Uint8Array): string | undefined {
  const job = signetScriptCheck(block, challenge);
  if (job === undefined) return 'nothing';
  return verifyTransactionScripts(job.tx, job.spentOutputs, job.flags, secp256k1)?.error;
}

/** A block with another script in its coinbase output of the commitment. */
function withScript(block: Block, change: (script: Uint8Array) => Uint8Array): Block {
  const [coinbase, ...others] = block.transactions as [Transaction, ...Transaction[]];
  const outputs = coinbase.outputs.map((output, i) => (i === 1 ? { ...output, scriptPubKey: change(output.scriptPubKey) } : output));
  return makeBlock(block.header, [makeTransaction({ ...coinbase, outputs }), ...others]);
}

/** A block whose commitment is followed by a push of the mark and these bytes. */
function withSolution(solution: Uint8Array): Block {
  const plain = signedBlock({ params: signetWithChallenge(CHALLENGE) });
  return withScript(plain, (script) => concatBytes(script, Uint8Array.of(MARK.length + solution.length), MARK, solution));
}

describe('the signature of a block on a signet', () => {
  const params = signetWithChallenge(CHALLENGE);
  const block = signedBlock({ params, key: KEY, secp256k1 });

  it('is good when the key of the challenge made it, with any nonce', () => {
    assert.equal(verdict(block, CHALLENGE), undefined);
    const header = makeHeader({ ...block.header, nonce: block.header.nonce + 1, bits: 0x1d00ffff });
    assert.equal(verdict(makeBlock(header, block.transactions), CHALLENGE), undefined);
  });

  it('covers version, parent, time, and every transaction', () => {
    for (const changes of [
      { version: block.header.version + 1 },
      { prevBlockHash: signet.genesis.header.prevBlockHash },
      { timeSeconds: block.header.timeSeconds + 1 },
    ]) {
      const changed = makeBlock(makeHeader({ ...block.header, ...changes }), block.transactions);
      assert.notEqual(verdict(changed, CHALLENGE), undefined, JSON.stringify(changes));
    }
    const more = makeBlock(block.header, [...block.transactions, signet.genesis.transactions[0]!]);
    assert.notEqual(verdict(more, CHALLENGE), undefined);
  });

  it('is not good for another challenge, nor for that of the default signet', () => {
    const other = secp256k1.publicKeyOf(new Uint8Array(32).fill(8)) ?? assert.fail();
    assert.notEqual(verdict(block, concatBytes(Uint8Array.of(33), other, Uint8Array.of(0xac))), undefined);
    assert.notEqual(verdict(block, signet.consensus.signetChallenge ?? assert.fail()), undefined);
  });

  it('need not be there where the challenge asks for none, but a commitment must', () => {
    const plain = signedBlock({ params });
    assert.notEqual(verdict(plain, CHALLENGE), undefined);
    assert.equal(verdict(plain, Uint8Array.of(0x51)), undefined);
    const [coinbase] = plain.transactions as [Transaction];
    const bare = makeBlock(plain.header, [makeTransaction({ ...coinbase, outputs: coinbase.outputs.slice(0, 1) })]);
    assert.equal(verdict(bare, Uint8Array.of(0x51)), 'nothing');
    assert.equal(verdict(makeBlock(plain.header, []), Uint8Array.of(0x51)), 'nothing');
  });

  it('is nothing where its bytes are cut short or go on', () => {
    const trivial = Uint8Array.of(0x51);
    assert.equal(verdict(withSolution(Uint8Array.of(0, 0)), trivial), undefined);
    for (const solution of [[0], [0, 1], [5, 0], [0, 0, 0], [0, 1, 2, 0], [0, 0xff]])
      assert.equal(verdict(withSolution(Uint8Array.from(solution)), trivial), 'nothing', solution.join());
    // The mark alone is no solution: only one with bytes behind it counts.
    assert.equal(verdict(withSolution(new Uint8Array()), trivial), undefined);
  });
});
