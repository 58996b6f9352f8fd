/**
 * Our networks beside the C++ node's: the constants that it shows, the same verdict on a signed block, and rules that begin later.
 *
 * Nobody outside is asked: the peer calls nobody and listens on this machine only.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { addressOfScript } from '../../src/core/address/address.ts';
import { encodeWif } from '../../src/core/address/wif.ts';
import { concatBytes, fromHex, toHex } from '../../src/core/base/bytes.ts';
import { blockSubsidy } from '../../src/core/consensus/subsidy.ts';
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
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { multisigScript, p2pkhScript, p2shScript, p2trScript, p2wpkhScript } from '../../src/core/script/output-template.ts';
import { encodeFrame } from '../../src/core/wire/frame.ts';
import { encodeMessage } from '../../src/core/wire/messages/table.ts';
import { createChainService } from '../../src/node/chain-service.ts';
import { createMemoryBlockStore } from '../../src/platform/store/memory-block-store.ts';
import { OP_TRUE } from '../support/chain-builder.ts';
import { eventually } from '../support/eventually.ts';
import { FakeNode } from '../support/fake-node.ts';
import { MemoryChain } from '../support/memory-chain.ts';
import { type PeerNode, peerNodeFolder, peerNodeMissing, startPeerNodeOn } from '../support/peer-node.ts';
import { startQuoin, temporaryFolder } from '../support/quoin-process.ts';
import { createRpcCaller } from '../support/rpc-caller.ts';
import { signedBlock } from '../support/signet-block.ts';

const ALONE = ['-connect=0', '-disablewallet', '-dbcache=4'];
const KEY = new Uint8Array(32).fill(7);

/** The x of a point. */
const OUTPUT_KEY = fromHex('79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798') ?? assert.fail();

/** Fields of getblockchaininfo that follow from a network's definition and its blocks. */
const CHAIN_FIELDS = ['chain', 'blocks', 'bestblockhash', 'bits', 'target', 'difficulty', 'time', 'chainwork', 'signet_challenge'] as const;

/** Our methods over a chain that is held in memory. */
function callerOf(params: NetworkParams, { chain }: MemoryChain) {
  const node = new FakeNode();
  const service = createChainService({
    chain,
    blocks: createMemoryBlockStore(),
    prune: undefined,
    mempool: { settled: () => node.mempool.settled(), size: 0 },
  });
  return createRpcCaller(Object.assign(node, { params, chain: service })).call;
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

/** Texts of outputs and keys that we write, as the peer reads them. */
async function assertSameTexts(network: NetworkParams, peer: PeerNode): Promise<void> {
  const hash = new Uint8Array(20).fill(3);
  for (const script of [p2pkhScript(hash), p2shScript(hash), p2wpkhScript(hash), p2trScript(OUTPUT_KEY)]) {
    const address = addressOfScript(script, network) ?? assert.fail();
    const read = await peer.rpc('validateaddress', address);
    assert.deepEqual([read.isvalid, read.scriptPubKey, read.address], [true, toHex(script), address]);
  }
  for (const compressed of [true, false]) {
    const signature = await peer.rpc('signmessagewithprivkey', encodeWif({ privateKey: KEY, compressed }, network), 'any');
    assert.match(signature, /^[A-Za-z0-9+/]{87}=$/);
  }
}

/** The first bytes of the peer's answer to a greeting with our message start, in hexadecimal; it answers no other. */
async function answerStart(network: NetworkParams, peer: PeerNode): Promise<string> {
  const [host = '', port = ''] = peer.p2p.split(':');
  const socket = connect(Number(port), host);
  try {
    const receiver = { network: 'ipv4', bytes: Uint8Array.of(127, 0, 0, 1), port: 1 } as const;
    const facts = { protocolVersion: 70_016, services: 0n, timeSeconds: Math.floor(Date.now() / 1_000), receiver };
    const greeting = { type: 'version', ...facts, nonce: 7n, userAgent: '/test/', startHeight: 0, relay: false } as const;
    socket.write(encodeFrame(network.messageStart, 'version', encodeMessage(greeting)));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.subarray(0, 4).toString('hex');
  } finally {
    socket.destroy();
  }
}

/** What the peer's help says of an option: its default on each network, that of main first. */
function defaultsOf(help: string, option: string): Readonly<Record<string, string>> {
  const words = help.replace(/\s+/g, ' ');
  const [, text = ''] = new RegExp(`-${option}=<\\S+ .*?default: ([^)]+)\\)`).exec(words) ?? assert.fail(option);
  return Object.fromEntries(
    text.split(', ').map((part) => {
      const [name, value] = part.split(': ');
      return value === undefined ? ['main', part] : [name, value];
    }),
  );
}

describe('the networks of the C++ node', { skip: peerNodeMissing() }, () => {
  for (const network of [main, testnet4, signet, regtest]) {
    it(`has ours: ${network.name}`, async () => {
      const peer = await startPeerNodeOn(network.name as 'main', ...ALONE);
      try {
        const call = callerOf(network, await MemoryChain.open(network));
        const [ours, theirs] = [await call('getblockchaininfo'), await peer.rpc('getblockchaininfo')];
        for (const field of CHAIN_FIELDS) assert.equal(ours[field], theirs[field], field);
        assert.equal(theirs.initialblockdownload, true);
        await assertSameDeployments(call, peer);
        await assertSameTexts(network, peer);
        const genesis = toHex(encodeBlock(network.genesis));
        assert.equal(await peer.rpc('getblock', toDisplayHex(network.genesis.header.hash), 0), genesis);
        const { subsidy } = await peer.rpc('getblockstats', 0, ['subsidy']);
        assert.equal(subsidy, Number(blockSubsidy(0, network.consensus)));
        assert.equal(await answerStart(network, peer), toHex(network.messageStart), 'what its messages begin with');
      } finally {
        await peer.stop();
      }
    });
  }

  it('has the ports of ours', () => {
    const bitcoind = join(peerNodeFolder() ?? assert.fail(), 'bitcoind');
    const help = spawnSync(bitcoind, ['-help-debug'], { encoding: 'utf8' }).stdout;
    for (const { name, ports } of [main, testnet4, signet, regtest]) {
      assert.equal(defaultsOf(help, 'port')[name], String(ports.p2p), name);
      assert.equal(defaultsOf(help, 'rpcport')[name], String(ports.http), name);
    }
  });

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
        // At the difficulty of signet, by threads of the lowest priority: whatever else runs here comes first.
        await eventually('two blocks are mined', async () => (await ours.rpc('getblockcount')) >= 2, 200_000);
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
