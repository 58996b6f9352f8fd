/**
 * What indexes must answer, worked out anew from every block of the active chain: slow, and too simple to be wrong in the same way.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { basicFilter, filterHeader } from '../../src/core/filters/basic-filter.ts';
import { decodeBlock } from '../../src/core/primitives/block.ts';
import { type Txid, toDisplayHex } from '../../src/core/primitives/ids.ts';
import type { OutPoint } from '../../src/core/primitives/transaction.ts';
import type { Chain } from '../../src/engine/chain/chain.ts';
import type { IndexService } from '../../src/engine/ports/index-service.ts';

const name = ({ txid, vout }: OutPoint): string => `${toDisplayHex(txid)}:${vout}`;

/** One script's rows. */
interface ModelScript {
  readonly script: Uint8Array;
  readonly coins: Map<string, string>;
  /** The oldest first. */
  readonly events: string[];
}

/** Everything that the active chain holds. */
interface Model {
  /** Txid to hash of its block and its place there. */
  readonly transactions: Map<string, string>;
  readonly spenders: Map<string, { readonly outPoint: OutPoint; readonly by: string }>;
  readonly scripts: Map<string, ModelScript>;
  readonly filters: string[];
}

async function modelOf(chain: Chain): Promise<Model> {
  const model: Model = { transactions: new Map(), spenders: new Map(), scripts: new Map(), filters: [] };
  let header: Uint8Array = new Uint8Array(32);
  for (let height = 0; height <= chain.tip.height; height++) {
    const node = chain.active.at(height);
    assert.ok(node !== undefined);
    const block = decodeBlock(await chain.readBlock(node));
    const spentCoins = await chain.readBlockUndo(node);
    const filter = basicFilter(
      block,
      spentCoins.flat().map(({ scriptPubKey }) => scriptPubKey),
    );
    header = filterHeader(filter, header);
    model.filters.push(`${Buffer.from(filter).toString('hex')} ${toDisplayHex(header)}`);
    for (const [position, tx] of height === 0 ? [] : block.transactions.entries()) {
      const txid = toDisplayHex(tx.txid);
      model.transactions.set(txid, `${toDisplayHex(node.hash)} ${position}`);
      const flows = new Map<ModelScript, { received: bigint; spent: bigint }>();
      const flowOf = (script: Uint8Array) => {
        const key = Buffer.from(script).toString('hex');
        const known = model.scripts.get(key) ?? { script, coins: new Map(), events: [] };
        model.scripts.set(key, known);
        const flow = flows.get(known) ?? { received: 0n, spent: 0n };
        flows.set(known, flow);
        return { known, flow };
      };
      for (const [index, { prevout }] of position === 0 ? [] : tx.inputs.entries()) {
        const coin = spentCoins[position - 1]?.[index];
        assert.ok(coin !== undefined);
        model.spenders.set(name(prevout), { outPoint: prevout, by: `${txid} ${index} ${height}` });
        const { flow, known } = flowOf(coin.scriptPubKey);
        flow.spent += coin.value;
        assert.ok(known.coins.delete(name(prevout)));
      }
      for (const [vout, { scriptPubKey, value }] of tx.outputs.entries()) {
        if (scriptPubKey[0] === 0x6a) continue;
        const { flow, known } = flowOf(scriptPubKey);
        flow.received += value;
        known.coins.set(name({ txid: tx.txid, vout }), `${value} ${height} ${position === 0}`);
      }
      for (const [known, { received, spent }] of flows) known.events.push(`${txid} ${height} ${position} ${received} ${spent}`);
    }
  }
  return model;
}

/** All pages of something, a few at a time. */
async function pages<Item, Cursor>(
  ask: (after: Cursor | undefined) => Promise<readonly Item[]>,
  cursorOf: (item: Item) => Cursor,
): Promise<Item[]> {
  const all: Item[] = [];
  for (let last: Item | undefined; ; ) {
    const page = await ask(last === undefined ? undefined : cursorOf(last));
    all.push(...page);
    last = page.at(-1);
    if (last === undefined) return all;
  }
}

const PAGE = 3;

async function checkScript(indexes: IndexService, { coins, events, script }: ModelScript): Promise<void> {
  const found = await pages(
    (after: OutPoint | undefined) => indexes.scriptCoins(script, { limit: PAGE, after }),
    ({ outPoint }) => outPoint,
  );
  const shown = found.map(({ coinbase, height, outPoint, value }) => [name(outPoint), `${value} ${height} ${coinbase}`] as const);
  assert.deepEqual(new Map(shown), coins);
  assert.equal(shown.length, coins.size, 'each coin is listed once');
  const history = await pages(
    (before: { height: number; position: number } | undefined) => indexes.scriptHistory(script, { limit: PAGE, before }),
    ({ height, position }) => ({ height, position }),
  );
  assert.deepEqual(
    history.map(({ txid, height, position, received, spent }) => `${toDisplayHex(txid)} ${height} ${position} ${received} ${spent}`),
    events.toReversed(),
  );
  const balance = found.reduce((sum, { value }) => sum + value, 0n);
  assert.deepEqual(await indexes.scriptTotals(script), { transactionCount: events.length, coinCount: coins.size, balance });
}

/**
 * Holds every answer of all four indexes against the model. `known` are transactions and scripts of whatever branch: what is not on the
 * active one must not be found.
 */
export async function checkIndexes(
  indexes: IndexService,
  chain: Chain,
  known: { readonly txids: readonly Txid[]; readonly scripts: readonly Uint8Array[] },
): Promise<void> {
  for (const state of indexes.states()) {
    assert.ok(await indexes.ready(state.name), `${state.name} is ready`);
    assert.deepEqual(indexes.states().find((each) => each.name === state.name)?.height, chain.tip.height);
  }
  const model = await modelOf(chain);
  for (const txid of known.txids) {
    const found = await indexes.transaction(txid);
    const place = found === undefined ? undefined : `${toDisplayHex(found.blockHash)} ${found.position}`;
    assert.equal(place, model.transactions.get(toDisplayHex(txid)));
    if (found !== undefined) assert.equal(toDisplayHex(found.tx.txid), toDisplayHex(txid));
    for (let vout = 0; vout < 4; vout++) {
      const spender = await indexes.spender({ txid, vout });
      const by = spender === undefined ? undefined : `${toDisplayHex(spender.txid)} ${spender.inputIndex} ${spender.height}`;
      assert.equal(by, model.spenders.get(name({ txid, vout }))?.by);
    }
  }
  for (const script of known.scripts) {
    const key = Buffer.from(script).toString('hex');
    await checkScript(indexes, model.scripts.get(key) ?? { script, coins: new Map(), events: [] });
  }
  for (const [height, expected] of model.filters.entries()) {
    const node = chain.active.at(height);
    assert.ok(node !== undefined);
    const found = await indexes.filter(node.hash);
    assert.equal(found && `${Buffer.from(found.filter).toString('hex')} ${toDisplayHex(found.header)}`, expected);
  }
}
