/**
 * Real blocks of main and testnet3 under the rules of their own heights, from the header's work to the last script.
 */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hex } from '../../../test/support/core-script-text.ts';
import { testnet3 } from '../../../test/support/testnet3.ts';
import { describeVectors, readVectorBytes, readVectorJson } from '../../../test/support/vectors.ts';
import { chooseSecp256k1 } from '../crypto/node/choose-secp256k1.ts';
import { main } from '../params/main.ts';
import type { NetworkParams } from '../params/types.ts';
import { type Block, decodeBlock } from '../primitives/block.ts';
import { type BlockHash, type HashKey, toDisplayHex, zeroHash } from '../primitives/ids.ts';
import { outPointKey } from '../primitives/transaction.ts';
import { verifyScript, verifyTransactionScripts } from '../script/verify-script.ts';
import { checkBlock } from './check-block.ts';
import { checkBlockInContext } from './check-block-in-context.ts';
import type { Coin } from './coin.ts';
import { type ConnectContext, connectBlock } from './connect-block.ts';
import { scriptFlagsAt } from './script-flags.ts';
import { blockSubsidy } from './subsidy.ts';

const secp256k1 = chooseSecp256k1('auto');

/** A height, and the flags that hold there: bits as Core's. */
const BLOCKS: readonly { readonly network: NetworkParams; readonly height: number; readonly flags: number }[] = [
  { network: main, height: 300_025, flags: 0x20801 },
  { network: testnet3, height: 928_816, flags: 0x20e15 },
  { network: testnet3, height: 928_828, flags: 0x20e15 },
  { network: testnet3, height: 1_087_400, flags: 0x20e15 },
];

const readBlock = (height: number): Block => decodeBlock(readVectorBytes(`blocks/block${height}.raw`));

/** Where a block stands; of the branch before it only the block that BIP-34 began with is known, and no time but its own. */
function contextOf(block: Block, height: number, network: NetworkParams): ConnectContext {
  const { heights, history } = network.consensus;
  return {
    height,
    prevMedianTimeSeconds: block.header.timeSeconds - 1,
    medianTimeAt: () => block.header.timeSeconds - 1,
    hashAt: (at) => (at === heights.bip34 && history.bip34Hash !== null ? history.bip34Hash : zeroHash<BlockHash>()),
  };
}

function coinsOf(block: Block, height: number): Map<HashKey, Coin> {
  const spent = readVectorJson<[number, string, number, number][]>(`blocks/block${height}.spent.json`);
  const prevouts = block.transactions.slice(1).flatMap((tx) => tx.inputs.map(({ prevout }) => prevout));
  assert.equal(prevouts.length, spent.length);
  const coin = ([value, script, at, coinbase]: [number, string, number, number]): Coin => ({
    value: BigInt(value),
    scriptPubKey: hex(script),
    height: at,
    coinbase: coinbase === 1,
  });
  return new Map(prevouts.map((prevout, i) => [outPointKey(prevout), coin(spent[i]!)]));
}

/** Height, hash, bytes, and scripts of what the block spends, without amounts. */
type FilterRow = readonly [height: number, hash: string, bytes: string, spentScripts: readonly string[], ...rest: string[]];

describeVectors('the blocks of testnet3 that BIP-158 published', () => {
  const rows = readVectorJson<readonly (FilterRow | readonly [string])[]>('bips/bip-0158/testnet-19.json');
  const blocks = rows.filter((row): row is FilterRow => row.length > 1);

  it('are valid under the rules of their heights, each of their scripts too whose signature needs no amount', () => {
    let verified = 0;
    let unknown = 0;
    for (const [height, hash, bytes, spent] of blocks) {
      const block = decodeBlock(hex(bytes));
      assert.equal(toDisplayHex(block.header.hash), hash);
      assert.equal(checkBlock(block, testnet3.consensus), undefined, `${height}`);
      assert.equal(checkBlockInContext(block, contextOf(block, height, testnet3), testnet3.consensus), undefined, `${height}`);
      const flags = scriptFlagsAt(height, testnet3.consensus, block.header.hash);
      let at = 0;
      for (const tx of block.transactions.slice(1)) {
        const outputs = tx.inputs.map(() => ({ value: 0n, scriptPubKey: hex(spent[at++]!) }));
        for (const [inputIndex, { witness }] of tx.inputs.entries()) {
          if (witness.length > 0) {
            unknown++;
            continue;
          }
          assert.equal(verifyScript({ tx, inputIndex, spentOutputs: outputs, flags, secp256k1 }), undefined, `${height}`);
          verified++;
        }
      }
      assert.equal(at, spent.length);
    }
    assert.deepEqual([blocks.length, verified, unknown], [10, 23, 2]);
  });

  it('are not valid a block later where their coinbase says the height', () => {
    const later = blocks.map(([height, , bytes]) => {
      const block = decodeBlock(hex(bytes));
      return checkBlockInContext(block, contextOf(block, height + 1, testnet3), testnet3.consensus)?.reason;
    });
    const { bip34 } = testnet3.consensus.heights;
    assert.deepEqual(
      later,
      blocks.map(([height]) => (height + 1 >= bip34 ? 'bad-cb-height' : undefined)),
    );
  });
});

describeVectors('real blocks under the rules of their heights', () => {
  for (const { network, height, flags } of BLOCKS) {
    it(`are valid: ${network.name} ${height}`, () => {
      const block = readBlock(height);
      const context = contextOf(block, height, network);
      assert.equal(checkBlock(block, network.consensus), undefined);
      assert.equal(checkBlockInContext(block, context, network.consensus), undefined);
      const result = connectBlock(block, coinsOf(block, height), context, network.consensus);
      assert.ok(result.rejection === undefined, result.rejection?.reason);
      const paid = block.transactions[0]!.outputs.reduce((sum, { value }) => sum + value, 0n);
      assert.ok(paid <= result.fees + blockSubsidy(height, network.consensus) && result.fees > 0n);
      assert.equal(result.scriptJobs.length, block.transactions.length - 1);
      for (const job of result.scriptJobs) {
        assert.equal(job.flags, flags);
        assert.equal(verifyTransactionScripts(job.tx, job.spentOutputs, job.flags, secp256k1), undefined, toDisplayHex(job.tx.txid));
      }
      const elsewhere = checkBlockInContext(block, { ...context, height: height + 1 }, network.consensus);
      assert.equal(elsewhere?.reason, 'bad-cb-height');
    });
  }

  it('are valid: main 413567, as far as can be told without its coins', () => {
    const block = readBlock(413_567);
    const context = contextOf(block, 413_567, main);
    assert.equal(checkBlock(block, main.consensus), undefined);
    assert.equal(checkBlockInContext(block, context, main.consensus), undefined);
    assert.equal(checkBlockInContext(block, { ...context, height: 413_568 }, main.consensus)?.reason, 'bad-cb-height');
  });

  it('has the genesis block of testnet3, whose parameters only tests have', () => {
    assert.equal(toDisplayHex(testnet3.genesis.header.hash), '000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943');
  });
});
