/**
 * The rules of a header that differ from network to network, each at its limit and one past it.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unknownHash } from '../../../test/support/chain-builder.ts';
import { testnet3 } from '../../../test/support/testnet3.ts';
import { main } from '../params/main.ts';
import { quoin } from '../params/quoin.ts';
import { regtest } from '../params/regtest.ts';
import { signet } from '../params/signet.ts';
import { testnet4 } from '../params/testnet4.ts';
import type { NetworkParams } from '../params/types.ts';
import { makeHeader } from '../primitives/block.ts';
import { decodeBits, encodeBits } from '../primitives/compact-target.ts';
import type { MerkleRoot } from '../primitives/ids.ts';
import { checkHeader, checkHeaderInContext } from './check-header.ts';
import type { RetargetBlock } from './next-bits.ts';

const TIME = 1_800_000_000;
const EARNED = 0x1c0ffff0;

interface Case {
  readonly network: NetworkParams;
  /** Of the header that is judged. */
  readonly height: number;
  readonly timeSeconds: number;
  readonly bits?: number;
  readonly version?: number;
  /** Time of the parent, `TIME` unless given. */
  readonly prevTimeSeconds?: number;
  readonly prevBits?: number;
  /** Of the first block of the period. */
  readonly firstBits?: number;
  readonly firstTimeSeconds?: number;
}

function reasonOf(said: Case): string | undefined {
  const { network, height, timeSeconds, prevTimeSeconds = TIME, version = 4 } = said;
  const { bits: easiest } = network.consensus.pow;
  const prevBits = said.prevBits ?? easiest;
  const prev: RetargetBlock = { height: height - 1, timeSeconds: prevTimeSeconds, bits: prevBits };
  const ancestor = (at: number): RetargetBlock =>
    at === prev.height ? prev : { height: at, timeSeconds: said.firstTimeSeconds ?? TIME - 1_209_600, bits: said.firstBits ?? prevBits };
  const header = makeHeader({
    version,
    prevBlockHash: unknownHash(),
    merkleRoot: unknownHash() as Uint8Array as MerkleRoot,
    timeSeconds,
    bits: said.bits ?? easiest,
    nonce: 0,
  });
  const context = { prev, ancestor, medianTimeSeconds: TIME - 3_600, nowSeconds: TIME };
  return checkHeaderInContext(header, context, network.consensus)?.reason;
}

describe('rules of a header that networks differ in', () => {
  it('lets a block on the test networks be easy from 1201 seconds after its parent, on no other network', () => {
    const at = (network: NetworkParams, late: number): string | undefined =>
      reasonOf({ network, height: 3_000, prevBits: EARNED, timeSeconds: TIME + late });
    for (const network of [testnet3, testnet4]) assert.deepEqual([at(network, 1_200), at(network, 1_201)], ['bad-diffbits', undefined]);
    for (const network of [main, signet]) assert.equal(at(network, 7_200), 'bad-diffbits', network.name);
    for (const network of [regtest, quoin]) assert.equal(at(network, 1_200), undefined, network.name);
  });

  it('retargets by the first bits of a period on testnet4, by the last elsewhere', () => {
    const half = (bits: number): number => encodeBits(decodeBits(bits).target / 2n);
    const at = (network: NetworkParams, bits: number): string | undefined =>
      reasonOf({
        network,
        height: 4_032,
        timeSeconds: TIME,
        bits,
        firstBits: EARNED,
        firstTimeSeconds: TIME - 604_800,
        prevTimeSeconds: TIME,
      });
    assert.deepEqual([at(testnet4, half(EARNED)), at(testnet4, half(0x1d00ffff))], [undefined, 'bad-diffbits']);
    for (const network of [main, testnet3])
      assert.deepEqual([at(network, half(EARNED)), at(network, half(0x1d00ffff))], ['bad-diffbits', undefined]);
    assert.deepEqual([at(signet, half(0x1e0377ae)), at(signet, half(EARNED))], [undefined, 'bad-diffbits']);
    for (const network of [regtest, quoin]) {
      const { bits } = network.consensus.pow;
      assert.deepEqual([at(network, bits), at(network, half(bits))], [undefined, 'bad-diffbits']);
    }
  });

  it('refuses on testnet4 a period that begins over 600 seconds before the last one ended', () => {
    const at = (network: NetworkParams, height: number, earlier: number): string | undefined =>
      reasonOf({ network, height, timeSeconds: TIME - earlier, firstTimeSeconds: TIME - 1_209_600 });
    assert.deepEqual([at(testnet4, 4_032, 600), at(testnet4, 4_032, 601)], [undefined, 'time-timewarp-attack']);
    assert.deepEqual([at(testnet4, 4_031, 601), at(testnet4, 4_033, 601)], [undefined, undefined]);
    for (const network of [main, signet, testnet3, regtest, quoin]) assert.equal(at(network, 4_032, 3_599), undefined, network.name);
  });

  it('takes times of up to two hours: after the clock on the networks of Bitcoin, after the median on quoin', () => {
    const at = (network: NetworkParams, timeSeconds: number): string | undefined =>
      reasonOf({ network, height: 3_000, timeSeconds, prevTimeSeconds: timeSeconds });
    for (const network of [main, signet, testnet4, testnet3, regtest])
      assert.deepEqual([at(network, TIME + 7_200), at(network, TIME + 7_201)], [undefined, 'time-too-new'], network.name);
    assert.deepEqual([at(quoin, TIME + 3_600), at(quoin, TIME + 3_601)], [undefined, 'time-too-new']);
  });

  it('retires versions at the heights of BIP-34, 66 and 65', () => {
    const at = (network: NetworkParams, height: number, version: number): string | undefined =>
      reasonOf({ network, height, version, timeSeconds: TIME });
    for (const network of [main, testnet3]) {
      const { bip34, bip66, bip65 } = network.consensus.heights;
      for (const [height, version] of [
        [bip34, 1],
        [bip66, 2],
        [bip65, 3],
      ] as const) {
        assert.equal(at(network, height - 1, version), undefined, `${network.name} ${height - 1}`);
        assert.equal(at(network, height, version), `bad-version(0x0000000${version})`);
        assert.equal(at(network, height, version + 1), undefined);
      }
    }
    for (const network of [signet, testnet4, regtest, quoin])
      assert.deepEqual([at(network, 1, 3), at(network, 1, 4)], ['bad-version(0x00000003)', undefined], network.name);
  });

  it('takes no target that is easier than the network allows', () => {
    for (const network of [main, signet, testnet4, regtest, quoin]) {
      const { bits, limit } = network.consensus.pow;
      const header = { ...network.genesis.header };
      assert.equal(checkHeader(header, network.consensus), undefined, network.name);
      assert.equal(encodeBits(limit), bits);
      assert.equal(checkHeader({ ...header, bits: bits + 1 }, network.consensus)?.reason, 'high-hash', network.name);
    }
  });
});
