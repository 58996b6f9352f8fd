import { concatBytes } from '../../core/base/bytes.ts';
import { coinbaseHeightScript } from '../../core/consensus/coinbase-height.ts';
import { merkleRootOf } from '../../core/crypto/merkle.ts';
import type { Block, HeaderFields } from '../../core/primitives/block.ts';
import { encodeBlock, makeBlock, makeHeader } from '../../core/primitives/block.ts';
import { decodeBits, hashToNumber } from '../../core/primitives/compact-target.ts';
import type { MerkleRoot, Txid } from '../../core/primitives/ids.ts';
import { zeroHash } from '../../core/primitives/ids.ts';
import type { Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import type { LedgerBlock } from '../reference-ledger.ts';
import type { SimRandom } from '../sim-random.ts';
import type { Behaviour, LiarWorld } from './behaviour.ts';

/** A block for each connection about so often: more than its share of the work would find, so that there is enough to refuse. */
const TICK_MS = 60_000;

/** What differs from a good block. */
export interface Flaw {
  readonly rewardFactor?: bigint;
  readonly extra?: (random: SimRandom) => Transaction;
  readonly timeStepSeconds?: number;
  readonly wrongRoot?: boolean;
  readonly wrongHeight?: boolean;
}

/** It spends what is nowhere. */
function spendsNothing(random: SimRandom): Transaction {
  const prevout = { txid: random.bytes(32) as unknown as Txid, vout: 0 };
  const input = { prevout, scriptSig: new Uint8Array(), sequence: 0xffffffff, witness: [] };
  return makeTransaction({ version: 2, inputs: [input], outputs: [{ value: 1n, scriptPubKey: Uint8Array.of(0x51) }], lockTime: 0 });
}

const FLAWS: readonly Flaw[] = [
  { rewardFactor: 2n },
  { extra: spendsNothing },
  { timeStepSeconds: 1_000_000 },
  { wrongRoot: true },
  { wrongHeight: true },
];

function coinbase(height: number, value: Satoshis, random: SimRandom): Transaction {
  const scriptSig = concatBytes(coinbaseHeightScript(height), Uint8Array.of(8), random.bytes(8));
  return makeTransaction({
    version: 2,
    inputs: [{ prevout: { txid: zeroHash<Txid>(), vout: 0xffffffff }, scriptSig, sequence: 0xffffffff, witness: [] }],
    outputs: [{ value, scriptPubKey: Uint8Array.of(0x51) }],
    lockTime: 0,
  });
}

/** Its coinbase pays twice what it may. */
export const PAYS_TOO_MUCH: Flaw = { rewardFactor: 2n };

/** A block on a tip that shows its work and breaks one rule: any, unless one is named. */
export function badBlock(
  tip: Pick<LedgerBlock, 'hash' | 'height' | 'timeSeconds'>,
  { simulation, random }: Pick<LiarWorld, 'simulation' | 'random'>,
  flaw: Flaw = random.pick(FLAWS),
): Block {
  const { subsidy, pow } = simulation.params.consensus;
  const height = tip.height + 1 + (flaw.wrongHeight ? 1 : 0);
  const transactions = [coinbase(height, subsidy.initial * (flaw.rewardFactor ?? 1n), random)];
  if (flaw.extra !== undefined) transactions.push(flaw.extra(random));
  const merkleRoot = flaw.wrongRoot ? random.bytes(32) : merkleRootOf(transactions.map(({ txid }) => txid)).root;
  const fields: HeaderFields = {
    version: 0x20000000,
    prevBlockHash: tip.hash,
    merkleRoot: merkleRoot as unknown as MerkleRoot,
    timeSeconds: tip.timeSeconds + (flaw.timeStepSeconds ?? 1),
    bits: pow.bits,
    nonce: 0,
  };
  let header = makeHeader(fields);
  for (let nonce = 1; hashToNumber(header.hash) > decodeBits(pow.bits).target; nonce++) header = makeHeader({ ...fields, nonce });
  // The reference does not look at the height that a coinbase tells.
  if (flaw.wrongHeight) simulation.ledger.taint(header.hash, 'its coinbase tells another height');
  return makeBlock(header, transactions);
}

/** Mines blocks that break a rule, and gives them to everybody as if they were the best there are. */
export function makeBadBlocks(world: LiarWorld): Behaviour {
  return {
    tickMs: TICK_MS,
    tick: (link) => {
      const tip = world.simulation.tipOf(world.node);
      if (tip === undefined) return;
      const block = badBlock(tip, world);
      link.send({ type: 'headers', headers: [block.header] });
      link.send({ type: 'block', block, raw: encodeBlock(block) });
    },
  };
}
