import type { Txid } from '../../core/primitives/ids.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import type { SimRandom } from '../sim-random.ts';
import type { Behaviour, LiarWorld } from './behaviour.ts';

const TICK_MS = 30_000;
const HASHES = 100;
const ADDRESSES = 100;

/** Transactions that nobody has. */
function emptyPromises(random: SimRandom): Message {
  return { type: 'inv', items: Array.from({ length: HASHES }, () => ({ kind: INVENTORY.wtx, hash: random.bytes(32) })) };
}

/** Nodes that are not there. */
function strangers(random: SimRandom, timeSeconds: number): Message {
  const addresses = Array.from({ length: ADDRESSES }, () => {
    const bytes = Uint8Array.of(1 + random.below(9), random.below(256), random.below(256), 1 + random.below(254));
    return { timeSeconds, services: 9n, address: { network: 'ipv4' as const, bytes, port: 7_333 } };
  });
  return { type: 'addrv2', addresses };
}

/** A transaction that spends what is nowhere. */
function orphan(random: SimRandom): Message {
  const prevout = { txid: random.bytes(32) as unknown as Txid, vout: random.below(4) };
  const input = { prevout, scriptSig: new Uint8Array(), sequence: 0xffffffff, witness: [random.bytes(71), random.bytes(33)] };
  const output = { value: 1_000n, scriptPubKey: Uint8Array.of(0, 20, ...random.bytes(20)) };
  return { type: 'tx', tx: makeTransaction({ version: 2, inputs: [input], outputs: [output], lockTime: 0 }) };
}

/** Blocks that are nowhere. */
function emptyQuestions(random: SimRandom): Message {
  return { type: 'getdata', items: Array.from({ length: HASHES }, () => ({ kind: INVENTORY.witnessBlock, hash: random.bytes(32) })) };
}

/** Fills what others keep: with announcements, addresses, orphans and questions of its own making. */
export function spam({ random, node, simulation }: LiarWorld): Behaviour {
  return {
    tickMs: TICK_MS,
    tick: (link) => {
      const nowSeconds = node.running?.clock.nowSeconds() ?? simulation.params.genesis.header.timeSeconds;
      const kinds = [() => emptyPromises(random), () => strangers(random, nowSeconds), () => orphan(random), () => emptyQuestions(random)];
      link.send(random.pick(kinds)());
    },
  };
}
