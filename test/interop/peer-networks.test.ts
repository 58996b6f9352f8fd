/**
 * Our networks beside the C++ node's: the constants that it shows, the same verdict on a signed block, and rules that begin later.
 *
 * Nobody outside is asked: the peer calls nobody and listens on this machine only.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { encodeWif } from '../../src/core/address/wif.ts';
import { concatBytes, fromHex, toHex } from '../../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { createNonceSearch } from '../../src/core/crypto/search-nonce.ts';
import { main } from '../../src/core/params/main.ts';
import { networkToFile } from '../../src/core/params/network-json.ts';
import { regtest, regtestWithHeights } from '../../src/core/params/regtest.ts';
import { signet, signetWithChallenge } from '../../src/core/params/signet.ts';
import { testnet4 } from '../../src/core/params/testnet4.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import { type Block, decodeBlock, encodeBlock, encodeHeader, makeBlock, makeHeader } from '../../src/core/primitives/block.ts';
import { decodeBits } from '../../src/core/primitives/compact-target.ts';
import { multisigScript } from '../../src/core/script/output-template.ts';
import { createChainService } from '../../src/node/chain-service.ts';
import { createMemoryBlockStore } from '../../src/platform/store/memory-block-store.ts';
import { OP_TRUE } from '../support/chain-builder.ts';
import { eventually } from '../support/eventually.ts';
import { FakeNode } from '../support/fake-node.ts';
import { MemoryChain } from '../support/memory-chain.ts';
import { type PeerNode, peerNodeMissing, startPeerNodeOn } from '../support/peer-node.ts';
import { startQuoin, temporaryFolder } from '../support/quoin-process.ts';
import { createRpcCaller } from '../support/rpc-caller.ts';
import { signedBlock } from '../support/signet-block.ts';

const ALONE = ['-connect=0', '-disablewallet', '-dbcache=4'];
const KEY = new Uint8Array(32).fill(7);

/** Fields of getblockchaininfo that follow from a network's definition and its blocks. */
const CHAIN_FIELDS = ['chain', 'blocks', 'bestblockhash', 'bits', 'target', 'difficulty', 'time', 'chainwork', 'signet_challenge'] as const;

/** Our methods over a chain that is held in memory. */
function callerOf(params: NetworkParams, { chain }: MemoryChain) {
  return createRpcCaller(Object.assign(new FakeNode(), { params, chain: createChainService(chain, createMemoryBlockStore(), undefined) }))
    .call;
}

/** A soft fork as the peer tells it. */
interface TheirDeployment {
  readonly type: string;
  readonly bip9?: { readonly statistics?: { period_start?: number } };
}

/** The same without a figure that Bitcoin Core has not. */
function asCore(deployment: TheirDeployment | undefined): unknown {
  delete deployment?.bip9?.statistics?.period_start;
  return deployment;
}

/** Whatever we say of soft forks, the peer says too; what it has besides are rules of its own that begin on a day of its own. */
async function assertSameDeployments(call: ReturnType<typeof callerOf>, peer: PeerNode): Promise<void> {
  const ours = (await call('getdeploymentinfo')).deployments;
  const theirs: Record<string, TheirDeployment> = (await peer.rpc('getdeploymentinfo')).deployments;
  for (const name of Object.keys(ours)) assert.deepEqual(ours[name], asCore(theirs[name]), `${name} at ${await peer.rpc('getblockcount')}`);
  const more = Object.keys(theirs).filter((name) => !(name in ours));
  assert.ok(
    more.every((name) => theirs[name]?.type === 'flagday'),
    more.join(),
  );
}

/** A block with the work that its network asks for: some millions of tries on a signet. */
function mined(block: Block): Block {
  const target = new Uint8Array(32);
  let rest: bigint = decodeBits(block.header.bits).target;
  for (let i = 31; i >= 0; i--, rest >>= 8n) target[i] = Number(rest & 0xffn);
  const nonce = createNonceSearch().search({ header80: encodeHeader(block.header), target, from: 0, count: 2 ** 32 });
  return makeBlock(makeHeader({ ...block.header, nonce }), block.transactions);
}

describe('the networks of the C++ node', { skip: peerNodeMissing() }, () => {
  for (const network of [main, testnet4, signet, regtest]) {
    it(`has ours: ${network.name}`, async () => {
      const peer = await startPeerNodeOn(network.name as 'main', ...ALONE);
      try {
        const call = callerOf(network, await MemoryChain.open(network));
        const [ours, theirs] = [await call('getblockchaininfo'), await peer.rpc('getblockchaininfo')];
        for (const field of CHAIN_FIELDS) assert.equal(ours[field], theirs[field], field);
        await assertSameDeployments(call, peer);
      } finally {
        await peer.stop();
      }
    });
  }

  it('takes what the key of a signet signed, and refuses what it did not, as we do', async () => {
    const secp256k1 = chooseSecp256k1('auto');
    const challenge = concatBytes(Uint8Array.of(33), secp256k1.publicKeyOf(KEY) ?? assert.fail(), Uint8Array.of(0xac));
    const params = signetWithChallenge(challenge);
    const peer = await startPeerNodeOn('signet', ...ALONE, `-signetchallenge=${toHex(challenge)}`);
    try {
      const ours = await MemoryChain.open(params, params.genesis.header.timeSeconds + 10_000);
      for (const [block, reason] of [
        [mined(signedBlock({ params })), 'bad-signet-blksig'],
        [mined(signedBlock({ params, key: new Uint8Array(32).fill(8), secp256k1 })), 'bad-signet-blksig'],
        [mined(signedBlock({ params, key: KEY, secp256k1 })), undefined],
      ] as const) {
        assert.equal(await ours.take(block), reason);
        assert.equal((await peer.rpc('submitblock', toHex(encodeBlock(block)))) ?? undefined, reason);
      }
      assert.deepEqual([ours.tip.height, await peer.rpc('getblockcount')], [1, 1]);
    } finally {
      await peer.stop();
    }
  });

  it('takes the blocks that a node of ours mines with the keys of a signet', async () => {
    const secp256k1 = chooseSecp256k1('auto');
    const privateKeys = [1, 2, 3].map((fill) => new Uint8Array(32).fill(fill));
    const publicKeys = privateKeys.map((key) => secp256k1.publicKeyOf(key) ?? assert.fail());
    const folder = temporaryFolder('signet');
    for (const challenge of [multisigScript(2, publicKeys), OP_TRUE]) {
      const params = { ...signetWithChallenge(challenge), name: 'my-signet' };
      const [network, keyFile] = [join(folder, 'my-signet.json'), join(folder, 'keys.txt')];
      writeFileSync(network, JSON.stringify(networkToFile(params)));
      const lines = privateKeys.slice(1).map((privateKey) => encodeWif({ privateKey, compressed: true }, params));
      writeFileSync(keyFile, `# two of three\n${lines.join('\n')}\n`);
      const peer = await startPeerNodeOn('signet', ...ALONE, `-signetchallenge=${toHex(challenge)}`);
      const ours = await startQuoin({ network, args: ['--mine=1', ...(challenge === OP_TRUE ? [] : ['--signet-key-file', keyFile])] });
      try {
        await eventually('two blocks are mined', async () => (await ours.rpc('getblockcount')) >= 2);
        await ours.post('/api/v1/mining/stop');
        await ours.rpc('generatetoaddress', 1, (await ours.get('/api/v1/wallet')).address);
        const height: number = await ours.rpc('getblockcount');
        for (let at = 1; at <= height; at++) {
          const block: string = await ours.rpc('getblock', await ours.rpc('getblockhash', at), 0);
          assert.equal(await peer.rpc('submitblock', block), null);
        }
        assert.equal(await peer.rpc('getbestblockhash'), await ours.rpc('getbestblockhash'));
        const [mining, theirMining] = [await ours.rpc('getmininginfo'), await peer.rpc('getmininginfo')];
        for (const field of ['blocks', 'bits', 'signet_challenge']) assert.equal(mining[field], theirMining[field], field);
      } finally {
        await ours.stop();
        await peer.stop();
      }
    }
  });

  it('says the same of rules at other heights, and of signals through every state', async () => {
    const params = regtestWithHeights({ bip34: 20, csv: 300, segwit: 500 });
    const options = ['-testactivationheight=bip34@20', '-testactivationheight=csv@300', '-testactivationheight=segwit@500'];
    const peer = await startPeerNodeOn('regtest', ...ALONE, ...options);
    try {
      // Far ahead of the clock that the peer's blocks go by.
      const ours = await MemoryChain.open(params, 0xfffffff0);
      const call = callerOf(params, ours);
      for (const height of [1, 19, 142, 143, 200, 287, 299, 431, 432, 499, 575, 576]) {
        const count = height - ours.tip.height;
        for (const hash of await peer.rpc('generatetodescriptor', count, 'raw(51)#8lvh9jxk')) {
          assert.equal(await ours.take(decodeBlock(fromHex(await peer.rpc('getblock', hash, 0)) ?? assert.fail())), undefined);
        }
        assert.equal(ours.tip.height, height);
        await assertSameDeployments(call, peer);
      }
    } finally {
      await peer.stop();
    }
  });
});
