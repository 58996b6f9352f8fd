import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toHex } from '../base/bytes.ts';
import { toDisplayHex } from '../primitives/ids.ts';
import { canonicalJson } from './message-start.ts';
import { createNetworkDefinition, planGenesis } from './network-definition.ts';
import { bitsOfDifficulty, NETWORK_FILE_LENGTH_MAX, NetworkFileError, networkFromFile } from './network-file.ts';
import type { NetworkFile } from './network-json.ts';
import { networkToFile } from './network-json.ts';
import { loadNetworkFile } from './networks.ts';
import { quoin } from './quoin.ts';
import { regtest } from './regtest.ts';
import type { NetworkParams } from './types.ts';

type Path = readonly string[];

/** A copy of regtest's file with one field set, or without it where the value is undefined. */
function changed(path: Path, value: unknown): unknown {
  const file: unknown = structuredClone({ ...networkToFile(regtest), name: 'mine' });
  const last = path[path.length - 1] ?? assert.fail();
  let at = file as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return file;
}

function errorOf(make: () => unknown): NetworkFileError {
  try {
    make();
  } catch (error) {
    assert.ok(error instanceof NetworkFileError, String(error));
    return error;
  }
  return assert.fail('accepted');
}

function refused(path: Path, value: unknown): NetworkFileError {
  const error = errorOf(() => networkFromFile(changed(path, value)));
  assert.equal(error.field, path.join('.'), JSON.stringify(value));
  return error;
}

/** Mines a definition of few difficulty bits. */
function mined(definition: NetworkFile, timeSeconds = 1_800_000_000): NetworkParams {
  const plan = planGenesis(definition, { timeSeconds });
  for (let nonce = 0; nonce < 100_000; nonce++) {
    try {
      return networkFromFile(plan.finish(nonce));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'AssertionError') throw error;
    }
  }
  return assert.fail('no nonce');
}

const choices = { name: 'mine', difficultyBits: 4, reward: 1_000n } as const;

/** Every field that is a whole number, with its limits. */
const INTEGERS: readonly (readonly [string, number, number])[] = [
  ['ports.p2p', 0, 65_535],
  ['addresses.base58.privateKey', 0, 255],
  ['addresses.coinType', 0, 0x7fffffff],
  ['subsidy.initial', 0, 2_100_000_000_000_000],
  ['subsidy.halvingInterval', 1, 0x7fffffff],
  ['limits.blockWeight', 20_000, 4_000_000],
  ['limits.blockSigopsCost', 400, 4_000_000],
  ['limits.maxMoney', 5_000_000_000, Number.MAX_SAFE_INTEGER],
  ['coinbaseMaturity', 1, 1_000_000],
  ['activationHeights.bip34', 0, 0x7fffffff],
  ['activationHeights.taproot', 0, 0x7fffffff],
  ['time.future.maxSeconds', 1, 31_536_000],
  ['pruneKeepBlocks', 288, 0x7fffffff],
  ['pruneAfterHeight', 0, 0x7fffffff],
];

describe('a network file', () => {
  it('takes each number from its least to its most and none beyond', () => {
    for (const [name, min, max] of INTEGERS) {
      const path = name.split('.');
      networkFromFile(changed(path, min));
      networkFromFile(changed(path, max));
      if (name === 'limits.maxMoney') assert.equal(errorOf(() => networkFromFile(changed(path, min - 1))).field, 'subsidy.initial');
      else refused(path, min - 1);
      refused(path, max + 1);
      refused(path, min + 0.5);
      refused(path, String(min));
    }
  });

  it('wants every field but magic, pow.limit, genesis.hash, pruneAfterHeight, assumeutxo and deployments', () => {
    const optional = ['magic', 'pow.limit', 'genesis.hash', 'pruneAfterHeight', 'assumeutxo', 'deployments'];
    const walk = (value: unknown, path: Path): void => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
      for (const [key, part] of Object.entries(value)) {
        const inner = [...path, key];
        // Without its limit, regtest's target is what the bits say.
        if (optional.includes(inner.join('.'))) networkFromFile(changed(inner, undefined));
        else assert.match(refused(inner, undefined).problem, /missing/);
        walk(part, inner);
      }
    };
    walk(networkToFile(regtest), []);
  });

  it('prunes on a chain of any length that has more than the blocks it keeps, where no other is said', () => {
    assert.equal(networkFromFile(changed(['pruneAfterHeight'], undefined)).pruneAfterHeight, 288);
    const same = { ...regtest, pruneKeepBlocks: 300, pruneAfterHeight: 300 };
    assert.equal('pruneAfterHeight' in networkToFile(same), false);
    assert.equal(networkFromFile(networkToFile(same)).pruneAfterHeight, 300);
  });

  it('takes a least chain work of 64 digits, none where it is left out, and makes no other message start of it', () => {
    const digits = `${'0'.repeat(48)}00000000000f4240`;
    const params = networkFromFile(changed(['minimumChainWork'], digits));
    assert.equal(params.minimumChainWork, 1_000_000n);
    assert.equal(networkToFile(params).minimumChainWork, digits);
    assert.equal(networkFromFile(networkToFile(regtest)).minimumChainWork, 0n);
    assert.deepEqual(params.messageStart, networkFromFile(changed(['minimumChainWork'], undefined)).messageStart);
    refused(['minimumChainWork'], digits.slice(1));
    refused(['minimumChainWork'], 5);
  });

  it('refuses fields it does not know, at any depth', () => {
    assert.match(refused(['colour'], 'red').problem, /not a field/);
    refused(['pow', 'algorithm'], 'scrypt');
    refused(['time', 'future', 'maxStepSeconds'], 5);
    refused(['addresses', 'base58', 'x'], 1);
  });

  it('is not led astray by names of every object', () => {
    const text = JSON.stringify(changed(['name'], 'mine')).replace('{', '{"__proto__":{"name":"other"},');
    assert.equal(errorOf(() => loadNetworkFile(text)).field, '__proto__');
    const inherited = Object.create(changed(['name'], 'mine') as object) as unknown;
    assert.equal(errorOf(() => networkFromFile(inherited)).field, 'name');
    refused(['constructor'], 1);
    refused(['pow', 'retarget'], 'constructor');
    assert.equal(({} as { name?: unknown }).name, undefined);
  });

  it('refuses wrong words, texts and lists', () => {
    for (const name of ['', 'A', 'a b', 'a/b', '..', 'a'.repeat(33), 5]) refused(['name'], name);
    networkFromFile(changed(['name'], 'a'.repeat(32)));
    for (const magic of ['fabfb5', 'fabfb5da00', 'fabfb5dg', 1]) refused(['magic'], magic);
    for (const prefix of ['', 'QN', 'a b', 'a'.repeat(19)]) refused(['addresses', 'bech32Prefix'], prefix);
    networkFromFile(changed(['addresses', 'bech32Prefix'], 'a'.repeat(18)));
    for (const seeds of ['x.org', [1], ['a b'], ['a..b'], ['x'.repeat(254)], Array.from({ length: 65 }, () => 'x.org')])
      refused(['seeds'], seeds);
    networkFromFile(
      changed(
        ['seeds'],
        Array.from({ length: 64 }, () => 'dnsseed.example.org.'),
      ),
    );
    for (const yes of ['yes', 1, null]) refused(['listenOnAllInterfaces'], yes);
    for (const rule of ['None', '', null]) refused(['pow', 'retarget'], rule);
    for (const ports of [null, [], 'x']) refused(['ports'], ports);
  });

  it('refuses values that contradict each other', () => {
    refused(['ports', 'http'], 18_444);
    refused(['addresses', 'base58', 'scriptHash'], 111);
    refused(['addresses', 'bip32', 'private'], '043587cf');
    refused(['pow', 'timespanSeconds'], 86_401);
    refused(['pow', 'spacingSeconds'], 0);
    refused(['pow', 'spacingSeconds'], 31_536_001);
    networkFromFile(changed(['pow', 'spacingSeconds'], 1));
    refused(['pow', 'limit'], `${'0'.repeat(8)}${'f'.repeat(56)}`);
    refused(['pow', 'difficultyBits'], 1);
    assert.equal(errorOf(() => networkFromFile(changed(['limits', 'maxMoney'], 4_999_999_999))).field, 'subsidy.initial');
  });

  it('wants bits that say a target, in the one form for it', () => {
    for (const bits of ['00000000', '20800001', 'ff123456', '207fff', '1d00007f', '0x1d400000', 0x1d400000]) refused(['pow', 'bits'], bits);
  });

  it('wants a genesis block that meets its proof of work and has the hash it says', () => {
    // Without the hash beside it, another nonce is a block of its own; half of them meet regtest's target.
    const { hash: _, ...genesis } = networkToFile(regtest).genesis as Exclude<NetworkFile['genesis'], string>;
    const verdicts = [0, 1, 2, 3, 4, 5, 6, 7].map((nonce) => {
      try {
        return toDisplayHex(networkFromFile(changed(['genesis'], { ...genesis, nonce })).genesis.header.hash) <= '7fffff';
      } catch (error) {
        return error instanceof NetworkFileError && error.field === 'genesis.nonce';
      }
    });
    assert.deepEqual(
      verdicts,
      verdicts.map(() => true),
    );
    assert.match(refused(['genesis', 'hash'], '00'.repeat(32)).problem, /0f9188f13cb7b2c7/);
    assert.equal(errorOf(() => networkFromFile(changed(['genesis', 'nonce'], 3))).field, 'genesis.hash');
    for (const text of ['', 'x'.repeat(92), 'caf\u00e9']) refused(['genesis', 'text'], text);
    for (const script of ['', '6', 'zz', '00'.repeat(10_001)]) refused(['genesis', 'outputScript'], script);
    assert.match(refused(['genesis'], 'mine one').problem, /network create/);
  });

  it('tells all that is wrong, in order, and stops counting somewhere', () => {
    const error = errorOf(() => networkFromFile({ ...(changed(['name'], 'A') as object), pruneKeepBlocks: 0 }));
    assert.deepEqual(
      error.problems.map((each) => each.field),
      ['name', 'pruneKeepBlocks'],
    );
    assert.equal(error.message, `network file: name ${error.problem}`);
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`field${i}`, i]));
    assert.equal(errorOf(() => networkFromFile(many)).problems.length, 20);
  });

  it('is refused where a field stands twice in one object, whatever its values are', () => {
    const text = JSON.stringify(changed(['name'], 'mine'));
    const twice: readonly [string, string][] = [
      [text.replace('"coinbaseMaturity":', '"coinbaseMaturity":5,"coinbaseMaturity":'), 'coinbaseMaturity'],
      [text.replace('"coinbaseMaturity":', '"coinbase\\u004daturity" : 5,"coinbaseMaturity":'), 'coinbaseMaturity'],
      [text.replace('"p2p":', '"p2p":1,"p2p":'), 'p2p'],
      [text.replace('{', '{"__proto__":{},"__proto__":{},'), '__proto__'],
      [text.replace('{', '{"\\u001b[31m":{},"\\u001b[31m":{},'), '?[31m'],
    ];
    for (const [wrong, field] of twice) {
      assert.notEqual(wrong, text);
      const error = errorOf(() => loadNetworkFile(wrong));
      assert.deepEqual([error.field, /stands there twice/.test(error.message)], [field, true]);
    }
    // A name in the text of a value is none: only its value is wrong.
    const quoted = errorOf(() => loadNetworkFile(JSON.stringify(changed(['name'], '"ports": {"p2p": \\'))));
    assert.equal(quoted.field, 'name');
  });

  it('names a number that JSON cannot hold', () => {
    const text = JSON.stringify(changed(['name'], 'mine')).replace(/"coinbaseMaturity":\d+/, '"coinbaseMaturity":1e999');
    assert.match(errorOf(() => loadNetworkFile(text)).message, /coinbaseMaturity must be .+, not Infinity/);
  });

  it('is refused when too long, not JSON, or no object, in printable words', () => {
    const text = JSON.stringify(changed(['name'], 'mine'));
    loadNetworkFile(text.padEnd(NETWORK_FILE_LENGTH_MAX));
    assert.match(errorOf(() => loadNetworkFile(text.padEnd(NETWORK_FILE_LENGTH_MAX + 1))).message, /65537 characters/);
    for (const wrong of ['', '{', 'null', '[]', '7', '"x"', '['.repeat(60_000), '\u001b[31m']) {
      const error = errorOf(() => loadNetworkFile(wrong));
      assert.equal(error.field, '');
      assert.match(error.message, /^[\x20-\x7e]{1,300}$/);
    }
    const strange = errorOf(() => networkFromFile({ ['\u001b[31m\n'.repeat(50)]: 1 }));
    for (const { field } of strange.problems) assert.match(field, /^[\x20-\x7e]{1,80}$/);
  });

  it('may not carry the name of another network', () => {
    const file = { ...networkToFile(regtest), coinbaseMaturity: 5 };
    for (const name of ['regtest', 'quoin', 'main', 'testnet4', 'signet'])
      assert.equal(errorOf(() => loadNetworkFile(JSON.stringify({ ...file, name }))).field, 'name');
    assert.equal(loadNetworkFile(JSON.stringify({ ...file, name: 'mine' })).consensus.coinbaseMaturity, 5);
  });
});

describe('the message start of a network that names none', () => {
  const start = (file: unknown): string => toHex(networkFromFile(file).messageStart);
  const base = changed(['magic'], undefined) as NetworkFile;

  it('is the same for ever for the same rules', () => {
    // Published by the first release: a change here splits every network that was made with it.
    assert.equal(start(base), '580dc789');
  });

  it('does not depend on names, ports, seeds or how the rules are written', () => {
    const other = { ...base, name: 'other', seeds: ['x.org'], ports: { ...base.ports, p2p: 1 }, pruneKeepBlocks: 1_000 };
    assert.equal(start(other), start(base));
    assert.equal(start(Object.fromEntries(Object.entries(base).reverse())), start(base));
    const { hash: _, ...genesis } = base.genesis as Exclude<NetworkFile['genesis'], string>;
    assert.equal(start({ ...base, genesis }), start(base));
  });

  it('changes with every rule', () => {
    const changes: readonly object[] = [
      { coinbaseMaturity: 101 },
      { limits: { ...base.limits, blockWeight: 3_999_999 } },
      { limits: { ...base.limits, blockSigopsCost: 79_999 } },
      { limits: { ...base.limits, maxMoney: 2_100_000_000_000_001 } },
      { subsidy: { ...base.subsidy, initial: 1 } },
      { subsidy: { ...base.subsidy, halvingInterval: null } },
      { activationHeights: { ...base.activationHeights, bip34: 2 } },
      { time: { future: { kind: 'chain', maxStepSeconds: 7_200 } } },
      { time: { future: { kind: 'wall-clock', maxSeconds: 7_201 } } },
      { pow: { ...base.pow, retarget: 'bitcoin' } },
    ];
    const starts = new Set([start(base), ...changes.map((change) => start({ ...base, ...change }))]);
    assert.equal(starts.size, changes.length + 1);
    assert.notEqual(
      toHex(mined(createNetworkDefinition(choices)).messageStart),
      toHex(mined(createNetworkDefinition(choices), 1_800_000_001).messageStart),
    );
  });

  it('is written into a file only where it does not follow', () => {
    assert.equal(networkToFile(networkFromFile(base)).magic, undefined);
    assert.equal(networkToFile(regtest).magic, 'fabfb5da');
  });

  it('is made over JSON with sorted keys and no white space', () => {
    assert.equal(canonicalJson({ b: [1, null, 'x"'], a: { d: true, c: -5 } }), '{"a":{"c":-5,"d":true},"b":[1,null,"x\\""]}');
    for (const value of [1.5, undefined, 2 ** 53, { a: undefined }]) assert.throws(() => canonicalJson(value), { name: 'AssertionError' });
  });
});

describe('a network of one’s own', () => {
  it('has what was chosen, and the rest from quoin', () => {
    const network = mined(
      createNetworkDefinition({
        ...choices,
        halvingInterval: 10,
        coinbaseMaturity: 3,
        blockWeightWu: 400_000,
        maxMoney: 5_000n,
        futureTime: { kind: 'wall-clock', maxSeconds: 60 },
        spacingSeconds: 2,
        ports: { p2p: 1, http: 2, stratum: 0, electrum: 0 },
        bech32Prefix: 'me',
        seeds: ['seed.example.org'],
      }),
    );
    const { consensus } = network;
    assert.deepEqual(consensus.subsidy, { initial: 1_000n, halvingInterval: 10 });
    assert.equal(consensus.pow.limit, 2n ** 252n);
    assert.deepEqual(
      [consensus.coinbaseMaturity, consensus.maxBlockWeightWu, consensus.maxMoney, consensus.pow.spacingSeconds],
      [3, 400_000, 5_000n, 2],
    );
    assert.deepEqual([network.bech32Prefix, network.ports.p2p, network.dnsSeeds.length], ['me', 1, 1]);
    assert.deepEqual(network.base58, quoin.base58);
    assert.deepEqual(consensus.heights, quoin.consensus.heights);
  });

  it('has constant reward and quoin’s rules unless told otherwise', () => {
    const { consensus } = mined(createNetworkDefinition(choices));
    assert.deepEqual(consensus.subsidy, { initial: 1_000n, halvingInterval: null });
    assert.deepEqual(consensus.futureTime, quoin.consensus.futureTime);
    assert.equal(consensus.maxMoney, quoin.consensus.maxMoney);
  });

  it('has 1 to 64 difficulty bits: a hash is at most 2^(256 - n)', () => {
    assert.equal(bitsOfDifficulty(26), 0x1d400000);
    assert.equal(bitsOfDifficulty(1), 0x21008000);
    for (const difficultyBits of [1, 64]) createNetworkDefinition({ ...choices, difficultyBits });
    for (const difficultyBits of [0, 65, 1.5])
      assert.equal(errorOf(() => createNetworkDefinition({ ...choices, difficultyBits })).field, 'pow.difficultyBits');
    assert.equal(mined(createNetworkDefinition({ ...choices, difficultyBits: 1 })).consensus.pow.limit, 2n ** 255n);
  });

  it('refuses choices that no network can have, by the name of their field', () => {
    assert.equal(errorOf(() => createNetworkDefinition({ ...choices, name: 'quoin' })).field, 'name');
    assert.equal(errorOf(() => createNetworkDefinition({ ...choices, reward: -1n })).field, 'subsidy.initial');
    assert.equal(errorOf(() => createNetworkDefinition({ ...choices, reward: 9_000_000_000_000_001n })).field, 'subsidy.initial');
    const definition = createNetworkDefinition(choices);
    assert.equal(errorOf(() => planGenesis(definition, { timeSeconds: -1 })).field, 'genesis.timeSeconds');
    assert.equal(errorOf(() => planGenesis(definition, { timeSeconds: 2 ** 32 })).field, 'genesis.timeSeconds');
    assert.equal(errorOf(() => planGenesis(definition, { timeSeconds: 1, text: '' })).field, 'genesis.text');
    assert.equal(errorOf(() => planGenesis(networkToFile(regtest), { timeSeconds: 1 })).field, 'genesis');
    assert.equal(errorOf(() => planGenesis('nonsense', { timeSeconds: 1 })).field, '');
  });

  it('takes only a nonce that meets its target', () => {
    const plan = planGenesis(createNetworkDefinition({ ...choices, difficultyBits: 64 }), { timeSeconds: 1 });
    assert.equal(plan.target, 2n ** 192n);
    assert.throws(() => plan.finish(0), { name: 'AssertionError' });
  });
});
