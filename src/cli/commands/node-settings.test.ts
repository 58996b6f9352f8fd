import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { scriptOfAddress } from '../../core/address/address.ts';
import { encodeWif } from '../../core/address/wif.ts';
import { quoin } from '../../core/params/quoin.ts';
import { regtest } from '../../core/params/regtest.ts';
import { signet } from '../../core/params/signet.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import { ALL_CORES } from '../options/node-options.ts';
import { dataFolder } from '../options/place.ts';
import { type NodeSaid, planNode } from './node-settings.ts';

const NOTHING: NodeSaid = {
  ...{ network: undefined, dataDir: undefined, config: undefined, memory: undefined, listen: undefined, noListen: undefined },
  ...{
    http: undefined,
    noHttp: undefined,
    p2pWs: undefined,
    connect: undefined,
    peer: undefined,
    noDiscovery: undefined,
    noV2: undefined,
    mine: undefined,
  },
  ...{
    mineTo: undefined,
    dbCache: undefined,
    minFreeDisk: undefined,
    signetKeyFile: undefined,
    secp256k1: undefined,
    workers: undefined,
    logLevel: undefined,
    logJson: undefined,
    index: undefined,
  },
  ...{ prune: undefined, fastPrune: undefined, reindex: undefined, reindexChainstate: undefined },
  ...{ minRelayFeeRate: undefined, incrementalFeeRate: undefined, dustFeeRate: undefined, dataCarrier: undefined },
  ...{ bytesPerSigop: undefined, noBareMultisig: undefined, acceptNonStandard: undefined },
  ...{ maxMempool: undefined, mempoolExpiry: undefined, noPersistMempool: undefined, blocksOnly: undefined },
  ...{ maxConnections: undefined, maxUpload: undefined, whitelist: undefined, whitebind: undefined },
  ...{ proxy: undefined, onion: undefined, noProxyRandomize: undefined, onlyNet: undefined },
  ...{ rpcUser: undefined, rpcPassword: undefined },
};

const said = (what: Partial<NodeSaid>): NodeSaid => ({ ...NOTHING, ...what });

describe('a node about which nothing is said', () => {
  it("has its network's folder and ports, HTTP on loopback, a wallet, and does not mine", async () => {
    const { node, http, login } = await planNode(NOTHING, quoin);
    assert.equal(node.dataDir, join(homedir(), '.quoin', 'quoin'));
    assert.ok(node.listen?.host === '::' || node.listen?.host === '0.0.0.0');
    assert.equal(node.listen.port, 7333);
    assert.deepEqual(http, { host: '127.0.0.1', port: 7332 });
    assert.deepEqual([node.discovery, node.mine, node.mineTo, node.wallet, node.secp256k1], [true, undefined, undefined, true, 'auto']);
    assert.equal(node.encryptedTransport, true);
    assert.deepEqual([node.connect, node.peers, login], [[], [], undefined]);
    assert.equal(node.dbCacheBytes, 450 * 1_048_576);
    assert.equal(node.scriptWorkers, Math.min(availableParallelism(), 64));
    assert.equal((await planNode(said({ workers: 0 }), quoin)).node.scriptWorkers, 0);
  });

  it('has the indexes that an explorer needs on the small networks, none elsewhere, and those that were named', async () => {
    const indexesOf = async (what: Partial<NodeSaid>, network: NetworkParams) => (await planNode(said(what), network)).node.indexes;
    assert.deepEqual(await indexesOf({}, quoin), ['tx', 'script']);
    assert.deepEqual(await indexesOf({}, regtest), ['tx', 'script']);
    assert.deepEqual(await indexesOf({}, { ...regtest, name: 'mine' }), []);
    assert.deepEqual(await indexesOf({ index: [] }, quoin), []);
    assert.deepEqual(await indexesOf({ index: ['filter'] }, regtest), ['filter']);
  });

  it('relays and keeps waiting what it is told, else what Core does', async () => {
    const planOf = async (what: Partial<NodeSaid>, network = regtest) => {
      const { policy, mempool, persistMempool, blocksOnly } = (await planNode(said(what), network)).node;
      return { policy, mempool, persistMempool, blocksOnly };
    };
    assert.deepEqual(await planOf({}), { policy: {}, mempool: {}, persistMempool: true, blocksOnly: false });
    const blocks = { policy: {}, persistMempool: true, blocksOnly: true };
    assert.deepEqual(await planOf({ blocksOnly: true }), { ...blocks, mempool: { usageBytesMax: 5_000_000 } });
    assert.deepEqual(await planOf({ blocksOnly: true, maxMempool: 9 }), { ...blocks, mempool: { usageBytesMax: 9_000_000 } });
    const rates = { minRelayFeeRate: 0, incrementalFeeRate: 700, dustFeeRate: 1, dataCarrier: 83, bytesPerSigop: 5 };
    const switches = { noBareMultisig: true, acceptNonStandard: true, noPersistMempool: true };
    assert.deepEqual(await planOf({ ...rates, ...switches, maxMempool: 5, mempoolExpiry: 2 }), {
      policy: {
        ...{ minRelayFeeRateSatPerKvb: 0n, incrementalFeeRateSatPerKvb: 700n, dustFeeRateSatPerKvb: 1n },
        ...{ dataCarrierBytesMax: 83, bytesPerSigop: 5, permitBareMultisig: false, requireStandard: false },
      },
      mempool: { usageBytesMax: 5_000_000, expirySeconds: 7_200 },
      persistMempool: false,
      blocksOnly: false,
    });
    assert.equal((await planOf({ incrementalFeeRate: 101 })).policy?.minRelayFeeRateSatPerKvb, 101n);
    assert.equal((await planOf({ incrementalFeeRate: 100 })).policy?.minRelayFeeRateSatPerKvb, undefined);
    await assert.rejects(planOf({ acceptNonStandard: true }, { ...regtest, name: 'main' }), /--accept-non-standard: not on main/);
  });

  it('listens on loopback alone where the network says so', async () => {
    assert.deepEqual((await planNode(NOTHING, regtest)).node.listen, { host: '127.0.0.1', port: regtest.ports.p2p });
  });

  it('serves nothing where the network has no port for it', async () => {
    const network: NetworkParams = { ...regtest, ports: { p2p: 0, http: 0, stratum: 0, electrum: 0 } };
    const { node, http } = await planNode(NOTHING, network);
    assert.deepEqual([node.listen, http], [undefined, undefined]);
  });

  it('has no wallet on main, where coins are of worth', async () => {
    const main: NetworkParams = { ...regtest, name: 'main' };
    assert.equal((await planNode(said({ memory: true }), main)).node.wallet, false);
  });
});

describe('a node about which something is said', () => {
  it('is as it was said', async () => {
    const { node, http, login } = await planNode(
      said({
        ...{
          dataDir: 'here',
          noListen: true,
          noHttp: true,
          noDiscovery: true,
          noV2: true,
          mine: 3,
          dbCache: 4,
          rpcUser: 'a',
          rpcPassword: 'b',
        },
        peer: [{ host: '10.0.0.1', port: 1 }],
        connect: [{ host: '::1', port: 2 }],
      }),
      quoin,
    );
    assert.equal(node.dataDir, resolve('here'));
    assert.deepEqual([node.listen, http, node.discovery, node.mine], [undefined, undefined, false, { workers: 3 }]);
    assert.equal(node.encryptedTransport, false);
    assert.deepEqual([node.peers, node.connect], [[{ host: '10.0.0.1', port: 1 }], [{ host: '::1', port: 2 }]]);
    assert.deepEqual([node.dbCacheBytes, login], [4 * 1_048_576, { user: 'a', password: 'b' }]);
  });

  it('mines on each core, or not at all where that was said', async () => {
    assert.deepEqual((await planNode(said({ mine: ALL_CORES }), quoin)).node.mine, { workers: availableParallelism() });
    assert.equal((await planNode(said({ mine: false }), quoin)).node.mine, undefined);
  });

  it('prunes to a size from 550 MiB on, and with small files for tests from 18 on', async () => {
    const pruneOf = async (what: Partial<NodeSaid>) => (await planNode(said(what), regtest)).node.prune;
    assert.deepEqual(await pruneOf({ prune: 0 }), undefined);
    assert.deepEqual(await pruneOf({ prune: 1 }), { targetBytes: undefined });
    assert.deepEqual(await pruneOf({ prune: 550 }), { targetBytes: 550 * 1_048_576 });
    assert.deepEqual(await pruneOf({ prune: 18, fastPrune: true }), { targetBytes: 18 * 1_048_576 });
    await assert.rejects(pruneOf({ prune: 549 }), { name: 'UsageError', message: /^--prune "549": takes .* from 550 on$/ });
  });

  it('keeps nothing with --memory', async () => {
    assert.equal((await planNode(said({ memory: true }), quoin)).node.dataDir, undefined);
  });

  it('finds the IP of localhost', async () => {
    const { host = '' } = (await planNode(said({ listen: { host: 'localhost', port: 0 } }), quoin)).node.listen ?? {};
    assert.ok(['127.0.0.1', '::1'].includes(host));
  });

  it('mines to an address of its own network only', async () => {
    const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
    const expected = scriptOfAddress(address, regtest);
    assert.ok('script' in expected);
    assert.deepEqual((await planNode(said({ mineTo: address }), regtest)).node.mineTo, expected.script);
    await assert.rejects(planNode(said({ mineTo: address }), quoin), {
      name: 'UsageError',
      message: /^--mine-to "bcrt1.*takes an address of the network quoin/,
    });
  });

  it('signs blocks of a signet with the keys of a file, and never repeats a line of it', async (t) => {
    const folder = await tempFolder(t);
    const file = (name: string, content: string): NodeSaid => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return said({ memory: true, signetKeyFile: path });
    };
    const key = { privateKey: new Uint8Array(32).fill(5), compressed: false };
    const text = encodeWif(key, signet);
    const plan = await planNode(file('keys', `# mine\n\n ${text} # the first\r\n`), signet);
    assert.deepEqual(plan.node.signetKeys, [key]);
    for (const [content, network, message] of [
      [
        `${text}\n${text.slice(0, -1)}`,
        signet,
        /^--signet-key-file: line 2 of \S+ is no key of this network: Invalid private key encoding$/,
      ],
      [encodeWif(key, quoin), signet, /line 1 of \S+ is no key of this network: Private key of another network$/],
      ['# none\n', signet, /has no key in it$/],
      [text, regtest, /^--signet-key-file: the blocks of the network regtest are not signed: leave it out$/],
    ] as const) {
      await assert.rejects(planNode(file('wrong', content), network), (error: Error) => {
        assert.match(error.message, message);
        return !error.message.includes(text.slice(0, 10));
      });
    }
    await assert.rejects(planNode(said({ memory: true, signetKeyFile: join(folder, 'none') }), signet), /there is no file/);
  });

  it('is refused with half a login', async () => {
    await assert.rejects(planNode(said({ rpcUser: 'a' }), quoin), { name: 'UsageError', message: /go together/ });
    await assert.rejects(planNode(said({ rpcPassword: 'b' }), quoin), { name: 'UsageError' });
  });
});

describe('the data folder', () => {
  it("is the one that was named, else the network's own", () => {
    assert.equal(dataFolder('x/y', 'quoin'), resolve('x/y'));
    assert.equal(dataFolder(undefined, 'my-net'), join(homedir(), '.quoin', 'my-net'));
  });
});
