/**
 * What a chain does by its network's data: signatures of blocks, scripts that are not run again, rules that begin at a height.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, buildChain, childOf, genesisParent, mineHeader, outputOf, spend } from '../../../test/support/chain-builder.ts';
import { MemoryChain } from '../../../test/support/memory-chain.ts';
import { signedBlock } from '../../../test/support/signet-block.ts';
import { concatBytes } from '../../core/base/bytes.ts';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import { regtest, regtestWithHeights } from '../../core/params/regtest.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import { type Block, makeBlock } from '../../core/primitives/block.ts';
import type { ChainWork } from '../../core/primitives/compact-target.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { ASSUMED_BURIED_SECONDS } from './assume-valid.ts';

const secp256k1 = chooseSecp256k1('auto');
const KEY = new Uint8Array(32).fill(7);
const CHALLENGE = concatBytes(Uint8Array.of(33), secp256k1.publicKeyOf(KEY) ?? assert.fail(), Uint8Array.of(0xac));

describe('a chain whose blocks are signed', () => {
  // As easy as regtest, so that a test can mine on it.
  const params: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, signetChallenge: CHALLENGE } };
  const mined = (block: Block): Block => makeBlock(mineHeader(block.header, params.consensus), block.transactions);

  it('takes a block with a solution, and the same without it is invalid for ever', async () => {
    const node = await MemoryChain.open(params, params.genesis.header.timeSeconds + 600);
    const unsigned = mined(signedBlock({ params }));
    assert.equal(await node.take(unsigned), 'bad-signet-blksig');
    assert.equal((await node.chain.acceptBlock(unsigned)).rejection?.kind, 'consensus');
    const foreign = mined(signedBlock({ params, key: new Uint8Array(32).fill(8), secp256k1 }));
    assert.equal(await node.take(foreign), 'bad-signet-blksig');
    assert.equal(node.tip.height, 0);
    assert.equal(await node.take(mined(signedBlock({ params, key: KEY, secp256k1 }))), undefined);
    assert.equal(node.tip.height, 1);
  });

  it('mines by itself where the challenge asks for no solution', async () => {
    const open: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, signetChallenge: Uint8Array.of(0x51) } };
    const node = await MemoryChain.open(open);
    await node.mine(3);
    assert.equal(node.tip.height, 3);
  });
});

describe('scripts below an assumed-valid block', () => {
  /** Blocks above the one with a script that fails, of 600 seconds of work each. */
  const ABOVE = ASSUMED_BURIED_SECONDS / 600;
  const base = buildChain({ parent: genesisParent(regtest), params: regtest, count: 101 });
  const parent = base.reduce((at, block) => childOf(at, block), genesisParent(regtest));
  const good = spend({ inputs: [outputOf(base[0]!.transactions[0]!)], outputs: [{ value: 1n, scriptPubKey: Uint8Array.of(0x51) }] });
  // OP_RETURN in the input script ends it.
  const bad = makeTransaction({ ...good, inputs: good.inputs.map((input) => ({ ...input, scriptSig: Uint8Array.of(0x6a) })) });
  const fails = buildBlock({ parent, params: regtest, transactions: [bad] });
  const above = buildChain({ parent: childOf(parent, fails), params: regtest, count: ABOVE + 1 });

  /** What becomes of the block when so many headers above it are known. */
  async function take(headers: number, changes: Partial<NetworkParams>): Promise<string | undefined> {
    const node = await MemoryChain.open({ ...regtest, ...changes }, regtest.genesis.header.timeSeconds + 10_000_000);
    for (const block of base) assert.equal(await node.take(block), undefined);
    const { rejection } = node.chain.acceptHeaders([fails, ...above.slice(0, headers)].map(({ header }) => header));
    assert.equal(rejection, undefined);
    return node.take(fails);
  }

  const assumeValid: BlockHash = above[5]!.header.hash;
  const FAILED = /^block-script-verify-flag-failed/;

  it('are not run when more than two weeks of work lie on top, and run when it is not more', async () => {
    assert.equal(await take(ABOVE + 1, { assumeValid }), undefined);
    assert.match((await take(ABOVE, { assumeValid })) ?? '', FAILED);
  });

  it('are run when the assumed block is not named, not known, or another branch', async () => {
    assert.match((await take(ABOVE + 1, {})) ?? '', FAILED);
    assert.match((await take(ABOVE + 1, { assumeValid: new Uint8Array(32).fill(1) as Uint8Array as BlockHash })) ?? '', FAILED);
    assert.match((await take(ABOVE + 1, { assumeValid: base[100]!.header.hash })) ?? '', FAILED);
  });

  it('are run while the best headers have less work than the network is known to have', async () => {
    const work = 2n * BigInt(1 + base.length + 1 + ABOVE + 1);
    assert.equal(await take(ABOVE + 1, { assumeValid, minimumChainWork: work as ChainWork }), undefined);
    assert.match((await take(ABOVE + 1, { assumeValid, minimumChainWork: (work + 1n) as ChainWork })) ?? '', FAILED);
  });
});

describe('rules at other heights on regtest', () => {
  it('hold from the height that the definition says', async () => {
    const params = regtestWithHeights({ bip34: 3 });
    const node = await MemoryChain.open(params, params.genesis.header.timeSeconds + 10_000);
    let at = genesisParent(params);
    // The coinbase of another height: bytes as for 9.
    const foretelling = (): Block => buildBlock({ parent: { ...at, height: 8 }, params, reward: 1n, extra: Uint8Array.of(at.height) });
    for (let height = 1; height <= 2; height++) {
      const block = foretelling();
      assert.equal(await node.take(block), undefined);
      at = childOf(at, block);
    }
    assert.equal(await node.take(foretelling()), 'bad-cb-height');
    assert.equal(node.tip.height, 2);
  });
});
