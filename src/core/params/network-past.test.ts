import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toHex } from '../base/bytes.ts';
import { toDisplayHex } from '../primitives/ids.ts';
import { explainNetwork } from './explain-network.ts';
import { main } from './main.ts';
import { NetworkFileError, networkFromFile } from './network-file.ts';
import { networkToFile } from './network-json.ts';
import { regtest } from './regtest.ts';
import { signetMessageStart } from './signet.ts';

const HASH = `${'00'.repeat(31)}ab`;

/** JSON has no undefined: what is set to it is not there. */
function dropped(fields: object): object {
  return JSON.parse(JSON.stringify(fields)) as object;
}

function fieldOf(fields: object): string {
  try {
    networkFromFile(dropped({ ...networkToFile(regtest), name: 'mine', ...fields }));
  } catch (error) {
    assert.ok(error instanceof NetworkFileError);
    return error.field;
  }
  return 'accepted';
}

const deployment = {
  name: 'soft',
  bit: 0,
  startTimeSeconds: 5,
  timeoutSeconds: 9,
  minActivationHeight: 0,
  periodBlocks: 10,
  thresholdBlocks: 10,
};

const filterCheckpoint = { height: 2, block: HASH, filterHeader: HASH };

const snapshotBase = { height: 2, block: HASH, coinsHash: HASH, chainTxCount: 3 };

describe('what few networks have in their file', () => {
  it('is nothing where it is left out, and then not written', () => {
    const network = networkFromFile(dropped({ ...networkToFile(regtest), name: 'mine', assumeutxo: undefined, deployments: undefined }));
    assert.deepEqual(network.consensus.history, { bip34Hash: null, bip30Repeats: [], scriptExceptions: [] });
    assert.equal(network.consensus.signetChallenge, null);
    assert.deepEqual(
      [network.minimumChainWork, network.assumeValid, network.assumeUtxo, network.filterCheckpoints, network.deployments],
      [0n, null, [], [], []],
    );
    const written = Object.keys(networkToFile(network));
    for (const field of ['history', 'signetChallenge', 'minimumChainWork', 'assumeValid', 'assumeutxo', 'filterCheckpoints', 'deployments'])
      assert.ok(!written.includes(field));
  });

  it('comes back as it was written', () => {
    const fields = {
      history: { bip34Hash: HASH, bip30Repeats: [HASH], scriptExceptions: [{ block: HASH, rules: ['p2sh', 'witness'] }] },
      signetChallenge: '51',
      minimumChainWork: HASH,
      assumeValid: HASH,
      assumeutxo: [snapshotBase],
      filterCheckpoints: [filterCheckpoint, { ...filterCheckpoint, height: 3 }],
      deployments: [deployment],
    };
    const network = networkFromFile(dropped({ ...networkToFile(regtest), name: 'mine', ...fields }));
    assert.equal(network.minimumChainWork, 0xabn);
    assert.equal(toDisplayHex(network.assumeValid ?? new Uint8Array()), HASH);
    assert.equal(toHex(network.consensus.signetChallenge ?? new Uint8Array()), '51');
    const file = networkToFile(network);
    for (const [field, value] of Object.entries(fields)) assert.deepEqual(file[field as keyof typeof file], value, field);
  });

  it('changes the message start where it is a rule, and only there', () => {
    const start = (fields: object): string => {
      const { magic: _, ...file } = networkToFile(regtest);
      return toHex(networkFromFile(dropped({ ...file, name: 'mine', ...fields })).messageStart);
    };
    const plain = start({});
    assert.notEqual(start({ signetChallenge: '51' }), plain);
    assert.notEqual(start({ history: { bip34Hash: HASH } }), plain);
    assert.equal(start({ history: {} }), plain);
    assert.equal(
      start({ minimumChainWork: HASH, assumeValid: HASH, filterCheckpoints: [filterCheckpoint], deployments: [deployment] }),
      plain,
    );
  });

  it('is refused by its path where it is wrong', () => {
    assert.equal(fieldOf({ history: 5 }), 'history');
    assert.equal(fieldOf({ history: { colour: 1 } }), 'history.colour');
    assert.equal(fieldOf({ history: { bip34Hash: 'ab' } }), 'history.bip34Hash');
    assert.equal(fieldOf({ history: { bip30Repeats: ['x'] } }), 'history.bip30Repeats');
    assert.equal(fieldOf({ history: { scriptExceptions: {} } }), 'history.scriptExceptions');
    for (const rules of ['p2sh', ['witness'], ['p2sh', 'taproot'], ['p2sh', 'witness', 'taproot', 'p2sh'], undefined])
      assert.equal(fieldOf({ history: { scriptExceptions: [{ block: HASH, rules }] } }), 'history.scriptExceptions.0.rules');
    for (const rules of [[], ['p2sh'], ['p2sh', 'witness'], ['p2sh', 'witness', 'taproot']])
      assert.equal(fieldOf({ history: { scriptExceptions: [{ block: HASH, rules }] } }), 'accepted');
    assert.equal(fieldOf({ signetChallenge: '' }), 'signetChallenge');
    assert.equal(fieldOf({ signetChallenge: '51'.repeat(10_001) }), 'signetChallenge');
    assert.equal(fieldOf({ signetChallenge: '51'.repeat(10_000) }), 'accepted');
    assert.equal(fieldOf({ minimumChainWork: '01' }), 'minimumChainWork');
    assert.equal(fieldOf({ assumeValid: null }), 'assumeValid');
    assert.equal(fieldOf({ assumeutxo: snapshotBase }), 'assumeutxo');
    assert.equal(fieldOf({ assumeutxo: new Array(65).fill(snapshotBase) }), 'assumeutxo');
    assert.equal(fieldOf({ assumeutxo: new Array(64).fill(snapshotBase) }), 'accepted');
    for (const [field, least] of [
      ['height', 1],
      ['chainTxCount', 3],
    ] as const) {
      for (const [value, outcome] of [
        [least, 'accepted'],
        [least - 1, `assumeutxo.0.${field}`],
        [least + 0.5, `assumeutxo.0.${field}`],
      ] as const)
        assert.equal(fieldOf({ assumeutxo: [{ ...snapshotBase, [field]: value }] }), outcome);
    }
    for (const field of ['block', 'coinsHash'])
      assert.equal(fieldOf({ assumeutxo: [{ ...snapshotBase, [field]: 'ab' }] }), `assumeutxo.0.${field}`);
    assert.equal(fieldOf({ assumeutxo: [{ ...snapshotBase, colour: 1 }] }), 'assumeutxo.0.colour');
    const checkpoints = (...heights: readonly number[]) =>
      fieldOf({ filterCheckpoints: heights.map((height) => ({ ...filterCheckpoint, height })) });
    assert.deepEqual([checkpoints(0), checkpoints(1)], ['filterCheckpoints.0.height', 'accepted']);
    assert.deepEqual([checkpoints(5, 5), checkpoints(5, 6)], ['filterCheckpoints.1.height', 'accepted']);
    assert.deepEqual([checkpoints(0x7fffffff), checkpoints(0x80000000)], ['accepted', 'filterCheckpoints.0.height']);
    assert.equal(checkpoints(0x7fffffff, 0x7fffffff), 'filterCheckpoints.1.height');
    assert.equal(checkpoints(...Array.from({ length: 64 }, (_, i) => i + 1)), 'accepted');
    assert.equal(checkpoints(...Array.from({ length: 65 }, (_, i) => i + 1)), 'filterCheckpoints');
    assert.equal(
      fieldOf({ filterCheckpoints: [{ ...filterCheckpoint, filterHeader: '00'.repeat(32) }] }),
      'filterCheckpoints.0.filterHeader',
    );
    assert.equal(fieldOf({ filterCheckpoints: [{ ...filterCheckpoint, block: 'ab' }] }), 'filterCheckpoints.0.block');
    assert.equal(fieldOf({ filterCheckpoints: [{ ...filterCheckpoint, more: 1 }] }), 'filterCheckpoints.0.more');
    assert.equal(fieldOf({ deployments: new Array(65).fill(deployment) }), 'deployments');
    assert.equal(fieldOf({ deployments: new Array(64).fill(deployment) }), 'accepted');
  });

  it('takes each number of a deployment from its least to its most', () => {
    const LIMITS: readonly (readonly [string, number, number])[] = [
      ['bit', 0, 28],
      ['startTimeSeconds', -1, 0xffffffff],
      ['timeoutSeconds', 0, 0xffffffff],
      ['minActivationHeight', 0, 0x7fffffff],
      ['thresholdBlocks', 1, 10],
    ];
    for (const [name, min, max] of LIMITS) {
      const at = (value: number): string => fieldOf({ deployments: [{ ...deployment, [name]: value }] });
      const wrong = `deployments.0.${name}`;
      assert.deepEqual([at(min - 1), at(min), at(max), at(max + 1)], [wrong, 'accepted', 'accepted', wrong], name);
    }
    assert.equal(fieldOf({ deployments: [{ ...deployment, timeoutSeconds: null }] }), 'accepted');
    assert.equal(fieldOf({ deployments: [{ ...deployment, name: 'No' }] }), 'deployments.0.name');
    assert.equal(fieldOf({ deployments: [{ ...deployment, more: 1 }] }), 'deployments.0.more');
  });

  it('is explained', () => {
    const facts = explainNetwork(main);
    const notes = facts.filter(({ field }) => field === 'history.scriptExceptions').map(({ note }) => note);
    assert.deepEqual(notes, ['its scripts: none of p2sh, witness, taproot', 'its scripts: p2sh, witness']);
    assert.equal(facts.find(({ field }) => field === 'deployments.taproot')?.note, '1815 of 2016 blocks, from 1619222400 until 1628640000');
    const known = explainNetwork(
      networkFromFile(dropped({ ...networkToFile(regtest), name: 'mine', filterCheckpoints: [filterCheckpoint] })),
    );
    assert.equal(known.find(({ field }) => field === 'filterCheckpoints.2')?.value, HASH);
    const signed = explainNetwork(networkFromFile(dropped({ ...networkToFile(regtest), name: 'mine', signetChallenge: '51' })));
    const start = toHex(signetMessageStart(Uint8Array.of(0x51)));
    assert.ok(signed.some(({ field, note }) => field === 'signetChallenge' && note.endsWith(`magic ${start} for it`)));
  });
});
