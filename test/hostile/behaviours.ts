/**
 * What hostile peers do, each for as long as it is let: one row a behaviour.
 *
 * @module
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Block, BlockHeader } from '../../src/core/primitives/block.ts';
import { encodeBlock, makeBlock } from '../../src/core/primitives/block.ts';
import type { BlockHash, Txid } from '../../src/core/primitives/ids.ts';
import { encodeFrame } from '../../src/core/wire/frame.ts';
import { INVENTORY } from '../../src/core/wire/inventory.ts';
import { encodeMessage, type Message } from '../../src/core/wire/messages/table.ts';
import type { Random } from '../../src/engine/ports/random.ts';
import { output, pay } from '../support/mempool-world.ts';
import type { LoopbackPeer } from './loopback-peer.ts';
import { nextBlock } from './shared-chain.ts';

/** What attackers know of their victim. */
export interface Prey {
  readonly messageStart: Uint8Array;
  /** The chain that everybody has. */
  readonly chain: readonly Block[];
  /** Headers with their work that lead nowhere, from the first block on. */
  readonly lowHeaders: readonly BlockHeader[];
}

/** Plays one connection to its end: until `goesOn` says no, the node hangs up, or there is nothing more to do. */
export type Behaviour = (peer: LoopbackPeer, prey: Prey, chance: Random, goesOn: () => boolean) => Promise<void>;

const NO_STOP = new Uint8Array(32) as BlockHash;
const VERSION = 70_016;

/** Sends again and again what `next` makes, no faster than it is taken. */
function flood(next: (peer: LoopbackPeer, prey: Prey, chance: Random) => void, restMs = 0): Behaviour {
  return async (peer, prey, chance, goesOn) => {
    while (goesOn() && !peer.isOver) {
      next(peer, prey, chance);
      await peer.taken();
      // Even without a rest others have their turn.
      await pause(restMs);
    }
  };
}

/** Large messages of each kind that are made once and sent again and again, so that it is the node that has the work. */
const VARIANTS = 16;
const prepared = new Map<string, Uint8Array[]>();

/** Floods with one kind of message. */
function repeat(name: string, make: (prey: Prey, chance: Random) => Message): Behaviour {
  return flood((peer, prey, chance) => {
    const frames = prepared.get(name) ?? [];
    prepared.set(name, frames);
    if (frames.length < VARIANTS) {
      const message = make(prey, chance);
      frames.push(encodeFrame(prey.messageStart, message.type, encodeMessage(message)));
    }
    peer.write(frames[chance.below(frames.length)]!);
  }, 20);
}

/** Random hashes of one kind. */
function strangers(chance: Random, kind: number, count: number): { kind: number; hash: Uint8Array }[] {
  const bytes = chance.bytes(32 + count);
  return Array.from({ length: count }, (_, i) => ({ kind, hash: bytes.subarray(i, i + 32) }));
}

/** Some bytes of a message changed, cut or added. */
function spoiled(payload: Uint8Array, chance: Random): Uint8Array {
  const bytes = payload.slice(0, chance.below(3) === 0 ? chance.below(payload.length + 1) : payload.length);
  for (let i = 0; i < 3 && bytes.length > 0; i++) bytes[chance.below(bytes.length)] = chance.below(256);
  return chance.below(4) === 0 ? Uint8Array.of(...bytes.subarray(0, 1_000), ...chance.bytes(40)) : bytes;
}

const blockItem = ({ header }: Block) => ({ kind: INVENTORY.witnessBlock, hash: header.hash as Uint8Array });

const questions: readonly ((prey: Prey, chance: Random) => Parameters<LoopbackPeer['send']>[0])[] = [
  ({ chain }) => ({ type: 'getheaders', version: VERSION, locator: [chain[0]!.header.hash], stop: NO_STOP }),
  ({ chain }) => ({ type: 'getblocks', version: VERSION, locator: [chain[0]!.header.hash], stop: NO_STOP }),
  () => ({ type: 'getaddr' }),
  ({ chain }, chance) => ({ type: 'getblocktxn', blockHash: chain[chance.below(chain.length)]!.header.hash, indexes: [0] }),
  ({ chain }, chance) => ({
    type: 'getdata',
    items: [{ kind: INVENTORY.compactBlock, hash: chain[chance.below(chain.length)]!.header.hash }],
  }),
];

/** A new block on the chain that everybody has. */
function fresh({ chain }: Prey, chance: Random, reward?: bigint): Block {
  return nextBlock(chain, { extra: chance.bytes(8), ...(reward === undefined ? {} : { reward }) });
}

/** A block that shows its work, with its last transaction twice. */
function mutated({ header, transactions }: Block): Block {
  return makeBlock(header, [...transactions, transactions.at(-1)!]);
}

const sendBlock = (peer: LoopbackPeer, block: Block): void => peer.send({ type: 'block', block, raw: encodeBlock(block) });

/** By name. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'slow reader': async (peer, { chain }, _, goesOn) => {
    peer.stopReading();
    while (goesOn() && !peer.isOver) {
      peer.send({ type: 'getdata', items: chain.map(blockItem) });
      await peer.taken();
      await pause(200);
    }
  },
  'inv flood': repeat('inv', (_, chance) => ({ type: 'inv', items: strangers(chance, INVENTORY.wtx, 50_000) })),
  'block inv flood': repeat('blocks', (_, chance) => ({ type: 'inv', items: strangers(chance, INVENTORY.block, 50_000) })),
  'header spam': repeat('headers', ({ lowHeaders }) => ({ type: 'headers', headers: lowHeaders })),
  'address flood': repeat('addresses', (_, chance) => {
    const timeSeconds = Math.floor(Date.now() / 1_000);
    const addresses = Array.from({ length: 1_000 }, () => ({
      ...{ timeSeconds, services: 9n },
      address: { network: 'ipv4' as const, bytes: chance.bytes(4), port: 8333 },
    }));
    return { type: 'addrv2', addresses };
  }),
  'getdata flood': repeat('getdata', (_, chance) => ({ type: 'getdata', items: strangers(chance, INVENTORY.witnessBlock, 50_000) })),
  'block flood': flood((peer, { chain }) => peer.send({ type: 'getdata', items: chain.map(blockItem) }), 20),
  questions: flood((peer, prey, chance) => {
    for (let i = 0; i < 100; i++) peer.send(questions[chance.below(questions.length)]!(prey, chance));
  }, 20),
  garbage: async (peer, _, chance) => peer.write(chance.bytes(1 + chance.below(10_000))),
  'spoiled messages': flood((peer, { chain }, chance) => {
    const ping = { type: 'ping', nonce: 1n } as const;
    const inv = { type: 'inv', items: strangers(chance, INVENTORY.wtx, 20) } as const;
    const block = { type: 'block', block: chain[1]!, raw: encodeBlock(chain[1]!) } as const;
    const message = [ping, inv, block, { type: 'headers', headers: chain.slice(0, 5).map(({ header }) => header) } as const][
      chance.below(4)
    ]!;
    peer.sendRaw(message.type, spoiled(encodeMessage(message), chance));
  }),
  'half open': async (peer, _, __, goesOn) => {
    while (goesOn() && !peer.isOver) await pause(100);
  },
  'slow sender': async (peer, { messageStart }, chance, goesOn) => {
    const frame = encodeFrame(messageStart, 'block', new Uint8Array(0));
    new DataView(frame.buffer).setUint32(16, 4_000_000, true);
    peer.write(frame);
    while (goesOn() && !peer.isOver) {
      peer.write(chance.bytes(1 + chance.below(2_000)));
      await pause(20);
    }
  },
  'mutated blocks': flood((peer, prey, chance) => sendBlock(peer, mutated(fresh(prey, chance))), 20),
  // Twice what a block may pay: only its coins show that it is invalid.
  'invalid blocks': flood((peer, prey, chance) => sendBlock(peer, fresh(prey, chance, 10_000_000_000n)), 20),
  'known blocks': flood((peer, { chain }, chance) => sendBlock(peer, chain[chance.below(chain.length)]!), 20),
  'false compact blocks': flood((peer, prey, chance) => {
    const { header, transactions } = fresh(prey, chance);
    const shortIds = Array.from({ length: 3_000 }, () => chance.below(2 ** 32));
    peer.send({ type: 'cmpctblock', header, nonce: 1n, shortIds, prefilled: [{ index: 0, tx: transactions[0]! }] });
  }, 20),
  orphans: flood((peer, _, chance) => {
    for (let i = 0; i < 50; i++) {
      const tx = pay({ inputs: [{ txid: chance.bytes(32) as Txid, vout: 0 }], outputs: [output(1_000n)] });
      peer.send({ type: 'tx', tx });
    }
  }, 20),
  'ping flood': flood((peer, _, chance) => {
    for (let i = 0; i < 500; i++) peer.send({ type: 'ping', nonce: BigInt(chance.below(2 ** 32)) });
  }, 20),
  'connection storm': async (peer, _, chance) => {
    await pause(chance.below(20));
    await peer.close(chance.below(2) === 0);
  },
};

/** Those that say nothing of themselves first. */
export const WITHOUT_GREETING: ReadonlySet<string> = new Set(['garbage', 'half open', 'connection storm']);

/** Those that are at an end in no time: played apart, so that floods do not hold them up. */
export const BRIEF: ReadonlySet<string> = new Set([
  'garbage',
  'connection storm',
  'spoiled messages',
  'slow sender',
  'half open',
  'header spam',
]);

const NAMES = Object.keys(BEHAVIOURS);

/** What the peer of a number does. */
export function behaviourOf(number: number): string {
  return NAMES[number % NAMES.length]!;
}
