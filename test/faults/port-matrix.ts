/**
 * The fault matrix at the ports: every call of a scenario struck in every way, and what the next start finds held to a reference.
 *
 * @module
 */

import assert from 'node:assert/strict';
import type { NetworkParams } from '../../src/core/params/types.ts';
import { type Block, decodeBlock } from '../../src/core/primitives/block.ts';
import { type HashKey, hashKey, toDisplayHex } from '../../src/core/primitives/ids.ts';
import type { Chain } from '../../src/engine/chain/chain.ts';
import { isPruned, isStored } from '../../src/engine/chain/header-node.ts';
import { INDEX_NAMES, type IndexName } from '../../src/engine/ports/index-service.ts';
import { NodeError, type NodeErrorCode } from '../../src/engine/ports/node-error.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { acceptAll, coinsHash, openTestChain } from '../support/test-chain.ts';
import { FAULTS, type FaultName, FaultPlan, isPowerCut } from './fault-plan.ts';
import { FaultWorld } from './fault-world.ts';
import { LOSSES, type Loss } from './forgetful-files.ts';
import { Life, nodesOf, type PortScenario } from './port-scenarios.ts';

/** Every row of some indexes, as text by text. */
export type IndexRowsByName = ReadonlyMap<IndexName, ReadonlyMap<string, string>>;

/** What nothing ever happened to says. */
export interface Reference {
  /** Of every block that may be a tip. */
  readonly coins: ReadonlyMap<HashKey, string>;
  readonly finalTip: HashKey;
  /** Every row of every index at the final tip. */
  readonly indexRows: IndexRowsByName;
}

/** One point of the matrix. */
export interface CutPoint {
  readonly at: number;
  readonly fault: FaultName;
  readonly loss: Loss;
}

/** Faults after which a node ends by itself and loses nothing that it wrote, or loses the power as well. */
const LOSSES_AFTER_ERROR: readonly Loss[] = ['nothing', 'unsynced'];

/** What a user is told. */
const CODES: Readonly<Record<string, NodeErrorCode>> = { ENOSPC: 'disk-full' };
const CODE_ELSE: NodeErrorCode = 'data-dir-unusable';

async function openWorld(
  scenario: Pick<PortScenario, 'params' | 'indexes' | 'options'>,
  world: FaultWorld,
  plan: FaultPlan,
): Promise<Life> {
  return Life.open(await world.open(plan), { ...scenario.options, params: scenario.params }, scenario.indexes);
}

/** A world in which all has happened that comes before the faults. */
async function worldBefore(scenario: PortScenario): Promise<FaultWorld> {
  const world = new FaultWorld(scenario.params, scenario.fileSizeMax);
  if (scenario.before !== undefined) await scenario.before(await openWorld(scenario, world, new FaultPlan()));
  return world;
}

/** The hash over the coins of every block of some chains. */
export async function coinsOfPaths(paths: readonly (readonly Block[])[], params: NetworkParams): Promise<Map<HashKey, string>> {
  const coins = new Map<HashKey, string>();
  for (const path of paths) {
    const chain = await openTestChain({ params });
    coins.set(hashKey(chain.tip.hash), await coinsHash(chain));
    for (const block of path) {
      await chain.acceptBlock(block);
      coins.set(hashKey(chain.tip.hash), await coinsHash(chain));
    }
  }
  return coins;
}

/** Coins of every block of every path, and the index rows of the last one, by chains that nothing ever happened to. */
export async function referenceOf(scenario: Pick<PortScenario, 'paths' | 'params' | 'indexes' | 'options'>): Promise<Reference> {
  const { paths, params, indexes } = scenario;
  const coins = await coinsOfPaths(paths, params);
  const world = new FaultWorld(params);
  const life = await openWorld(scenario, world, new FaultPlan());
  const last = paths.at(-1)!;
  await life.take(last);
  await life.close();
  const finalTip = hashKey(last.at(-1)!.header.hash);
  const indexRows = new Map<IndexName, ReadonlyMap<string, string>>();
  for (const name of indexes) indexRows.set(name, await world.indexRows(name));
  return { coins, finalTip, indexRows };
}

/** The reference of some chains with every index. */
export function indexReferenceOf(paths: PortScenario['paths'], params: NetworkParams): Promise<Reference> {
  return referenceOf({ paths, params, indexes: INDEX_NAMES, options: {} });
}

/** Calls of a scenario that nothing happens to. */
export async function callsOf(scenario: PortScenario): Promise<FaultPlan['calls']> {
  const world = await worldBefore(scenario);
  const plan = new FaultPlan();
  await scenario.live(await openWorld(scenario, world, plan));
  return plan.calls;
}

/** Every point of a scenario: each call, each fault that can strike it, each loss that can come of it. */
export async function pointsOf(scenario: PortScenario): Promise<CutPoint[]> {
  const calls = await callsOf(scenario);
  return calls.flatMap((call, at) =>
    (Object.keys(FAULTS) as FaultName[])
      .filter((fault) => (FAULTS[fault].strikes as readonly string[]).includes(call))
      .flatMap((fault) => ('code' in FAULTS[fault] ? LOSSES_AFTER_ERROR : LOSSES).map((loss) => ({ at, fault, loss }))),
  );
}

/** Lives until the fault strikes. @returns the blocks that a flush said are kept */
async function liveUntilStruck(
  scenario: PortScenario,
  world: FaultWorld,
  plan: FaultPlan,
  fault: FaultName,
): Promise<ReadonlySet<HashKey>> {
  let life: Life | undefined;
  try {
    life = await openWorld(scenario, world, plan);
    await scenario.live(life);
  } catch (error) {
    checkTold(error, fault);
  }
  assert.ok(plan.struck, 'the fault struck');
  await life?.giveUp();
  return life?.kept ?? new Set();
}

/** An error is told in the house's words; a power cut is nothing that a node could tell. */
function checkTold(error: unknown, name: FaultName): void {
  const fault = FAULTS[name];
  if (!('code' in fault)) {
    assert.ok(isPowerCut(error), `not the cut: ${error instanceof Error ? error.stack : error}`);
    return;
  }
  assert.ok(error instanceof NodeError, `not told as a failure of the world: ${error instanceof Error ? error.stack : error}`);
  assert.equal(error.code, CODES[fault.code] ?? CODE_ELSE, error.message);
}

/** Every row says the truth: what it points to is there, and is it. */
export async function checkRows(chain: Chain, kept: ReadonlySet<HashKey>): Promise<void> {
  for (const node of nodesOf(chain)) {
    if (kept.has(hashKey(node.hash))) assert.ok(isStored(node) || isPruned(node), `block ${node.height} was flushed and is lost`);
    if (!isStored(node)) continue;
    assert.equal(hashKey(decodeBlock(await chain.readBlock(node)).header.hash), hashKey(node.hash));
    if (node.undo !== undefined) await chain.readBlockUndo(node);
  }
  for (const hash of kept)
    assert.ok(
      [...nodesOf(chain)].some((node) => hashKey(node.hash) === hash),
      'a header was flushed and is lost',
    );
}

/** The next start: a valid tip with its coins, true rows, and from there on to the same end. */
async function checkRestart(scenario: PortScenario, world: FaultWorld, reference: Reference, kept: ReadonlySet<HashKey>): Promise<void> {
  const life = await openWorld(scenario, world, new FaultPlan());
  const { chain } = life;
  const expected = reference.coins.get(hashKey(chain.tip.hash));
  assert.equal(await coinsHash(chain), expected, `the coins at height ${chain.tip.height} are those of ${toDisplayHex(chain.tip.hash)}`);
  await checkRows(chain, kept);
  // The order to leave a branch may be what was written last.
  const last = scenario.paths.at(-1)!;
  for (const block of last) {
    const node = chain.tree.get(block.header.hash);
    if (node !== undefined) await chain.reconsiderBlock(node);
  }
  await life.take(scenario.paths.flat());
  await life.checkHistory();
  assert.equal(hashKey(chain.tip.hash), reference.finalTip);
  assert.equal(await coinsHash(chain), reference.coins.get(reference.finalTip));
  await life.close();
  for (const [name, rows] of reference.indexRows) sameIndexRows(name, await world.indexRows(name), rows);
}

/** The rows are those of an index that nothing happened to. The filters alone keep those of blocks that were left. */
export function sameIndexRows(name: IndexName, found: Map<string, string>, expected: ReadonlyMap<string, string>): void {
  if (name === 'filter') for (const key of [...found.keys()]) if (!expected.has(key)) found.delete(key);
  assert.deepEqual(found, expected, `the rows of the index ${name}`);
}

/** Strikes a scenario at one point. @throws where the next start is not what it must be */
export async function strikeAt(scenario: PortScenario, reference: Reference, point: CutPoint, seed: number): Promise<void> {
  const random = new SeededRandom(seed ^ (point.at << 8));
  const world = await worldBefore(scenario);
  const kept = await liveUntilStruck(scenario, world, new FaultPlan(point.at, point.fault), point.fault);
  world.crash(point.loss, random);
  await checkRestart(scenario, world, reference, kept);
}

/**
 * Strikes again while the start after the first strike is under way, some calls in, then looks.
 *
 * @throws where that start is not what it must be
 */
export async function strikeTwice(
  scenario: PortScenario,
  reference: Reference,
  points: { readonly first: CutPoint; readonly again: number },
  seed: number,
): Promise<void> {
  const { first, again } = points;
  const random = new SeededRandom(seed);
  const world = await worldBefore(scenario);
  const kept = await liveUntilStruck(scenario, world, new FaultPlan(first.at, first.fault), first.fault);
  world.crash(first.loss, random);
  const plan = new FaultPlan(again, 'cut');
  let life: Life | undefined;
  try {
    life = await openWorld(scenario, world, plan);
    await acceptAll(life.chain, scenario.paths.flat());
    await life.close();
  } catch (error) {
    assert.ok(isPowerCut(error), `not the cut: ${error instanceof Error ? error.stack : error}`);
  }
  await life?.giveUp();
  world.crash(first.loss, random);
  await checkRestart(scenario, world, reference, kept);
}
