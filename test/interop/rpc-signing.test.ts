/**
 * Signing beside a C++ node: transactions that spend every kind of output, with every kind of signature, whole, in parts and put together,
 * and signed messages. Signatures leave nothing to chance, so the answers are the same to the byte.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encodeWif } from '../../src/core/address/index.ts';
import { toHex } from '../../src/core/base/bytes.ts';
import { createWasmSecp256k1, hash160, sha256 } from '../../src/core/crypto/index.ts';
import { findNetwork } from '../../src/core/params/index.ts';
import { multisigScript, p2pkhScript, p2pkScript, p2shScript, p2trScript, p2wpkhScript, p2wshScript } from '../../src/core/script/index.ts';
import { agree } from '../support/cluster.ts';
import { answerOf, differences, type RpcPlace } from '../support/compare-answers.ts';
import { type PeerNode, peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { type QuoinProcess, startQuoin } from '../support/quoin-process.ts';

const curve = createWasmSecp256k1();
const REGTEST = findNetwork('regtest')!;

/** A key of ours with its texts. */
function keyOf(name: string, compressed = true) {
  const privateKey = sha256(Buffer.from(name));
  return { wif: encodeWif({ privateKey, compressed }, REGTEST), point: curve.publicKeyOf(privateKey, compressed) as Uint8Array };
}

const [ALICE, BOB, CAROL] = [keyOf('alice'), keyOf('bob'), keyOf('carol')];
const LARGE = keyOf('dave', false);

interface Spendable {
  readonly scriptPubKey: Uint8Array;
  readonly redeemScript?: Uint8Array;
  readonly witnessScript?: Uint8Array;
}

const MULTISIG = multisigScript(2, [ALICE.point, BOB.point, CAROL.point]);

/** Outputs behind the hash of a script, in each way. */
function behind(script: Uint8Array): Record<string, Spendable> {
  const program = p2wshScript(sha256(script));
  return {
    sh: { scriptPubKey: p2shScript(hash160(script)), redeemScript: script },
    wsh: { scriptPubKey: program, witnessScript: script },
    'wsh as redeemScript': { scriptPubKey: program, redeemScript: script },
    'sh(wsh)': { scriptPubKey: p2shScript(hash160(program)), redeemScript: program, witnessScript: script },
    'sh(wsh) by its inner script': { scriptPubKey: p2shScript(hash160(program)), redeemScript: script },
  };
}

function named(prefix: string, kinds: Record<string, Spendable>): Record<string, Spendable> {
  return Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [`${prefix} in ${name}`, kind]));
}

const KINDS: Readonly<Record<string, Spendable>> = {
  pk: { scriptPubKey: p2pkScript(ALICE.point) },
  'pk, large': { scriptPubKey: p2pkScript(LARGE.point) },
  pkh: { scriptPubKey: p2pkhScript(hash160(ALICE.point)) },
  'pkh, large': { scriptPubKey: p2pkhScript(hash160(LARGE.point)) },
  wpkh: { scriptPubKey: p2wpkhScript(hash160(ALICE.point)) },
  'wpkh, large': { scriptPubKey: p2wpkhScript(hash160(LARGE.point)) },
  'sh(wpkh)': { scriptPubKey: p2shScript(hash160(p2wpkhScript(hash160(BOB.point)))), redeemScript: p2wpkhScript(hash160(BOB.point)) },
  multi: { scriptPubKey: MULTISIG },
  rawtr: { scriptPubKey: p2trScript(ALICE.point.subarray(1)) },
  tr: { scriptPubKey: p2trScript(curve.tweakXOnly(ALICE.point.subarray(1), sha256(ALICE.point))!.key) },
  ...named('multi', behind(MULTISIG)),
  ...named('pk', behind(p2pkScript(BOB.point))),
  ...named('large pk', behind(p2pkScript(LARGE.point))),
  ...named('pkh', behind(p2pkhScript(hash160(CAROL.point)))),
  ...named('wpkh', behind(p2wpkhScript(hash160(ALICE.point)))),
  ...named('sh', behind(p2shScript(hash160(MULTISIG)))),
  ...named('anyone', behind(Uint8Array.of(0x51))),
  ...named('nobody', behind(Uint8Array.of(0x6a))),
  anchor: { scriptPubKey: Uint8Array.of(0x51, 2, 0x4e, 0x73) },
  anyone: { scriptPubKey: Uint8Array.of(0x51) },
  'unknown witness': { scriptPubKey: Uint8Array.of(0x52, 2, 1, 2) },
};

const HASH_TYPES = ['DEFAULT', 'ALL', 'NONE', 'SINGLE', 'ALL|ANYONECANPAY', 'NONE|ANYONECANPAY', 'SINGLE|ANYONECANPAY'];

/** A member of the argument `prevtxs`. */
function listed(index: number, kind: Spendable, more: object = { amount: 1.5 + index }): Record<string, unknown> {
  const { redeemScript, scriptPubKey, witnessScript } = kind;
  return {
    txid: toHex(sha256(Uint8Array.of(index))),
    vout: index,
    scriptPubKey: toHex(scriptPubKey),
    ...(redeemScript === undefined ? {} : { redeemScript: toHex(redeemScript) }),
    ...(witnessScript === undefined ? {} : { witnessScript: toHex(witnessScript) }),
    ...more,
  };
}

/** What a signed transaction pays: members that only the peer has. */
const KNOTS_OWN = /^\.result\.(fee|feerate): nothing/;

describe('signing beside the C++ node', { skip: peerNodeMissing() }, () => {
  let node: QuoinProcess;
  let peer: PeerNode;
  let places: readonly [ours: RpcPlace, theirs: RpcPlace];

  before(async () => {
    [node, peer] = await Promise.all([startQuoin({ args: ['--index', 'none'] }), startPeerNode('-checkblockindex=0')]);
    const cookieOf = (folder: string): string => readFileSync(join(folder, '.cookie'), 'utf8').trim();
    places = [
      { http: node.http, login: cookieOf(node.dataDir) },
      { http: peer.http, login: cookieOf(join(peer.dataDir, 'regtest')) },
    ];
    await peer.rpc('addnode', node.p2p, 'add');
  });

  after(() => Promise.all([node?.stop(), peer?.stop()]));

  /** Both answer the same; what they answer. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape is what it tests.
  async function same(method: string, ...params: unknown[]): Promise<any> {
    const [ours, theirs] = await Promise.all(places.map((place) => answerOf(place, method, params)));
    const found = differences(ours, theirs).filter((difference) => !KNOTS_OWN.test(difference));
    assert.deepEqual(found, [], `${method} ${JSON.stringify(params).slice(0, 400)}`);
    return (ours as { result?: unknown }).result;
  }

  /** A transaction that spends listed outputs and has one of its own. */
  function spending(outputs: readonly Record<string, unknown>[]): Promise<string> {
    const inputs = outputs.map(({ txid, vout }) => ({ txid, vout }));
    return node.rpc('createrawtransaction', inputs, [{ data: '00' }]) as Promise<string>;
  }

  const ALL_KEYS = [ALICE.wif, BOB.wif, CAROL.wif, LARGE.wif];

  it('signs every kind of output with every kind of signature', async () => {
    const complete = new Set<string>();
    for (const [name, kind] of Object.entries(KINDS)) {
      const outputs = [listed(0, kind), listed(1, kind)];
      const hex = await spending(outputs);
      for (const type of HASH_TYPES) {
        const signed = await same('signrawtransactionwithkey', hex, ALL_KEYS, outputs, type);
        if (signed.complete) complete.add(`${name} ${type}`);
      }
      await same('signrawtransactionwithkey', hex, ALL_KEYS, outputs.slice(1));
      await same('signrawtransactionwithkey', hex, [ALICE.wif], outputs);
      await same('signrawtransactionwithkey', hex, [], outputs);
    }
    for (const kind of ['pk', 'pkh, large', 'wpkh', 'sh(wpkh)', 'multi', 'rawtr', 'multi in sh(wsh)', 'pk in wsh']) {
      for (const type of ['DEFAULT', 'ALL', 'NONE|ANYONECANPAY']) assert.ok(complete.has(`${kind} ${type}`), `${kind} ${type}`);
    }
    // The second input has no output beside it.
    assert.ok(!complete.has('pkh SINGLE'));
  });

  it('adds signatures to those that are there, of each kind, in any order', async () => {
    for (const name of Object.keys(KINDS).filter((each) => each.startsWith('multi'))) {
      const outputs = [listed(3, KINDS[name] as Spendable), listed(4, KINDS.rawtr as Spendable)];
      const hex = await spending(outputs);
      for (const [first, second] of [
        [ALICE, BOB],
        [CAROL, ALICE],
        [CAROL, BOB],
        [BOB, BOB],
      ] as const) {
        const half = await same('signrawtransactionwithkey', hex, [first.wif], outputs);
        const whole = await same('signrawtransactionwithkey', half.hex, [second.wif, ALICE.wif], outputs, 'ALL|ANYONECANPAY');
        await same('signrawtransactionwithkey', whole.hex, [], outputs);
        await same('signrawtransactionwithkey', whole.hex, ALL_KEYS, outputs, 'NONE');
        assert.equal(whole.complete, true, name);
      }
    }
  });

  /** The output together with one of the block before, each signed in a copy of its own. */
  async function mergesPairs(output: Record<string, unknown>): Promise<void> {
    const { previousblockhash } = (await node.rpc('getblockheader', await node.rpc('getbestblockhash'))) as { previousblockhash: string };
    const { tx } = (await node.rpc('getblock', previousblockhash)) as { tx: [string] };
    const hex = await spending([{ txid: tx[0], vout: 0 }, output]);
    const halves = await Promise.all(
      [ALICE, BOB].map(async ({ wif }) => (await same('signrawtransactionwithkey', hex, [wif], [output])).hex),
    );
    await same('combinerawtransaction', halves);
    await same('signrawtransactionwithkey', halves[0], [], [output]);
  }

  it('takes outputs of the chain and puts signatures together', async () => {
    for (const name of Object.keys(KINDS)) {
      const script = toHex((KINDS[name] as Spendable).scriptPubKey);
      const [hash] = (await peer.rpc('generatetodescriptor', 1, `raw(${script})`)) as [string];
      await agree([node, peer]);
      const { tx } = (await node.rpc('getblock', hash)) as { tx: [string] };
      const output = { ...listed(0, KINDS[name] as Spendable, { amount: 50 }), txid: tx[0], vout: 0 };
      const hex = await spending([output]);
      await same('signrawtransactionwithkey', hex, ALL_KEYS);
      const parts: string[] = [];
      for (const keys of [[ALICE.wif], [BOB.wif], [CAROL.wif, LARGE.wif]]) {
        parts.push((await same('signrawtransactionwithkey', hex, keys, [output])).hex);
      }
      await same('combinerawtransaction', parts);
      await same('combinerawtransaction', [...parts].reverse());
      await same('combinerawtransaction', [hex]);
      await same('combinerawtransaction', [hex, parts[2]]);
      const other = await node.rpc('createrawtransaction', [], [{ data: '00' }]);
      await same('combinerawtransaction', [parts[0], other, parts[1]]);
      await mergesPairs(output);
      if (name.startsWith('multi in')) {
        const merged = await same('combinerawtransaction', parts);
        assert.equal((await same('signrawtransactionwithkey', merged, [], [output])).complete, true, name);
      }
      await same('signrawtransactionwithkey', hex, ALL_KEYS, [{ ...output, scriptPubKey: '51ac' }]);
    }
  });

  it('refuses what the C++ node refuses, in its words', async () => {
    const { 'sh(wpkh)': nested, wpkh } = KINDS as { 'sh(wpkh)': Spendable; wpkh: Spendable };
    const outputs = [listed(5, wpkh), listed(6, nested)];
    const hex = await spending(outputs);
    const cases: unknown[][] = [
      ...[
        [],
        [1],
        ['x', []],
        [hex],
        [hex, 1],
        [hex, [1]],
        [hex, ['x']],
        [hex, ['']],
        [hex, [], 1],
        [hex, [], [], 1],
        [hex, [], [], null, 1],
      ],
      ...['', 'all', 'ALL|', 'ALL|NONE', 'DEFAULT|ANYONECANPAY'].map((type) => [hex, ALL_KEYS, outputs, type]),
      ...['', '00', `${hex}00`].map((text) => [text, []]),
      [hex, [encodeWif({ privateKey: sha256(Uint8Array.of(1)), compressed: true }, findNetwork('main')!)]],
      [hex, [ALICE.wif.slice(0, -1)]],
      [hex, ALL_KEYS, outputs.map(({ amount, ...output }) => output)],
      [hex, ALL_KEYS, null],
    ];
    const members: [string, unknown[]][] = [
      ['txid', [undefined, 1, 'zz', '11'.repeat(32), null]],
      ['vout', [undefined, -1, '0', 2147483648, 1.5, null]],
      ['scriptPubKey', [undefined, 1, '', 'zz', '51', null]],
      ['redeemScript', [undefined, 1, '', 'zz', '51', null]],
      ['witnessScript', [undefined, 1, '', 'zz', '51', toHex(p2wpkhScript(hash160(BOB.point))), null]],
      ['amount', [undefined, -1, 'x', '1.5', 21000001, null, 1e-9]],
      ['other', [1]],
    ];
    for (const [member, values] of members) {
      for (const value of values) {
        cases.push([hex, ALL_KEYS, [listed(5, wpkh, { amount: 1, [member]: value }), listed(6, nested, { amount: 1, [member]: value })]]);
      }
    }
    for (const item of [1, null, 'x', [], {}]) cases.push([hex, ALL_KEYS, [item]]);
    for (const params of cases) await same('signrawtransactionwithkey', ...params);
    for (const params of [[], [1], [[]], [[1]], [['x']], [[hex, 'x']], [[hex]], [[hex], 1], [['']]]) {
      await same('combinerawtransaction', ...params);
    }
  });

  it('signs messages and sees through signatures that are not good', async () => {
    const addressOf = (key: typeof ALICE): Promise<string> =>
      node.rpc('decodescript', toHex(p2pkhScript(hash160(key.point)))).then(({ address }: { address: string }) => address);
    const [address, large] = await Promise.all([ALICE, LARGE].map(addressOf));
    for (const message of ['', 'hello', 'é\u{1f600}', 'x'.repeat(300), ...Array.from({ length: 24 }, (_, index) => `${index}`)]) {
      for (const [key, owner] of [
        [ALICE, address],
        [LARGE, large],
      ] as const) {
        const signature = (await same('signmessagewithprivkey', key.wif, message)) as string;
        assert.equal(await same('verifymessage', owner, signature, message), true);
        assert.equal(await same('verifymessage', key === ALICE ? large : address, signature, message), false);
        await same('verifymessage', owner, signature, `${message}.`);
        const bytes = Buffer.from(signature, 'base64');
        // Knots takes others for signatures of its own.
        for (const header of [27, 28, 29, 30, 31, 32, 33, 34]) {
          await same('verifymessage', owner, Buffer.concat([Uint8Array.of(header), bytes.subarray(1)]).toString('base64'), message);
        }
      }
    }
    for (const signature of ['x', 'QR==', 'QQ=', 'Q===', '====', 'Q Q=', 'QQ==\n']) {
      await same('verifymessage', address, signature, 'x');
    }
    for (const byte of [27, 28, 31, 32, 33, 34]) await same('verifymessage', address, Buffer.alloc(65, byte).toString('base64'), 'x');
    // Knots calls what has another length malformed.
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(64, 31), Buffer.alloc(66, 31)]) {
      assert.equal(await node.rpc('verifymessage', address, bytes.toString('base64'), 'x'), false);
    }
    for (const params of [
      [],
      [1, 2, 3],
      ['x', 'QQ==', ''],
      [address],
      [address, ''],
      [address, 1, ''],
      [address, '', 1],
      [address, '', '', 1],
    ]) {
      await same('verifymessage', ...params);
    }
    for (const params of [[], [1], ['x', ''], [ALICE.wif], [ALICE.wif, 1], [ALICE.wif, '', 1], ['', '']]) {
      await same('signmessagewithprivkey', ...params);
    }
  });
});
