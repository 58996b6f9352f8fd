import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BuildParent, buildBlock, buildChain, childOf, genesisParent, rebuild } from '../../test/support/chain-builder.ts';
import type { KeyOutputKind } from '../../test/support/key-spends.ts';
import { assertFound, blocks, hiding, honest, key, params, TIP, told, unspent, watch } from '../../test/support/light-chain.ts';
import { LightWorld, ServedPeer, withFilters } from '../../test/support/light-world.ts';
import { ScriptedPeer, WORLD_PORT } from '../../test/support/sync-world.ts';
import { toHex } from '../core/base/bytes.ts';
import { chooseSecp256k1 } from '../core/crypto/node/choose-secp256k1.ts';
import { chooseTransportEngine } from '../core/crypto/node/choose-transport-engine.ts';
import { BasicFilterBuilder } from '../core/filters/basic-filter.ts';
import type { Block } from '../core/primitives/block.ts';
import { hashKey } from '../core/primitives/ids.ts';
import { isCoinbase, makeTransaction } from '../core/primitives/transaction.ts';
import { SERVICES } from '../core/wire/services.ts';

function hosts(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `10.0.0.${i + 1}`);
}

describe('a light client', () => {
  it('finds coins, balance and payments of scripts, out of headers, filters and the blocks that match', async () => {
    const world = new LightWorld(params);
    const peer = await world.serve('10.0.0.1', honest);
    const light = await world.client(['10.0.0.1'], { watch });
    await world.caughtUp(light, TIP);
    assertFound(light, blocks);
    const { confirmed, immature, unconfirmed } = light.client.balance();
    const total = [...unspent(blocks, watch).values()].reduce((sum, each) => sum + each, 0n);
    assert.equal(confirmed + immature, total);
    assert.ok(immature > 0n);
    assert.equal(unconfirmed, 0n);
    assert.equal(
      light.client.payments().reduce((sum, { amount }) => sum + amount, 0n),
      total,
    );
    assert.ok(peer.received.some(({ type }) => type === 'getdata'));
    await world.close();
  });

  it('fetches no block where nothing is watched, and those that match only for a script that is', async () => {
    const world = new LightWorld(params);
    const peer = await world.serve('10.0.0.1', honest);
    const light = await world.client(['10.0.0.1'], { watch: [] });
    await world.caughtUp(light, TIP);
    assert.ok(!peer.received.some(({ type }) => type === 'getdata' || type === 'getcfilters'));
    light.client.watch(toHex(key.scripts.tr), 30);
    await world.until(() => light.client.progress().scanned === TIP);
    const heights = told(light, 'block-fetched').map(({ height }) => height);
    assert.ok(heights.length > 0 && heights.every((height) => height >= 30));
    await world.close();
  });

  it('begins at a birthday, by height or by time', async () => {
    const world = new LightWorld(params);
    await world.serve('10.0.0.1', honest);
    const late = await world.client(['10.0.0.1'], { watch, birthday: { height: 35 } });
    const timed = await world.client(['10.0.0.1'], { watch, birthday: { timeSeconds: blocks[20]!.header.timeSeconds + 7_200 } });
    await world.caughtUp(late, TIP);
    await world.caughtUp(timed, TIP);
    assert.equal(told(late, 'block-fetched')[0]?.height, 35);
    const first = told(timed, 'block-fetched')[0]!.height;
    assert.ok(first >= 20 && first <= 26, `${first}`);
    late.client.rescan(0);
    await world.caughtUp(late, TIP);
    assertFound(late, blocks);
    await world.close();
  });

  it('goes on where it was stopped, with what it knew', async () => {
    const world = new LightWorld(params);
    const peer = await world.serve('10.0.0.1', { blocks: blocks.slice(0, 21), filters: honest.filters.slice(0, 21) });
    const first = await world.client(['10.0.0.1'], { watch });
    await world.caughtUp(first, 20);
    await first.client.stop();
    peer.chain = honest;
    peer.received.length = 0;
    const second = await world.client(['10.0.0.1'], { stores: first.stores });
    assert.deepEqual(second.client.watched(), watch);
    assert.equal(second.client.progress().scanned, 20);
    await world.caughtUp(second, TIP);
    assertFound(second, blocks);
    for (const message of peer.received) if (message.type === 'getcfilters') assert.ok(message.startHeight > 20);
    await world.close();
  });

  it('follows a reorganisation of any depth, and forgets what the branch that was left paid', async () => {
    const world = new LightWorld(params);
    const peer = await world.serve('10.0.0.1', honest);
    const light = await world.client(['10.0.0.1'], { watch });
    await world.caughtUp(light, TIP);
    for (const [depth, mark] of [
      [1, 201],
      [35, 202],
    ] as const) {
      const fork = blocks.slice(0, blocks.length - depth);
      const parent = { header: fork.at(-1)!.header, height: fork.length - 1, medianTimeSeconds: fork.at(-1)!.header.timeSeconds };
      const branch = buildChain({
        parent,
        params,
        count: depth + mark - 200,
        extra: Uint8Array.of(mark),
        coinbaseScript: key.scripts.wpkh,
      });
      const left = peer.chain.blocks.length;
      peer.chain = withFilters([...fork, ...branch]);
      peer.announce(branch.length);
      await world.caughtUp(light, peer.chain.blocks.length - 1);
      assert.ok(peer.chain.blocks.length > left);
      // What only the branch that was left confirmed waits again, until it is given up.
      const waiting = light.client.payments().filter(({ place }) => place === undefined);
      for (const { txid } of waiting) light.client.forget(txid);
      assertFound(light, peer.chain.blocks);
    }
    assert.ok(told(light, 'reorganised').some(({ height }) => height === TIP - 35));
    await world.close();
  });

  it('sends a transaction to whoever asks, tells of it again, and sees it in a block', async () => {
    const world = new LightWorld(params);
    const peers = [await world.serve('10.0.0.1', honest), await world.serve('10.0.0.2', honest)];
    const light = await world.client(hosts(2), { watch });
    await world.caughtUp(light, TIP);
    const coin = light.client.coins().find(({ output }) => toHex(output.scriptPubKey) === watch[0])!;
    const { outPoint, output } = coin;
    const tx = key.spend([{ outPoint, value: output.value, kind: 'wpkh' }], [key.output('pkh', output.value - 1_000n)]);
    assert.equal(light.client.send(tx), true);
    await world.until(() => peers.every(({ transactions }) => transactions.length === 1));
    assert.deepEqual(hashKey(peers[0]!.transactions[0]!.wtxid), hashKey(tx.wtxid));
    assert.equal(told(light, 'transaction-relayed').at(-1)?.asked, 2);
    assert.equal(light.client.balance().unconfirmed, output.value - 1_000n);
    await world.until(() => peers.every(({ transactions }) => transactions.length === 2), 700_000);
    const parent = { header: blocks.at(-1)!.header, height: TIP, medianTimeSeconds: blocks.at(-1)!.header.timeSeconds };
    const block = buildBlock({ parent, params, transactions: [tx] });
    for (const peer of peers) {
      peer.chain = withFilters([...blocks, block]);
      peer.announce();
    }
    await world.caughtUp(light, TIP + 1);
    assert.equal(light.client.payments().find(({ txid }) => hashKey(txid) === hashKey(tx.txid))?.place?.height, TIP + 1);
    assert.equal(light.client.balance().unconfirmed, 0n);
    await world.close();
  });
});

describe('the connections of a light client', () => {
  it('are eight at most, and no more when others are known', async () => {
    const world = new LightWorld(params);
    const peers = await Promise.all(hosts(12).map((host) => world.serve(host, honest)));
    const light = await world.client(hosts(12));
    await world.caughtUp(light, TIP);
    await world.advance(400_000);
    assert.equal(peers.filter((peer) => peer.peers.length > 0).length, 8);
    assert.equal(light.client.progress().peers, 8);
    await world.close();
  });

  it('are not made with a liar for a day, also after a restart', async () => {
    const world = new LightWorld(params);
    const peers = [await world.serve('10.0.0.1', honest), await world.serve('10.0.0.2', hiding(blocks, 5))];
    const light = await world.client(hosts(2), { watch });
    await world.caughtUp(light, TIP);
    await light.client.stop();
    const again = await world.client(hosts(2), { stores: light.stores });
    await world.caughtUp(again, TIP);
    await world.advance(80_000_000);
    assert.equal(peers[1]!.peers.length, 1);
    await world.advance(10_000_000);
    assert.ok(peers[1]!.peers.length > 1);
    await world.close();
  });

  it('are tried ever less often where nobody answers: some ten calls in half an hour', async () => {
    const world = new LightWorld(params);
    let calls = 0;
    await world.listen('10.0.0.1', (peer) => {
      calls++;
      peer.connection.close('busy');
    });
    await world.client(hosts(1));
    await world.advance(1_800_000);
    assert.ok(calls >= 8 && calls <= 13, `${calls}`);
    await world.close();
  });

  it('fall back to the first transport where a peer hangs up on the encrypted one', async () => {
    const world = new LightWorld(params);
    const served = new ServedPeer(honest);
    let calls = 0;
    await world.network.transport('10.0.0.1').listen({ host: '10.0.0.1', port: WORLD_PORT }, (connection) => {
      if (calls++ === 0) connection.handlers = { data: () => connection.close('what is this'), drained: () => {}, closed: () => {} };
      else served.called(new ScriptedPeer(world, connection), SERVICES.network | SERVICES.witness | SERVICES.compactFilters);
    });
    const light = await world.client(hosts(1), { watch, transportEngine: chooseTransportEngine(chooseSecp256k1('auto')) });
    await world.caughtUp(light, TIP);
    assert.equal(calls, 2);
    assertFound(light, blocks);
    await world.close();
  });

  it('are made with nodes behind the names of the network where none is named', async () => {
    const world = new LightWorld({ ...params, dnsSeeds: ['seed.example'], ports: { ...params.ports, p2p: WORLD_PORT } });
    await world.serve('10.0.0.3', honest);
    const light = await world.client([], { watch, resolver: { resolve: async (name) => (name === 'seed.example' ? ['10.0.0.3'] : []) } });
    await world.caughtUp(light, TIP);
    assertFound(light, blocks);
    await world.close();
  });
});

describe('a light client among liars', () => {
  it('P24: one honest peer of eight, and the others hide a payment: they are banned, and everything is found', async () => {
    const world = new LightWorld(params);
    const liar = hiding(blocks, 7, 12);
    for (const host of hosts(8)) await world.serve(host, host === '10.0.0.5' ? honest : liar);
    const light = await world.client(hosts(8), { watch });
    await world.caughtUp(light, TIP);
    assertFound(light, blocks);
    assert.equal(told(light, 'peer-banned').length, 7);
    assert.ok(told(light, 'peer-banned').every(({ address, why }) => address !== '10.0.0.5:7333' && why === 'filter-false'));
    assert.equal(told(light, 'filters-disputed').length, 1);
    await world.close();
  });

  it('P24: the honest peer comes last, when the lie has long been believed: it is taken back', async () => {
    const world = new LightWorld(params);
    const liar = hiding(blocks, 9);
    for (const host of hosts(7)) await world.serve(host, liar);
    const light = await world.client(hosts(8), { watch });
    await world.caughtUp(light, TIP);
    assert.notDeepEqual(light.client.coins().length, unspent(blocks, watch).size);
    await world.serve('10.0.0.8', honest);
    await world.until(() => told(light, 'peer-banned').length === 7, 700_000);
    await world.caughtUp(light, TIP);
    assertFound(light, blocks);
    await world.close();
  });

  it('P24: the honest peer leaves before the liar comes: what was agreed on stands, and the liar alone is banned', async () => {
    const world = new LightWorld(params);
    const first = await world.serve('10.0.0.1', honest);
    const light = await world.client(hosts(2), { watch });
    await world.caughtUp(light, TIP);
    for (const peer of first.peers) peer.connection.close('gone');
    await world.serve('10.0.0.2', hiding(blocks, 11));
    await world.until(() => told(light, 'peer-banned').length === 1, 700_000);
    assert.equal(told(light, 'peer-banned')[0]!.address, '10.0.0.2:7333');
    await world.caughtUp(light, TIP);
    assertFound(light, blocks);
    await world.close();
  });

  for (const kind of ['wpkh', 'pkh'] as const) {
    it(`bans one that leaves out a spent script which its input shows (${kind}), and one that adds more than a block can give`, async () => {
      const world = new LightWorld(params);
      const chain = [...blocks, emptying(kind)];
      const at = (filter: (block: Block) => Uint8Array) =>
        withFilters(chain, (height, right, block) => (height === TIP + 1 ? filter(block) : right));
      await world.serve('10.0.0.1', withFilters(chain));
      await world.serve(
        '10.0.0.2',
        at((block) => filterOfOutputs(block)),
      );
      await world.serve(
        '10.0.0.3',
        at((block) => filterOfOutputs(block, 500)),
      );
      const light = await world.client(hosts(3), { watch });
      await world.caughtUp(light, TIP + 1);
      const banned = told(light, 'peer-banned').map(({ address }) => address);
      assert.deepEqual(banned.sort(), ['10.0.0.2:7333', '10.0.0.3:7333']);
      assertFound(light, chain);
      await world.close();
    });
  }

  it('looks through the block itself where nobody can be proved wrong, follows both sides, and bans nobody', async () => {
    const world = new LightWorld(params);
    const block = emptying('tr');
    const last = buildChain({ parent: after(blocks.at(-1)!, block), params, count: 3, coinbaseScript: key.scripts.tr });
    const chain = [...blocks, block, ...last];
    const scripts = [toHex(key.scripts.tr)];
    const lying = withFilters(chain, (height, right, each) => (height === TIP + 1 ? filterOfOutputs(each) : right));
    const peers = [await world.serve('10.0.0.1', lying), await world.serve('10.0.0.2', withFilters(chain))];
    const light = await world.client(hosts(2), { watch: scripts });
    await world.caughtUp(light, TIP + 4);
    assert.deepEqual(
      told(light, 'filters-judged').map(({ open, refuted }) => ({ open, refuted })),
      [{ open: 2, refuted: 0 }],
    );
    assert.ok(told(light, 'block-fetched').some(({ height }) => height === TIP + 1));
    assertFound(light, chain, scripts);
    const next = buildBlock({ parent: after(last.at(-2)!, last.at(-1)!, TIP + 4), params, coinbaseScript: key.scripts.tr });
    for (const peer of peers) {
      peer.chain = withFilters([...chain, next], (height, right, each) =>
        height === TIP + 1 && peer === peers[0] ? filterOfOutputs(each) : right,
      );
      peer.announce();
    }
    await world.caughtUp(light, TIP + 5);
    assertFound(light, [...chain, next], scripts);
    assert.equal(told(light, 'filters-judged').length, 1);
    assert.equal(told(light, 'peer-banned').length, 0);
    await light.client.stop();
    const again = await world.client(hosts(2), { stores: light.stores });
    await world.caughtUp(again, TIP + 5);
    assertFound(again, [...chain, next], scripts);
    await world.close();
  });

  it('looks at one block, and not at all after it again, where somebody comes late with a filter that stays open', async () => {
    const world = new LightWorld(params);
    const block = emptying('tr');
    const last = buildChain({ parent: after(blocks.at(-1)!, block), params, count: 3, coinbaseScript: key.scripts.tr });
    const chain = [...blocks, block, ...last];
    const first = await world.serve('10.0.0.1', withFilters(chain));
    const light = await world.client(hosts(2), { watch: [toHex(key.scripts.tr)] });
    await world.caughtUp(light, TIP + 4);
    const asked = first.received.filter(({ type }) => type === 'getcfilters').length;
    const padded = (each: Block) => filterOfOutputs(each, 1);
    await world.serve(
      '10.0.0.2',
      withFilters(chain, (height, right, each) => (height === TIP + 1 ? padded(each) : right)),
    );
    const fetched = told(light, 'block-fetched').length;
    await world.until(() => told(light, 'filters-judged').length === 1, 700_000);
    await world.caughtUp(light, TIP + 4);
    assert.equal(told(light, 'filters-judged')[0]!.open, 2);
    assert.deepEqual(
      told(light, 'block-fetched')
        .slice(fetched)
        .map(({ height }) => height),
      [TIP + 1],
    );
    // One more question for a filter: that of the dispute.
    assert.equal(first.received.filter(({ type }) => type === 'getcfilters').length, asked + 1);
    assertFound(light, chain, [toHex(key.scripts.tr)]);
    await world.close();
  });

  it('bans one whose filters are not those that it stood for', async () => {
    const world = new LightWorld(params);
    const peer = await world.serve('10.0.0.1', honest);
    const light = await world.client(hosts(2), { watch: [] });
    await world.caughtUp(light, TIP);
    peer.chain = hiding(blocks, 15);
    light.client.watch(watch[0]!);
    await world.until(() => told(light, 'peer-banned').length === 1);
    assert.equal(told(light, 'peer-banned')[0]!.why, 'filter-false');
    await world.serve('10.0.0.2', honest);
    await world.until(() => light.client.progress().scanned === TIP, 700_000);
    assertFound(light, blocks, [watch[0]!]);
    await world.close();
  });

  for (const type of ['getheaders', 'getcfheaders', 'getcfilters', 'getdata'] as const) {
    it(`moves on from a peer that withholds what ${type} asks for`, async () => {
      const world = new LightWorld(params);
      const peer = await world.serve('10.0.0.1', honest);
      peer.withholds.add(type);
      await world.serve('10.0.0.2', honest);
      const light = await world.client(hosts(2), { watch });
      await world.until(() => light.client.progress().scanned === TIP, 300_000);
      assertFound(light, blocks);
      assert.equal(told(light, 'peer-banned').length, 0);
      await world.close();
    });
  }

  it('takes nothing from a peer of another network, nor filters from one that offers none', async () => {
    const world = new LightWorld(params);
    const other = new LightWorld({ ...params, messageStart: Uint8Array.of(1, 2, 3, 4) });
    await world.network.transport('10.0.0.1').listen({ host: '10.0.0.1', port: 7333 }, (connection) => {
      connection.handlers = { data: () => connection.write(new Uint8Array(100).fill(9)), drained: () => {}, closed: () => {} };
    });
    await world.serve('10.0.0.2', honest, SERVICES.network | SERVICES.witness);
    await world.serve('10.0.0.3', honest);
    const light = await world.client(hosts(3), { watch });
    await world.until(() => light.client.progress().scanned === TIP, 300_000);
    assertFound(light, blocks);
    assert.deepEqual(
      told(light, 'peer-ready').map(({ address, filters }) => [address, filters]),
      [
        ['10.0.0.2:7333', false],
        ['10.0.0.3:7333', true],
      ],
    );
    await other.close();
    await world.close();
  });

  it('C4, C6: refuses a block with other transactions or witnesses than its header stands for, and asks another', async () => {
    const world = new LightWorld(params);
    const forged = blocks.map((block, height) => {
      if (height < 10) return block;
      const [coinbase, ...others] = block.transactions;
      // 64 bytes, as an inner node of the tree is; then the witnesses are taken away.
      const inner = { ...coinbase!, outputs: coinbase!.outputs.slice(0, 1) };
      return height % 2 === 0 ? { ...block, transactions: [makeTransaction(inner), ...others, makeTransaction(inner)] } : stripped(block);
    });
    const liar = await world.serve('10.0.0.1', { blocks: forged, filters: honest.filters });
    await world.serve('10.0.0.2', honest);
    const light = await world.client(hosts(2), { watch });
    await world.caughtUp(light, TIP, 300_000);
    assertFound(light, blocks);
    assert.ok(liar.received.some(({ type }) => type === 'getdata'));
    assert.deepEqual(
      told(light, 'peer-banned').map(({ address, why }) => `${address} ${why}`),
      ['10.0.0.1:7333 block-mutated'],
    );
    await world.close();
  });

  it('leaves a branch of more work that has a block which breaks a rule', async () => {
    const world = new LightWorld(params);
    const parent = childOf({ ...genesisParent(params), height: TIP - 1 }, blocks.at(-1)!);
    const good = buildBlock({ parent: { ...parent, height: TIP }, params, coinbaseScript: key.scripts.wpkh });
    // The height in the coinbase is another block's.
    const bad = rebuild(good, { transactions: [blocks[1]!.transactions[0]!] }, params);
    const peer = await world.serve('10.0.0.1', withFilters([...blocks, bad]));
    const light = await world.client(['10.0.0.1'], { watch: [toHex(key.scripts.tr), ...watch] });
    await world.until(() => light.client.progress().scanned === TIP && light.client.progress().headers === TIP);
    assertFound(light, blocks, [toHex(key.scripts.tr), ...watch]);
    peer.chain = withFilters([...blocks, good]);
    peer.announce();
    await world.until(() => light.client.progress().scanned === TIP + 1);
    await world.close();
  });
});

/** The parent that a block is. */
function after(before: Block, block: Block, height: number = TIP + 1): BuildParent {
  return { header: block.header, height, medianTimeSeconds: before.header.timeSeconds + 1 };
}

/** A block after the last one in which one coin of the key is spent, and nothing of the key is made. */
function emptying(kind: KeyOutputKind): Block {
  for (const { transactions } of blocks) {
    const tx = transactions.at(-1)!;
    const vout = tx.outputs.findIndex(({ scriptPubKey }) => toHex(scriptPubKey) === toHex(key.scripts[kind]));
    if (isCoinbase(tx) || vout < 0 || !unspent(blocks, [toHex(key.scripts[kind])]).has(`${toHex(tx.txid)}:${vout}`)) continue;
    const { value } = tx.outputs[vout]!;
    const spender = key.spend([{ outPoint: { txid: tx.txid, vout }, value, kind }], [{ value, scriptPubKey: Uint8Array.of(0x51) }]);
    return buildBlock({ parent: after(blocks.at(-2)!, blocks.at(-1)!, TIP), params, transactions: [spender] });
  }
  throw new Error(`the chain has no coin of the kind ${kind}`);
}

/** A filter of the outputs of a block, and of so many scripts besides that are not in it. */
function filterOfOutputs(block: Block, others = 0): Uint8Array {
  const builder = new BasicFilterBuilder(block.header.hash);
  for (const { outputs } of block.transactions) for (const { scriptPubKey } of outputs) builder.addOutput(scriptPubKey);
  for (let i = 0; i < others; i++) builder.addSpent(Uint8Array.of(0x52, i & 255, i >> 8));
  return builder.finish();
}

function stripped(block: Block): Block {
  const transactions = block.transactions.map((tx) =>
    makeTransaction({ ...tx, inputs: tx.inputs.map((input) => ({ ...input, witness: [] })) }),
  );
  return { ...block, transactions };
}
