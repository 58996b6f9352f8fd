import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { LOG_CATEGORIES } from '../../engine/ports/log-categories.ts';
import { Arguments } from './arguments.ts';
import { BITCOIND_OPTIONS } from './catalog.ts';
import { type BitcoindPlan, planBitcoind } from './plan.ts';
import { addressRule, userRule } from './plan-doors.ts';
import { amountOf, hash256Of, hostAndPort, wholeOf } from './values.ts';

function plan(...words: string[]): BitcoindPlan {
  return planBitcoind(new Arguments(BITCOIND_OPTIONS, [`-datadir=${tmpdir()}`, '-regtest', ...words]));
}

describe("bitcoind's options", () => {
  it('put the network below the data folder, main into it', () => {
    assert.equal(plan().folder, join(tmpdir(), 'regtest'));
    assert.equal(planBitcoind(new Arguments(BITCOIND_OPTIONS, [`-datadir=${tmpdir()}`])).folder, tmpdir());
  });

  it('say where peers are accepted', () => {
    assert.deepEqual(plan().node.listen, { host: '127.0.0.1', port: 18_444 });
    assert.deepEqual(plan('-port=5').node.listen, { host: '127.0.0.1', port: 5 });
    const { node } = plan('-bind=0.0.0.0:7', '-bind=127.0.0.1:8=onion', '-connect=0');
    assert.deepEqual([node.listen, node.alsoListen], [{ host: '0.0.0.0', port: 7 }, [{ host: '127.0.0.1', port: 8, onion: true }]]);
    assert.deepEqual([plan('-nolisten').node.listen, plan('-connect=a').node.listen], [undefined, undefined]);
  });

  it('say which debug lines are written', () => {
    assert.deepEqual(plan().logCategories, []);
    for (const all of ['-debug', '-debug=1', '-debug=all']) assert.deepEqual(plan(all).logCategories, LOG_CATEGORIES);
    assert.deepEqual(plan('-debug=net', '-debug=rpc', '-debug=net').logCategories, ['net', 'rpc']);
    assert.deepEqual(plan('-debug=net', '-debug=none', '-debug=rpc').logCategories, ['rpc']);
    for (const none of ['-debug=0', '-debug=none', '-nodebug']) assert.deepEqual(plan('-debug=net', none).logCategories, []);
    const most = plan('-debug', '-debugexclude=leveldb', '-debugexclude=rand').logCategories;
    assert.deepEqual(
      LOG_CATEGORIES.filter((each) => !most.includes(each)),
      ['leveldb', 'rand'],
    );
    assert.deepEqual(plan('-debug', '-debugexclude').logCategories, []);
    assert.throws(() => plan('-debug=foo'), { message: 'Unsupported logging category -debug=foo.' });
    assert.throws(() => plan('-debugexclude=bar'), { message: 'Unsupported logging category -debugexclude=bar.' });
    assert.throws(() => plan('-debugexclude=none'), { message: 'Unsupported logging category -debugexclude=none.' });
    for (const level of ['trace', 'net:info']) assert.ok(plan(`-loglevel=${level}`));
    for (const level of ['foo', '']) {
      const message = `Unsupported global logging level -loglevel=${level}. Valid values: info, debug, trace.`;
      assert.throws(() => plan(`-loglevel=${level}`), { message });
    }
    for (const level of ['net:foo', 'foo:debug', 'net:debug:x']) {
      const message = new RegExp(
        `^Unsupported category-specific logging level -loglevel=${level}. Expected .* Valid loglevels: info, debug, trace.$`,
      );
      assert.throws(() => plan(`-loglevel=${level}`), { message });
    }
    assert.throws(() => plan('-nologlevel'), { message: /Negating of -loglevel is meaningless and therefore forbidden/ });
  });

  it('say whether peers are met', () => {
    assert.deepEqual([plan().node.networkActive, plan('-networkactive=0').node.networkActive], [true, false]);
  });

  it('say whom to call', () => {
    const none = plan('-connect=0', '-addnode=1.2.3.4');
    assert.deepEqual([none.node.connect, none.node.peers], [[], [{ host: '1.2.3.4', port: 18_444 }]]);
    assert.deepEqual(none.node.connections, { outbound: 0, blockRelay: 0, inbound: 114 });
    assert.deepEqual(plan('-maxconnections=9').node.connections, { outbound: 8, blockRelay: 1, inbound: 0 });
    assert.deepEqual(plan('-connect=[::1]:9').node.connect, [{ host: '::1', port: 9 }]);
  });

  it('say where the first addresses come from', () => {
    const seeds = (...words: string[]) => plan(...words).node.dnsSeeds;
    assert.deepEqual([seeds(), seeds('-dnsseed=0'), seeds('-forcednsseed=1')], ['auto', 'never', 'always']);
    assert.deepEqual([seeds('-connect=a'), seeds('-connect=a', '-dnsseed=1'), seeds('-maxconnections=0')], ['never', 'auto', 'never']);
    assert.throws(() => seeds('-dnsseed=0', '-forcednsseed=1'), /Cannot set -forcednsseed to true when setting -dnsseed to false\./);
    assert.deepEqual(plan('-seednode=25.0.0.1', '-seednode=x.org:7').node.seedNodes, [
      { host: '25.0.0.1', port: 18_444 },
      { host: 'x.org', port: 7 },
    ]);
  });

  it('say how long a ban lasts, and whether the encrypted transport is spoken', () => {
    assert.deepEqual([plan('-bantime=1234').node.banSeconds, plan().node.banSeconds], [1_234, undefined]);
    const encrypted = [[], ['-v2transport'], ['-v2transport=0'], ['-nov2transport']].map((args) => plan(...args).node.encryptedTransport);
    assert.deepEqual(encrypted, [true, true, false, false]);
  });

  it('set what is relayed', () => {
    const { policy, mempool } = plan(
      '-minrelaytxfee=0.00000500',
      '-datacarrier=0',
      '-acceptnonstdtxn',
      '-maxmempool=5',
      '-mempoolexpiry=2',
    ).node;
    assert.deepEqual([policy?.minRelayFeeRateSatPerKvb, policy?.dataCarrierBytesMax, policy?.requireStandard], [500n, 0, false]);
    assert.deepEqual(mempool, { usageBytesMax: 5_000_000, expirySeconds: 7_200 });
    assert.equal(plan('-datacarriersize=83', '-incrementalrelayfee=0.00002').node.policy?.minRelayFeeRateSatPerKvb, 2_000n);
  });

  it('set how blocks are filled', () => {
    const { assembly } = plan('-blockmaxweight=32000', '-blockreservedweight=2000', '-blockmintxfee=0.00001', '-blockversion=1337').node;
    assert.deepEqual(assembly, { weightWuMax: 32_000, reservedWeightWu: 2_000, feeRateMinSatPerKvb: 1_000n, version: 1_337 });
    assert.deepEqual(plan().node.assembly, { weightWuMax: 4_000_000, reservedWeightWu: 8_000 });
    const signet = planBitcoind(new Arguments(BITCOIND_OPTIONS, [`-datadir=${tmpdir()}`, '-signet', '-blockversion=1']));
    assert.equal(signet.node.assembly?.version, undefined);
  });

  it('set the rules of regtest', () => {
    const { network } = plan('-testactivationheight=segwit@10', '-testactivationheight=dersig@7', '-vbparams=testdummy:3:4:5').node;
    assert.deepEqual([network.consensus.heights.segwit, network.consensus.heights.bip66, network.consensus.heights.csv], [10, 7, 1]);
    assert.deepEqual([network.deployments[0]?.startTimeSeconds, network.deployments[0]?.minActivationHeight], [3, 5]);
    const { assumeValid, minimumChainWork } = plan('-assumevalid=0xab', '-minimumchainwork=0x1f').node.network;
    assert.deepEqual([toDisplayHex(assumeValid!), minimumChainWork], ['ab'.padStart(64, '0'), 31n]);
  });

  it('take fee estimates of any age on regtest alone', () => {
    assert.deepEqual([plan().node.acceptStaleFeeEstimates, plan('-acceptstalefeeestimates').node.acceptStaleFeeEstimates], [false, true]);
    const onMain = new Arguments(BITCOIND_OPTIONS, [`-datadir=${tmpdir()}`, '-acceptstalefeeestimates']);
    const message = 'acceptstalefeeestimates is not supported on main chain.';
    assert.throws(() => planBitcoind(onMain), { name: 'ArgumentError', message });
  });

  it('make the signet of another challenge', () => {
    const { node } = planBitcoind(new Arguments(BITCOIND_OPTIONS, [`-datadir=${tmpdir()}`, '-signet', '-signetchallenge=51']));
    assert.deepEqual([...node.network.messageStart], [0x54, 0xd2, 0x6f, 0xbd]);
  });

  it('choose indexes, pruning, threads and files', () => {
    assert.deepEqual(plan('-txindex', '-blockfilterindex=basic', '-txospenderindex').node.indexes, ['tx', 'spent', 'filter']);
    assert.deepEqual(
      [plan('-prune=1').node.prune, plan('-prune=550').node.prune],
      [{ targetBytes: undefined }, { targetBytes: 576_716_800 }],
    );
    assert.deepEqual([plan('-par=1').node.scriptWorkers, plan('-par=3').node.scriptWorkers], [0, 3]);
    assert.deepEqual(
      [plan('-nopid').pidPath, plan('-nodebuglogfile').logName, plan('-pid=x').pidPath],
      [undefined, undefined, join(tmpdir(), 'regtest', 'x')],
    );
  });

  it('say who may log in', () => {
    const folder = join(tmpdir(), 'regtest');
    assert.deepEqual(plan().doors.cookie, { path: join(folder, '.cookie'), mode: 0o600 });
    assert.deepEqual(plan('-rpccookieperms=group', '-rpccookiefile=c').doors.cookie, { path: join(folder, 'c'), mode: 0o640 });
    assert.deepEqual([plan('-norpccookiefile').doors.cookie, plan('-rpcuser=a', '-rpcpassword=b').doors.cookie], [undefined, undefined]);
    assert.equal(plan('-rpcworkqueue=2', '-rpcthreads=1').doors.rules?.rpcRequestsMax, 3);
    assert.equal(plan('-server=0').doors.http, undefined);
    assert.deepEqual(
      [plan(), plan('-rest'), plan('-rest=0'), plan('-norest'), plan('-rest=0', '-rest')].map(({ doors }) => doors.rules?.coreRest),
      [false, true, false, false, true],
    );
  });

  it('say what peers are given', () => {
    const given = (...words: string[]) => {
      const { servesBloom, servesFilters } = plan(...words).node;
      return [servesBloom, servesFilters];
    };
    assert.deepEqual(given('-blockfilterindex'), [false, false]);
    assert.deepEqual(given('-blockfilterindex', '-peerblockfilters', '-peerbloomfilters'), [true, true]);
    assert.throws(() => plan('-peerblockfilters'), /^ArgumentError: Cannot set -peerblockfilters without -blockfilterindex\.$/);
  });

  it('say that blocks alone are taken, with a smaller mempool unless it is said', () => {
    const given = (...words: string[]) => {
      const { blocksOnly, mempool } = plan(...words).node;
      return [blocksOnly, mempool?.usageBytesMax];
    };
    assert.deepEqual(given(), [false, 300_000_000]);
    assert.deepEqual(given('-blocksonly'), [true, 5_000_000]);
    assert.deepEqual(given('-blocksonly', '-maxmempool=7'), [true, 7_000_000]);
  });

  it('that this node does not have are refused unless they are off', () => {
    assert.doesNotThrow(() => plan('-whitelist=0', '-noproxy', '-capturemessages=0', '-zmqpubrawtx=0'));
    for (const word of ['-capturemessages', '-zmqpubrawtx=tcp://127.0.0.1:1', '-daemon']) {
      assert.throws(() => plan(word), /is not supported by this node/, word);
    }
  });

  for (const [words, message] of [
    [['-port=99999'], "Invalid port specified in -port: '99999'"],
    [['-port=0'], "Invalid port specified in -port: '0'"],
    [['-rpcport=x'], "Invalid port specified in -rpcport: 'x'"],
    [['-bind=foo:99'], "Cannot resolve -bind address: 'foo:99'"],
    [['-prune=549'], 'Prune configured below the minimum of 550 MiB.  Please use a higher number.'],
    [['-prune=-1'], 'Prune cannot be configured with a negative value.'],
    [['-prune=550', '-txindex'], 'Prune mode is incompatible with -txindex.'],
    [['-maxmempool=4'], '-maxmempool must be at least 5 MB'],
    [['-minrelaytxfee=abc'], "Invalid amount for -minrelaytxfee=<amount>: 'abc'"],
    [['-blockmaxweight=4000001'], 'Specified -blockmaxweight (4000001) exceeds consensus maximum block weight (4000000)'],
    [['-blockreservedweight=4000001'], 'Specified -blockreservedweight (4000001) exceeds consensus maximum block weight (4000000)'],
    [['-blockreservedweight=1999'], 'Specified -blockreservedweight (1999) is lower than minimum safety value of (2000)'],
    [['-blockmintxfee=x'], "Invalid amount for -blockmintxfee=<amount>: 'x'"],
    [['-minimumchainwork=test'], 'Invalid minimum work specified (test), must be up to 64 hex digits'],
    [['-assumevalid=xyz'], 'Invalid assumevalid block hash specified (xyz), must be up to 64 hex digits (or 0 to disable)'],
    [['-testactivationheight=name'], 'Invalid format (name) for -testactivationheight=name@height.'],
    [['-testactivationheight=segwit@-2'], 'Invalid height value (segwit@-2) for -testactivationheight=name@height.'],
    [['-testactivationheight=name@2'], 'Invalid name (name@2) for -testactivationheight=name@height.'],
    [['-vbparams=x:1'], 'Version bits parameters malformed, expecting deployment:start:end[:min_activation_height]'],
    [['-uacomment=a(b'], 'User Agent comment (a(b) contains unsafe characters.'],
    [['-blockfilterindex=abc'], 'Unknown -blockfilterindex value abc.'],
    [['-rpcauth=foo'], 'Unable to start HTTP server. See debug log for details.'],
  ] as const) {
    it(`are refused in its words: ${words.join(' ')}`, () => assert.throws(() => plan(...words), { name: 'ArgumentError', message }));
  }
});

describe('who may ask', () => {
  it('is this machine, and the addresses and subnets that are named', () => {
    const allows = addressRule(['10.1.2.3', '192.168.0.0/255.255.0.0', '2001:db8::/32']);
    const asked = [
      '127.0.0.1',
      '::1',
      '::ffff:127.0.0.1',
      '10.1.2.3',
      '10.1.2.4',
      '192.168.9.9',
      '192.169.0.1',
      '2001:db8::5',
      '2001:db9::',
      '',
    ];
    assert.deepEqual(asked.map(allows), [true, true, true, true, false, true, false, true, false, false]);
    for (const text of ['foo', '1.2.3.4/33', '1.2.3.4/255.0.255.0', '1.2.3.4/8/8', '::/129']) {
      assert.throws(() => addressRule([text]), /Invalid -rpcallowip subnet specification/, text);
    }
  });

  it('may call what the whitelists say', () => {
    const rule = userRule(['a:stop,help', 'b:', 'a:help,uptime'], true)!;
    assert.deepEqual([rule('a')?.('help'), rule('a')?.('stop'), rule('a')?.('uptime'), rule('b')?.('help')], [true, false, false, false]);
    assert.equal(rule('c')?.('help'), false);
    assert.equal(userRule(['a:stop'], false)!('c'), undefined);
    assert.equal(userRule([], false), undefined);
  });
});

describe("bitcoind's values", () => {
  it('are read leniently where it does so', () => {
    assert.deepEqual(['12', ' -3x', 'abc', '', '0x10'].map(wholeOf), [12, -3, 0, 0, 0]);
    assert.deepEqual(['1', '0.00000001', '21000000', '21000001', '1.123456789', '-1', ''].map(amountOf), [
      ...[100_000_000n, 1n, 2_100_000_000_000_000n],
      ...[undefined, undefined, undefined, undefined],
    ]);
    assert.deepEqual(['', '0x', 'ff', '0xFF', 'g', 'f'.repeat(65)].map(hash256Of), [0n, 0n, 255n, 255n, undefined, undefined]);
    assert.deepEqual(hostAndPort('fe80::1', 5), { host: 'fe80::1', port: 5 });
    assert.deepEqual([hostAndPort('a:0', 5), hostAndPort(':7', 5), hostAndPort('a', 5)], [undefined, undefined, { host: 'a', port: 5 }]);
  });
});
