/**
 * One node, some honest peers and many hostile ones on loopback: what the honest ones notice, and what it costs the node.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { toHex } from '../../src/core/base/bytes.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { hashKey, toDisplayHex } from '../../src/core/primitives/ids.ts';
import { INVENTORY } from '../../src/core/wire/inventory.ts';
import { decodeMessage, type Message } from '../../src/core/wire/messages/table.ts';
import { joinNodes, startApart } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import type { AttackCount, AttackersData } from './attackers.ts';
import { BRIEF, behaviourOf } from './behaviours.ts';
import { LoopbackPeer } from './loopback-peer.ts';
import { nextBlock, sharedChain } from './shared-chain.ts';

const BYTES_PER_MIB = 1_048_576;
const KIB_PER_MIB = 1_024;
/** Linux counts processor time in hundredths. */
const TICKS_PER_SECOND = 100;

const PROBE_MS = 200;
const POLL_MS = 5;
/** Probes between two blocks that an honest peer brings. */
const BLOCK_EVERY = 15;

/** How a run is made. */
export interface HostileOptions {
  readonly seed: number;
  readonly peers: number;
  readonly seconds: number;
}

/** How long one answer took: by the clock, and as processor time of the node meanwhile, which a busy machine does not lengthen. */
interface Taken {
  readonly ms: number;
  readonly cpuMs: number;
}

/** What answers to one kind of question took. */
export interface Answers {
  readonly count: number;
  readonly median: Taken;
  readonly slowest: Taken;
}

/** What came of it. */
export interface HostileOutcome {
  readonly before: { readonly rssMib: number };
  readonly peakMib: number;
  /** A while after the last hostile peer was gone. */
  readonly afterMib: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly pings: Answers;
  readonly blocks: Answers;
  /** From one honest peer's sending a new block to another's hearing of it. */
  readonly relays: Answers;
  readonly receivedMib: number;
  readonly sentMib: number;
  readonly logMib: number;
  readonly attacks: Readonly<Record<string, AttackCount>>;
}

function answers(taken: readonly Taken[]): Answers {
  const sorted = (of: (each: Taken) => number): number[] => taken.map(of).sort((a, b) => a - b);
  const [ms, cpuMs] = [sorted((each) => each.ms), sorted((each) => each.cpuMs)];
  const at = (place: number): Taken => ({ ms: ms.at(place) ?? 0, cpuMs: cpuMs.at(place) ?? 0 });
  return { count: taken.length, median: at(taken.length >> 1), slowest: at(-1) };
}

/** Processor time of a process's first thread, which does the node's work; to the microsecond. */
function mainThreadMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000_000;
}

function memoryMib(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const [, kib = '0'] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / KIB_PER_MIB;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** A peer that keeps to the rules and measures. */
class HonestPeer {
  readonly #peer: LoopbackPeer;
  readonly #pid: number;
  readonly #waiting = new Map<string, () => void>();
  #nonce = 0n;

  private constructor(peer: LoopbackPeer, pid: number) {
    this.#peer = peer;
    this.#pid = pid;
    peer.onFrame = (command, payload) => this.#take(decodeMessage(command, payload));
  }

  static async meet(node: QuoinProcess, from: string, nonce: bigint): Promise<HonestPeer> {
    const [host, port] = node.p2p.split(':');
    const peer = await LoopbackPeer.dial({ host: host!, port: Number(port), from }, regtest);
    const honest = new HonestPeer(peer, node.process.pid!);
    assert.ok(await peer.greet(nonce), 'an honest peer is let in');
    return honest;
  }

  #take(message: Message | undefined): void {
    if (message?.type === 'ping') this.#peer.send({ type: 'pong', nonce: message.nonce });
    else if (message?.type === 'pong') this.#came(`pong ${message.nonce}`);
    else if (message?.type === 'block') this.#came(`block ${hashKey(message.block.header.hash)}`);
    else if (message?.type === 'headers') for (const { hash } of message.headers) this.#came(`news ${hashKey(hash)}`);
    else if (message?.type === 'cmpctblock') this.#came(`news ${hashKey(message.header.hash)}`);
    else if (message?.type === 'inv') for (const { hash } of message.items) this.#came(`news ${hashKey(hash)}`);
  }

  #came(what: string): void {
    this.#waiting.get(what)?.();
    this.#waiting.delete(what);
  }

  /** @returns how long it took */
  async #wait(what: string, ask: () => void): Promise<Taken> {
    const before = { ms: performance.now(), cpuMs: mainThreadMs(this.#pid) };
    let taken: Taken | undefined;
    this.#waiting.set(what, () => {
      taken = { ms: performance.now() - before.ms, cpuMs: mainThreadMs(this.#pid) - before.cpuMs };
    });
    ask();
    while (taken === undefined) {
      assert.ok(!this.#peer.isOver, 'an honest peer is not let go');
      await pause(POLL_MS);
    }
    return taken;
  }

  ping(): Promise<Taken> {
    const nonce = ++this.#nonce;
    return this.#wait(`pong ${nonce}`, () => this.#peer.send({ type: 'ping', nonce }));
  }

  ask({ header }: Block): Promise<Taken> {
    const items = [{ kind: INVENTORY.witnessBlock, hash: header.hash }];
    return this.#wait(`block ${hashKey(header.hash)}`, () => this.#peer.send({ type: 'getdata', items }));
  }

  /** Waits until it hears of a block that `bring` brings. */
  hear({ header }: Block, bring: () => void): Promise<Taken> {
    return this.#wait(`news ${hashKey(header.hash)}`, bring);
  }

  bring(block: Block): void {
    this.#peer.send({ type: 'block', block, raw: encodeBlock(block) });
  }

  async close(): Promise<void> {
    await this.#peer.close();
  }
}

/** The thread of hostile peers; resolves with what they did when all are gone. */
function startAttackers(data: AttackersData): Promise<Readonly<Record<string, AttackCount>>> {
  // Beside this file, with its own extension.
  const entry = new URL(import.meta.url.endsWith('.ts') ? './attackers.ts' : './attackers.js', import.meta.url);
  const worker = new Worker(entry, { workerData: data });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the hostile peers ended early')));
  });
}

/** Asks as honest peers do until the attack is over. */
async function probe(asker: HonestPeer, bringer: HonestPeer, chain: Block[], goesOn: () => boolean) {
  const times: Record<'pings' | 'blocks' | 'relays', Taken[]> = { pings: [], blocks: [], relays: [] };
  for (let round = 0; goesOn(); round++) {
    times.pings.push(await asker.ping());
    times.blocks.push(await asker.ask(chain[(round * 7) % chain.length]!));
    if (round % BLOCK_EVERY === 0) {
      const block = nextBlock(chain);
      times.relays.push(await asker.hear(block, () => bringer.bring(block)));
      chain.push(block);
    }
    await pause(PROBE_MS);
  }
  return times;
}

/** Plays a run. @throws where an honest peer is let go, or another node does not follow */
export async function runHostile({ seed, peers, seconds }: HostileOptions): Promise<HostileOutcome> {
  const node = await startApart({});
  const other = await startApart({});
  try {
    const chain = [...sharedChain()];
    for (const block of chain) assert.equal(await node.rpc('submitblock', toHex(encodeBlock(block))), null);
    await joinNodes(node, other);
    const asker = await HonestPeer.meet(node, '127.200.0.2', 1n << 40n);
    const bringer = await HonestPeer.meet(node, '127.201.0.2', 1n << 41n);
    const pid = node.process.pid!;
    const before = { rssMib: memoryMib(pid, 'VmRSS') };
    const [cpuBefore, startedMs] = [cpuSeconds(pid), performance.now()];
    const [host, port] = node.p2p.split(':');
    let isOver = false;
    const numbers = Array.from({ length: peers }, (_, number) => number);
    const parts = [true, false].map((brief) => numbers.filter((number) => BRIEF.has(behaviourOf(number)) === brief));
    const threads = parts.map((part) => startAttackers({ host: host!, port: Number(port), seed, numbers: part, seconds }));
    const attack = Promise.all(threads).finally(() => {
      isOver = true;
    });
    const times = await probe(asker, bringer, chain, () => !isOver);
    const attacks = Object.assign({}, ...(await attack)) as HostileOutcome['attacks'];
    const spent = { cpuSeconds: cpuSeconds(pid) - cpuBefore, seconds: (performance.now() - startedMs) / 1_000 };
    const tip = toDisplayHex(chain.at(-1)!.header.hash);
    await eventually('the other node follows', async () => (await other.rpc('getbestblockhash')) === tip);
    await eventually('the hostile peers are gone', async () => ((await node.rpc('getpeerinfo')) as unknown[]).length === 3);
    const traffic = (await node.rpc('getnettotals')) as { totalbytesrecv: number; totalbytessent: number };
    const outcome = {
      ...{ before, peakMib: memoryMib(pid, 'VmHWM'), afterMib: memoryMib(pid, 'VmRSS'), ...spent },
      ...{ pings: answers(times.pings), blocks: answers(times.blocks), relays: answers(times.relays), attacks },
      ...{ receivedMib: traffic.totalbytesrecv / BYTES_PER_MIB, sentMib: traffic.totalbytessent / BYTES_PER_MIB },
      logMib: statSync(join(node.dataDir, 'debug.log')).size / BYTES_PER_MIB,
    };
    await asker.close();
    await bringer.close();
    assert.equal(await node.stop(), 0, 'it stops in order');
    return outcome;
  } finally {
    await node.kill();
    await other.kill();
  }
}
